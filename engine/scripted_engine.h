// An engine without a model, for millisecond tests of everything above it: what it "generates" is a function
// of the sequence, and instead of KV it stores in every page slot a hash of the tokens up to that position.
// It reads its sequence back through the page table, so a wrong page, a missing copy or a lost slot changes
// tokens or aborts, just as it would corrupt a real model's answer, only sooner.
#ifndef ESPALIER_ENGINE_SCRIPTED_ENGINE_H_
#define ESPALIER_ENGINE_SCRIPTED_ENGINE_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/tokenizer.h"

namespace espalier {

// One token per byte, and one end token. Encode never fails.
class ByteTokenizer : public Tokenizer {
 public:
  static constexpr TokenId kEnd = 256;

  using Tokenizer::Encode;
  std::vector<TokenId> Encode(std::string_view text, const TokenizeOptions& options) const override;
  std::string_view Piece(TokenId id, bool show_special) const override;
  int32_t size() const override { return kEnd + 1; }
  bool IsControl(TokenId id) const override { return id == kEnd; }
  std::span<const TokenId> end_ids() const override;
  TokenId bos_id() const override { return -1; }
  TokenId eos_id() const override { return kEnd; }
  bool adds_bos() const override { return false; }
};

// What a script sees when it draws the next token of a sequence.
struct ScriptedDraw {
  std::span<const TokenId> tokens;  // the whole sequence so far
  int64_t generated_from;           // where its generated part begins
  uint64_t random_key;
  double uniform;  // the counter RNG's draw for (key, position)
};

struct ScriptedEngineOptions {
  int32_t page_count = 1024;
  int32_t page_size = 16;
  int32_t context_length = 4096;
  int32_t max_batch_tokens = 64;

  ScriptedEngineOptions() {}
};

class ScriptedEngine : public Engine {
 public:
  using Script = std::function<TokenId(const ScriptedDraw&)>;

  ScriptedEngine(const ScriptedEngineOptions& options, Script script);

  const ModelInfo& info() const override { return info_; }
  const Tokenizer& tokenizer() const override { return tokenizer_; }
  const ChatTemplate* chat_template() const override { return nullptr; }
  absl::Status Step(const Batch& batch, StepOutput& output) override;

  int64_t steps() const { return steps_; }
  // The next Step returns this error, once.
  void FailNextStep(absl::Status status) { next_error_ = std::move(status); }

 private:
  uint64_t& Slot(std::span<const PageId> pages, int64_t position);
  void WriteRow(const BatchRow& row);

  ModelInfo info_;
  ByteTokenizer tokenizer_;
  Script script_;
  std::vector<uint64_t> slots_;  // page_count * page_size prefix hashes
  absl::Status next_error_;
  int64_t steps_ = 0;
};

// A script that answers every prompt with one of `texts` and the end token. Which one, is drawn from the
// branch's random key alone: forks of one prompt differ, reruns agree.
ScriptedEngine::Script OneOfTexts(std::vector<std::string> texts);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_SCRIPTED_ENGINE_H_
