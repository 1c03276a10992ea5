#include "cli/inspect.h"

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <variant>
#include <vector>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/chat_template.h"
#include "engine/model_file.h"
#include "engine/tokenizer.h"
#include "kernels/kernels.h"
#include "models/pull.h"

namespace espalier {
namespace {

using Json = nlohmann::ordered_json;

struct TypeTotal {
  int64_t tensors = 0;
  int64_t elements = 0;
  int64_t bytes = 0;
};

struct Totals {
  std::map<std::string, TypeTotal> types;
  int64_t parameters = 0;
  int64_t bytes = 0;
};

Totals Sum(const ModelFile& file) {
  Totals totals;
  for (const StoredTensor& tensor : file.stored_tensors()) {
    TypeTotal& total = totals.types[std::string(GetTensorTypeInfo(tensor.type).name)];
    const auto bytes = static_cast<int64_t>(tensor.data.size());
    ++total.tensors;
    total.elements += tensor.elements();
    total.bytes += bytes;
    totals.parameters += tensor.elements();
    totals.bytes += bytes;
  }
  return totals;
}

// Every reason why this model cannot be run, without the file's name, which the report has already.
std::vector<std::string> Unsupported(const ModelFile& file) {
  std::vector<std::string> reasons;
  const auto add = [&](const absl::Status& status) {
    if (status.ok()) return;
    const std::string prefix = Cat("'", file.path(), "': ");
    const std::string_view message = ToStd(status.message());
    reasons.emplace_back(message.starts_with(prefix) ? message.substr(prefix.size()) : message);
  };
  const absl::StatusOr<ModelConfig> config = file.ReadConfig();
  add(config.status());
  if (config.ok()) {
    const std::vector<std::string> problems = TensorProblems(file, *config);
    reasons.insert(reasons.end(), problems.begin(), problems.end());
  }
  add(file.ReadTokenizer().status());
  const absl::StatusOr<std::string> source = file.ReadChatTemplate();
  add(source.status());
  if (source.ok()) add(ChatTemplate::Parse(*source, "", "").status());
  return reasons;
}

std::string ShapeText(const StoredTensor& tensor) {
  std::string text;
  for (const int64_t size : tensor.shape) text += Cat(text.empty() ? "" : " x ", size);
  return text;
}

Json FactJson(const ModelFact& fact) {
  if (const auto* text = std::get_if<std::string>(&fact.value)) return ToValidUtf8(*text);
  return std::visit([](const auto& value) { return Json(value); }, fact.value);
}

// One line of text for people, whatever the file put there.
std::string Printable(std::string_view text) {
  std::string printable = ToValidUtf8(text);
  for (char& c : printable) {
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = ' ';
  }
  return printable;
}

std::string FactText(const ModelFact& fact) {
  constexpr size_t kShown = 120;
  if (const auto* text = std::get_if<std::string>(&fact.value)) {
    if (text->size() <= kShown) return Printable(*text);
    return Cat(Printable(text->substr(0, kShown)), "... (", text->size(), " bytes)");
  }
  return FactJson(fact).dump();
}

void PrintJson(const ModelFile& file, std::ostream& out) {
  const Totals totals = Sum(file);
  const std::vector<std::string> reasons = Unsupported(file);
  Json report = {{"file", ToValidUtf8(file.path())}, {"format", file.format()},
                 {"file_bytes", file.file_bytes()},  {"architecture", ToValidUtf8(file.architecture())},
                 {"parameters", totals.parameters},  {"supported", reasons.empty()},
                 {"unsupported", Json::array()},     {"types", Json::array()},
                 {"tensors", Json::array()},         {"metadata", Json::object()}};
  for (const std::string& reason : reasons) report["unsupported"].push_back(ToValidUtf8(reason));
  for (const auto& [type, total] : totals.types) {
    report["types"].push_back({{"type", type}, {"tensors", total.tensors}, {"bytes", total.bytes}});
  }
  for (const StoredTensor& tensor : file.stored_tensors()) {
    report["tensors"].push_back({{"name", ToValidUtf8(tensor.name)},
                                 {"type", GetTensorTypeInfo(tensor.type).name},
                                 {"shape", tensor.shape},
                                 {"bytes", tensor.data.size()}});
  }
  for (const ModelFact& fact : file.facts()) report["metadata"][ToValidUtf8(fact.key)] = FactJson(fact);
  out << report.dump() << '\n';
}

void PrintText(const ModelFile& file, std::ostream& out) {
  const Totals totals = Sum(file);
  out << Cat(file.path(), ": ", file.format(), ", ", FormatBytes(file.file_bytes()), "\n");
  out << absl::StrFormat("%d parameters in %d tensors, %s\n", totals.parameters, file.stored_tensors().size(),
                         FormatBytes(totals.bytes));
  out << "\nMetadata\n";
  for (const ModelFact& fact : file.facts()) {
    out << absl::StrFormat("  %-42s %s\n", Printable(fact.key), FactText(fact));
  }
  out << "\nTensors\n";
  for (const StoredTensor& tensor : file.stored_tensors()) {
    out << absl::StrFormat("  %-30s %-7s %-16s %12d bytes\n", Printable(tensor.name),
                           std::string(GetTensorTypeInfo(tensor.type).name), ShapeText(tensor),
                           tensor.data.size());
  }
  out << "\nTypes\n";
  for (const auto& [type, total] : totals.types) {
    out << absl::StrFormat("  %-7s %5d tensors %14d elements %12d bytes (%s)\n", type, total.tensors,
                           total.elements, total.bytes, FormatBytes(total.bytes));
  }
  const std::vector<std::string> reasons = Unsupported(file);
  out << (reasons.empty() ? "\nSupported: yes\n" : "\nSupported: no\n");
  for (const std::string& reason : reasons) out << "  " << Printable(reason) << "\n";
}

}  // namespace

absl::Status RunInspect(const InspectOptions& options, std::ostream& out) {
  ResolveOptions resolve;
  resolve.offline = true;
  ESPALIER_ASSIGN_OR_RETURN(const std::string path, ResolveModel(options.model, resolve));
  ESPALIER_ASSIGN_OR_RETURN(const std::unique_ptr<ModelFile> file, ModelFile::Open(path));
  if (options.json) {
    PrintJson(*file, out);
  } else {
    PrintText(*file, out);
  }
  return absl::OkStatus();
}

}  // namespace espalier
