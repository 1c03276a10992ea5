#include "reward/arithmetic_side.h"

#include <algorithm>

namespace espalier {
namespace {

using Kind = ArithmeticKind;

constexpr size_t kMostUnitWords = 4;  // "3 bags of red apples * 4"

ArithmeticToken Sign(char sign) {
  ArithmeticToken token;
  token.kind = Kind::kSign;
  token.sign = sign;
  return token;
}

int Precedence(char sign) { return sign == '~' ? 3 : sign == '*' || sign == '/' ? 2 : 1; }

// Evaluates with two stacks, so that depth costs no recursion.
class Evaluator {
 public:
  explicit Evaluator(bool percent_is_hundredth) : hundredth_(percent_is_hundredth) {}

  void Take(const ArithmeticToken& token) {
    if (token.kind == Kind::kNumber) {
      Push(token.percent && hundredth_ && token.value ? Divide(*token.value, Rational{100, 1}) : token.value);
    } else if (token.kind == Kind::kOpen) {
      signs_.push_back('(');
    } else if (token.kind == Kind::kClose) {
      Reduce(0);
      signs_.pop_back();
    } else {
      if (token.sign != '~') Reduce(Precedence(token.sign));
      signs_.push_back(token.sign);
    }
  }

  std::optional<Rational> Finish() {
    Reduce(0);
    return failed_ ? std::nullopt : std::optional<Rational>(values_.back());
  }

 private:
  void Push(const std::optional<Rational>& value) {
    failed_ |= !value;
    values_.push_back(value.value_or(Rational()));
  }

  Rational Pop() {
    const Rational value = values_.back();
    values_.pop_back();
    return value;
  }

  void Reduce(int precedence) {
    while (!signs_.empty() && signs_.back() != '(' && Precedence(signs_.back()) >= precedence) {
      const char sign = signs_.back();
      signs_.pop_back();
      const Rational right = Pop();
      if (sign == '~') {
        Push(Subtract(Rational(), right));
        continue;
      }
      const Rational left = Pop();
      Push(sign == '+'   ? ::espalier::Add(left, right)
           : sign == '-' ? Subtract(left, right)
           : sign == '*' ? Multiply(left, right)
                         : Divide(left, right));
    }
  }

  bool hundredth_;
  bool failed_ = false;
  std::vector<Rational> values_;
  std::vector<char> signs_;
};

}  // namespace

bool ArithmeticSide::Ends(const ArithmeticToken& token) const {
  if (expects_operand_ || joined_) return false;
  if (token.kind == Kind::kNumber) return tokens_.empty() || !tokens_.back().percent || words_ > 0;
  return token.kind == Kind::kOpen && !token.glued;
}

bool ArithmeticSide::Add(const ArithmeticToken& token) {
  switch (token.kind) {
    case Kind::kNumber:
      AddNumber(token);
      break;
    case Kind::kSign:
      AddSign(token);
      break;
    case Kind::kOpen:
      AddOpen(token);
      break;
    case Kind::kClose:
      unknown_ |= expects_operand_;
      if (open_.empty()) return false;
      open_.pop_back();
      tokens_.push_back(token);
      expects_operand_ = false;
      break;
    case Kind::kWord:
      AddWord(token);
      break;
    default:
      unknown_ = joined_ = true;
      expects_operand_ = false;
  }
  return true;
}

void ArithmeticSide::AddNumber(const ArithmeticToken& token) {
  // "- 5" and "17 % 5": what stands before is missing.
  const bool lost = tokens_.size() == 1 && tokens_[0].sign == '~' && !token.glued;
  unknown_ |= lost || !expects_operand_;
  tokens_.push_back(token);
  has_percent_ |= token.percent;
  expects_operand_ = false;
  words_ = 0;
}

void ArithmeticSide::AddSign(const ArithmeticToken& token) {
  has_part_ |= token.approximate;
  if (!expects_operand_) return Operate(token.sign);
  if (token.sign == '-') {
    tokens_.push_back(Sign('~'));
  } else {
    unknown_ = true;
    Operate(token.sign);
  }
}

void ArithmeticSide::Operate(char sign) {
  GoOn();
  words_ = 0;
  // In 3 / 1/2 the blanks may mean parentheses.
  vague_ |= sign == '/' && tokens_.size() > 1 && tokens_[tokens_.size() - 2].sign == '/';
  tokens_.push_back(Sign(sign));
  has_operator_ = expects_operand_ = true;
  joined_ = unknown_;
}

void ArithmeticSide::AddOpen(const ArithmeticToken& token) {
  if (!expects_operand_) {
    const bool product = !tokens_.empty() && words_ == 0 && tokens_.back().kind != Kind::kSign;
    unknown_ |= !product;  // else a function's argument
    Operate('*');
  }
  open_.push_back(tokens_.size());
  tokens_.push_back(token);
}

void ArithmeticSide::AddWord(const ArithmeticToken& token) {
  if (expects_operand_) {
    unknown_ = true;
    joined_ = has_operator_;
    expects_operand_ = false;
    return;
  }
  const bool behind_number = !tokens_.empty() && tokens_.back().kind != Kind::kSign;
  if (!behind_number) return;
  unknown_ |= token.word.size() < 2 && token.glued;  // 2x: a variable
  if (words_++ > 0) return;
  vague_ |= !unit_.empty() && !SameUnit(unit_, token.word);
  unit_ = token.word;
}

void ArithmeticSide::GoOn() {
  vague_ |= words_ > 1;
  unknown_ |= words_ > kMostUnitWords;
}

bool ArithmeticSide::Close() {
  const bool cut = !open_.empty();
  if (cut) {
    vague_ |= open_.back() > 0;  // 2+(3*(4+1) = 17: which one is missing?
    tokens_.erase(tokens_.begin(), tokens_.begin() + static_cast<std::ptrdiff_t>(open_.back()) + 1);
    open_.clear();
    has_operator_ = std::any_of(tokens_.begin(), tokens_.end(), [](const ArithmeticToken& token) {
      return token.kind == Kind::kSign && token.sign != '~';
    });
  }
  unknown_ |= expects_operand_ || tokens_.empty();
  return cut;
}

std::optional<Rational> ArithmeticSide::Value(bool percent_is_hundredth) const {
  Evaluator evaluator(percent_is_hundredth);
  for (const ArithmeticToken& token : tokens_) evaluator.Take(token);
  return evaluator.Finish();
}

const ArithmeticToken* ArithmeticSide::Literal() const {
  if (has_operator_) return nullptr;
  const auto number = std::find_if(tokens_.begin(), tokens_.end(),
                                   [](const ArithmeticToken& token) { return token.kind == Kind::kNumber; });
  return &*number;
}

bool SameUnit(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) return SameUnit(b, a);
  if (b.size() > a.size() + 2 || a.empty() != b.empty() || !b.starts_with(a)) return false;
  return a.size() == b.size() || b.ends_with('s');
}

}  // namespace espalier
