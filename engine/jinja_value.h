// Values of our Jinja subset, with Python's semantics. Immutable, except for the namespace object.
#ifndef ESPALIER_ENGINE_JINJA_VALUE_H_
#define ESPALIER_ENGINE_JINJA_VALUE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace espalier::jinja {

class Value;

struct Undefined {
  std::string name;  // what was read
};
struct None {};
using List = std::vector<Value>;
using Dict = std::vector<std::pair<std::string, Value>>;  // in order of insertion; keys differ

// Cheap to copy: lists and dicts are shared.
class Value {
 public:
  Value() : data_(None()) {}
  Value(Undefined undefined) : data_(std::move(undefined)) {}
  Value(bool value) : data_(value) {}
  Value(int64_t value) : data_(value) {}
  Value(double value) : data_(value) {}
  Value(std::string value) : weight_(static_cast<int64_t>(value.size()) + 1) { data_ = std::move(value); }
  Value(std::string_view value) : Value(std::string(value)) {}
  Value(const char* value) : Value(std::string(value)) {}
  Value(List items);
  Value(Dict entries);
  static Value Namespace(Dict entries);

  bool is_undefined() const { return std::holds_alternative<Undefined>(data_); }
  bool is_none() const { return std::holds_alternative<None>(data_); }
  bool is_bool() const { return std::holds_alternative<bool>(data_); }
  bool is_int() const { return std::holds_alternative<int64_t>(data_); }
  bool is_float() const { return std::holds_alternative<double>(data_); }
  bool is_number() const { return is_bool() || is_int() || is_float(); }
  bool is_string() const { return std::holds_alternative<std::string>(data_); }
  bool is_list() const { return std::holds_alternative<std::shared_ptr<const List>>(data_); }
  bool is_dict() const { return std::holds_alternative<std::shared_ptr<Dict>>(data_); }
  bool is_namespace() const { return is_dict() && is_namespace_; }

  const std::string& undefined_name() const { return std::get<Undefined>(data_).name; }
  const std::string& string() const { return std::get<std::string>(data_); }
  const List& list() const { return *std::get<std::shared_ptr<const List>>(data_); }
  const Dict& dict() const { return *std::get<std::shared_ptr<Dict>>(data_); }
  bool is_integral() const { return is_int() || is_bool(); }
  int64_t integer() const;  // of an int or bool
  double number() const;    // of any number

  const Value* Find(std::string_view key) const;      // in a dict; null: none
  void SetMember(std::string_view key, Value value);  // of a namespace

  bool Truthy() const;
  // Levels of lists and dicts; a scalar has none.
  int depth() const { return depth_; }
  // Scalars plus bytes of strings that a walk over the whole value meets. A namespace counts as kEndless, so
  // that no container takes one: values have no cycles.
  int64_t weight() const { return weight_; }
  static constexpr int64_t kEndless = int64_t{1} << 40;

  // Python's str() and repr(); an undefined value prints as "".
  std::string Print() const;
  std::string Represent() const;
  // "a string", "a list", ... for messages.
  std::string_view Kind() const;

  friend bool operator==(const Value& a, const Value& b);

 private:
  void Contain(const Value& item, size_t key_size);

  std::variant<Undefined, None, bool, int64_t, double, std::string, std::shared_ptr<const List>,
               std::shared_ptr<Dict>>
      data_;
  bool is_namespace_ = false;
  int depth_ = 0;
  int64_t weight_ = 1;
};

// The shortest text that reads back as `value`, as Python writes it.
std::string PrintFloat(double value);

// As Python's json.dumps(value, ensure_ascii=False, indent=indent); indent < 0: one line.
std::string ToJson(const Value& value, int indent);

}  // namespace espalier::jinja

#endif  // ESPALIER_ENGINE_JINJA_VALUE_H_
