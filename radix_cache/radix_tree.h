// The radix tree: an index from token sequences to the pages that hold their KV.
//
// Invariants (CheckInvariants checks each of them):
//
//  1. A node covers the absolute positions [begin, end) of its path, end = begin + tokens.size(). Every node
//     but the root covers at least one; its parent ends where it begins; the children of a node differ in
//     their first token.
//  2. A node lists the pages begin / page_size ... (end - 1) / page_size. A page that it lists holds the KV
//  of
//     the whole path from the page's first slot up to `end`, also of slots before `begin`. So where a node
//     and its parent meet inside a page, the deeper node's entry serves for both:
//
//         positions   0       4       8       12          page_size = 4
//         U [0, 6)    |a a a a|b b|                       U lists a b
//         V [6, 10)           |. .|b b|c c|               V lists b c    (the split left b with both)
//         W [6, 9)            |d d|d d|e|                 W lists d e    (d: a copy of b's first two slots)
//
//     Siblings differ in their first token, so in a slot of the page they begin in: they never share a page.
//     The nodes that list one page are therefore a chain, from its owner, the deepest, upwards.
//  3. An internal node that ends inside a page lists for it the page of one of its children (above: b of V;
//     when V goes, U takes d of W for b). So no page is kept for its first slots alone while another one
//     holds them too.
//  4. Nobody writes a page that the tree lists: a lease writes only pages of which it has the one reference.
//  5. The tree's use of a page is the number of nodes that list it; only the pool frees, when that and the
//     number of leases are both zero. Nodes know no leases and leases no nodes, so any leaf may be dropped at
//     any time, and every page that the tree alone holds comes free by dropping leaves.
//  6. The candidates for eviction are exactly the last pages of the leaves.
//
// No function recurses: a path may be as deep as it has tokens.
#ifndef ESPALIER_RADIX_CACHE_RADIX_TREE_H_
#define ESPALIER_RADIX_CACHE_RADIX_TREE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/container/btree_map.h"
#include "base/ids.h"
#include "radix_cache/eviction.h"
#include "radix_cache/page_pool.h"

namespace espalier {

struct RadixNode {
  RadixNode* parent = nullptr;
  int64_t begin = 0;
  std::vector<TokenId> tokens;
  std::vector<PageId> pages;
  absl::btree_map<TokenId, std::unique_ptr<RadixNode>> children;  // by first token

  int64_t end() const { return begin + static_cast<int64_t>(tokens.size()); }
  bool leaf() const { return children.empty(); }
};

class RadixTree {
 public:
  // The end of a matched path: node->begin < length <= node->end(), or the root and 0.
  struct Position {
    RadixNode* node;
    int64_t length;
  };

  RadixTree(int32_t page_size, PagePool& pool, EvictionOrder& order);
  ~RadixTree();
  RadixTree(const RadixTree&) = delete;
  RadixTree& operator=(const RadixTree&) = delete;

  // The longest prefix of `tokens` in the tree. Allocates nothing.
  Position Find(std::span<const TokenId> tokens) const;

  // The pages of [0, position.length).
  std::vector<PageId> Pages(Position position) const;

  // Adds tokens[at.length:]; at == Find(tokens). `pages` hold the KV of all of `tokens`; those from the page
  // of at.length on get listed.
  void Insert(Position at, std::span<const TokenId> tokens, std::span<const PageId> pages);

  // Shortens the path that ends at `at`, back to `keep_length` tokens or to the first page that a lease holds
  // or that more tokens than this path follow.
  void Prune(Position at, int64_t keep_length);

  // Drops the tokens that a candidate for eviction holds.
  void DropCandidate(PageId page);

  void CheckInvariants() const;

 private:
  int64_t PageIndex(int64_t position) const { return position / page_size_; }
  int64_t PageStart(int64_t position) const { return position - position % page_size_; }

  void List(RadixNode& node, PageId page);
  void Unlist(RadixNode& node, PageId page);
  RadixNode* Split(RadixNode* node, int64_t at);
  RadixNode* AddChild(RadixNode* parent, TokenId first_token);
  void ShortenLeaf(RadixNode* leaf, int64_t end);
  void RepairLastPage(RadixNode* node);
  void CheckNode(const RadixNode& node) const;

  const int32_t page_size_;
  PagePool& pool_;
  EvictionOrder& order_;
  std::vector<RadixNode*> owner_;  // by page: the deepest node that lists it, or null
  std::unique_ptr<RadixNode> root_;
};

}  // namespace espalier

#endif  // ESPALIER_RADIX_CACHE_RADIX_TREE_H_
