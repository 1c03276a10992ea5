// Usage: write_tiny_model FILE.gguf [ARCHITECTURE]. For tests that run programs from outside.
#include <fstream>
#include <iostream>

#include "tests/support/tiny_model.h"

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) return std::cerr << "usage: write_tiny_model FILE.gguf [ARCHITECTURE]\n", 2;
  espalier::TinyModelOptions options;
  if (argc == 3) options.architecture = argv[2];
  std::ofstream file(argv[1], std::ios::binary);
  file << espalier::TinyModelBytes(options);
  return file.good() ? 0 : 1;
}
