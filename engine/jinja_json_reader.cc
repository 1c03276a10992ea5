#include <utility>
#include <vector>

#include "base/cat.h"
#include "engine/jinja_builtins.h"
#include "engine/jinja_text.h"
#include "nlohmann/json.hpp"

namespace espalier::jinja {
namespace {

using Json = nlohmann::json;

// Builds the value while the text is read; a refusal ends the reading.
class Builder : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return Add(Value()); }
  bool boolean(bool value) override { return Add(Value(value)); }
  bool number_integer(int64_t value) override { return Add(Value(value)); }
  bool number_unsigned(uint64_t value) override {
    return Add(value <= INT64_MAX ? Value(static_cast<int64_t>(value)) : Value(static_cast<double>(value)));
  }
  bool number_float(double value, const std::string&) override { return Add(Value(value)); }
  bool string(std::string& value) override { return Add(Value(std::move(value))); }
  bool binary(Json::binary_t&) override { return false; }
  bool start_object(size_t) override { return Open(/*is_dict=*/true); }
  bool start_array(size_t) override { return Open(/*is_dict=*/false); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }
  bool key(std::string& name) override {
    open_.back().key = std::move(name);
    return true;
  }
  bool parse_error(size_t position, const std::string&, const Json::exception&) override {
    fault_ = Cat("no JSON at byte ", position);
    return false;
  }

  const Value& value() const { return value_; }
  const std::string& fault() const { return fault_; }

 private:
  struct Container {
    bool is_dict;
    std::string key = {};
    Dict dict = {};
    List list = {};
  };

  bool Open(bool is_dict) {
    if (static_cast<int>(open_.size()) >= kMaxValueDepth) {
      fault_ = Cat("nested deeper than ", kMaxValueDepth, " levels");
      return false;
    }
    open_.push_back({.is_dict = is_dict});
    return true;
  }

  bool Close() {
    Container closed = std::move(open_.back());
    open_.pop_back();
    return Add(closed.is_dict ? Value(std::move(closed.dict)) : Value(std::move(closed.list)));
  }

  bool Add(Value value) {
    if (open_.empty()) {
      value_ = std::move(value);
    } else if (open_.back().is_dict) {
      open_.back().dict.Set(open_.back().key, std::move(value));
    } else {
      open_.back().list.push_back(std::move(value));
    }
    return true;
  }

  std::vector<Container> open_;
  Value value_;
  std::string fault_;
};

}  // namespace

absl::StatusOr<Value> ParseJson(std::string_view text, std::string_view what) {
  Builder builder;
  if (Json::sax_parse(text, &builder)) return builder.value();
  return absl::InvalidArgumentError(Cat(what, ": ", builder.fault()));
}

}  // namespace espalier::jinja
