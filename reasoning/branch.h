// A branch of a query's tree, as programs see it: a handle, cheap to copy. When the last handle goes, the
// branch's pages are free in the same step.
#ifndef ESPALIER_REASONING_BRANCH_H_
#define ESPALIER_REASONING_BRANCH_H_

#include <coroutine>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reasoning/branch_path.h"
#include "reasoning/sampling.h"

namespace espalier {

class GenerateOperation;
class ScoreOperation;
struct BranchState;

class Branch {
 public:
  Branch() = default;
  explicit Branch(std::shared_ptr<BranchState> state) : state_(std::move(state)) {}

  // New branches that continue from here, sharing every page; also of a branch that is running, at the tokens
  // it has at this point of logical time.
  Branch Fork();
  std::vector<Branch> Fork(int64_t count);

  // co_await branch.Generate(Until::kAnswer) -> EndReason. Expansion. Throws ProgramError on failure.
  // One operation at a time per branch.
  GenerateOperation Generate(const Until& until);
  GenerateOperation Generate(const Until& until, const Sampling& sampling);

  // co_await branch.Score() -> StepScores. Aggregation: has the query's scorer judge the steps of Text().
  // Throws ProgramError when the scorer cannot.
  ScoreOperation Score();

  // Adds text as if the model had written it. Special tokens in it are plain text.
  void Append(std::string_view text);

  // Gives the branch up: its pages are free in the same step, its record says "pruned".
  void Prune();

  // What was generated or appended after the prompt.
  std::string Text() const;
  // The final answer in Text(), "" if there is none.
  std::string ExtractAnswer() const;
  // Mean DeepConf confidence of the generated tokens, 0 if there are none.
  double Confidence() const;
  double MeanLogprob() const;
  int64_t generated_tokens() const;
  EndReason end_reason() const;
  const BranchPath& path() const;

 private:
  std::shared_ptr<BranchState> state_;
};

}  // namespace espalier

#endif  // ESPALIER_REASONING_BRANCH_H_
