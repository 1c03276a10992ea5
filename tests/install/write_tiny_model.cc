// Usage: write_tiny_model FILE
#include <fstream>

#include "tests/support/tiny_model.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ofstream file(argv[1], std::ios::binary);
  file << espalier::TinyModelBytes();
  return file.flush() ? 0 : 1;
}
