// Arithmetic, comparison and subscripts.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/cat.h"
#include "base/status.h"
#include "base/utf8.h"
#include "engine/jinja_builtins.h"
#include "engine/jinja_strings.h"

namespace espalier::jinja {
namespace {

std::string_view CharacterAt(std::string_view text, int64_t index) {
  for (; index > 0; --index) text.remove_prefix(std::max<size_t>(1, Utf8CharacterSize(text)));
  return text.substr(0, std::max<size_t>(1, Utf8CharacterSize(text)));
}

absl::Status CannotCompute(const Value& left, std::string_view op, const Value& right) {
  return Fault(Cat("cannot compute ", left.Kind(), " ", op, " ", right.Kind()));
}

absl::StatusOr<Value> ComputeIntegers(int64_t left, std::string_view op, int64_t right) {
  int64_t result = 0;
  bool overflow = false;
  if (op == "+") {
    overflow = __builtin_add_overflow(left, right, &result);
  } else if (op == "-") {
    overflow = __builtin_sub_overflow(left, right, &result);
  } else if (op == "*") {
    overflow = __builtin_mul_overflow(left, right, &result);
  } else if (right == 0) {
    return Fault("division by zero");
  } else if (right == -1) {
    overflow = op == "//" && __builtin_sub_overflow(int64_t{0}, left, &result);
  } else {  // Python rounds down, C++ towards zero
    const int64_t remainder = left % right;
    const bool round_down = remainder != 0 && (remainder < 0) != (right < 0);
    result = op == "//" ? left / right - (round_down ? 1 : 0) : remainder + (round_down ? right : 0);
  }
  if (overflow) return Fault(Cat("integer overflow in ", left, " ", op, " ", right));
  return Value(result);
}

// As CPython: the remainder has the sign of the divisor.
absl::StatusOr<Value> ComputeFloats(double left, std::string_view op, double right) {
  if (op == "+") return Value(left + right);
  if (op == "-") return Value(left - right);
  if (op == "*") return Value(left * right);
  if (op == "**") return Value(std::pow(left, right));
  if (right == 0) return Fault("division by zero");
  if (op == "/") return Value(left / right);
  double remainder = std::fmod(left, right);
  if (remainder != 0 && (remainder < 0) != (right < 0)) remainder += right;
  if (op == "%") return Value(remainder != 0 ? remainder : std::copysign(0.0, right));
  const double quotient = (left - remainder) / right;
  const double floor = std::floor(quotient);
  return Value(quotient - floor > 0.5 ? floor + 1 : floor);
}

absl::StatusOr<Value> RaiseInteger(int64_t base, int64_t exponent) {
  if (exponent < 0) {
    if (base == 0) return Fault("division by zero");
    return Value(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
  }
  if (base == 0 || base == 1) return Value(exponent == 0 ? int64_t{1} : base);
  if (base == -1) return Value(exponent % 2 == 0 ? int64_t{1} : int64_t{-1});
  int64_t result = 1;
  for (; exponent > 0; --exponent) {  // at most 63 rounds: the base is 2 or more
    if (__builtin_mul_overflow(result, base, &result)) return Fault("integer overflow in a power");
  }
  return Value(result);
}

absl::StatusOr<Value> Repeat(const Value& value, int64_t times) {
  times = std::max<int64_t>(0, times);
  if (value.size() > 0 && times > kMaxWeight / (value.is_string() ? value.size() : value.weight())) {
    return Fault(value.is_string() ? "a string grows too long" : "a list grows too long");
  }
  if (value.is_string()) {
    std::string result;
    for (int64_t i = 0; value.size() > 0 && i < times; ++i) result += value.string();
    return Value(std::move(result));
  }
  List result;
  for (int64_t i = 0; value.size() > 0 && i < times; ++i) {
    result.insert(result.end(), value.list().begin(), value.list().end());
  }
  return Value(std::move(result), value.sequence_type());
}

bool IsRepeatable(const Value& value) {
  return value.is_string() || (value.is_list() && !value.is_generator());
}

// -1, 0 or 1; absent where the two have no order.
std::optional<int> Order(const Value& left, const Value& right) {
  const auto sign = [](const auto& a, const auto& b) { return a < b ? -1 : b < a ? 1 : 0; };
  if (left.is_integral() && right.is_integral()) return sign(left.integer(), right.integer());
  if (left.is_number() && right.is_number()) return sign(left.number(), right.number());
  if (left.is_string() && right.is_string()) return sign(left.string(), right.string());
  if (!left.is_list() || !right.is_list() || left.sequence_type() != right.sequence_type())
    return std::nullopt;
  const size_t common = std::min(left.list().size(), right.list().size());
  for (size_t i = 0; i < common; ++i) {
    if (!(left.list()[i] == right.list()[i])) return Order(left.list()[i], right.list()[i]);
  }
  return sign(left.list().size(), right.list().size());
}

absl::StatusOr<bool> Contains(const Value& container, const Value& item) {
  if (container.is_string() && item.is_string()) {
    return FindText(container.string(), item.string()) != std::string::npos;
  }
  if (container.is_list()) return std::count(container.list().begin(), container.list().end(), item) > 0;
  if (container.is_dict()) return container.FindKey(item) != nullptr;
  if (container.is_undefined()) return false;
  return Fault(Cat("cannot look for ", item.Kind(), " in ", container.Kind()));
}

// Python's rule for start:stop:step over `size` items.
std::vector<size_t> SliceIndices(int64_t size, const Value& start, const Value& stop, int64_t step) {
  const auto clamp = [&](const Value& bound, int64_t absent) {
    if (!bound.is_int()) return absent;
    const int64_t position =
        bound.integer() < 0 ? std::max(bound.integer(), -size - 1) + size : bound.integer();
    return std::clamp<int64_t>(position, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
  };
  const int64_t first = clamp(start, step > 0 ? 0 : size - 1);
  const int64_t end = clamp(stop, step > 0 ? size : -1);
  step = std::clamp(step, -size - 1, size + 1);
  std::vector<size_t> indices;
  for (int64_t i = first; step > 0 ? i < end : i > end; i += step) indices.push_back(static_cast<size_t>(i));
  return indices;
}

}  // namespace

bool IsComparison(std::string_view op) {
  constexpr std::array<std::string_view, 6> kOperators = {"==", "!=", "<", "<=", ">", ">="};
  return std::count(kOperators.begin(), kOperators.end(), op) > 0;
}

bool IsIterable(const Value& value) {
  return value.is_list() || value.is_string() || value.is_dict() || value.is_undefined();
}

absl::StatusOr<List> Iterate(const Value& value, Meter& meter) {
  if (!IsIterable(value)) return Fault(Cat("cannot loop over ", value.Kind()));
  ESPALIER_RETURN_IF_ERROR(meter.Charge(value.size()));
  List items;
  if (value.is_list()) return value.list();
  if (value.is_string()) {
    for (const std::string_view character : Characters(value.string())) items.emplace_back(character);
  } else if (value.is_dict()) {
    for (const auto& [key, member] : value.dict()) items.emplace_back(key);
  }
  return items;
}

absl::StatusOr<Value> Compute(const Value& left, std::string_view op, const Value& right) {
  if (op == "~") return Value(left.Print() + right.Print());
  if (op == "%" && left.is_string()) return FormatPercent(left.string(), right);
  if (op == "+" && left.is_string() && right.is_string()) return Value(left.string() + right.string());
  if (op == "+" && left.is_list() && right.is_list() && left.sequence_type() == right.sequence_type() &&
      !left.is_generator()) {
    if (left.weight() + right.weight() > kMaxWeight) return Fault("a list grows too large");
    List items = left.list();
    items.insert(items.end(), right.list().begin(), right.list().end());
    return Value(std::move(items), left.sequence_type());
  }
  if (op == "*" && IsRepeatable(left) && right.is_integral()) return Repeat(left, right.integer());
  if (op == "*" && left.is_integral() && IsRepeatable(right)) return Repeat(right, left.integer());
  if (!left.is_number() || !right.is_number()) return CannotCompute(left, op, right);
  const bool integral = left.is_integral() && right.is_integral();
  if (op == "**" && integral) return RaiseInteger(left.integer(), right.integer());
  if (op != "/" && integral) return ComputeIntegers(left.integer(), op, right.integer());
  return ComputeFloats(left.number(), op, right.number());
}

absl::StatusOr<bool> Compare(const Value& left, std::string_view op, const Value& right) {
  if (op == "==") return left == right;
  if (op == "!=") return !(left == right);
  if (op == "in") return Contains(right, left);
  if (op == "not in") {
    ESPALIER_ASSIGN_OR_RETURN(const bool contains, Contains(right, left));
    return !contains;
  }
  const std::optional<int> order = Order(left, right);
  if (!order) return Fault(Cat("cannot compare ", left.Kind(), " ", op, " ", right.Kind()));
  if (op == "<") return *order < 0;
  if (op == "<=") return *order <= 0;
  return op == ">" ? *order > 0 : *order >= 0;
}

absl::StatusOr<Value> Slice(const Value& object, const Value& start, const Value& stop, const Value& step) {
  for (const Value* bound : {&start, &stop, &step}) {
    if (!bound->is_none() && !bound->is_int()) return Fault("a slice's bounds must be integers");
  }
  const int64_t stride = step.is_int() ? step.integer() : 1;
  if (stride == 0) return Fault("a slice's step must not be zero");
  if (object.is_list() && !object.is_generator()) {
    List items;
    for (const size_t i : SliceIndices(static_cast<int64_t>(object.list().size()), start, stop, stride)) {
      items.push_back(object.list()[i]);
    }
    return Value(std::move(items), object.sequence_type());
  }
  if (!object.is_string()) return Fault(Cat("cannot slice ", object.Kind()));
  const std::vector<std::string_view> characters = Characters(object.string());
  std::string text;
  for (const size_t i : SliceIndices(static_cast<int64_t>(characters.size()), start, stop, stride)) {
    text += characters[i];
  }
  return Value(std::move(text));
}

absl::StatusOr<Value> Subscript(const Value& object, const Value& key) {
  if (object.is_undefined()) return Fault(Cat("'", object.undefined_name(), "' is undefined"));
  if (object.is_dict() || object.is_namespace()) {
    const Value* member = object.FindKey(key);
    if (member != nullptr) return *member;
  }
  const bool is_list = object.is_list() && !object.is_generator();
  if (key.is_int() && (is_list || object.is_string())) {
    const int64_t size = is_list ? object.size() : CountCharacters(object.string());
    const int64_t index = key.integer() < 0 ? key.integer() + size : key.integer();
    if (index >= 0 && index < size) {
      return is_list ? object.list()[index] : Value(CharacterAt(object.string(), index));
    }
  }
  constexpr size_t kLongestName = 100;
  return Value(Undefined{key.is_string()    ? key.string().substr(0, kLongestName)
                         : key.depth() == 0 ? key.Print()
                                            : "an item"});
}

absl::StatusOr<Value> Attribute(const Value& object, std::string_view name) {
  if (HasMethod(object, name)) return Value(Callable{.name = std::string(name), .object = object});
  return Subscript(object, Value(name));
}

}  // namespace espalier::jinja
