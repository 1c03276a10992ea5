// AnswerParser: units, magnitudes and prose behind a quantity.
#include <algorithm>

#include "base/cat.h"
#include "reward/answers/answer_parser.h"
#include "reward/answers/answer_words.h"

namespace espalier {
namespace {

using Kind = AnswerTokenKind;

int8_t& Power(AnswerUnit* unit, Dimension dimension) {
  return unit->dimensions[static_cast<size_t>(dimension)];
}

bool HasUnit(const AnswerUnit& unit) {
  return std::any_of(unit.dimensions.begin(), unit.dimensions.end(), [](int8_t power) { return power != 0; });
}

// "degrees Celsius" is a temperature.
void DropDegreesOfTemperature(AnswerUnit* unit) {
  if (Power(unit, Dimension::kCelsius) != 0 || Power(unit, Dimension::kFahrenheit) != 0)
    Power(unit, Dimension::kAngle) = 0;
}

}  // namespace

// Whether the letter here, behind a quantity, is a unit.
bool AnswerParser::StartsUnit() const {
  const AnswerToken& token = Peek();
  if (token.kind == Kind::kWord) return true;
  const bool article = token.kind == Kind::kVariable && token.text == "a" && Peek(1).kind == Kind::kWord;
  if (article) return true;  // "42 a day"
  if (token.kind != Kind::kVariable || !IsUnitLetter(token.text)) return false;
  if (token.in_text) return true;
  if (!options_.unit_letters || !token.spaced || position_ == 0) return false;
  const AnswerToken& last = tokens_[position_ - 1];
  if (last.kind != Kind::kNumber && !last.Is("}")) return false;
  const AnswerToken& next = Peek(1);
  return next.kind == Kind::kEnd || next.Is("/") || next.Is("^") || next.Is(",") || next.kind == Kind::kWord;
}

// "^2", "^{-1}" behind a unit; 1 if there is none.
int AnswerParser::TakeUnitExponent() {
  const size_t start = position_;
  if (!Take("^")) return 1;
  const bool braced = Take("{");
  const bool negative = Take("-");
  if (Peek().kind == Kind::kNumber && Peek().text.size() == 1) {
    const int power = Peek().text[0] - '0';
    Next();
    if (!braced || Take("}")) return negative ? -power : power;
  }
  position_ = start;
  return 1;
}

// One word behind a quantity: multiplies it to `unit` if it is a unit. False if it is not understood.
bool AnswerParser::TakeUnit(AnswerUnit* unit, int power, bool* prose) {
  const std::string word = Peek().Lower();
  if (word == "square" || word == "sq" || word == "cubic" || word == "cu") {
    Next();
    const bool follows = Peek().kind == Kind::kWord || Peek().kind == Kind::kVariable;
    return follows && TakeUnit(unit, power * (word[0] == 's' ? 2 : 3), prose);
  }
  const std::optional<AnswerUnit> found = FindUnit(Peek().text);
  if (!found) {
    if (Peek().kind != Kind::kWord || !IsIdleWord(word)) return false;
    *prose = true;
    Next();
    TakeUnitExponent();
    return true;
  }
  Next();
  if (std::abs(power) > 3) return false;
  power *= TakeUnitExponent();
  if (Peek().IsWord("squared")) Next(), power *= 2;
  if (Peek().IsWord("cubed")) Next(), power *= 3;
  if (std::abs(power) > 27) return false;
  // "per day" and "a day" behind a price or a count of things leave the number what it is.
  const bool rate_of_anything = power < 0 && !HasUnit(*unit);
  const bool rate_of_price =
      power < 0 && (Power(unit, Dimension::kDollar) != 0 || Power(unit, Dimension::kEuro) != 0);
  if (rate_of_anything || rate_of_price) return true;
  const std::optional<AnswerUnit> product = MultiplyUnits(*unit, *found, power);
  if (product) *unit = *product;
  return product.has_value();
}

int32_t AnswerParser::ParseUnits(int32_t quantity) {
  AnswerUnit unit;
  unit.factor = {1, 1};
  if (currency_) unit = FindUnit(*currency_).value_or(unit);
  bool prose = false;
  int power = 1;
  for (;;) {
    if (SkipRemark()) continue;
    const std::string word = Peek().kind == Kind::kWord ? Peek().Lower() : "";
    if (word == "or" || word == "and") break;
    if (word == "percent") {
      Next();
      quantity = Make(NodeKind::kPercent, {quantity});
    } else if (const std::optional<int> magnitude = MagnitudeWord(word)) {
      Next();
      const int32_t ten = MakeLeaf(NodeKind::kNumber, Cat("1e", *magnitude));
      quantity = Make(NodeKind::kMultiply, {quantity, ten});
    } else if (word == "per" ||
               (Peek().Is("/") && (Peek(1).kind == Kind::kWord || Peek(1).kind == Kind::kVariable))) {
      Next();
      power = -1;
    } else if (Peek().kind == Kind::kName && FindUnit(Peek().text == "pound" ? "sterling" : Peek().text)) {
      unit = *FindUnit(Peek().text == "pound" ? "sterling" : Peek().text);
      Next();
    } else if ((Peek().Is("*") || Peek().Is("-")) && Peek(1).kind == Kind::kWord) {
      Next();
    } else if (StartsUnit() || (Peek().kind == Kind::kVariable && power < 0)) {
      const bool each = Peek().text == "a" || Peek().IsWord("each");
      if (each) {
        Next();
        power = -1;
        continue;
      }
      if (!Peek().in_text) choices_.unit_letters = choices_.unit_letters || IsUnitLetter(Peek().text);
      if (!TakeUnit(&unit, power, &prose)) return Fail();
      power = 1;
    } else {
      break;
    }
    if (failed_) return kFailed;
  }
  DropDegreesOfTemperature(&unit);
  if (!HasUnit(unit)) return quantity;
  expression_.units.push_back(unit);
  const int32_t node = Make(NodeKind::kUnit, {quantity});
  if (!failed_) expression_.nodes[node].value = static_cast<int32_t>(expression_.units.size()) - 1;
  return node;
}

// "(approximately)".
bool AnswerParser::SkipRemark() {
  if (!Peek().Is("(")) return false;
  size_t length = 1;
  while (Peek(length).kind == Kind::kWord) ++length;
  if (length == 1 || !Peek(length).Is(")")) return false;
  position_ += length + 1;
  return true;
}

// "5 hours 30 minutes", "5 dollars and 50 cents" as a number of the first unit. Another quantity behind the
// first that is no part of it is left alone.
int32_t AnswerParser::ParseSmallerUnits(int32_t quantity) {
  constexpr int kMaxUnits = 4;
  for (int i = 0; i < kMaxUnits && !failed_ && expression_.nodes[quantity].kind == NodeKind::kUnit; ++i) {
    const size_t start = position_;
    if (Peek().IsWord("and")) Next();
    const int32_t number = Peek().kind == Kind::kNumber ? ParseNumber() : kFailed;
    const int32_t part = number == kFailed ? kFailed : ParseUnits(number);
    const int32_t sum = failed_ || part == kFailed ? kFailed : AddSmallerUnit(quantity, part);
    if (sum == kFailed) {
      failed_ = false;
      position_ = start;
      break;
    }
    quantity = sum;
  }
  return quantity;
}

// kFailed if `small` has no smaller unit of the same dimensions.
int32_t AnswerParser::AddSmallerUnit(int32_t large, int32_t small) {
  if (expression_.nodes[small].kind != NodeKind::kUnit) return kFailed;
  const AnswerUnit& large_unit = expression_.units[expression_.nodes[large].value];
  const AnswerUnit& small_unit = expression_.units[expression_.nodes[small].value];
  const std::optional<Rational> ratio = Divide(small_unit.factor, large_unit.factor);
  if (!ratio || ratio->numerator >= ratio->denominator) return kFailed;
  if (large_unit.dimensions != small_unit.dimensions) return kFailed;
  const int32_t numerator = MakeLeaf(NodeKind::kNumber, Cat(ratio->numerator));
  const int32_t denominator = MakeLeaf(NodeKind::kNumber, Cat(ratio->denominator));
  const int32_t factor = Make(NodeKind::kDivide, {numerator, denominator});
  const int32_t converted = Make(NodeKind::kMultiply, {expression_.nodes[small].children[0], factor});
  const int32_t sum = Make(NodeKind::kAdd, {expression_.nodes[large].children[0], converted});
  const int32_t node = Make(NodeKind::kUnit, {sum});
  if (!failed_) expression_.nodes[node].value = expression_.nodes[large].value;
  return node;
}

}  // namespace espalier
