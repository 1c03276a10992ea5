// A user's question, as the program that answers it sees it.
#ifndef ESPALIER_REASONING_QUERY_H_
#define ESPALIER_REASONING_QUERY_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reasoning/branch.h"
#include "reasoning/task.h"
#include "reasoning/task_scope.h"

namespace espalier {

// What a program returns.
struct Answer {
  std::string text;         // "" if there is none
  std::string stop_reason;  // why the query ended: "end", "max_tokens", "all_voted", "decided_vote", ...
  double certainty = 0;     // in [0, 1]: the share of the vote, for programs that vote

  Answer() {}
  Answer(std::string answer, std::string reason, double certainty = 0)
      : text(std::move(answer)), stop_reason(std::move(reason)), certainty(certainty) {}
};

class Query {
 public:
  explicit Query(QueryCore& core) : core_(core) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  std::string_view problem() const;
  const GenerationOptions& generation() const;

  // The root of the tree: the problem in the model's prompt format. Every call gives the same branch.
  Branch Prompt();

  // Runs body(branch) for every branch, together; ends when all have ended. `body` is kept until then.
  template <typename Body>
  Task<> ForEach(std::vector<Branch> branches, Body body) {
    TaskScope scope(core_);
    for (Branch& branch : branches) {
      const BranchPath path = branch.path();
      scope.Start(body(std::move(branch)), path);
    }
    branches.clear();
    co_await scope.Join();
  }

  // From within ForEach: ends the other tasks of that ForEach now and frees their pages in this step.
  // `reason` goes to the records of their branches ("decided_vote").
  void StopSiblings(std::string_view reason = "stopped");

 private:
  QueryCore& core_;
};

}  // namespace espalier

#endif  // ESPALIER_REASONING_QUERY_H_
