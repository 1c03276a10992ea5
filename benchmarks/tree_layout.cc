#include "benchmarks/tree_layout.h"

#include <algorithm>
#include <string>

namespace espalier {
namespace {

bool IsBelow(const std::string& path, const std::string& ancestor) {
  return path.size() > ancestor.size() && path.starts_with(ancestor) && path[ancestor.size()] == '.';
}

std::vector<const BranchRecord*> InOrderOfPath(std::span<const BranchRecord> branches) {
  std::vector<const BranchRecord*> ordered;
  for (const BranchRecord& branch : branches) ordered.push_back(&branch);
  std::ranges::stable_sort(ordered, {}, [](const BranchRecord* branch) { return branch->path; });
  return ordered;
}

// In order of path an ancestor comes before all that is below it: the chain of open ancestors is a stack.
std::vector<TreeNode> MakeNodes(std::span<const BranchRecord> branches) {
  std::vector<TreeNode> nodes(1);
  std::vector<int64_t> open = {0};
  for (const BranchRecord* record : InOrderOfPath(branches)) {
    TreeNode node;
    node.record = record;
    node.start = record->start;
    node.end = record->start + record->tokens;
    if (record->path == BranchPath()) {
      nodes[0] = node;
      continue;
    }
    const std::string path = record->path.ToString();
    while (open.size() > 1 && !IsBelow(path, nodes[open.back()].record->path.ToString())) open.pop_back();
    node.parent = open.back();
    open.push_back(static_cast<int64_t>(nodes.size()));
    nodes.push_back(node);
  }
  return nodes;
}

// Reads the children's starts: sets `end` to the last of them where it is farther, and `has_tip`. Returns for
// every node whether it lies midway between its children.
std::vector<bool> FindForks(std::vector<TreeNode>& nodes) {
  std::vector<bool> forks(nodes.size(), true);
  for (TreeNode& node : nodes) {
    if (node.parent < 0) continue;
    TreeNode& parent = nodes[node.parent];
    if (node.start != parent.end) forks[node.parent] = false;
    if (node.start < parent.end) continue;
    parent.end = node.start;
    parent.has_tip = false;
  }
  for (size_t i = 0; i < nodes.size(); ++i) forks[i] = forks[i] && !nodes[i].has_tip;
  return forks;
}

}  // namespace

TreeLayout LayOutTree(std::span<const BranchRecord> branches) {
  TreeLayout layout;
  layout.nodes = MakeNodes(branches);
  std::vector<TreeNode>& nodes = layout.nodes;
  const std::vector<bool> forks = FindForks(nodes);
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (!forks[i]) nodes[i].row = static_cast<double>(layout.rows++);
    layout.tokens = std::max(layout.tokens, nodes[i].end);
  }
  std::vector<double> first(nodes.size()), last(nodes.size(), -1);
  for (size_t i = nodes.size(); i-- > 0;) {
    if (forks[i]) nodes[i].row = (first[i] + last[i]) / 2;
    if (nodes[i].parent < 0) continue;
    first[nodes[i].parent] = nodes[i].row;  // children come last to first
    if (last[nodes[i].parent] < 0) last[nodes[i].parent] = nodes[i].row;
  }
  return layout;
}

}  // namespace espalier
