#include "engine/bpe_merges.h"

#include <optional>
#include <random>

#include "gtest/gtest.h"

namespace espalier {
namespace {

struct Rule {
  TokenId left, right, merged;
};

void ApplyNaively(const std::vector<Rule>& rules, std::vector<TokenId>& tokens) {
  const auto find_best = [&]() -> std::optional<std::pair<size_t, Rule>> {
    for (const Rule& rule : rules) {
      for (size_t i = 0; i + 1 < tokens.size(); ++i) {
        if (tokens[i] == rule.left && tokens[i + 1] == rule.right) return std::pair(i, rule);
      }
    }
    return std::nullopt;
  };
  while (const auto best = find_best()) {
    tokens[best->first] = best->second.merged;
    tokens.erase(tokens.begin() + best->first + 1);
  }
}

// Random rules over four letters, each merged token new: some of higher ranks merge products of lower ones.
std::vector<Rule> RandomRules(std::mt19937& random) {
  std::vector<Rule> rules;
  for (TokenId merged = 4; merged < 24; ++merged) {
    rules.push_back(
        {static_cast<TokenId>(random() % merged), static_cast<TokenId>(random() % merged), merged});
  }
  std::shuffle(rules.begin(), rules.end(), random);
  return rules;
}

TEST(BpeMergesTest, EqualsTheNaiveProcedureAtEveryLength) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    const std::vector<Rule> rules = RandomRules(random);
    BpeMerges merges;
    int32_t rank = 0;
    for (const Rule& rule : rules) merges.Add(rule.left, rule.right, rule.merged, rank++);
    for (const size_t length : {0, 1, 2, 7, 47, 48, 49, 200}) {
      std::vector<TokenId> tokens(length);
      for (TokenId& token : tokens) token = static_cast<TokenId>(random() % 4);
      std::vector<TokenId> expected = tokens;
      ApplyNaively(rules, expected);
      merges.Apply(tokens);
      EXPECT_EQ(tokens, expected) << "round " << round << ", length " << length;
    }
  }
}

}  // namespace
}  // namespace espalier
