// Any bytes as a file of problems, one JSON object a line.
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "benchmarks/problems.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/temporary_file.h"

namespace espalier {

std::vector<std::string> GeneratedSeeds() {
  return {ReadFile("benchmarks/data/gsm8k_test_100.jsonl").substr(0, 4000),
          R"({"id": 7, "problem": "1+1", "answer": 2})"
          "\n\n"
          R"({"problem": "x", "solution": "so \\boxed{3}"})",
          R"({"Body": "Ben has 3 pens.", "Question": "How many?", "Answer": 3.0})"};
}

std::vector<std::string> FuzzWords() {
  return {"\"question\"", "\"answer\"", "\"problem\"", "\"solution\"", "\"Body\"", "\"id\"", "#### ",
          "\\\\boxed{",   "null",       "1e999",       "\\u0000",      "\xff",     "\n",     "[[[["};
}

}  // namespace espalier

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::istringstream stream(std::string(reinterpret_cast<const char*>(data), size));
  espalier::CheckMessage(espalier::ReadProblems(stream, "problems.jsonl").status());
  return 0;
}
