// Values of our Jinja subset, with Python's semantics. Immutable, except for the namespace object.
#ifndef ESPALIER_ENGINE_JINJA_VALUE_H_
#define ESPALIER_ENGINE_JINJA_VALUE_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace espalier::jinja {

class Dict;
class Value;
struct Callable;
struct Statement;

struct Undefined {
  std::string name;  // what was read
};
struct None {};
using List = std::vector<Value>;

// What Python would have: a generator is true even when empty, and has neither length nor items by index.
enum class SequenceType { kList, kTuple, kGenerator };

// Cheap to copy: strings, lists and dicts are shared.
class Value {
 public:
  Value() : data_(None()) {}
  Value(Undefined undefined) : data_(std::move(undefined)) {}
  Value(bool value) : data_(value) {}
  Value(int64_t value) : data_(value) {}
  Value(double value) : data_(value) {}
  Value(std::string value);
  Value(std::string_view value) : Value(std::string(value)) {}
  Value(const char* value) : Value(std::string(value)) {}
  Value(List items, SequenceType type = SequenceType::kList);
  Value(Dict entries);
  explicit Value(Callable callable);
  static Value Namespace(Dict entries);

  bool is_undefined() const { return std::holds_alternative<Undefined>(data_); }
  bool is_none() const { return std::holds_alternative<None>(data_); }
  bool is_bool() const { return std::holds_alternative<bool>(data_); }
  bool is_int() const { return std::holds_alternative<int64_t>(data_); }
  bool is_float() const { return std::holds_alternative<double>(data_); }
  bool is_integral() const { return is_int() || is_bool(); }
  bool is_number() const { return is_integral() || is_float(); }
  bool is_string() const { return std::holds_alternative<std::shared_ptr<const std::string>>(data_); }
  bool is_list() const { return std::holds_alternative<std::shared_ptr<const List>>(data_); }  // any sequence
  bool is_tuple() const { return is_list() && sequence_type_ == SequenceType::kTuple; }
  bool is_generator() const { return is_list() && sequence_type_ == SequenceType::kGenerator; }
  bool is_dict() const { return holds_dict() && !is_namespace_; }
  bool is_namespace() const { return holds_dict() && is_namespace_; }
  bool is_callable() const { return std::holds_alternative<std::shared_ptr<const Callable>>(data_); }

  const std::string& undefined_name() const { return std::get<Undefined>(data_).name; }
  const std::string& string() const { return *std::get<std::shared_ptr<const std::string>>(data_); }
  const List& list() const { return *std::get<std::shared_ptr<const List>>(data_); }
  SequenceType sequence_type() const { return sequence_type_; }
  const Dict& dict() const { return *std::get<std::shared_ptr<Dict>>(data_); }  // or of a namespace
  const Callable& callable() const { return *std::get<std::shared_ptr<const Callable>>(data_); }
  int64_t integer() const;  // of an int or bool
  double number() const;    // of any number

  const Value* Find(std::string_view key) const;  // in a dict or namespace; null: none
  const Value* FindKey(const Value& key) const;
  void SetMember(std::string_view key, Value value);  // of a namespace

  bool Truthy() const;
  // Levels of lists and dicts; a scalar has none.
  int depth() const { return depth_; }
  // Scalars plus bytes of strings that a walk over the whole value meets. A namespace and a function count as
  // kEndless, so that no container takes one: values have no cycles.
  int64_t weight() const { return weight_; }
  // Items of a list or dict, bytes of a string; else 0. What a look at all of them costs.
  int64_t size() const;
  static constexpr int64_t kEndless = int64_t{1} << 40;

  // Python's str() and repr(); an undefined value prints as "".
  std::string Print() const;
  std::string Represent() const;
  // "a string", "a list", ... for messages.
  std::string_view Kind() const;

  friend bool operator==(const Value& a, const Value& b);

 private:
  bool holds_dict() const { return std::holds_alternative<std::shared_ptr<Dict>>(data_); }
  void Contain(const Value& item, int64_t key_weight);
  void AppendRepresentation(std::string& text) const;

  std::variant<Undefined, None, bool, int64_t, double, std::shared_ptr<const std::string>,
               std::shared_ptr<const List>, std::shared_ptr<Dict>, std::shared_ptr<const Callable>>
      data_;
  SequenceType sequence_type_ = SequenceType::kList;
  bool is_namespace_ = false;
  int depth_ = 0;
  int64_t weight_ = 1;
};

// Entries in order of insertion; keys differ, and are strings or integers. Once the entries are more than a
// few, a key is found in constant time: index_ then holds the place of every key.
class Dict {
 public:
  using Entry = std::pair<Value, Value>;

  Dict() = default;
  Dict(std::initializer_list<Entry> entries);

  const Value* Find(std::string_view key) const;  // null: none
  const Value* FindKey(const Value& key) const;
  // Adds the key or replaces its value, in its place.
  void Set(std::string_view key, Value value) { SetKey(Value(key), std::move(value)); }
  void SetKey(Value key, Value value);

  size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  static constexpr size_t kFew = 16;

  const Value* FindIndexed(const std::string& text) const;

  std::vector<Entry> entries_;
  absl::flat_hash_map<std::string, size_t> index_;
};

// The variables of a loop's round, a macro's call or a block, over those around it.
struct Scope {
  Dict variables;
  std::shared_ptr<const Scope> parent;
};

// A global function (the name alone), a method (with its object) or a macro (with its definition, and the
// scope of that definition, which the macro does not keep alive).
struct Callable {
  std::string name;
  std::optional<Value> object = {};
  const Statement* macro = nullptr;
  std::weak_ptr<const Scope> scope = {};
};

}  // namespace espalier::jinja

#endif  // ESPALIER_ENGINE_JINJA_VALUE_H_
