#include "engine/scripted_engine.h"

#include <array>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "base/random.h"

namespace espalier {
namespace {

constexpr std::array<TokenId, 1> kEndIds = {ByteTokenizer::kEnd};

std::array<char, 256> AllBytes() {
  std::array<char, 256> bytes;
  for (int i = 0; i < 256; ++i) bytes[i] = static_cast<char>(i);
  return bytes;
}

uint64_t Extend(uint64_t prefix_hash, TokenId token) {
  return StableHash(static_cast<uint64_t>(token), prefix_hash);
}

}  // namespace

std::vector<TokenId> ByteTokenizer::Encode(std::string_view text, const TokenizeOptions&) const {
  std::vector<TokenId> ids;
  ids.reserve(text.size());
  for (const char c : text) ids.push_back(static_cast<unsigned char>(c));
  return ids;
}

std::string_view ByteTokenizer::Piece(TokenId id, bool show_special) const {
  static const std::array<char, 256> kBytes = AllBytes();
  if (id == kEnd) return show_special ? "<end>" : "";
  return id >= 0 && id < kEnd ? std::string_view(&kBytes[id], 1) : "";
}

std::span<const TokenId> ByteTokenizer::end_ids() const { return kEndIds; }

ScriptedEngine::ScriptedEngine(const ScriptedEngineOptions& options, Script script)
    : script_(std::move(script)), slots_(int64_t{options.page_count} * options.page_size) {
  info_.name = "scripted";
  info_.architecture = "scripted";
  info_.vocabulary_size = tokenizer_.size();
  info_.context_length = options.context_length;
  info_.page_size = options.page_size;
  info_.page_count = options.page_count;
  info_.page_bytes = int64_t{options.page_size} * sizeof(uint64_t);
  info_.max_batch_tokens = options.max_batch_tokens;
}

uint64_t& ScriptedEngine::Slot(std::span<const PageId> pages, int64_t position) {
  const int64_t page = position / info_.page_size;
  ESPALIER_CHECK(page < static_cast<int64_t>(pages.size()), "position ", position, " with ", pages.size(),
                 " pages");
  ESPALIER_CHECK(pages[page] >= 0 && pages[page] < info_.page_count, "page ", pages[page]);
  return slots_[int64_t{pages[page]} * info_.page_size + position % info_.page_size];
}

absl::Status ScriptedEngine::Step(const Batch& batch, StepOutput& output) {
  ++steps_;
  if (!next_error_.ok()) return std::exchange(next_error_, absl::OkStatus());
  for (const PageCopy& copy : batch.copies) {
    for (int32_t slot = 0; slot < copy.slots; ++slot) {
      slots_[int64_t{copy.destination} * info_.page_size + slot] =
          slots_[int64_t{copy.source} * info_.page_size + slot];
    }
  }
  int64_t tokens = 0;
  for (const BatchRow& row : batch.rows) {
    tokens += static_cast<int64_t>(row.tokens.size());
    WriteRow(row);
  }
  ESPALIER_CHECK(tokens <= info_.max_batch_tokens, tokens);
  output.rows.assign(batch.rows.size(), RowOutput());
  for (size_t i = 0; i < batch.rows.size(); ++i) {
    const BatchRow& row = batch.rows[i];
    if (!row.output.sample) continue;
    const int64_t position = static_cast<int64_t>(row.output.history.size());
    const double uniform = UniformDraw(row.output.random_key, position);
    output.rows[i].sampled =
        script_({row.output.history, row.output.generated_from, row.output.random_key, uniform});
    output.rows[i].statistics.logprob = static_cast<float>(std::log(1 - uniform));
  }
  return absl::OkStatus();
}

// Checks that the pages hold exactly this sequence's prefix, then writes the row's tokens.
void ScriptedEngine::WriteRow(const BatchRow& row) {
  const std::span<const TokenId> history = row.output.history;
  const int64_t end = row.position + static_cast<int64_t>(row.tokens.size());
  ESPALIER_CHECK(!row.tokens.empty() && static_cast<int64_t>(history.size()) == end, history.size(),
                 " != ", end);
  uint64_t hash = 0;
  for (int64_t position = 0; position < end; ++position) {
    hash = Extend(hash, history[position]);
    uint64_t& slot = Slot(row.pages, position);
    if (position < row.position) {
      ESPALIER_CHECK(slot == hash, "the KV at position ", position, " of ", end, " is another sequence's");
    } else {
      ESPALIER_CHECK(row.tokens[position - row.position] == history[position], "position ", position);
      slot = hash;
    }
  }
}

ScriptedEngine::Script OneOfTexts(std::vector<std::string> texts) {
  ESPALIER_CHECK(!texts.empty());
  return [texts = std::move(texts)](const ScriptedDraw& draw) -> TokenId {
    const std::string& text = texts[StableHash(draw.random_key, 1) % texts.size()];
    const int64_t next = static_cast<int64_t>(draw.tokens.size()) - draw.generated_from;
    return next < static_cast<int64_t>(text.size()) ? static_cast<unsigned char>(text[next])
                                                    : ByteTokenizer::kEnd;
  };
}

}  // namespace espalier
