// A reasoning program of one's own: samples a few beginnings, keeps the one the model is surest of, and lets
// several branches finish it. The first that ends with an answer wins.
// Usage: own_program MODEL.gguf "PROBLEM" [OPTIONS], with OPTIONS such as "beginnings=6,tokens=48"
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "reasoning/generate.h"
#include "reasoning/runtime.h"

namespace {

using espalier::Answer;
using espalier::Branch;
using espalier::EndReason;
using espalier::Query;
using espalier::Task;
using espalier::Until;

struct SurestStartOptions {
  int64_t beginnings = 4;
  int64_t tokens = 32;
  int64_t finishes = 4;

  SurestStartOptions() {}
};

Task<Answer> SurestStart(Query& query, SurestStartOptions options) {
  std::vector<Branch> beginnings = query.Prompt().Fork(options.beginnings);
  co_await query.ForEach(
      beginnings, [&](Branch branch) -> Task<> { co_await branch.Generate(Until::Tokens(options.tokens)); });
  const auto surest =
      std::max_element(beginnings.begin(), beginnings.end(),
                       [](const Branch& a, const Branch& b) { return a.MeanLogprob() < b.MeanLogprob(); });
  std::vector<Branch> finishes = surest->Fork(options.finishes);
  beginnings.clear();  // the last handles of the others: their pages are free now

  Answer answer("", "no_answer");
  co_await query.ForEach(std::move(finishes), [&](Branch branch) -> Task<> {
    const EndReason end = co_await branch.Generate(Until::kAnswer);
    if (end == EndReason::kMaxTokens || branch.ExtractAnswer().empty()) co_return;
    answer = Answer(branch.ExtractAnswer(), "first_answer");
    query.StopSiblings("first_answer");
  });
  co_return answer;
}

espalier::ProgramBody MakeSurestStart(espalier::ProgramOptions& given) {
  SurestStartOptions options;
  options.beginnings = given.Integer("beginnings", options.beginnings, 1, 64, "branches to choose from");
  options.tokens = given.Integer("tokens", options.tokens, 1, 4096, "length of a beginning");
  options.finishes = given.Integer("finishes", options.finishes, 1, 64, "branches that finish the surest");
  return [options](Query& query) { return SurestStart(query, options); };
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) return std::cerr << "usage: own_program MODEL.gguf \"PROBLEM\" [OPTIONS]\n", 2;
  const auto engine = espalier::Engine::Open(argv[1], espalier::EngineOptions());
  if (!engine.ok()) return std::cerr << engine.status().message() << "\n", 1;
  espalier::Runtime runtime(**engine);
  runtime.RegisterProgram(espalier::ProgramDescription("surest", "finishes the surest beginning"),
                          MakeSurestStart);
  const std::string program = argc == 4 ? "surest:" + std::string(argv[3]) : "surest";
  const auto result = runtime.Run(espalier::QueryRequest(argv[2], program));
  if (!result.status.ok()) return std::cerr << result.status.message() << "\n", 1;
  for (const espalier::BranchRecord& branch : result.branches) {
    std::cout << branch.path.ToString() << "  " << branch.end << ", " << branch.tokens << " tokens\n";
  }
  std::cout << "answer: '" << result.answer.text << "' (" << result.answer.stop_reason << ")\n";
}
