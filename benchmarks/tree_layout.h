// Where the branches of a finished search tree lie when it is drawn.
#ifndef ESPALIER_BENCHMARKS_TREE_LAYOUT_H_
#define ESPALIER_BENCHMARKS_TREE_LAYOUT_H_

#include <cstdint>
#include <span>
#include <vector>

#include "reasoning/query_result.h"

namespace espalier {

struct TreeNode {
  const BranchRecord* record = nullptr;  // null: the root, when it was only forked
  int64_t parent = -1;                   // index of the nearest ancestor with a record, or 0; -1 for the root
  int64_t start = 0;                     // tokens after the prompt: where it leaves its parent
  int64_t end = 0;                       // where its line ends
  bool has_tip = true;                   // no child continues from its end
  double row = 0;                        // from the top, in [0, rows)
};

// Invariants: nodes[0] is the root; parents come before their children, siblings in order of path.
// A node lies midway between its children if all of them start where it ends; every other node has a row of
// its own. So lines never overlap.
struct TreeLayout {
  std::vector<TreeNode> nodes;
  int64_t rows = 0;
  int64_t tokens = 0;  // of the longest path
};

// Linear in the branches times their depth. The records must outlive the layout.
TreeLayout LayOutTree(std::span<const BranchRecord> branches);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_TREE_LAYOUT_H_
