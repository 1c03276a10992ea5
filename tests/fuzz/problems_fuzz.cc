// Any bytes as a file of problems, one JSON object a line.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include "benchmarks/problems.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::istringstream stream(std::string(reinterpret_cast<const char*>(data), size));
  (void)espalier::ReadProblems(stream, "problems.jsonl");
  return 0;
}
