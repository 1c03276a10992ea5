// AnswerParser: sums, products, powers and numbers.
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/cat.h"
#include "reward/answers/answer_parser.h"
#include "reward/answers/answer_words.h"

namespace espalier {
namespace {

using Kind = AnswerTokenKind;

constexpr int kMaxPostfixes = 4;

bool IsWhole(const AnswerNode& node) {
  return node.kind == NodeKind::kNumber && node.text.find_first_not_of("0123456789") == std::string::npos;
}

bool IsPlainMatrix(const AnswerNode& node) { return node.kind == NodeKind::kMatrix && node.open == 0; }

bool EndsProduct(std::string_view name) {
  return name == "end" || name == "rfloor" || name == "rceil" || name == "over" || name == "choose";
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
    } else if (negative && IsPlainMatrix(expression_.nodes[term])) {
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
      return !EndsProduct(token.text) && !IsCurrencyName(token.text);
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
  const auto is_matrix = [&](int32_t factor) { return IsPlainMatrix(expression_.nodes[factor]); };
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

}  // namespace espalier
