// How branches draw tokens and when they end: what every program takes.
#ifndef ESPALIER_REASONING_SAMPLING_H_
#define ESPALIER_REASONING_SAMPLING_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace espalier {

// See engine/batch.h for the order of the filters.
struct Sampling {
  double temperature = 0.8;  // >= 0; 0 is greedy
  double top_p = 1.0;        // (0, 1]
  int64_t top_k = 0;         // 0: off
  double min_p = 0.0;        // [0, 1)
  double repetition_penalty = 1.0;
  double presence_penalty = 0.0;
  double frequency_penalty = 0.0;

  Sampling() {}
};

struct GenerationOptions {
  Sampling sampling;
  int64_t max_tokens = 512;       // generated tokens of one branch, from the prompt to its end
  std::vector<std::string> stop;  // besides the prompt format's own
  std::string reward;             // the scorer's name; "" : the runtime's default

  GenerationOptions() {}
};

// Where one Generate ends, besides the model's end of turn and the branch's max_tokens.
class Until {
 public:
  enum class Kind { kEnd, kAnswer, kStep, kText, kTokens };

  static const Until kEnd;     // the model's end of turn only
  static const Until kAnswer;  // also the stop texts of the prompt format and of the user: a whole answer
  static const Until kStep;    // also the prompt format's step delimiter, which stays part of the branch
  static Until Text(std::string text) { return Until(Kind::kText, std::move(text), 0); }  // text is cut off
  static Until Tokens(int64_t count) { return Until(Kind::kTokens, "", count); }  // at most `count` more

  Kind kind() const { return kind_; }
  const std::string& text() const { return text_; }
  int64_t tokens() const { return tokens_; }

 private:
  Until(Kind kind, std::string text, int64_t tokens) : kind_(kind), text_(std::move(text)), tokens_(tokens) {}

  Kind kind_;
  std::string text_;
  int64_t tokens_;
};

inline const Until Until::kEnd(Until::Kind::kEnd, "", 0);
inline const Until Until::kAnswer(Until::Kind::kAnswer, "", 0);
inline const Until Until::kStep(Until::Kind::kStep, "", 0);

// Why a Generate, and with it often its branch, ended.
enum class EndReason {
  kNotEnded,   // still generating, or never started
  kEndOfTurn,  // the model drew an end token
  kStopText,   // a stop text or step delimiter appeared
  kMaxTokens,  // the branch's max_tokens, or Until::Tokens
  kContext,    // the model's context or the page pool cannot hold another token
  kStopped,    // the program no longer needs it: decided vote, cancellation
  kPruned,     // the program gave it up
  kFailed,     // an error, reported by the query's status
};

const char* EndReasonName(EndReason reason);  // "end", "stop_text", "max_tokens", ...

}  // namespace espalier

#endif  // ESPALIER_REASONING_SAMPLING_H_
