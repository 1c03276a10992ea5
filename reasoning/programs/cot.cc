// Chain of thought: one branch, greedy by default (Wei et al., "Chain-of-thought prompting", 2022).
#include "reasoning/generate.h"
#include "reasoning/program.h"
#include "reasoning/programs/programs.h"

namespace espalier {
namespace {

Task<Answer> Cot(Query& query) {
  Branch branch = query.Prompt().Fork();
  const EndReason end = co_await branch.Generate(Until::kAnswer);
  co_return Answer(branch.ExtractAnswer(), EndReasonName(end));
}

}  // namespace

void RegisterCot(ProgramRegistry& registry) {
  ProgramDescription description("cot", "chain of thought: one branch, greedy");
  description.defaults.sampling.temperature = 0;
  registry.Register(description, [](ProgramOptions&) { return Cot; });
}

}  // namespace espalier
