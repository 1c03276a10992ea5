// Methods of dicts and lists, and the functions that a template may call.
#include <algorithm>
#include <array>
#include <ctime>

#include "base/cat.h"
#include "base/status.h"
#include "engine/jinja_methods.h"

namespace espalier::jinja {
namespace {

using Result = absl::StatusOr<Value>;

constexpr std::array<std::string_view, 5> kDictMethods = {"copy", "get", "items", "keys", "values"};
constexpr std::array<std::string_view, 3> kListMethods = {"copy", "count", "index"};
constexpr std::array<std::string_view, 5> kFunctions = {"dict", "namespace", "raise_exception", "range",
                                                        "strftime_now"};

template <typename Names>
bool Has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Result DictMethod(const Value& dict, std::string_view name, const Arguments& arguments) {
  if (name == "copy") return dict;
  if (name == "get") {
    const Value* key = arguments.Find(0, "");
    if (key == nullptr) return Fault("get needs a key");
    const Value* member = dict.FindKey(*key);
    const Value* absent = arguments.Find(1, "");
    return member != nullptr ? *member : absent != nullptr ? *absent : Value();
  }
  ESPALIER_RETURN_IF_ERROR(arguments.meter->Charge(3 * dict.size()));
  List list;
  for (const auto& [key, value] : dict.dict()) {
    list.push_back(name == "keys"     ? Value(key)
                   : name == "values" ? value
                                      : Value(List{Value(key), value}, SequenceType::kTuple));
  }
  return Value(std::move(list));
}

Result ListMethod(const Value& list, std::string_view name, const Arguments& arguments) {
  if (name == "copy") return list;
  const Value* wanted = arguments.Find(0, "");
  if (wanted == nullptr) return Fault(Cat(name, " needs what to look for"));
  ESPALIER_RETURN_IF_ERROR(arguments.meter->ChargeText(std::min(list.weight(), kMaxWeight)));
  const List& items = list.list();
  if (name == "count") return Value(static_cast<int64_t>(std::count(items.begin(), items.end(), *wanted)));
  const auto it = std::find(items.begin(), items.end(), *wanted);
  if (it == items.end()) return Fault("index: the list has no such item");
  return Value(static_cast<int64_t>(it - items.begin()));
}

Result Range(const Arguments& arguments) {
  constexpr int64_t kFarthest = int64_t{1} << 60;  // counting on cannot overflow
  const std::vector<Value>& bounds = arguments.positional;
  if (bounds.empty() || bounds.size() > 3 ||
      !std::all_of(bounds.begin(), bounds.end(), [](const Value& bound) {
        return bound.is_integral() && bound.integer() > -kFarthest && bound.integer() < kFarthest;
      })) {
    return Fault("range needs one to three integers");
  }
  const int64_t start = bounds.size() > 1 ? bounds[0].integer() : 0;
  const int64_t stop = bounds[bounds.size() > 1 ? 1 : 0].integer();
  const int64_t step = bounds.size() > 2 ? bounds[2].integer() : 1;
  if (step == 0) return Fault("range: the step must not be zero");
  const int64_t distance = step > 0 ? stop - start : start - stop;
  const int64_t count = distance <= 0 ? 0 : (distance - 1) / std::abs(step) + 1;
  if (count > kMaxRange) return Fault(Cat("range has more than ", kMaxRange, " items"));
  ESPALIER_RETURN_IF_ERROR(arguments.meter->Charge(count));
  List items;
  for (int64_t i = 0; i < count; ++i) items.emplace_back(start + i * step);
  return Value(std::move(items));
}

absl::StatusOr<Dict> MakeDict(const Arguments& arguments) {
  if (arguments.positional.empty()) return arguments.named;
  const Value& base = arguments.positional[0];
  if (arguments.positional.size() > 1 || !base.is_dict())
    return Fault("dict takes one dict and named values");
  ESPALIER_RETURN_IF_ERROR(arguments.meter->Charge(base.size()));
  Dict dict = base.dict();
  for (const auto& [name, value] : arguments.named) dict.SetKey(name, value);
  return dict;
}

Result MakeNamespace(const Arguments& arguments) {
  ESPALIER_ASSIGN_OR_RETURN(Dict dict, MakeDict(arguments));
  for (const auto& [name, value] : dict) {
    if (value.weight() >= Value::kEndless) return Fault(Cat("a namespace cannot hold ", value.Kind()));
  }
  return Value::Namespace(std::move(dict));
}

std::tm CalendarTime(std::chrono::local_seconds now) {
  namespace chrono = std::chrono;
  const auto day = chrono::floor<chrono::days>(now);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss time(now - day);
  std::tm fields = {};
  fields.tm_year = static_cast<int>(date.year()) - 1900;
  fields.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  fields.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
  fields.tm_hour = static_cast<int>(time.hours().count());
  fields.tm_min = static_cast<int>(time.minutes().count());
  fields.tm_sec = static_cast<int>(time.seconds().count());
  fields.tm_wday = static_cast<int>(chrono::weekday(day).c_encoding());
  const auto new_year = chrono::local_days(date.year() / chrono::January / 1);
  fields.tm_yday = static_cast<int>((day - new_year).count());
  return fields;
}

// Python's datetime.strftime of a time without a zone: names in English, "%-d" without the leading zero.
Result FormatTime(const Arguments& arguments, std::chrono::local_seconds now) {
  const Value* format = arguments.Find(0, "format");
  if (format == nullptr || !format->is_string()) return Fault("strftime_now needs a format");
  const std::tm fields = CalendarTime(now);
  std::string result;
  std::string_view text = format->string();
  while (!text.empty()) {
    if (text[0] != '%') {
      result += text[0];
      text.remove_prefix(1);
      continue;
    }
    size_t size = text.size() > 1 && text[1] == '-' ? 3 : 2;
    const std::string directive(text.substr(0, size));
    text.remove_prefix(std::min(size, text.size()));
    if (directive.size() < size ||
        std::string_view("aAbBcCdDeFgGHIjklmMnpPrRSsftTuUVwWxXyYzZh%").find(directive.back()) ==
            std::string_view::npos) {
      return Fault(Cat("strftime_now does not know '", directive, "'"));
    }
    if (directive.back() == 'z' || directive.back() == 'Z') continue;
    if (directive.back() == 'f') {
      result += "000000";
      continue;
    }
    std::array<char, 64> buffer;
    result.append(buffer.data(), std::strftime(buffer.data(), buffer.size(), directive.c_str(), &fields));
  }
  return Value(std::move(result));
}

// On one line and not too long: it becomes part of an error's message.
Result Refuse(const Arguments& arguments) {
  std::string message = arguments.TextOr(0, "message", "");
  std::replace(message.begin(), message.end(), '\n', ' ');
  constexpr size_t kLongest = 500;
  if (message.size() > kLongest) message = message.substr(0, kLongest) + "...";
  return Fault(Cat("the template refuses: ", message));
}

}  // namespace

bool HasMethod(const Value& object, std::string_view name) {
  if (object.is_string()) return FindStringMethod(name) != nullptr;
  if (object.is_dict()) return Has(kDictMethods, name);
  return object.is_list() && !object.is_generator() && Has(kListMethods, name);
}

absl::StatusOr<Value> CallMethod(const Value& object, std::string_view name, const Arguments& arguments) {
  if (object.is_undefined()) return Fault(Cat("'", object.undefined_name(), "' is undefined"));
  if (!HasMethod(object, name)) return Fault(Cat(object.Kind(), " has no method '", name, "' here"));
  if (object.is_string()) return FindStringMethod(name)->call(object.string(), arguments);
  if (object.is_dict()) return DictMethod(object, name, arguments);
  return ListMethod(object, name, arguments);
}

bool IsFunction(std::string_view name) { return Has(kFunctions, name); }

absl::StatusOr<Value> CallFunction(std::string_view name, const Arguments& arguments,
                                   std::chrono::local_seconds now) {
  if (name == "raise_exception") return Refuse(arguments);
  if (name == "range") return Range(arguments);
  if (name == "namespace") return MakeNamespace(arguments);
  if (name == "dict") {
    ESPALIER_ASSIGN_OR_RETURN(Dict dict, MakeDict(arguments));
    return Value(std::move(dict));
  }
  if (name == "strftime_now") return FormatTime(arguments, now);
  return Fault(Cat("'", name, "' is not a function here"));
}

}  // namespace espalier::jinja
