// AnswerParser: fractions, roots, functions and whatever else a name begins; numbers in words.
#include <algorithm>
#include <array>
#include <utility>

#include "base/cat.h"
#include "reward/answers/answer_parser.h"
#include "reward/answers/answer_words.h"

namespace espalier {
namespace {

using Kind = AnswerTokenKind;

bool IsTrigonometric(std::string_view name) {
  constexpr std::array<std::string_view, 9> kNames = {"sin", "cos",  "tan",  "cot", "sec",
                                                      "csc", "sinh", "cosh", "tanh"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace

int32_t AnswerParser::ParseName() {
  const std::string name = Peek().text;
  Next();
  if (name == "pi") return MakeLeaf(NodeKind::kPi);
  if (name == "infinity") return MakeLeaf(NodeKind::kInfinity);
  if (name == "reals") return MakeLeaf(NodeKind::kReals);
  if (name == "emptyset") return MakeLeaf(NodeKind::kEmptySet);
  if (name == "begin") return ParseMatrix();
  if (name == "determinant") {
    const int32_t matrix = ParseMatrix();
    if (!failed_) expression_.nodes[matrix].open = '|';
    return matrix;
  }
  if (IsCurrencyName(name)) {
    currency_ = name == "pound" ? "sterling" : name;
    return ParseFactor();
  }
  if (name == "frac" || name == "binom") {
    const int32_t above = ParseBase();
    const int32_t below = ParseBase();
    return Make(name == "frac" ? NodeKind::kDivide : NodeKind::kBinomial, {above, below});
  }
  if (name == "sqrt") {
    int32_t index = kFailed;
    if (Take("[")) {
      index = ParseSum();
      if (!Take("]")) return Fail();
    }
    const int32_t radicand = ParseBase();
    if (index == kFailed) index = MakeLeaf(NodeKind::kNumber, "2");
    return Make(NodeKind::kRoot, {radicand, index});
  }
  if (name == "lfloor" || name == "lceil") {
    const int32_t inside = ParseSum();
    if (!Peek().IsName(name == "lfloor" ? "rfloor" : "rceil")) return Fail();
    Next();
    const int32_t function = Make(NodeKind::kFunction, {inside});
    if (!failed_) expression_.nodes[function].text = name.substr(1);
    return function;
  }
  if (name == "overline" || name == "accent" || name == "angle") return ParseNamedLetters(name);
  return FunctionName(name).empty() ? Fail() : ParseFunction(name);
}

// "\overline{AB}", "\vec{v}", "\angle ABC": a variable of that name.
int32_t AnswerParser::ParseNamedLetters(const std::string& name) {
  constexpr size_t kMaxName = 40;
  const bool braced = Take("{");
  std::string letters = Cat(name, " ");
  while (Peek().kind == Kind::kVariable && letters.size() < kMaxName) {
    letters += Peek().text;
    Next();
    if (!braced && name != "angle") break;
  }
  if (braced && !Take("}")) return Fail();
  return MakeLeaf(NodeKind::kVariable, letters);
}

int32_t AnswerParser::ParseFunction(const std::string& name) {
  int32_t base = kFailed;
  int32_t power = kFailed;
  bool inverse = false;
  for (int i = 0; i < 2; ++i) {
    if (power == kFailed && Take("^")) {
      power = ParseExponent();
    } else if (base == kFailed && name == "log" && Take("_")) {
      base = ParseBase();
    }
  }
  if (power != kFailed && !failed_) {
    const AnswerNode& node = expression_.nodes[power];
    inverse = node.kind == NodeKind::kNegate && expression_.nodes[node.children[0]].text == "1" &&
              IsTrigonometric(name);
  }
  const int32_t argument = ParseFunctionArgument();
  if (failed_) return kFailed;
  int32_t result = kFailed;
  if (name == "log" || name == "lg") {
    choices_.log = choices_.log || (name == "log" && base == kFailed);
    const bool natural = name == "log" && base == kFailed && options_.natural_log;
    if (base == kFailed && !natural) base = MakeLeaf(NodeKind::kNumber, "10");
    result = natural ? Make(NodeKind::kFunction, {argument}) : Make(NodeKind::kLogarithm, {argument, base});
    if (natural && !failed_) expression_.nodes[result].text = "ln";
  } else if (expression_.nodes[argument].kind == NodeKind::kTuple) {
    result = argument;  // max(1, 2)
    expression_.nodes[result].kind = NodeKind::kFunction;
    expression_.nodes[result].text = name;
  } else {
    result = Make(NodeKind::kFunction, {argument});
    if (!failed_) expression_.nodes[result].text = inverse ? Cat("arc", name) : name;
  }
  return power == kFailed || inverse ? result : Make(NodeKind::kPower, {result, power});
}

// "(x)" ends the argument; otherwise it is a product up to the next function or sign: "\sin 2x \cos x".
int32_t AnswerParser::ParseFunctionArgument() {
  if (++depth_ > AnswerExpression::kMaxDepth) return Fail();
  std::vector<int32_t> factors;
  if (Peek().Is("(")) {
    factors.push_back(ParseBracket());
  } else {
    bool negative = false;
    while (Peek().Is("-") || Peek().Is("+")) TakeSign(&negative);
    do {
      factors.push_back(ParsePostfix(ParseBase()));
    } while (!failed_ && StartsFactor() &&
             !(Peek().kind == Kind::kName && !FunctionName(Peek().text).empty()));
    if (negative) factors[0] = Make(NodeKind::kNegate, {factors[0]});
  }
  --depth_;
  if (failed_) return kFailed;
  return factors.size() == 1 ? factors[0] : Make(NodeKind::kMultiply, std::move(factors));
}

// "seven", "twenty-five", "two thirds", "half".
int32_t AnswerParser::ParseNumberWord() {
  const auto word_at = [&](size_t ahead) {
    return Peek(ahead).kind == Kind::kWord ? Peek(ahead).Lower() : std::string();
  };
  std::optional<int> number = NumberWord(word_at(0));
  if (!number && word_at(0) != "half") return Fail();
  if (number) Next();
  size_t ahead = Peek().Is("-") ? 1 : 0;
  if (number && *number >= 20) {
    const std::optional<int> ones = NumberWord(word_at(ahead));
    if (ones && *ones > 0 && *ones < 10) {
      position_ += ahead + 1;
      number = *number + *ones;
      ahead = Peek().Is("-") ? 1 : 0;
    }
  }
  const std::optional<int> parts = PartWord(word_at(ahead));
  const int32_t whole = MakeLeaf(NodeKind::kNumber, Cat(number.value_or(1)));
  if (!parts) return whole;
  position_ += ahead + 1;
  const int32_t denominator = MakeLeaf(NodeKind::kNumber, Cat(*parts));
  return Make(NodeKind::kDivide, {whole, denominator});
}

}  // namespace espalier
