#include "radix_cache/radix_tree.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace espalier {

namespace {

int64_t CommonLength(std::span<const TokenId> a, std::span<const TokenId> b) {
  constexpr size_t kBlock = 64;  // tokens that one memcmp compares
  const size_t size = std::min(a.size(), b.size());
  size_t i = 0;
  while (i + kBlock <= size && std::memcmp(&a[i], &b[i], kBlock * sizeof(TokenId)) == 0) i += kBlock;
  while (i < size && a[i] == b[i]) ++i;
  return static_cast<int64_t>(i);
}

}  // namespace

RadixTree::RadixTree(int32_t page_size, PagePool& pool, EvictionOrder& order)
    : page_size_(page_size),
      pool_(pool),
      order_(order),
      owner_(pool.page_count()),
      root_(std::make_unique<RadixNode>()) {}

RadixTree::~RadixTree() {
  std::vector<std::unique_ptr<RadixNode>> doomed;
  doomed.push_back(std::move(root_));
  while (!doomed.empty()) {
    const std::unique_ptr<RadixNode> node = std::move(doomed.back());
    doomed.pop_back();
    for (auto& [token, child] : node->children) doomed.push_back(std::move(child));
  }
}

RadixTree::Position RadixTree::Find(std::span<const TokenId> tokens) const {
  Position at{root_.get(), 0};
  while (at.length < static_cast<int64_t>(tokens.size())) {
    const auto child = at.node->children.find(tokens[at.length]);
    if (child == at.node->children.end()) break;
    at.node = child->second.get();
    at.length += CommonLength(at.node->tokens, tokens.subspan(at.length));
    if (at.length < at.node->end()) break;
  }
  return at;
}

std::vector<PageId> RadixTree::Pages(Position position) const {
  if (position.length == 0) return {};
  std::vector<PageId> pages(PageIndex(position.length - 1) + 1);
  int64_t missing = static_cast<int64_t>(pages.size());  // pages[missing:] are known, from deeper nodes
  for (const RadixNode* node = position.node; missing > 0; node = node->parent) {
    const int64_t first = PageIndex(node->begin);
    if (first >= missing) continue;
    std::copy_n(node->pages.begin(), missing - first, pages.begin() + first);
    missing = first;
  }
  return pages;
}

void RadixTree::List(RadixNode& node, PageId page) {
  node.pages.push_back(page);
  pool_.AddNode(page);
  owner_[page] = &node;
}

void RadixTree::Unlist(RadixNode& node, PageId page) {
  pool_.DropNode(page);
  if (owner_[page] == &node) owner_[page] = pool_.nodes(page) > 0 ? node.parent : nullptr;
}

// Cuts `node` at position `at`, begin < at < end. Returns the new upper half; `node` remains the lower one.
RadixNode* RadixTree::Split(RadixNode* node, int64_t at) {
  const int64_t cut = at - node->begin;
  std::unique_ptr<RadixNode>& slot = node->parent->children.at(node->tokens.front());
  std::unique_ptr<RadixNode> lower = std::exchange(slot, std::make_unique<RadixNode>());
  RadixNode* upper = slot.get();
  upper->parent = node->parent;
  upper->begin = node->begin;
  upper->tokens.assign(node->tokens.begin(), node->tokens.begin() + cut);
  const auto first_kept = node->pages.begin() + (PageIndex(at) - PageIndex(node->begin));
  upper->pages.assign(node->pages.begin(), first_kept);
  for (PageId page : upper->pages) owner_[page] = upper;
  if (at % page_size_ != 0) {
    upper->pages.push_back(*first_kept);
    pool_.AddNode(*first_kept);
  }
  node->parent = upper;
  node->begin = at;
  node->tokens.erase(node->tokens.begin(), node->tokens.begin() + cut);
  node->pages.erase(node->pages.begin(), first_kept);
  upper->children.emplace(node->tokens.front(), std::move(lower));
  return upper;
}

RadixNode* RadixTree::AddChild(RadixNode* parent, TokenId first_token) {
  std::unique_ptr<RadixNode>& child = parent->children[first_token];
  ESPALIER_CHECK(child == nullptr, "a second child for token ", first_token);
  child = std::make_unique<RadixNode>();
  child->parent = parent;
  child->begin = parent->end();
  return child.get();
}

void RadixTree::Insert(Position at, std::span<const TokenId> tokens, std::span<const PageId> pages) {
  const int64_t length = static_cast<int64_t>(tokens.size());
  if (at.length == length) return;
  RadixNode* node = at.length < at.node->end() ? Split(at.node, at.length) : at.node;
  if (node == root_.get() || !node->leaf()) {
    node = AddChild(node, tokens[at.length]);
  } else {  // a leaf grows in place
    const PageId last = node->pages.back();
    order_.SetCandidate(last, false);
    if (at.length % page_size_ != 0) {  // the new page holds the KV of the old one's slots, and more
      node->pages.pop_back();
      Unlist(*node, last);
    }
  }
  node->tokens.insert(node->tokens.end(), tokens.begin() + at.length, tokens.end());
  for (int64_t i = PageIndex(at.length); i <= PageIndex(length - 1); ++i) List(*node, pages[i]);
  order_.SetCandidate(node->pages.back(), true);
  RepairLastPage(node->parent);
}

