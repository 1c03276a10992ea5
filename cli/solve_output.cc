#include "cli/solve_output.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/text.h"

namespace espalier {
namespace {

using Json = nlohmann::ordered_json;

Json TokensJson(const TokenCounts& tokens, const QueryUsage& usage) {
  return {{"prefill", tokens.prefill},
          {"expansion", tokens.expansion},
          {"aggregation", tokens.aggregation},
          {"cached", usage.cached_tokens},
          {"discarded", tokens.discarded}};
}

Json PagesJson(const QueryUsage& usage, int64_t shared) {
  return {{"needed", usage.logical_pages},
          {"allocated", usage.allocated_pages},
          {"shared", shared},
          {"preemptions", usage.preemptions}};
}

// At most `width` columns; longer texts end in "…".
std::string Fit(const std::string& text, size_t width) {
  std::string line = ToValidUtf8(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  if (line.size() <= width) return line;
  size_t end = width - 1;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
  return line.substr(0, end) + "…";
}

}  // namespace

void WriteProblemJson(const SolveContext& context, const Program& program, const SolvedProblem& solved,
                      std::ostream& out) {
  const QueryResult& result = solved.result;
  const Sampling& sampling = program.generation.sampling;
  Json line = {{"id", ToValidUtf8(solved.problem->id)},
               {"answer", ToValidUtf8(result.answer.text)},
               {"gold", ToValidUtf8(solved.problem->gold)},
               {"correct", solved.correct},
               {"program", program.spec},
               {"stop_reason", StopReason(solved)},
               {"tokens", TokensJson(result.tokens, result.usage)},
               {"seconds", result.seconds},
               {"first_token_seconds", result.first_token_seconds},
               {"certainty", result.answer.certainty},
               {"pages", PagesJson(result.usage, result.shared_pages())},
               {"model", context.model},
               {"prompt",
                {{"format", context.format.name},
                 {"stop", context.format.stop},
                 {"step_delimiter", context.format.step_delimiter}}},
               {"sampling",
                {{"temperature", sampling.temperature},
                 {"top_p", sampling.top_p},
                 {"top_k", sampling.top_k},
                 {"min_p", sampling.min_p},
                 {"max_tokens", program.generation.max_tokens}}},
               {"reward", program.generation.reward.empty() ? context.reward : program.generation.reward},
               {"seed", context.seed}};
  if (!result.status.ok()) line["error"] = ToValidUtf8(ToStd(result.status.message()));
  for (const BranchRecord& branch : result.branches) {
    line["branches"].push_back({{"path", branch.path.ToString()},
                                {"end", branch.end},
                                {"answer", ToValidUtf8(branch.answer)},
                                {"tokens", branch.tokens},
                                {"mean_logprob", branch.mean_logprob},
                                {"step_scores", branch.step_scores},
                                {"text", ToValidUtf8(branch.text)}});
  }
  out << line.dump() << std::endl;
}

void WriteSummaryJson(const SolveContext& context, const ProgramSummary& summary, std::ostream& out) {
  const Json fields = {{"program", summary.program},
                       {"model", context.model},
                       {"problems", summary.problems},
                       {"correct", summary.correct},
                       {"failed", summary.failed},
                       {"accuracy", summary.accuracy()},
                       {"tokens", TokensJson(summary.tokens, summary.usage)},
                       {"pages", PagesJson(summary.usage, summary.shared_pages())},
                       {"seconds", summary.wall_seconds},
                       {"stop_reasons", summary.stop_reasons}};
  out << Json({{"summary", fields}}).dump() << std::endl;
}

void WriteProblemLine(const SolvedProblem& solved, std::ostream& out) {
  const QueryResult& result = solved.result;
  const bool has_gold = !solved.problem->gold.empty();
  const char* mark = !has_gold ? " " : solved.correct ? "+" : "-";
  out << absl::StreamFormat("%s %-4s %-24s answer %-10s", mark, Fit(solved.problem->id, 16),
                            Fit(solved.program, 24), Fit(result.answer.text, 30));
  if (has_gold) out << absl::StreamFormat(" gold %-8s", Fit(solved.problem->gold, 30));
  if (result.status.ok()) {
    out << absl::StreamFormat(" %-13s %5d tokens %6.1f s\n", result.answer.stop_reason,
                              result.tokens.expansion, result.seconds);
  } else {
    out << " " << Fit(std::string(ToStd(result.status.message())), 200) << "\n";
  }
  out << std::flush;
}

void WriteSummaryTable(const SolveContext& context, const std::vector<ProgramSummary>& summaries,
                       std::ostream& out) {
  out << "\nmodel " << context.model << ", prompt format " << context.format.name << ", reward "
      << context.reward << ", seed " << context.seed << "\n\n"
      << absl::StreamFormat("%-24s %9s %9s %9s %11s %10s %16s %8s %9s  %s\n", "program", "correct", "prefill",
                            "expansion", "aggregation", "discarded", "KV pages shared", "s each", "tokens/s",
                            "stop reasons");
  for (const ProgramSummary& summary : summaries) {
    out << absl::StreamFormat("%-24s %9s %9d %9d %11d %10d %16s %8.1f %9.1f  %s\n", Fit(summary.program, 40),
                              summary.with_gold > 0 ? Cat(summary.correct, " of ", summary.with_gold) : "-",
                              summary.tokens.prefill, summary.tokens.expansion, summary.tokens.aggregation,
                              summary.tokens.discarded,
                              Cat(summary.shared_pages(), " of ", summary.usage.logical_pages),
                              summary.seconds_each(), summary.tokens_per_second(), StopReasonsText(summary));
  }
}

}  // namespace espalier
