// One sequence on an engine, for tests: its tokens, its pages, and rows that continue it.
#ifndef ESPALIER_TESTS_ENGINE_SEQUENCE_H_
#define ESPALIER_TESTS_ENGINE_SEQUENCE_H_

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "base/check.h"
#include "engine/engine.h"

namespace espalier {

using Distribution = std::vector<std::pair<TokenId, float>>;  // all tokens, most likely first

inline Distribution ToDistribution(const RowOutput& output) {
  Distribution distribution;
  for (const RankedToken& token : output.top) distribution.emplace_back(token.id, token.logprob);
  return distribution;
}

inline std::vector<TokenId> TestTokens(int64_t count, uint32_t seed, int32_t vocabulary) {
  std::vector<TokenId> tokens;
  for (int64_t i = 0; i < count; ++i) {
    tokens.push_back(static_cast<TokenId>((seed * 7919u + i * i * 31u + i * 17u) % vocabulary));
  }
  return tokens;
}

class Sequence {
 public:
  // Takes pages [first_page, first_page + enough for `tokens`).
  Sequence(const Engine& engine, std::vector<TokenId> tokens, PageId first_page)
      : tokens_(std::move(tokens)),
        vocabulary_(engine.info().vocabulary_size),
        pages_((tokens_.size() + engine.info().page_size - 1) / engine.info().page_size) {
    std::iota(pages_.rbegin(), pages_.rend(), first_page);  // the last page first: order must not matter
  }

  std::vector<PageId>& pages() { return pages_; }
  std::span<const TokenId> tokens() const { return tokens_; }

  // A row for tokens [begin, end) that asks for the whole distribution after the last one.
  BatchRow Row(int64_t begin, int64_t end) const {
    BatchRow row;
    row.tokens = std::span(tokens_).subspan(begin, end - begin);
    row.position = begin;
    row.pages = pages_;
    row.output.top_count = vocabulary_;
    return row;
  }

 private:
  std::vector<TokenId> tokens_;
  int32_t vocabulary_;
  std::vector<PageId> pages_;
};

inline StepOutput RunStep(Engine& engine, std::vector<BatchRow> rows, std::vector<PageCopy> copies = {}) {
  Batch batch;
  batch.rows = std::move(rows);
  batch.copies = std::move(copies);
  StepOutput output;
  const absl::Status status = engine.Step(batch, output);
  ESPALIER_CHECK(status.ok());
  return output;
}

}  // namespace espalier

#endif  // ESPALIER_TESTS_ENGINE_SEQUENCE_H_
