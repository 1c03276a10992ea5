// Changed copies of inputs, for driver.cc: blind edits, words of the format, and operands of comparisons that
// the target was seen to make.
#ifndef ESPALIER_TESTS_FUZZ_MUTATION_H_
#define ESPALIER_TESTS_FUZZ_MUTATION_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace espalier {

// The last comparisons of unequal integers, in a ring.
class Comparisons {
 public:
  struct Pair {
    uint64_t a, b;
    size_t bytes;
  };
  void Add(uint64_t a, uint64_t b, size_t bytes) { pairs_[next_++ % pairs_.size()] = {a, b, bytes}; }
  const Pair* Pick(uint64_t random) const {
    return next_ == 0 ? nullptr : &pairs_[random % std::min<size_t>(next_, pairs_.size())];
  }

 private:
  std::array<Pair, 512> pairs_;
  size_t next_ = 0;
};

class Mutator {
 public:
  Mutator(uint64_t seed, std::vector<std::string> words) : random_(seed), words_(std::move(words)) {}

  // A copy of one of `corpus` (at least one), preferably a late one, after 1 to 8 edits.
  std::string Mutate(const std::vector<std::string>& corpus, const Comparisons& comparisons);

 private:
  size_t Below(size_t bound) { return random_() % bound; }
  void Edit(std::string& input, const std::vector<std::string>& corpus, const Comparisons& comparisons);
  void SetInteger(std::string& input);
  void CopyPart(const std::string& from, std::string& input);
  void ReplaceOperand(const Comparisons& comparisons, std::string& input);

  std::mt19937_64 random_;
  std::vector<std::string> words_;
};

}  // namespace espalier

#endif  // ESPALIER_TESTS_FUZZ_MUTATION_H_
