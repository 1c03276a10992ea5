#include "engine/bpe_vocabulary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/cat.h"

namespace espalier {
namespace {

// Scored tokens are looked up at each of their splits.
constexpr size_t kMaxScoredTokenBytes = 1024;
}  // namespace

absl::Status CheckTokens(const BpeVocabulary& vocabulary) {
  const size_t size = vocabulary.tokens.size();
  if (size == 0 || size > kMaxTokens || vocabulary.padded_size > kMaxTokens) {
    return absl::InvalidArgumentError(Cat("a vocabulary of ", std::max(size, vocabulary.padded_size),
                                          " tokens cannot be used; at least 1 and at most ", kMaxTokens));
  }
  if (vocabulary.types.size() != size) {
    return absl::InvalidArgumentError(Cat("the vocabulary has ", size, " tokens but ",
                                          vocabulary.types.size(),
                                          " token types: the model file is damaged"));
  }
  if (!vocabulary.scores.empty() && vocabulary.scores.size() != size) {
    return absl::InvalidArgumentError(Cat("the vocabulary has ", size, " tokens but ",
                                          vocabulary.scores.size(), " scores: the model file is damaged"));
  }
  const size_t limit = vocabulary.scores.empty() ? kMaxTokenBytes : kMaxScoredTokenBytes;
  for (size_t id = 0; id < size; ++id) {
    if (vocabulary.tokens[id].size() > limit) {
      return absl::InvalidArgumentError(Cat("token ", id, " has ", vocabulary.tokens[id].size(),
                                            " bytes; at most ", limit, " can be used"));
    }
  }
  return absl::OkStatus();
}

TokenIndex IndexByText(const BpeVocabulary& vocabulary) {
  TokenIndex index;
  index.reserve(vocabulary.tokens.size());
  const auto is_normal = [&](TokenId id) { return vocabulary.types[id] == TokenType::kNormal; };
  for (TokenId id = 0; id < static_cast<TokenId>(vocabulary.tokens.size()); ++id) {
    if (vocabulary.tokens[id].empty()) continue;
    const auto [it, added] = index.try_emplace(vocabulary.tokens[id], id);
    if (!added && (is_normal(id) || !is_normal(it->second))) it->second = id;
  }
  return index;
}

std::vector<int32_t> RankByScore(const std::vector<double>& scores) {
  const auto score = [&](TokenId id) {
    return std::isnan(scores[id]) ? -std::numeric_limits<double>::infinity() : scores[id];
  };
  std::vector<TokenId> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](TokenId a, TokenId b) { return score(a) > score(b); });
  std::vector<int32_t> ranks(scores.size());
  for (size_t i = 1; i < order.size(); ++i) {
    ranks[order[i]] = ranks[order[i - 1]] + (score(order[i]) < score(order[i - 1]) ? 1 : 0);
  }
  return ranks;
}

bool MarkOnlyLeads(const BpeVocabulary& vocabulary, const TokenIndex& index) {
  const std::string_view mark = vocabulary.space_mark;
  if (mark.empty() || vocabulary.byte_level || vocabulary.ignores_merges || !index.contains(mark))
    return false;
  for (size_t id = 0; id < vocabulary.tokens.size(); ++id) {
    std::string_view text = vocabulary.tokens[id];
    if (!TakesPartInMerges(vocabulary.types[id])) continue;
    while (text.starts_with(mark)) text.remove_prefix(mark.size());
    if (text.find(mark) != std::string_view::npos) return false;
  }
  return true;
}

}  // namespace espalier
