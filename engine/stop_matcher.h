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

// Positions count from the first pushed token. What remains is the first `text_end` bytes of the pushed
// pieces: `whole_tokens` tokens in full, then `partial_bytes` bytes of the next one (0: the cut falls between
// tokens).
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
    std::vector<std::pair<uint8_t, int32_t>> children;  // stop strings are few and short: searched in order
    int32_t failure = 0;                                // the longest proper suffix that is a node
    int32_t depth = 0;                                  // bytes from the root
    int32_t match = -1;                                 // the longest stop that ends here; -1: none
  };

  void AddPath(int32_t stop);
  void LinkFailures();
  int32_t Child(int32_t node, uint8_t byte) const;  // -1: none
  int32_t Step(int32_t node, uint8_t byte) const;

  std::vector<std::string> stops_;
  std::vector<Node> nodes_;
};

// One stream. The match that ends first wins; of stops that end at the same byte, the longest.
class StopMatcher {
 public:
  // `stops` must outlive the matcher. With `include_stop` the cut falls behind the stop string.
  explicit StopMatcher(const StopSet& stops, bool include_stop = false);

  // `piece` is the text of the next token. No token may be pushed after a match.
  std::optional<StopMatch> Push(std::string_view piece);

  // How many of the pushed bytes cannot become part of a match any more: safe to show.
  int64_t settled_bytes() const;

 private:
  int64_t bytes() const { return token_ends_.empty() ? 0 : token_ends_.back(); }
  StopMatch CutAt(int32_t stop, int64_t stop_end) const;

  const StopSet& stops_;
  bool include_stop_;
  bool matched_ = false;
  int32_t node_ = 0;                 // the longest beginning of a stop that the stream ends with
  std::vector<int64_t> token_ends_;  // bytes up to and including each pushed token
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_STOP_MATCHER_H_