void RadixTree::Prune(Position at, int64_t keep_length) {
  RadixNode* node = at.node;
  if (at.length < node->end()) return;
  while (node != root_.get() && node->leaf() && node->end() > keep_length &&
         pool_.leases(node->pages.back()) == 0) {
    const int64_t end = std::max({keep_length, PageStart(node->end() - 1), node->begin});
    RadixNode* remaining = end > node->begin ? node : node->parent;
    ShortenLeaf(node, end);
    node = remaining;
  }
}

void RadixTree::DropCandidate(PageId page) {
  RadixNode* leaf = owner_[page];
  ESPALIER_CHECK(leaf != nullptr && leaf->leaf() && leaf->pages.back() == page, "page ", page,
                 " ends no leaf");
  ShortenLeaf(leaf, std::max(leaf->begin, PageStart(leaf->end() - 1)));
}

// begin <= end < leaf->end(); a leaf without tokens is removed.
void RadixTree::ShortenLeaf(RadixNode* leaf, int64_t end) {
  const TokenId first_token = leaf->tokens.front();
  order_.SetCandidate(leaf->pages.back(), false);
  leaf->tokens.resize(end - leaf->begin);
  const int64_t kept = leaf->tokens.empty() ? 0 : PageIndex(end - 1) - PageIndex(leaf->begin) + 1;
  while (static_cast<int64_t>(leaf->pages.size()) > kept) {
    Unlist(*leaf, leaf->pages.back());
    leaf->pages.pop_back();
  }
  if (kept > 0) {
    order_.SetCandidate(leaf->pages.back(), true);
    return;
  }
  RadixNode* parent = leaf->parent;
  parent->children.erase(first_token);
  if (parent != root_.get() && parent->leaf()) {
    order_.SetCandidate(parent->pages.back(), true);
  } else {
    RepairLastPage(parent);
  }
}

// Restores invariant 3 for `node` and upwards, after a child of `node` was removed or changed its first page.
void RadixTree::RepairLastPage(RadixNode* node) {
  while (node != root_.get() && node->end() % page_size_ != 0 && owner_[node->pages.back()] == node) {
    const PageId page = node->children.begin()->second->pages.front();
    pool_.AddNode(page);
    Unlist(*node, std::exchange(node->pages.back(), page));
    if (node->pages.size() > 1) return;  // the page lies within the node, no concern of its parent
    node = node->parent;
  }
}

void RadixTree::CheckInvariants() const {
  std::vector<int32_t> nodes(owner_.size());
  int32_t leaves = 0;
  std::vector<const RadixNode*> open = {root_.get()};
  ESPALIER_CHECK(root_->tokens.empty() && root_->pages.empty() && root_->begin == 0);
  while (!open.empty()) {
    const RadixNode* node = open.back();
    open.pop_back();
    if (node != root_.get()) {
      CheckNode(*node);
      leaves += node->leaf();
    }
    for (PageId page : node->pages) ++nodes[page];
    for (const auto& [token, child] : node->children) {
      ESPALIER_CHECK(child->parent == node && child->begin == node->end() && !child->tokens.empty() &&
                         child->tokens.front() == token,
                     "child for token ", token, " of a node that ends at ", node->end());
      open.push_back(child.get());
    }
  }
  ESPALIER_CHECK(leaves == order_.candidates(), leaves, " leaves, ", order_.candidates(), " candidates");
  for (PageId page = 0; page < pool_.page_count(); ++page) {
    ESPALIER_CHECK(nodes[page] == pool_.nodes(page), "page ", page, ": in ", nodes[page], " nodes, counted ",
                   pool_.nodes(page));
    ESPALIER_CHECK((owner_[page] != nullptr) == (nodes[page] > 0), "page ", page, ": stale owner");
    ESPALIER_CHECK(order_.leased(page) == (pool_.leases(page) > 0), "page ", page, ": stale order");
  }
}

void RadixTree::CheckNode(const RadixNode& node) const {
  const int64_t page_count = PageIndex(node.end() - 1) - PageIndex(node.begin) + 1;
  ESPALIER_CHECK(static_cast<int64_t>(node.pages.size()) == page_count, "node [", node.begin, ", ",
                 node.end(), ") lists ", node.pages.size(), " pages");
  for (int64_t i = 0; i < page_count; ++i) {
    const PageId page = node.pages[i];
    const RadixNode* owner = owner_[page];
    if (i + 1 < page_count || node.leaf() || node.end() % page_size_ == 0) {
      ESPALIER_CHECK(owner == &node, "page ", page, ": owner is not its deepest node");
      continue;
    }
    const bool in_child = std::any_of(node.children.begin(), node.children.end(),
                                      [&](const auto& child) { return child.second->pages.front() == page; });
    ESPALIER_CHECK(in_child && owner != &node, "page ", page, " kept for its first slots, before ",
                   node.end());
  }
  ESPALIER_CHECK(!node.leaf() || order_.candidate(node.pages.back()), "page ", node.pages.back(),
                 " ends a leaf and is no candidate");
}

}  // namespace espalier
