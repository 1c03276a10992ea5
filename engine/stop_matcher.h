// Finds stop strings in a stream of tokens and says where to cut the token ids.
#ifndef ESPALIER_ENGINE_STOP_MATCHER_H_
#define ESPALIER_ENGINE_STOP_MATCHER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace espalier {

// Positions count from the first pushed token. The text that remains is the first `text_end` bytes of the
// pushed pieces: `whole_tokens` tokens in full, then `partial_bytes` bytes of the next one (0: the cut falls
// between tokens, and KV of exactly `whole_tokens` tokens is the KV of the remaining text).
struct StopMatch {
  int32_t stop = 0;      // index of the stop string
  int64_t text_end = 0;  // bytes
  int64_t whole_tokens = 0;
  int64_t partial_bytes = 0;

  friend bool operator==(const StopMatch&, const StopMatch&) = default;
};

// Aho-Corasick automaton over bytes (Aho & Corasick, CACM 18(6), 1975), built once and shared by any number
// of streams. Empty stop strings are ignored.
class StopSet {
 public:
  explicit StopSet(std::vector<std::string> stops);

  bool empty() const { return stops_.empty(); }
  const std::vector<std::string>& stops() const { return stops_; }

 private:
  friend class StopMatcher;

  struct Node {
    std::vector<std::pair<uint8_t, int32_t>> children;  // ascending by byte
    int32_t failure = 0;                                // longest proper suffix that is a node
    int32_t depth = 0;                                  // bytes from the root
    int32_t match = -1;                                 // longest stop that ends here, -1: none
  };

  int32_t Child(int32_t node, uint8_t byte) const;  // -1: none
  int32_t Step(int32_t node, uint8_t byte) const;

  std::vector<std::string> stops_;
  std::vector<Node> nodes_;
};

// One stream. The earliest ending match wins; of stops that end at the same byte, the longest.
class StopMatcher {
 public:
  // `stops` must outlive the matcher. With `include_stop` the cut falls behind the stop string.
  explicit StopMatcher(const StopSet& stops, bool include_stop = false);

  // `piece` is the text of the next token; not to be called again after a match.
  std::optional<StopMatch> Push(std::string_view piece);

  // Bytes pushed so far that cannot become part of a match any more: safe to show.
  int64_t settled_bytes() const;

 private:
  StopMatch CutAt(int32_t stop, int64_t text_end) const;

  const StopSet& stops_;
  bool include_stop_;
  int32_t node_ = 0;
  std::vector<int64_t> token_ends_;  // bytes up to and including each pushed token
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_STOP_MATCHER_H_
