// Measures two programs on a file of problems. Run it again after a kill: it goes on where it was.
// Usage: measure_programs MODEL.gguf PROBLEMS.jsonl FOLDER
#include <iostream>
#include <map>
#include <string>

#include "benchmarks/math/math_bench.h"
#include "engine/engine.h"
#include "reasoning/runtime.h"

int main(int argc, char** argv) {
  if (argc != 4) return std::cerr << "usage: measure_programs MODEL.gguf PROBLEMS.jsonl FOLDER\n", 2;
  const auto engine = espalier::Engine::Open(argv[1], espalier::EngineOptions());
  if (!engine.ok()) return std::cerr << engine.status().message() << "\n", 1;
  espalier::Runtime runtime(**engine);
  espalier::MathOptions options(argv[2], {"cot:max_tokens=64", "sc:n=4,max_tokens=64"}, argv[3]);
  options.limit = 10;
  options.on_record = [](const espalier::MathRecord& record) {
    std::cout << record.program << " " << record.problem << ": '" << record.answer << "'\n";
  };
  const auto run = espalier::RunMath(runtime, options);
  if (!run.ok()) return std::cerr << run.status().message() << "\n", 1;
  std::map<std::string, int> correct;
  for (const espalier::MathRecord& record : run->records) correct[record.program] += record.correct ? 1 : 0;
  for (const auto& [program, count] : correct) {
    std::cout << program << ": " << count << " of " << run->settings.limit << " right\n";
  }
}
