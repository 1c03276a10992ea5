#include "benchmarks/math/record_json.h"

#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"

namespace espalier {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSettings = "settings";
constexpr std::string_view kSession = "session";

// The fields of each kind of line, once for writing and for reading. `Fields` is a Writer or a Reader, and
// the structs are const for a Writer.

template <typename Fields, typename Settings>
void VisitSettings(Fields& fields, Settings& settings) {
  fields("model", settings.model);
  fields("parameters", settings.parameters);
  fields("model_bytes", settings.model_bytes);
  fields("dataset", settings.dataset);
  fields("dataset_hash", settings.dataset_hash);
  fields("limit", settings.limit);
  fields("prompt_format", settings.prompt_format);
  fields("reward", settings.reward);
  fields("kv_type", settings.kv_type);
  fields("page_bytes", settings.page_bytes);
  fields("seed", settings.seed);
  fields("programs", settings.programs);
}

template <typename Fields, typename Sample>
void VisitSample(Fields& fields, Sample& sample) {
  fields("path", sample.path);
  fields("answer", sample.answer);
  fields("correct", sample.correct);
  fields("end", sample.end);
  fields("tokens", sample.tokens);
  fields("score", sample.score);
  fields("mean_logprob", sample.mean_logprob);
  fields("text", sample.text);
}

template <typename Fields, typename Record>
void VisitResult(Fields& fields, Record& record) {
  fields("program", record.program);
  fields("problem", record.problem);
  fields("level", record.level);
  fields("subject", record.subject);
  fields("gold", record.gold);
  fields("answer", record.answer);
  fields("correct", record.correct);
  fields("stop_reason", record.stop_reason);
  fields("error", record.error);
  fields("certainty", record.certainty);
  fields("prefill_tokens", record.cost.tokens.prefill);
  fields("expansion_tokens", record.cost.tokens.expansion);
  fields("aggregation_tokens", record.cost.tokens.aggregation);
  fields("flops", record.cost.flops);
  fields("scorer_flops", record.cost.scorer_flops);
  fields("samples", record.samples);
}

template <typename Fields, typename Session>
void VisitSession(Fields& fields, Session& session) {
  fields("machine", session.machine);
  fields("wall_seconds", session.wall_seconds);
}

template <typename Fields, typename Cost>
void VisitTiming(Fields& fields, Cost& cost) {
  fields("seconds", cost.seconds);
  fields("first_token_seconds", cost.first_token_seconds);
  fields("discarded_tokens", cost.tokens.discarded);
  fields("computed_tokens", cost.computed_tokens);
  fields("cached_tokens", cost.cached_tokens);
  fields("logical_pages", cost.logical_pages);
  fields("allocated_pages", cost.allocated_pages);
  fields("shared_pages", cost.shared_pages);
  fields("preemptions", cost.preemptions);
}

class Writer {
 public:
  void operator()(const char* name, const std::string& text) { object_[name] = ToValidUtf8(text); }
  template <typename Number>
  requires std::is_arithmetic_v<Number>
  void operator()(const char* name, Number number) { object_[name] = number; }
  void operator()(const char* name, const std::vector<std::string>& texts) {
    Json& list = object_[name] = Json::array();
    for (const std::string& text : texts) list.push_back(ToValidUtf8(text));
  }
  void operator()(const char* name, const std::vector<MathSample>& samples) {
    Json& list = object_[name] = Json::array();
    for (const MathSample& sample : samples) {
      Writer writer;
      VisitSample(writer, sample);
      list.push_back(std::move(writer.object_));
    }
  }

  std::string Line() const { return object_.dump() + "\n"; }
  std::string Line(std::string_view name) const { return Json{{name, object_}}.dump() + "\n"; }

 private:
  Json object_ = Json::object();
};

class Reader {
 public:
  explicit Reader(const Json& object) : object_(object) {}

  void operator()(const char* name, std::string& text) { Read(name, "text", &Json::is_string, text); }
  void operator()(const char* name, bool& value) { Read(name, "true or false", &Json::is_boolean, value); }
  void operator()(const char* name, double& value) { Read(name, "a number", &Json::is_number, value); }
  void operator()(const char* name, uint64_t& value) {
    Read(name, "a whole number", &Json::is_number_unsigned, value);
  }
  // Counts: the same, and within int64_t.
  void operator()(const char* name, int64_t& value) {
    uint64_t count = static_cast<uint64_t>(value);
    (*this)(name, count);
    if (count > INT64_MAX) return Fail(name, "a number below 2^63");
    value = static_cast<int64_t>(count);
  }
  void operator()(const char* name, std::vector<std::string>& texts) {
    ReadList(name, "a list of texts", &Json::is_string, texts,
             [](const Json& item) { return item.get<std::string>(); });
  }
  void operator()(const char* name, std::vector<MathSample>& samples) {
    ReadList(name, "a list of objects", &Json::is_object, samples, [this](const Json& item) {
      MathSample sample;
      Reader reader(item);
      VisitSample(reader, sample);
      if (fault_.ok()) fault_ = reader.fault();
      return sample;
    });
  }

