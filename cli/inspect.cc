#include "cli/inspect.h"

#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/chat_template.h"
#include "engine/gguf.h"
#include "engine/model_config.h"
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

Totals Sum(const GgufFile& file) {
  Totals totals;
  for (const GgufTensor& tensor : file.tensors()) {
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

// Every reason why this file cannot be run, without the file's name, which the report has already.
std::vector<std::string> Unsupported(const GgufFile& file) {
  std::vector<std::string> reasons;
  const auto add = [&](const absl::Status& status) {
    if (status.ok()) return;
    const std::string prefix = Cat("'", file.path(), "': ");
    const std::string_view message = ToStd(status.message());
    reasons.emplace_back(message.starts_with(prefix) ? message.substr(prefix.size()) : message);
  };
  const absl::StatusOr<ModelConfig> config = ModelConfig::FromGguf(file);
  add(config.status());
  if (config.ok()) {
    const std::vector<std::string> problems = TensorProblems(file, *config);
    reasons.insert(reasons.end(), problems.begin(), problems.end());
  }
  add(MakeTokenizer(file).status());
  if (const auto source = file.GetString("tokenizer.chat_template"); source.ok()) {
    add(ChatTemplate::Parse(*source, "", "").status());
  }
  return reasons;
}

std::string ShapeText(const GgufTensor& tensor) {
  std::string text;
  for (const int64_t size : tensor.shape) text += Cat(text.empty() ? "" : " x ", size);
  return text;
}

Json MetadataJson(const GgufFile& file, const GgufEntry& entry) {
  switch (entry.value.type) {
    case GgufType::kString:
      return ToValidUtf8(*file.GetString(entry.key));
    case GgufType::kBool:
      return *file.GetBool(entry.key);
    case GgufType::kFloat32:
    case GgufType::kFloat64:
      return *file.GetFloat(entry.key);
    case GgufType::kArray:
      break;
    default:
      if (const auto number = file.GetInt(entry.key); number.ok()) return *number;
  }
  return ToValidUtf8(DescribeGgufValue(entry.value));
}

void PrintJson(const GgufFile& file, std::ostream& out) {
  const Totals totals = Sum(file);
  const std::vector<std::string> reasons = Unsupported(file);
  Json report = {{"file", ToValidUtf8(file.path())},
                 {"format", "GGUF"},
                 {"version", file.version()},
                 {"file_bytes", file.file_bytes()},
                 {"architecture", ToValidUtf8(file.GetStringOr("general.architecture", "").value_or(""))},
                 {"parameters", totals.parameters},
                 {"supported", reasons.empty()},
                 {"unsupported", Json::array()},
                 {"types", Json::array()},
                 {"tensors", Json::array()},
                 {"metadata", Json::object()}};
  for (const std::string& reason : reasons) report["unsupported"].push_back(ToValidUtf8(reason));
  for (const auto& [type, total] : totals.types) {
    report["types"].push_back({{"type", type}, {"tensors", total.tensors}, {"bytes", total.bytes}});
  }
  for (const GgufTensor& tensor : file.tensors()) {
    report["tensors"].push_back({{"name", ToValidUtf8(tensor.name)},
                                 {"type", GetTensorTypeInfo(tensor.type).name},
                                 {"shape", tensor.shape},
                                 {"bytes", tensor.data.size()}});
  }
  for (const GgufEntry& entry : file.metadata()) {
    report["metadata"][ToValidUtf8(entry.key)] = MetadataJson(file, entry);
  }
  out << report.dump() << '\n';
}

// One line of text for people, whatever the file put there.
std::string Printable(std::string_view text) {
  std::string printable = ToValidUtf8(text);
  for (char& c : printable) {
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = ' ';
  }
  return printable;
}

void PrintText(const GgufFile& file, std::ostream& out) {
  const Totals totals = Sum(file);
  out << Cat(file.path(), ": GGUF version ", file.version(), ", ", FormatBytes(file.file_bytes()), "\n");
  out << absl::StrFormat("%d parameters in %d tensors, %s\n", totals.parameters, file.tensors().size(),
                         FormatBytes(totals.bytes));
  out << "\nMetadata\n";
  for (const GgufEntry& entry : file.metadata()) {
    out << absl::StrFormat("  %-42s %s\n", Printable(entry.key), Printable(DescribeGgufValue(entry.value)));
  }
  out << "\nTensors\n";
  for (const GgufTensor& tensor : file.tensors()) {
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
  ESPALIER_ASSIGN_OR_RETURN(const GgufFile file, GgufFile::Open(path));
  if (options.json) {
    PrintJson(file, out);
  } else {
    PrintText(file, out);
  }
  return absl::OkStatus();
}

}  // namespace espalier
