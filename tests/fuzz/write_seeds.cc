// NAME_seeds FOLDER: writes the generated seeds of a fuzz target as files, for libFuzzer.
#include <filesystem>
#include <fstream>
#include <iostream>

#include "tests/fuzz/fuzz.h"

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "usage: " << argv[0] << " FOLDER\n", 2;
  if (espalier::GeneratedSeeds == nullptr) return 0;
  int index = 0;
  for (const std::string& seed : espalier::GeneratedSeeds()) {
    std::ofstream(std::filesystem::path(argv[1]) / ("seed" + std::to_string(index++)), std::ios::binary)
        << seed;
  }
}
