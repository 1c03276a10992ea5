#include "engine/chat_template_source.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "absl/strings/str_join.h"
#include "base/cat.h"
#include "base/status.h"
#include "engine/jinja_text.h"

namespace espalier {
namespace {

using jinja::Value;

constexpr uintmax_t kMaxFile = uintmax_t{64} << 20;  // a tokenizer_config.json lists added tokens as well

// The file's bytes. Error: InvalidArgument when it is too large or cannot be read.
absl::StatusOr<std::string> ReadText(const std::filesystem::path& path) {
  std::error_code fault;
  const uintmax_t size = std::filesystem::file_size(path, fault);
  if (fault || size > kMaxFile) {
    return absl::InvalidArgumentError(
        Cat(path.string(), fault ? " cannot be read: check the file" : " is too large for a chat template"));
  }
  std::ifstream stream(path, std::ios::binary);
  std::string text(size, '\0');
  if (!stream.read(text.data(), static_cast<std::streamsize>(size))) {
    return absl::InvalidArgumentError(Cat(path.string(), " cannot be read: check its permissions"));
  }
  return text;
}

bool Exists(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

bool IsPlainName(std::string_view name) {
  return !name.empty() && name.find_first_of("/\\") == std::string_view::npos && name[0] != '.';
}

absl::StatusOr<std::string> Pick(const Value& value, std::string_view name) {
  if (value.is_none()) return "";
  if (value.is_string()) return value.string();
  if (!value.is_list())
    return absl::InvalidArgumentError(Cat("chat_template is ", value.Kind(), ", no template"));
  const std::string* found = nullptr;
  std::vector<std::string> names;
  for (const Value& entry : value.list()) {
    const Value* entry_name = entry.is_dict() ? entry.Find("name") : nullptr;
    const Value* source = entry.is_dict() ? entry.Find("template") : nullptr;
    if (entry_name == nullptr || source == nullptr || !entry_name->is_string() || !source->is_string()) {
      return absl::InvalidArgumentError(
          "a named chat template must have the texts \"name\" and \"template\"");
    }
    names.push_back(entry_name->string());
    if (names.back() == name || (names.back() == kDefaultChatTemplate && found == nullptr)) {
      found = &source->string();
    }
  }
  if (found != nullptr) return *found;
  return absl::InvalidArgumentError(
      Cat("no chat template is called '", name, "' or 'default'; there are: ", absl::StrJoin(names, ", ")));
}

// The member "chat_template" of a JSON file; "" when it has none.
absl::StatusOr<std::string> ReadMember(const std::filesystem::path& path, std::string_view name) {
  ESPALIER_ASSIGN_OR_RETURN(const std::string text, ReadText(path));
  ESPALIER_ASSIGN_OR_RETURN(const Value json, jinja::ParseJson(text, path.string()));
  const Value* source = json.is_dict() ? json.Find("chat_template") : nullptr;
  if (source == nullptr) return "";
  absl::StatusOr<std::string> picked = Pick(*source, name);
  if (picked.ok()) return picked;
  return absl::InvalidArgumentError(Cat(path.string(), ": ", ToStd(picked.status().message())));
}

}  // namespace

absl::StatusOr<std::string> PickChatTemplate(std::string_view json, std::string_view name) {
  ESPALIER_ASSIGN_OR_RETURN(const Value value, jinja::ParseJson(json, "chat_template"));
  return Pick(value, name);
}

absl::StatusOr<std::string> ReadChatTemplateSource(const GgufFile& file, std::string_view name) {
  const std::string plain = "tokenizer.chat_template";
  const std::string named = Cat(plain, ".", name);
  const std::string& key = file.Has(named) ? named : plain;
  if (!file.Has(key)) return "";
  ESPALIER_ASSIGN_OR_RETURN(const std::string_view source, file.GetString(key));
  return std::string(source);
}

absl::StatusOr<std::string> ReadChatTemplateSource(const std::string& folder, std::string_view name) {
  const std::filesystem::path root(folder);
  if (name != kDefaultChatTemplate && IsPlainName(name)) {
    const std::filesystem::path path = root / "additional_chat_templates" / Cat(name, ".jinja");
    if (Exists(path)) return ReadText(path);
  }
  if (Exists(root / "chat_template.jinja")) return ReadText(root / "chat_template.jinja");
  for (const char* file : {"chat_template.json", "tokenizer_config.json"}) {
    if (!Exists(root / file)) continue;
    ESPALIER_ASSIGN_OR_RETURN(std::string source, ReadMember(root / file, name));
    if (!source.empty()) return source;
  }
  return "";
}

}  // namespace espalier
