// Answers one problem by self-consistency. Usage: solve_one MODEL.gguf "PROBLEM"
#include <iostream>

#include "engine/engine.h"
#include "reasoning/runtime.h"

int main(int argc, char** argv) {
  if (argc != 3) return std::cerr << "usage: solve_one MODEL.gguf \"PROBLEM\"\n", 2;
  const auto engine = espalier::Engine::Open(argv[1], espalier::EngineOptions());
  if (!engine.ok()) return std::cerr << engine.status().message() << "\n", 1;
  espalier::Runtime runtime(**engine);
  const auto result = runtime.Run(espalier::QueryRequest(argv[2], "sc:n=8"));
  if (!result.status.ok()) return std::cerr << result.status.message() << "\n", 1;
  std::cout << result.answer.text << " (" << result.answer.stop_reason << ", certainty "
            << result.answer.certainty << ")\n";
}
