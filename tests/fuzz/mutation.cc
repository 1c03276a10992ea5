#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace espalier {
namespace {

std::string_view AsBytes(const uint64_t& value, size_t bytes) {  // of a little-endian machine
  return {reinterpret_cast<const char*>(&value), bytes};
}

}  // namespace

std::string Mutator::Mutate(const std::vector<std::string>& corpus, const Comparisons& comparisons) {
  const size_t from_end = std::min(Below(corpus.size()), Below(corpus.size()));
  std::string input = corpus[Below(4) == 0 ? Below(corpus.size()) : corpus.size() - 1 - from_end];
  for (size_t edits = 1 + Below(8); edits > 0; --edits) Edit(input, corpus, comparisons);
  return input;
}

void Mutator::Edit(std::string& input, const std::vector<std::string>& corpus,
                   const Comparisons& comparisons) {
  if (input.empty()) input.push_back(static_cast<char>(random_()));
  const size_t at = Below(input.size());
  const size_t rest = input.size() - at;
  switch (Below(10)) {
    case 0:
      input[at] = static_cast<char>(input[at] ^ 1 << Below(8));
      return;
    case 1:
      input[at] = static_cast<char>(random_());
      return;
    case 2:
      input.erase(at, 1 + Below(std::min<size_t>(rest, Below(8) == 0 ? rest : 16)));
      return;
    case 3:
      input.insert(at, 1 + Below(16), static_cast<char>(random_()));
      return;
    case 4:
      input.insert(at, input.substr(Below(input.size()), 1 + Below(64)));
      return;
    case 5:
      if (!words_.empty()) input.insert(at, words_[Below(words_.size())]);
      return;
    case 6:
      return CopyPart(corpus[Below(corpus.size())], input);
    case 7:
      return ReplaceOperand(comparisons, input);
    default:
      return SetInteger(input);
  }
}

// An integer of 1, 2, 4 or 8 bytes becomes one at the edge of something, or a little more or less.
void Mutator::SetInteger(std::string& input) {
  const size_t bytes = std::min<size_t>(size_t{1} << Below(4), input.size());
  const size_t at = Below(input.size() - bytes + 1);
  uint64_t value = 0;
  std::memcpy(&value, &input[at], bytes);
  switch (Below(3)) {
    case 0:
      value = (uint64_t{1} << Below(64)) - Below(2);
      break;
    case 1:
      value = Below(2) == 0 ? Below(40) : -Below(4);
      break;
    default:
      value += Below(16) - 8;
  }
  std::memcpy(&input[at], &value, bytes);
}

// A stretch of another input, in place of one here or between.
void Mutator::CopyPart(const std::string& from, std::string& input) {
  if (from.empty()) return;
  const size_t begin = Below(from.size());
  const std::string part = from.substr(begin, 1 + Below(Below(4) == 0 ? from.size() : 64));
  input.replace(Below(input.size()), Below(2) == 0 ? part.size() : 0, part);
}

// Where the input holds one operand of a comparison, the other one.
void Mutator::ReplaceOperand(const Comparisons& comparisons, std::string& input) {
  const Comparisons::Pair* pair = comparisons.Pick(random_());
  if (pair == nullptr) return;
  const bool turned = Below(2) == 0;
  const std::string_view from = AsBytes(turned ? pair->b : pair->a, pair->bytes);
  const std::string_view to = AsBytes(turned ? pair->a : pair->b, pair->bytes);
  size_t at = input.find(from, Below(input.size()));
  if (at == std::string::npos) at = input.find(from);
  if (at != std::string::npos) input.replace(at, to.size(), to);
}

}  // namespace espalier
