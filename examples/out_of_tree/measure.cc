// The math harness from outside. Usage: measure MODEL.gguf PROBLEMS.jsonl FOLDER
#include <iostream>

#include "benchmarks/math/math_bench.h"
#include "benchmarks/math/summary.h"
#include "engine/engine.h"
#include "reasoning/runtime.h"

int main(int argc, char** argv) {
  if (argc != 4) return std::cerr << "usage: measure MODEL.gguf PROBLEMS.jsonl FOLDER\n", 2;
  const auto engine = espalier::Engine::Open(argv[1], espalier::EngineOptions());
  if (!engine.ok()) return std::cerr << engine.status().message() << "\n", 1;
  espalier::Runtime runtime(**engine);
  espalier::MathOptions options(argv[2], {"cot:max_tokens=24", "sc:n=4,max_tokens=24"}, argv[3]);
  options.limit = 5;
  const auto run = espalier::RunMath(runtime, options);
  if (!run.ok()) return std::cerr << run.status().message() << "\n", 1;
  std::cout << espalier::MathTable(*run);
}
