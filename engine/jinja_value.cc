#include "engine/jinja_value.h"

#include <algorithm>

#include "base/cat.h"
#include "base/check.h"
#include "engine/jinja_text.h"

namespace espalier::jinja {
namespace {

// What stands for a key in a dict's index.
std::string TextOfName(std::string_view name) { return Cat("s", name); }
std::string TextOfKey(const Value& key) {
  return key.is_string() ? TextOfName(key.string()) : Cat("i", key.Print());
}

}  // namespace

Dict::Dict(std::initializer_list<Entry> entries) {
  for (const auto& [key, value] : entries) SetKey(key, value);
}

const Value* Dict::FindIndexed(const std::string& text) const {
  const auto it = index_.find(text);
  return it == index_.end() ? nullptr : &entries_[it->second].second;
}

const Value* Dict::Find(std::string_view key) const {
  if (!index_.empty()) return FindIndexed(TextOfName(key));
  const auto it = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.first.is_string() && entry.first.string() == key;
  });
  return it == entries_.end() ? nullptr : &it->second;
}

const Value* Dict::FindKey(const Value& key) const {
  if (key.is_string()) return Find(key.string());
  if (!key.is_int()) return nullptr;
  if (!index_.empty()) return FindIndexed(TextOfKey(key));
  const auto it =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.first == key; });
  return it == entries_.end() ? nullptr : &it->second;
}

void Dict::SetKey(Value key, Value value) {
  ESPALIER_CHECK(key.is_string() || key.is_int());
  if (const Value* present = FindKey(key); present != nullptr) {
    *const_cast<Value*>(present) = std::move(value);
    return;
  }
  entries_.emplace_back(std::move(key), std::move(value));
  if (entries_.size() <= kFew) return;
  for (size_t i = index_.size(); i < entries_.size(); ++i) index_.emplace(TextOfKey(entries_[i].first), i);
}

Value::Value(std::string value) : weight_(static_cast<int64_t>(value.size()) + 1) {
  data_ = std::make_shared<const std::string>(std::move(value));
}

Value::Value(List items, SequenceType type) : sequence_type_(type) {
  for (const Value& item : items) Contain(item, 1);
  if (items.empty()) depth_ = 1;
  data_ = std::make_shared<const List>(std::move(items));
}

Value::Value(Dict entries) {
  for (const auto& [key, value] : entries) Contain(value, key.weight());
  if (entries.empty()) depth_ = 1;
  data_ = std::make_shared<Dict>(std::move(entries));
}

Value::Value(Callable callable) : weight_(kEndless) {
  data_ = std::make_shared<const Callable>(std::move(callable));
}

void Value::Contain(const Value& item, int64_t key_weight) {
  depth_ = std::max(depth_, item.depth() + 1);
  weight_ = std::min(kEndless, weight_ + item.weight() + key_weight);
}

Value Value::Namespace(Dict entries) {
  Value value(std::move(entries));
  value.is_namespace_ = true;
  value.weight_ = kEndless;
  return value;
}

int64_t Value::integer() const { return is_bool() ? std::get<bool>(data_) : std::get<int64_t>(data_); }

double Value::number() const { return is_float() ? std::get<double>(data_) : static_cast<double>(integer()); }

const Value* Value::Find(std::string_view key) const { return dict().Find(key); }

const Value* Value::FindKey(const Value& key) const { return dict().FindKey(key); }

void Value::SetMember(std::string_view key, Value value) {
  ESPALIER_CHECK(is_namespace());
  std::get<std::shared_ptr<Dict>>(data_)->Set(key, std::move(value));
}

bool Value::Truthy() const {
  if (is_undefined() || is_none()) return false;
  if (is_number()) return number() != 0;
  if (is_string()) return !string().empty();
  if (is_list()) return is_generator() || !list().empty();
  return !is_dict() || !dict().empty();
}

int64_t Value::size() const {
  if (is_string()) return static_cast<int64_t>(string().size());
  if (is_list()) return static_cast<int64_t>(list().size());
  return holds_dict() ? static_cast<int64_t>(dict().size()) : 0;
}

std::string Value::Print() const {
  if (is_undefined()) return "";
  return is_string() ? string() : Represent();
}

std::string Value::Represent() const {
  std::string text;
  AppendRepresentation(text);
  return text;
}

void Value::AppendRepresentation(std::string& text) const {
  if (is_undefined()) {
    text += "Undefined";
  } else if (is_none()) {
    text += "None";
  } else if (is_bool()) {
    text += Truthy() ? "True" : "False";
  } else if (is_int()) {
    text += std::to_string(integer());
  } else if (is_float()) {
    text += PrintFloat(number());
  } else if (is_string()) {
    AppendPythonString(string(), text);
  } else if (is_list()) {
    text += is_tuple() ? '(' : '[';
    for (size_t i = 0; i < list().size(); ++i) {
      if (i > 0) text += ", ";
      list()[i].AppendRepresentation(text);
    }
    if (is_tuple() && list().size() == 1) text += ',';
    text += is_tuple() ? ')' : ']';
  } else if (is_namespace()) {
    text += "<Namespace>";
  } else if (is_dict()) {
    text += '{';
    for (const auto& [key, value] : dict()) {
      if (&key != &dict().begin()->first) text += ", ";
      key.AppendRepresentation(text);
      text += ": ";
      value.AppendRepresentation(text);
    }
    text += '}';
  } else {
    text += callable().macro != nullptr ? "<Macro '" + callable().name + "'>"
                                        : "<function " + callable().name + ">";
  }
}

std::string_view Value::Kind() const {
  if (is_undefined()) return "an undefined value";
  if (is_none()) return "none";
  if (is_bool()) return "a boolean";
  if (is_int()) return "an integer";
  if (is_float()) return "a float";
  if (is_string()) return "a string";
  if (is_list()) return is_tuple() ? "a tuple" : is_generator() ? "a generator" : "a list";
  if (is_callable()) return "a function";
  return is_namespace() ? "a namespace" : "a dict";
}

bool operator==(const Value& a, const Value& b) {
  if (a.is_integral() && b.is_integral()) return a.integer() == b.integer();
  if (a.is_number() && b.is_number()) return a.number() == b.number();
  if (a.is_string() && b.is_string()) return a.string() == b.string();
  if (a.is_list() && b.is_list()) return a.sequence_type_ == b.sequence_type_ && a.list() == b.list();
  if (a.is_callable() && b.is_callable()) return &a.callable() == &b.callable();
  if (a.is_namespace() || b.is_namespace()) {
    return a.is_namespace() && b.is_namespace() && &a.dict() == &b.dict();
  }
  if (a.is_dict() && b.is_dict()) {
    return a.dict().size() == b.dict().size() &&
           std::all_of(a.dict().begin(), a.dict().end(), [&](const auto& entry) {
             const Value* other = b.FindKey(entry.first);
             return other != nullptr && *other == entry.second;
           });
  }
  return (a.is_none() && b.is_none()) || (a.is_undefined() && b.is_undefined());
}

}  // namespace espalier::jinja
