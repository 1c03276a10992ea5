#include "benchmarks/math/flops.h"

#include <algorithm>

namespace espalier {
namespace {

// Of `tokens` tokens behind `before` others: the sum of before + 1, before + 2, ...
double PositionsRead(double before, double tokens) { return tokens * before + tokens * (tokens + 1) / 2; }

double Flops(const ModelInfo& model, double tokens, double positions_read) {
  return 2.0 * static_cast<double>(model.parameters) * tokens +
         4.0 * model.layers * model.attention_width * positions_read;
}

}  // namespace

double GenerationFlops(const ModelInfo& model, const QueryResult& result) {
  const double prompt = static_cast<double>(result.tokens.prefill);
  double positions = PositionsRead(0, prompt);
  for (const BranchRecord& branch : result.branches) {
    positions +=
        PositionsRead(prompt + static_cast<double>(branch.start), static_cast<double>(branch.tokens));
  }
  return Flops(model, prompt + static_cast<double>(result.tokens.expansion), positions);
}

double ScorerFlops(const ModelInfo& model, const QueryResult& result) {
  const auto scored = std::count_if(result.branches.begin(), result.branches.end(),
                                    [](const BranchRecord& branch) { return !branch.step_scores.empty(); });
  if (scored == 0) return 0;
  const double tokens = static_cast<double>(result.tokens.aggregation);
  const double branches = static_cast<double>(scored);
  return Flops(model, tokens, branches * PositionsRead(0, tokens / branches));
}

}  // namespace espalier
