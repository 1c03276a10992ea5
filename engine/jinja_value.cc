#include "engine/jinja_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "absl/strings/str_format.h"
#include "base/check.h"

namespace espalier::jinja {
namespace {

std::string RepresentString(std::string_view text) {
  const bool double_quotes =
      text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos;
  const char quote = double_quotes ? '"' : '\'';
  std::string result(1, quote);
  for (const char c : text) {
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\r') {
      result += "\\r";
    } else if (c == '\t') {
      result += "\\t";
    } else if (c == '\\' || c == quote) {
      (result += '\\') += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      result += absl::StrFormat("\\x%02x", c);
    } else {
      result += c;
    }
  }
  return result + quote;
}

std::string JsonString(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    constexpr std::string_view kEscaped = "\"\\\n\r\t\b\f";
    constexpr std::string_view kLetters = "\"\\nrtbf";
    if (const size_t index = kEscaped.find(c); index != std::string_view::npos) {
      (result += '\\') += kLetters[index];
    } else if (static_cast<unsigned char>(c) < 0x20) {
      result += absl::StrFormat("\\u%04x", c);
    } else {
      result += c;
    }
  }
  return result + '"';
}

class JsonWriter {
 public:
  explicit JsonWriter(int indent) : indent_(indent) {}

  std::string Write(const Value& value, int level) const {
    if (value.is_none() || value.is_undefined()) return "null";
    if (value.is_bool()) return value.Truthy() ? "true" : "false";
    if (value.is_string()) return JsonString(value.string());
    if (!value.is_list() && !value.is_dict()) return value.Print();
    std::vector<std::string> items;
    if (value.is_list()) {
      for (const Value& item : value.list()) items.push_back(Write(item, level + 1));
      return Wrap('[', items, ']', level);
    }
    for (const auto& [key, item] : value.dict()) {
      items.push_back(JsonString(key) + ": " + Write(item, level + 1));
    }
    return Wrap('{', items, '}', level);
  }

 private:
  std::string Wrap(char open, const std::vector<std::string>& items, char close, int level) const {
    std::string result(1, open);
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0) result += indent_ < 0 ? ", " : ",";
      NewLine(level + 1, result);
      result += items[i];
    }
    if (!items.empty()) NewLine(level, result);
    return result + close;
  }

  void NewLine(int level, std::string& result) const {
    if (indent_ >= 0) (result += '\n').append(static_cast<size_t>(indent_) * level, ' ');
  }

  int indent_;
};

}  // namespace

Value::Value(List items) {
  for (const Value& item : items) Contain(item, 0);
  data_ = std::make_shared<const List>(std::move(items));
}

Value::Value(Dict entries) {
  for (const auto& [key, value] : entries) Contain(value, key.size());
  data_ = std::make_shared<Dict>(std::move(entries));
}

void Value::Contain(const Value& item, size_t key_size) {
  depth_ = std::max(depth_, item.depth() + 1);
  weight_ = std::min(kEndless, weight_ + item.weight() + static_cast<int64_t>(key_size) + 1);
}

Value Value::Namespace(Dict entries) {
  Value value(std::move(entries));
  value.is_namespace_ = true;
  value.weight_ = kEndless;
  return value;
}

int64_t Value::integer() const { return is_bool() ? std::get<bool>(data_) : std::get<int64_t>(data_); }

double Value::number() const { return is_float() ? std::get<double>(data_) : static_cast<double>(integer()); }

const Value* Value::Find(std::string_view key) const {
  const auto it =
      std::find_if(dict().begin(), dict().end(), [&](const auto& entry) { return entry.first == key; });
  return it == dict().end() ? nullptr : &it->second;
}

void Value::SetMember(std::string_view key, Value value) {
  ESPALIER_CHECK(is_namespace());
  Dict& entries = *std::get<std::shared_ptr<Dict>>(data_);
  const auto it =
      std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.first == key; });
  if (it == entries.end()) {
    entries.emplace_back(key, std::move(value));
  } else {
    it->second = std::move(value);
  }
}

bool Value::Truthy() const {
  if (is_undefined() || is_none()) return false;
  if (is_number()) return number() != 0;
  if (is_string()) return !string().empty();
  return is_list() ? !list().empty() : is_namespace() || !dict().empty();
}

std::string Value::Print() const {
  if (is_undefined()) return "";
  return is_string() ? string() : Represent();
}

std::string Value::Represent() const {
  if (is_undefined()) return "Undefined";
  if (is_none()) return "None";
  if (is_bool()) return Truthy() ? "True" : "False";
  if (is_int()) return std::to_string(integer());
  if (is_float()) return PrintFloat(number());
  if (is_string()) return RepresentString(string());
  std::string result;
  if (is_list()) {
    for (const Value& item : list()) result += (result.empty() ? "" : ", ") + item.Represent();
    return "[" + result + "]";
  }
  for (const auto& [key, value] : dict()) {
    result += (result.empty() ? "" : ", ") + RepresentString(key) + ": " + value.Represent();
  }
  return "{" + result + "}";
}

std::string_view Value::Kind() const {
  if (is_undefined()) return "an undefined value";
  if (is_none()) return "none";
  if (is_bool()) return "a boolean";
  if (is_int()) return "an integer";
  if (is_float()) return "a float";
  if (is_string()) return "a string";
  return is_list() ? "a list" : is_namespace() ? "a namespace" : "a dict";
}

bool operator==(const Value& a, const Value& b) {
  if (a.is_integral() && b.is_integral()) return a.integer() == b.integer();
  if (a.is_number() && b.is_number()) return a.number() == b.number();
  if (a.is_string() && b.is_string()) return a.string() == b.string();
  if (a.is_list() && b.is_list()) return a.list() == b.list();
  if (a.is_namespace() || b.is_namespace()) return a.is_dict() && b.is_dict() && &a.dict() == &b.dict();
  if (a.is_dict() && b.is_dict()) {
    return a.dict().size() == b.dict().size() &&
           std::all_of(a.dict().begin(), a.dict().end(), [&](const auto& entry) {
             const Value* other = b.Find(entry.first);
             return other != nullptr && *other == entry.second;
           });
  }
  return (a.is_none() && b.is_none()) || (a.is_undefined() && b.is_undefined());
}

std::string PrintFloat(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::array<char, 512> buffer;
  const double magnitude = std::abs(value);
  const bool scientific = magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e16);
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 scientific ? std::chars_format::scientific : std::chars_format::fixed);
  std::string text(buffer.data(), end.ptr);
  if (!scientific && text.find('.') == std::string::npos) text += ".0";
  return text;
}

std::string ToJson(const Value& value, int indent) { return JsonWriter(indent).Write(value, 0); }

}  // namespace espalier::jinja