  const absl::Status& fault() const { return fault_; }

 private:
  using Check = bool (Json::*)() const noexcept;

  // Null when it is absent or null.
  const Json* Find(const char* name) const {
    const auto field = object_.find(name);
    return field == object_.end() || field->is_null() ? nullptr : &*field;
  }

  void Fail(const char* name, const char* expected) {
    if (fault_.ok()) fault_ = absl::InvalidArgumentError(Cat("\"", name, "\" is not ", expected));
  }

  template <typename Value>
  void Read(const char* name, const char* expected, Check check, Value& value) {
    const Json* field = Find(name);
    if (field == nullptr) return;
    if (!(field->*check)()) return Fail(name, expected);
    value = field->get<Value>();
  }

  template <typename Value, typename Convert>
  void ReadList(const char* name, const char* expected, Check check, std::vector<Value>& values,
                Convert convert) {
    const Json* field = Find(name);
    if (field == nullptr) return;
    if (!field->is_array()) return Fail(name, expected);
    for (const Json& item : *field) {
      if (!(item.*check)()) return Fail(name, expected);
      values.push_back(convert(item));
    }
  }

  const Json& object_;
  absl::Status fault_;
};

absl::StatusOr<Json> ParseObject(std::string_view line) {
  Json object = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (object.is_object()) return object;
  return absl::InvalidArgumentError("not a JSON object");
}

// The object that stands alone under `name`.
absl::StatusOr<Json> ParseNamedObject(std::string_view line, std::string_view name) {
  ESPALIER_ASSIGN_OR_RETURN(const Json object, ParseObject(line));
  const auto inner = object.find(name);
  if (inner != object.end() && inner->is_object()) return *inner;
  return absl::InvalidArgumentError(Cat("no object with \"", name, "\""));
}

absl::Status CheckKey(std::string_view program, std::string_view problem) {
  if (!program.empty() && !problem.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("no \"program\" or no \"problem\"");
}

}  // namespace

std::string SettingsLine(const MathSettings& settings) {
  Writer writer;
  VisitSettings(writer, settings);
  return writer.Line(kSettings);
}

std::string ResultLine(const MathRecord& record) {
  Writer writer;
  VisitResult(writer, record);
  return writer.Line();
}

std::string SessionLine(const MathSession& session) {
  Writer writer;
  VisitSession(writer, session);
  return writer.Line(kSession);
}

std::string TimingLine(const MathRecord& record, double at_seconds) {
  Writer writer;
  writer("program", record.program);
  writer("problem", record.problem);
  if (at_seconds > 0) writer("at_seconds", at_seconds);
  VisitTiming(writer, record.cost);
  return writer.Line();
}

absl::StatusOr<MathSettings> ParseSettingsLine(std::string_view line) {
  ESPALIER_ASSIGN_OR_RETURN(const Json object, ParseNamedObject(line, kSettings));
  MathSettings settings;
  Reader reader(object);
  VisitSettings(reader, settings);
  ESPALIER_RETURN_IF_ERROR(reader.fault());
  return settings;
}

absl::StatusOr<MathRecord> ParseResultLine(std::string_view line) {
  ESPALIER_ASSIGN_OR_RETURN(const Json object, ParseObject(line));
  MathRecord record;
  Reader reader(object);
  VisitResult(reader, record);
  ESPALIER_RETURN_IF_ERROR(reader.fault());
  ESPALIER_RETURN_IF_ERROR(CheckKey(record.program, record.problem));
  return record;
}

bool IsSessionLine(std::string_view line) { return line.starts_with(Cat("{\"", kSession, "\":")); }

absl::StatusOr<MathSession> ParseSessionLine(std::string_view line) {
  ESPALIER_ASSIGN_OR_RETURN(const Json object, ParseNamedObject(line, kSession));
  MathSession session;
  Reader reader(object);
  VisitSession(reader, session);
  ESPALIER_RETURN_IF_ERROR(reader.fault());
  return session;
}

absl::StatusOr<MathTiming> ParseTimingLine(std::string_view line) {
  ESPALIER_ASSIGN_OR_RETURN(const Json object, ParseObject(line));
  MathTiming timing;
  Reader reader(object);
  reader("program", timing.program);
  reader("problem", timing.problem);
  reader("at_seconds", timing.at_seconds);
  VisitTiming(reader, timing.cost);
  ESPALIER_RETURN_IF_ERROR(reader.fault());
  ESPALIER_RETURN_IF_ERROR(CheckKey(timing.program, timing.problem));
  return timing;
}

void AddTiming(const MathCost& timing, MathCost& cost) {
  const TokenCounts tokens = cost.tokens;
  const double flops = cost.flops;
  const double scorer_flops = cost.scorer_flops;
  cost = timing;
  cost.tokens = tokens;
  cost.tokens.discarded = timing.tokens.discarded;
  cost.flops = flops;
  cost.scorer_flops = scorer_flops;
}

}  // namespace espalier
