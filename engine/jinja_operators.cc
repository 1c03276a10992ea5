// Arithmetic, comparison and subscripts.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "base/cat.h"
#include "base/status.h"
#include "base/utf8.h"
#include "engine/jinja_builtins.h"

namespace espalier::jinja {
namespace {

std::vector<std::string_view> Characters(std::string_view text) {
  std::vector<std::string_view> characters;
  while (!text.empty()) {
    const size_t size = std::max<size_t>(1, Utf8CharacterSize(text));
    characters.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return characters;
}

absl::Status CannotCompute(const Value& left, std::string_view op, const Value& right) {
  return absl::InvalidArgumentError(Cat("cannot compute ", left.Kind(), " ", op, " ", right.Kind()));
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
    return absl::InvalidArgumentError("division by zero");
  } else if (right == -1) {
    overflow = op == "//" && __builtin_sub_overflow(int64_t{0}, left, &result);
  } else {  // Python rounds down, C++ towards zero
    const int64_t remainder = left % right;
    const bool round_down = remainder != 0 && (remainder < 0) != (right < 0);
    result = op == "//" ? left / right - (round_down ? 1 : 0) : remainder + (round_down ? right : 0);
  }
  if (overflow) return absl::InvalidArgumentError(Cat("integer overflow in ", left, " ", op, " ", right));
  return Value(result);
}

absl::StatusOr<Value> ComputeFloats(double left, std::string_view op, double right) {
  if (op == "+") return Value(left + right);
  if (op == "-") return Value(left - right);
  if (op == "*") return Value(left * right);
  if (right == 0) return absl::InvalidArgumentError("division by zero");
  if (op == "/") return Value(left / right);
  const double quotient = std::floor(left / right);
  return Value(op == "//" ? quotient : left - quotient * right);
}

absl::StatusOr<Value> RepeatString(std::string_view text, int64_t times) {
  const auto size = static_cast<int64_t>(text.size());
  if (times > 0 && size > 0 && times > kMaxWeight / size)
    return absl::InvalidArgumentError("a string grows too long");
  std::string result;
  for (int64_t i = 0; i < times; ++i) result += text;
  return Value(std::move(result));
}

// -1, 0 or 1; absent where the two have no order.
std::optional<int> Order(const Value& left, const Value& right) {
  const auto sign = [](const auto& a, const auto& b) { return a < b ? -1 : b < a ? 1 : 0; };
  if (left.is_integral() && right.is_integral()) return sign(left.integer(), right.integer());
  if (left.is_number() && right.is_number()) return sign(left.number(), right.number());
  if (left.is_string() && right.is_string()) return sign(left.string(), right.string());
  return std::nullopt;
}

absl::StatusOr<bool> Contains(const Value& container, const Value& item) {
  if (container.is_string() && item.is_string())
    return container.string().find(item.string()) != std::string::npos;
  if (container.is_list()) return std::count(container.list().begin(), container.list().end(), item) > 0;
  if (container.is_dict() && !container.is_namespace())
    return item.is_string() && container.Find(item.string()) != nullptr;
  if (container.is_undefined()) return false;
  return absl::InvalidArgumentError(Cat("cannot look for ", item.Kind(), " in ", container.Kind()));
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

absl::StatusOr<List> Iterate(const Value& value) {
  List items;
  if (value.is_list()) return value.list();
  if (value.is_string()) {
    for (const std::string_view character : Characters(value.string())) items.emplace_back(character);
  } else if (value.is_dict() && !value.is_namespace()) {
    for (const auto& [key, member] : value.dict()) items.emplace_back(key);
  } else if (!value.is_undefined()) {
    return absl::InvalidArgumentError(Cat("cannot loop over ", value.Kind()));
  }
  return items;
}

absl::StatusOr<Value> Compute(const Value& left, std::string_view op, const Value& right) {
  if (op == "~") return Value(left.Print() + right.Print());
  if (op == "+" && left.is_string() && right.is_string()) return Value(left.string() + right.string());
  if (op == "+" && left.is_list() && right.is_list()) {
    List items = left.list();
    items.insert(items.end(), right.list().begin(), right.list().end());
    return Value(std::move(items));
  }
  if (op == "*" && left.is_string() && right.is_integral())
    return RepeatString(left.string(), right.integer());
  if (op == "*" && left.is_integral() && right.is_string())
    return RepeatString(right.string(), left.integer());
  if (!left.is_number() || !right.is_number()) return CannotCompute(left, op, right);
  if (op == "**") return absl::InvalidArgumentError("'**' is not supported");
  if (op != "/" && left.is_integral() && right.is_integral()) {
    return ComputeIntegers(left.integer(), op, right.integer());
  }
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
  if (!order)
    return absl::InvalidArgumentError(Cat("cannot compare ", left.Kind(), " ", op, " ", right.Kind()));
  if (op == "<") return *order < 0;
  if (op == "<=") return *order <= 0;
  return op == ">" ? *order > 0 : *order >= 0;
}

absl::StatusOr<Value> Slice(const Value& object, const Value& start, const Value& stop, const Value& step) {
  for (const Value* bound : {&start, &stop, &step}) {
    if (!bound->is_none() && !bound->is_int())
      return absl::InvalidArgumentError("a slice's bounds must be integers");
  }
  const int64_t stride = step.is_int() ? step.integer() : 1;
  if (stride == 0) return absl::InvalidArgumentError("a slice's step must not be zero");
  if (object.is_list()) {
    List items;
    for (const size_t i : SliceIndices(static_cast<int64_t>(object.list().size()), start, stop, stride)) {
      items.push_back(object.list()[i]);
    }
    return Value(std::move(items));
  }
  if (!object.is_string()) return absl::InvalidArgumentError(Cat("cannot slice ", object.Kind()));
  const std::vector<std::string_view> characters = Characters(object.string());
  std::string text;
  for (const size_t i : SliceIndices(static_cast<int64_t>(characters.size()), start, stop, stride)) {
    text += characters[i];
  }
  return Value(std::move(text));
}

absl::StatusOr<Value> Subscript(const Value& object, const Value& key) {
  if (object.is_undefined()) {
    return absl::InvalidArgumentError(Cat("'", object.undefined_name(), "' is undefined"));
  }
  if (object.is_dict() && key.is_string()) {
    const Value* member = object.Find(key.string());
    if (member != nullptr) return *member;
  }
  if (key.is_int() && (object.is_list() || object.is_string())) {
    const auto characters =
        object.is_string() ? Characters(object.string()) : std::vector<std::string_view>();
    const auto size = static_cast<int64_t>(object.is_list() ? object.list().size() : characters.size());
    const int64_t index = key.integer() < 0 ? key.integer() + size : key.integer();
    if (index >= 0 && index < size) return object.is_list() ? object.list()[index] : Value(characters[index]);
  }
  return Value(Undefined{key.Print()});
}

}  // namespace espalier::jinja
