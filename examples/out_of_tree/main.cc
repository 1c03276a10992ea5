// Usage: out_of_tree MODEL.gguf QUESTION
#include <iostream>

#include "engine/engine.h"
#include "reasoning/runtime.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: out_of_tree MODEL.gguf QUESTION\n";
    return 2;
  }
  const auto engine = espalier::Engine::Open(argv[1], espalier::EngineOptions());
  if (!engine.ok()) {
    std::cerr << engine.status().message() << "\n";
    return 1;
  }
  espalier::Runtime runtime(**engine);
  const auto result = runtime.Run(espalier::QueryRequest(argv[2], "sc:n=4,max_tokens=24"));
  std::cout << "answer: '" << result.answer.text << "', " << result.answer.stop_reason << ", "
            << result.tokens.expansion << " tokens in " << result.branches.size() << " branches\n";
  return result.status.ok() ? 0 : 1;
}
