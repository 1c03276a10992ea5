// Usage: write_tiny_model FILE.gguf [ARCHITECTURE | TYPE]. For tests and scripts that run programs from
// outside. A tensor type such as Q4_K gives the wide model of that type.
#include <fstream>
#include <iostream>

#include "tests/support/tiny_model.h"

int main(int argc, char** argv) {
  using namespace espalier;
  if (argc < 2 || argc > 3)
    return std::cerr << "usage: write_tiny_model FILE.gguf [ARCHITECTURE | TYPE]\n", 2;
  TinyModelOptions options;
  if (argc == 3) options.architecture = argv[2];
  for (uint32_t id = 0; id < 64; ++id) {
    const TensorTypeInfo info = GetTensorTypeInfo(id);
    if (info.supported && info.name == options.architecture) {
      options = WideModelOptions(static_cast<TensorType>(id));
    }
  }
  std::ofstream file(argv[1], std::ios::binary);
  file << TinyModelBytes(options);
  return file.good() ? 0 : 1;
}
