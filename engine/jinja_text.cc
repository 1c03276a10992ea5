#include "engine/jinja_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/status.h"
#include "base/utf8.h"
#include "engine/jinja_builtins.h"

namespace espalier::jinja {
namespace {

// Beyond ASCII: what str.isprintable() refuses, unassigned code points aside.
bool IsPrintable(char32_t c) {
  if (c < 0xA1 || c == 0xAD) return false;
  if (c == 0x1680 || c == 0x180E || c == 0x3000 || c == 0xFEFF) return false;
  if ((c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F))
    return false;
  if (c >= 0xE000 && c <= 0xF8FF) return false;
  return c < 0xE0000;
}

void AppendEscape(char32_t c, std::string& result) {
  result += c < 0x100     ? absl::StrFormat("\\x%02x", static_cast<uint32_t>(c))
            : c < 0x10000 ? absl::StrFormat("\\u%04x", static_cast<uint32_t>(c))
                          : absl::StrFormat("\\U%08x", static_cast<uint32_t>(c));
}

class JsonWriter {
 public:
  explicit JsonWriter(const JsonStyle& style) : style_(style) {}

  absl::StatusOr<std::string> Write(const Value& value) {
    ESPALIER_RETURN_IF_ERROR(Append(value, 0));
    return std::move(text_);
  }

 private:
  absl::Status Append(const Value& value, int level) {
    if (static_cast<int64_t>(text_.size()) > kMaxWeight) return TooLong();
    if (value.is_undefined()) {
      return absl::InvalidArgumentError(Cat("'", value.undefined_name(), "' is undefined: no JSON for it"));
    }
    if (value.is_namespace() || value.is_callable() || value.is_generator()) {
      return absl::InvalidArgumentError(Cat(value.Kind(), " cannot be written as JSON"));
    }
    if (value.is_list()) return AppendList(value.list(), level);
    if (value.is_dict()) return AppendDict(value.dict(), level);
    if (value.is_none()) {
      text_ += "null";
    } else if (value.is_bool()) {
      text_ += value.Truthy() ? "true" : "false";
    } else if (value.is_string()) {
      AppendString(value.string());
    } else if (value.is_float() && !std::isfinite(value.number())) {
      text_ += std::isnan(value.number()) ? "NaN" : value.number() < 0 ? "-Infinity" : "Infinity";
    } else {
      text_ += value.Print();
    }
    return absl::OkStatus();
  }

  absl::Status AppendList(const List& items, int level) {
    text_ += '[';
    for (size_t i = 0; i < items.size(); ++i) {
      ESPALIER_RETURN_IF_ERROR(StartItem(i == 0, level));
      ESPALIER_RETURN_IF_ERROR(Append(items[i], level + 1));
    }
    if (!items.empty()) ESPALIER_RETURN_IF_ERROR(NewLine(level));
    text_ += ']';
    return absl::OkStatus();
  }

  absl::Status AppendDict(const Dict& dict, int level) {
    std::vector<const Dict::Entry*> entries;
    for (const Dict::Entry& entry : dict) entries.push_back(&entry);
    if (style_.sort_keys) {
      std::sort(entries.begin(), entries.end(),
                [](const auto* a, const auto* b) { return a->first.Print() < b->first.Print(); });
    }
    text_ += '{';
    for (const Dict::Entry* entry : entries) {
      ESPALIER_RETURN_IF_ERROR(StartItem(entry == entries.front(), level));
      AppendString(entry->first.Print());
      text_ += style_.key_separator;
      ESPALIER_RETURN_IF_ERROR(Append(entry->second, level + 1));
    }
    if (!entries.empty()) ESPALIER_RETURN_IF_ERROR(NewLine(level));
    text_ += '}';
    return absl::OkStatus();
  }

  absl::Status StartItem(bool first, int level) {
    if (!first) text_ += style_.item_separator;
    return NewLine(level + 1);
  }

  absl::Status NewLine(int level) {
    if (!style_.indent) return absl::OkStatus();
    text_ += '\n';
    for (int i = 0; i < level; ++i) text_ += *style_.indent;
    return static_cast<int64_t>(text_.size()) > kMaxWeight ? TooLong() : absl::OkStatus();
  }

  void AppendString(std::string_view text) {
    text_ += '"';
    while (!text.empty()) {
      const char c = text[0];
      constexpr std::string_view kEscaped = "\"\\\n\r\t\b\f";
      constexpr std::string_view kLetters = "\"\\nrtbf";
      const size_t size = std::max<size_t>(1, Utf8CharacterSize(text));
      if (const size_t index = kEscaped.find(c); index != std::string_view::npos) {
        (text_ += '\\') += kLetters[index];
      } else if (static_cast<unsigned char>(c) < 0x20) {
        text_ += absl::StrFormat("\\u%04x", static_cast<unsigned>(c));
      } else if (size > 1 && style_.ensure_ascii) {
        AppendUtf16(DecodeUtf8Character(text, size));
      } else {
        text_ += text.substr(0, size);
      }
      text.remove_prefix(size);
    }
    text_ += '"';
  }

  void AppendUtf16(char32_t c) {
    if (c < 0x10000) {
      text_ += absl::StrFormat("\\u%04x", static_cast<uint32_t>(c));
    } else {
      const uint32_t offset = static_cast<uint32_t>(c) - 0x10000;
      text_ += absl::StrFormat("\\u%04x\\u%04x", 0xD800 + (offset >> 10), 0xDC00 + (offset & 0x3FF));
    }
  }

  static absl::Status TooLong() { return absl::InvalidArgumentError("the JSON text grows too long"); }

  const JsonStyle& style_;
  std::string text_;
};

}  // namespace

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

void AppendPythonString(std::string_view text, std::string& result) {
  const bool double_quotes =
      text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos;
  const char quote = double_quotes ? '"' : '\'';
  result += quote;
  while (!text.empty()) {
    const char c = text[0];
    const size_t size = std::max<size_t>(1, Utf8CharacterSize(text));
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\r') {
      result += "\\r";
    } else if (c == '\t') {
      result += "\\t";
    } else if (c == '\\' || c == quote) {
      (result += '\\') += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      AppendEscape(static_cast<unsigned char>(c), result);
    } else if (size > 1 && !IsPrintable(DecodeUtf8Character(text, size))) {
      AppendEscape(DecodeUtf8Character(text, size), result);
    } else {
      result += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  result += quote;
}

absl::StatusOr<std::string> ToJson(const Value& value, const JsonStyle& style) {
  return JsonWriter(style).Write(value);
}

}  // namespace espalier::jinja
