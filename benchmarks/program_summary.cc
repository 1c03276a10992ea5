#include "benchmarks/program_summary.h"

#include "base/cat.h"

namespace espalier {

void ProgramSummary::Add(const SolvedProblem& solved) {
  const QueryResult& result = solved.result;
  ++problems;
  const bool cancelled = absl::IsCancelled(result.status);
  if (!solved.problem->gold.empty() && !cancelled) ++with_gold;
  if (solved.correct) ++correct;
  if (!result.status.ok() && !cancelled) ++failed;
  tokens.prefill += result.tokens.prefill;
  tokens.expansion += result.tokens.expansion;
  tokens.aggregation += result.tokens.aggregation;
  tokens.discarded += result.tokens.discarded;
  usage.computed_tokens += result.usage.computed_tokens;
  usage.cached_tokens += result.usage.cached_tokens;
  usage.logical_pages += result.usage.logical_pages;
  usage.allocated_pages += result.usage.allocated_pages;
  usage.preemptions += result.usage.preemptions;
  problem_seconds += result.seconds;
  ++stop_reasons[StopReason(solved)];
}

double ProgramSummary::tokens_per_second() const {
  const int64_t drawn = tokens.expansion + tokens.aggregation + tokens.discarded;
  return wall_seconds > 0 ? static_cast<double>(drawn) / wall_seconds : 0;
}

std::string StopReason(const SolvedProblem& solved) {
  if (absl::IsCancelled(solved.result.status)) return "cancelled";
  return solved.result.status.ok() ? solved.result.answer.stop_reason : "error";
}

std::string StopReasonsText(const ProgramSummary& summary) {
  std::string text;
  for (const auto& [reason, count] : summary.stop_reasons) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", reason, " ", count);
  }
  return text;
}

}  // namespace espalier
