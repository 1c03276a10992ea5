// A query's search tree as a drawing: tokens after the prompt run from left to right, one line per branch.
#ifndef ESPALIER_BENCHMARKS_TREE_DRAWING_H_
#define ESPALIER_BENCHMARKS_TREE_DRAWING_H_

#include <span>
#include <string>
#include <string_view>

#include "reasoning/query_result.h"

namespace espalier {

// How a branch ended, as the drawing's colours tell: "done", "cut", "stopped", "pruned" or "failed".
std::string_view EndClass(std::string_view end);

// The mark at the tip of a branch of that class: SVG around (0, 0), in pixels.
std::string_view TipMark(std::string_view end_class);

// "; step scores 1.00 0.50" with `before` for "; ", or "" for a branch that was not scored.
std::string StepScoresText(const BranchRecord& branch, std::string_view before);

// Inline SVG, as wide as what surrounds it, to be styled by kReportStyle. Answers equal to `gold` are marked.
std::string DrawTree(std::span<const BranchRecord> branches, std::string_view gold);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_TREE_DRAWING_H_
