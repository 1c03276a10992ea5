#include "scheduler/planner.h"

#include <algorithm>

namespace espalier {
namespace {

int64_t Uncomputed(const BranchView& view) {
  return static_cast<int64_t>(view.tokens.size()) - view.computed;
}

int64_t CommonPrefix(std::span<const TokenId> a, std::span<const TokenId> b) {
  const auto [end_a, end_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return end_a - a.begin();
}

// Fills one step's budget; lives for one planning pass.
class BudgetFiller {
 public:
  explicit BudgetFiller(const StepLimits& limits)
      : left_(limits.token_budget), rows_left_(limits.max_rows), page_size_(limits.page_size) {}

  bool full() const { return left_ <= 0 || rows_left_ <= 0; }

  void Add(const BranchView& view) {
    if (full()) return;
    const int64_t count = std::min(Uncomputed(view), left_);
    rows_.push_back({view.id, count, !view.resident});
    left_ -= count;
    --rows_left_;
    if (Uncomputed(view) > 1) prefilling_.push_back(&view);
  }

  // A prompt under way that did not fit into this step still holds back those that share its prefix.
  void NotePrefilling(const BranchView& view) { prefilling_.push_back(&view); }

  bool PrefixIsBeingComputed(const BranchView& waiting) const {
    return std::any_of(prefilling_.begin(), prefilling_.end(), [&](const BranchView* other) {
      return CommonPrefix(waiting.tokens, other->tokens) >= waiting.computed + page_size_;
    });
  }

  std::vector<PlannedRow> TakeRows() { return std::move(rows_); }

 private:
  int64_t left_;
  int64_t rows_left_;
  int64_t page_size_;
  std::vector<const BranchView*> prefilling_;
  std::vector<PlannedRow> rows_;
};

}  // namespace

std::vector<PlannedRow> PlanStep(std::span<const BranchView> views, const StepLimits& limits) {
  BudgetFiller filler(limits);
  for (const BranchView& view : views) {
    if (view.resident && Uncomputed(view) == 1) filler.Add(view);
  }
  for (const BranchView& view : views) {
    if (!view.resident || Uncomputed(view) == 1) continue;
    if (filler.full()) {
      filler.NotePrefilling(view);
    } else {
      filler.Add(view);
    }
  }
  for (const BranchView& view : views) {
    if (filler.full()) break;
    if (!view.resident && !filler.PrefixIsBeingComputed(view)) filler.Add(view);
  }
  return filler.TakeRows();
}

}  // namespace espalier
