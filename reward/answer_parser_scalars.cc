// AnswerParser: sums, products, powers, functions and numbers.
#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/cat.h"
#include "reward/answer_parser.h"
#include "reward/answer_words.h"

namespace espalier {
namespace {

using Kind = AnswerTokenKind;

constexpr int kMaxPostfixes = 4;

bool IsWhole(const AnswerNode& node) {
  return node.kind == NodeKind::kNumber && node.text.find_first_not_of("0123456789") == std::string::npos;
}

bool IsCurrency(std::string_view name) {
  return name == "dollar" || name == "euro" || name == "pound" || name == "yen";
}

bool EndsProduct(std::string_view name) {
  return name == "end" || name == "rfloor" || name == "rceil" || name == "over" || name == "choose";
}

bool IsTrigonometric(std::string_view name) {
  constexpr std::array<std::string_view, 9> kNames = {"sin", "cos",  "tan",  "cot", "sec",
                                                      "csc", "sinh", "cosh", "tanh"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace

bool AnswerParser::TakeSign(bool* negative) {
  if (Peek().Is("-") || Peek().IsWord("minus") || Peek().IsWord("negative")) {
    Next();
    *negative = !*negative;
    return true;
  }
  if (Take("+")) return true;
  const bool plus_minus = Peek().Is("+-");
  if (!plus_minus && !Peek().Is("-+")) return false;
  Next();
  choices_.plus_minus = true;
  if (plus_minus == options_.lower_sign) *negative = !*negative;
  return true;
}

int32_t AnswerParser::ParseSum() {
  std::vector<int32_t> terms;
  bool first = true;
  while (!failed_) {
    bool negative = false;
    bool has_sign = false;
    while (TakeSign(&negative)) has_sign = true;
    if (!first && !has_sign) break;
    if (!first && negative && Peek().Is("\\{")) {  // R - {1}
      Next();
      const int32_t removed = ParseSet("\\}");
      const int32_t left = terms.size() == 1 ? terms[0] : Make(NodeKind::kAdd, terms);
      terms = {Make(NodeKind::kDifference, {left, removed})};
      continue;
    }
    int32_t term = ParseTerm();
    if (failed_) return kFailed;
    if (negative && (expression_.nodes[term].kind == NodeKind::kPercent ||
                     expression_.nodes[term].kind == NodeKind::kUnit)) {
      const AnswerNode outer = expression_.nodes[term];  // the sign belongs to the number
      const int32_t inside = Make(NodeKind::kNegate, outer.children);
      term = Make(outer.kind, {inside});
      if (!failed_) expression_.nodes[term].value = outer.value;
    } else if (negative && expression_.nodes[term].kind == NodeKind::kMatrix) {
      const int32_t one = MakeLeaf(NodeKind::kNumber, "1");
      term = ScaleMatrix(term, {Make(NodeKind::kNegate, {one})}, {});
    } else if (negative) {
      term = Make(NodeKind::kNegate, {term});
    }
    terms.push_back(term);
    first = false;
  }
  if (failed_) return kFailed;
  return terms.size() == 1 ? terms[0] : Make(NodeKind::kAdd, std::move(terms));
}

bool AnswerParser::StartsFactor() const {
  const AnswerToken& token = Peek();
  switch (token.kind) {
    case Kind::kNumber:
      return true;
    case Kind::kVariable:
      return !StartsUnit() && !IsUnionLetter();
    case Kind::kName:
      return !EndsProduct(token.text) && !IsCurrency(token.text);
    case Kind::kSymbol:
      if (token.text == "(" && Peek(1).kind == Kind::kWord) return false;  // "42 (approximately)"
      return token.text == "(" || token.text == "[" || token.text == "{" || (token.text == "|" && bars_ == 0);
    default:
      return false;
  }
}

// "3 1/2" and "3\frac{1}{2}" behind the whole number 3; kFailed, without failing, if it is none.
int32_t AnswerParser::ParseMixedNumber(int32_t whole) {
  const size_t start = position_;
  const size_t nodes = expression_.nodes.size();
  int32_t fraction = kFailed;
  if (Peek().IsName("frac")) {
    fraction = ParseBase();
  } else if (Peek().kind == Kind::kNumber && Peek().spaced && Peek(1).Is("/") &&
             Peek(2).kind == Kind::kNumber) {
    const int32_t numerator = MakeLeaf(NodeKind::kNumber, Peek().text);
    const int32_t denominator = MakeLeaf(NodeKind::kNumber, Peek(2).text);
    fraction = Make(NodeKind::kDivide, {numerator, denominator});
    Next(), Next(), Next();
  }
  if (failed_) return kFailed;
  if (fraction != kFailed && expression_.nodes[fraction].kind == NodeKind::kDivide) {
    const AnswerNode& numerator = expression_.nodes[expression_.nodes[fraction].children[0]];
    const AnswerNode& denominator = expression_.nodes[expression_.nodes[fraction].children[1]];
    const bool proper = IsWhole(numerator) && IsWhole(denominator) &&
                        std::pair(numerator.text.size(), numerator.text) <
                            std::pair(denominator.text.size(), denominator.text);
    if (proper) return Make(NodeKind::kAdd, {whole, fraction});
  }
  position_ = start;
  expression_.nodes.resize(nodes);
  return kFailed;
}

int32_t AnswerParser::ParseTerm() {
  std::vector<int32_t> above = {ParseFactor()};
  std::vector<int32_t> below;
  if (!failed_ && IsWhole(expression_.nodes[above[0]]) && expression_.nodes[above[0]].children.empty()) {
    const int32_t mixed = ParseMixedNumber(above[0]);
    if (mixed != kFailed) above[0] = ParsePostfix(mixed);
  }
  while (!failed_) {
    if (Take("*")) {
      above.push_back(ParseFactor());
    } else if (Peek().Is("/") && Peek(1).kind != Kind::kWord &&
               !(Peek(1).kind == Kind::kVariable && Peek(1).in_text)) {
      Next();
      below.push_back(ParseFactor());
    } else if (StartsFactor()) {
      if (Peek().kind == Kind::kNumber && expression_.nodes[above.back()].kind == NodeKind::kNumber)
        return Fail();
      above.push_back(ParseFactor());
    } else {
      break;
    }
  }
  if (failed_) return kFailed;
  const auto is_matrix = [&](int32_t factor) { return expression_.nodes[factor].kind == NodeKind::kMatrix; };
  const auto matrix = std::find_if(above.begin(), above.end(), is_matrix);
  if (matrix != above.end() && above.size() + below.size() > 1) {
    const int32_t scaled = *matrix;
    above.erase(matrix);
    return ScaleMatrix(scaled, above, below);
  }
  const int32_t product = above.size() == 1 ? above[0] : Make(NodeKind::kMultiply, std::move(above));
  if (below.empty()) return product;
  const int32_t divisor = below.size() == 1 ? below[0] : Make(NodeKind::kMultiply, std::move(below));
  return Make(NodeKind::kDivide, {product, divisor});
}

// Every cell times the factors above, divided by those below.
int32_t AnswerParser::ScaleMatrix(int32_t matrix, const std::vector<int32_t>& above,
                                  const std::vector<int32_t>& below) {
  std::vector<int32_t> cells = expression_.nodes[matrix].children;
  const int32_t columns = expression_.nodes[matrix].value;
  for (int32_t& cell : cells) {
    std::vector<int32_t> factors = above;
    factors.push_back(cell);
    cell = Make(NodeKind::kMultiply, std::move(factors));
    for (const int32_t divisor : below) cell = Make(NodeKind::kDivide, {cell, divisor});
  }
  const int32_t scaled = Make(NodeKind::kMatrix, std::move(cells));
  if (!failed_) expression_.nodes[scaled].value = columns;
  return scaled;
}

int32_t AnswerParser::ParseFactor() {
  if (++depth_ > AnswerExpression::kMaxDepth) return Fail();
  bool negative = false;
  while (Peek().Is("-") || Peek().Is("+")) TakeSign(&negative);
  int32_t factor = ParsePostfix(ParseBase());
  if (negative) factor = Make(NodeKind::kNegate, {factor});
  --depth_;
  return factor;
}

int32_t AnswerParser::ParsePostfix(int32_t base) {
  for (int count = 0; !failed_ && count < kMaxPostfixes; ++count) {
    if (Peek().IsName("degree")) {
      Next();
      base = MakeDegrees(base);
    } else if (Take("^")) {
      const bool braced = Peek().Is("{") && Peek(1).IsName("degree") && Peek(2).Is("}");
      if (Peek().IsName("degree") || braced) {
        position_ += braced ? 3 : 1;
        base = MakeDegrees(base);
      } else {
        const int32_t exponent = ParseExponent();
        base = Make(NodeKind::kPower, {base, exponent});
      }
    } else if (Take("!")) {
      base = Make(NodeKind::kFactorial, {base});
    } else if (Take("%")) {
      base = Make(NodeKind::kPercent, {base});
    } else {
      return base;
    }
  }
  return Fail();
}

// Behind the degree sign: an angle, or a temperature if C or F follows.
int32_t AnswerParser::MakeDegrees(int32_t number) {
  const bool celsius = Peek().kind == Kind::kVariable && Peek().text == "C";
  const bool fahrenheit = Peek().kind == Kind::kVariable && Peek().text == "F";
  if (!celsius && !fahrenheit) return Make(NodeKind::kDegree, {number});
  Next();
  expression_.units.push_back(*FindUnit(celsius ? "celsius" : "fahrenheit"));
  const int32_t node = Make(NodeKind::kUnit, {number});
  if (!failed_) expression_.nodes[node].value = static_cast<int32_t>(expression_.units.size()) - 1;
  return node;
}

int32_t AnswerParser::ParseExponent() {
  if (++depth_ > AnswerExpression::kMaxDepth) return Fail();
  bool negative = false;
  while (Peek().Is("-") || Peek().Is("+")) TakeSign(&negative);
  int32_t exponent = ParseBase();
  if (!failed_ && Take("^")) {
    const int32_t higher = ParseExponent();
    exponent = Make(NodeKind::kPower, {exponent, higher});
  }
  if (negative) exponent = Make(NodeKind::kNegate, {exponent});
  --depth_;
  return exponent;
}

int32_t AnswerParser::ParseBase() {
  if (failed_) return kFailed;
  const AnswerToken& token = Peek();
  switch (token.kind) {
    case Kind::kNumber:
      return ParseNumber();
    case Kind::kVariable:
      return ParseVariable();
    case Kind::kName:
      return ParseName();
    case Kind::kWord:
      return ParseNumberWord();
    default:
      break;
  }
  if (token.Is("(") || token.Is("[")) return ParseBracket();
  if (Take("\\{")) return ParseSet("\\}");
  if (Take("{")) return ParseSet("}");
  if (!Take("|")) return Fail();
  ++bars_;
  const int32_t inside = ParseSum();
  --bars_;
  if (failed_ || !Take("|")) return Fail();
  return Make(NodeKind::kAbsolute, {inside});
}

// "12", "1011_2", "0.1\overline{6}".
int32_t AnswerParser::ParseNumber() {
  const std::string digits = Peek().text;
  Next();
  if (Peek().Is("_")) {
    Next();
    const bool braced = Take("{");
    const std::string base = Peek().kind == Kind::kNumber ? Peek().text : "";
    if (base.empty() || base.size() > 2 || !std::all_of(base.begin(), base.end(), absl::ascii_isdigit))
      return Fail();
    Next();
    if (braced && !Take("}")) return Fail();
    const int value = std::stoi(base);
    if (value < 2 || value > 36 || digits.find('.') != std::string::npos) return Fail();
    return MakeLeaf(NodeKind::kBasedNumber, digits, value);
  }
  const size_t point = digits.find('.');
  const bool bare_point = Peek().Is(".") && Peek(1).IsName("overline");
  if (!bare_point && !(Peek().IsName("overline") && point != std::string::npos))
    return MakeLeaf(NodeKind::kNumber, digits);
  if (bare_point) Next();
  Next();
  const bool braced = Take("{");
  if (Peek().kind != Kind::kNumber || Peek().text.size() > 40 ||
      !std::all_of(Peek().text.begin(), Peek().text.end(), absl::ascii_isdigit))
    return Fail();
  const std::string period = Peek().text;
  Next();
  if (braced && !Take("}")) return Fail();
  // digits + period / (99...9 * 10^decimals)
  const size_t decimals = bare_point ? 0 : digits.size() - point - 1;
  const int32_t start = MakeLeaf(NodeKind::kNumber, digits);
  const int32_t above = MakeLeaf(NodeKind::kNumber, period);
  const int32_t below =
      MakeLeaf(NodeKind::kNumber, Cat(std::string(period.size(), '9'), std::string(decimals, '0')));
  const int32_t tail = Make(NodeKind::kDivide, {above, below});
  return Make(NodeKind::kAdd, {start, tail});
}

// A variable with its subscript and primes, or a constant.
int32_t AnswerParser::ParseVariable() {
  std::string name = Peek().text;
  Next();
  if (name == "m" && Peek().IsName("angle")) return ParseName();  // the measure of an angle
  if (Peek().Is("_")) {
    Next();
    name += '_';
    if (Take("{")) {
      for (int tokens = 0; !Peek().Is("}"); ++tokens) {
        if (tokens == 8 || Peek().kind == Kind::kEnd) return Fail();
        name += Peek().text;
        Next();
      }
      Next();
    } else if (Peek().kind != Kind::kSymbol && Peek().kind != Kind::kEnd) {
      name += Peek().text;
      Next();
    } else {
      return Fail();
    }
  }
  while (Peek().Is("'")) {
    name += '\'';
    Next();
    if (name.size() > 64) return Fail();
  }
  choices_.imaginary_i = choices_.imaginary_i || name == "i" || name == "k";
  choices_.imaginary_j = choices_.imaginary_j || name == "j" || name == "I";
  if ((name == "i" || ((name == "j" || name == "I") && options_.imaginary_j)))
    return MakeLeaf(NodeKind::kImaginaryUnit);
  if (name == "e") return MakeLeaf(NodeKind::kEuler);
  return MakeLeaf(NodeKind::kVariable, std::move(name));
}

int32_t AnswerParser::ParseName() {
  const std::string name = Peek().text;
  Next();
  if (name == "pi") return MakeLeaf(NodeKind::kPi);
  if (name == "infinity") return MakeLeaf(NodeKind::kInfinity);
  if (name == "reals") return MakeLeaf(NodeKind::kReals);
  if (name == "emptyset") return MakeLeaf(NodeKind::kEmptySet);
  if (name == "begin") return ParseMatrix();
  if (IsCurrency(name)) {
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
    return Peek(ahead).kind == Kind::kWord ? absl::AsciiStrToLower(Peek(ahead).text) : std::string();
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
