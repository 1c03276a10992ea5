#include "models/hub_selection.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "models/bounded_json.h"

namespace espalier {
namespace {

constexpr std::array<std::string_view, 8> kFolderFiles = {
    "config.json",       "generation_config.json",  "tokenizer.json",      "tokenizer_config.json",
    "added_tokens.json", "special_tokens_map.json", "chat_template.jinja", "chat_template.json"};
constexpr std::string_view kIndex = "model.safetensors.index.json";
constexpr std::array<std::string_view, 2> kDefaults = {"q4_k_m", "q8_0"};  // as llama.cpp chooses
constexpr size_t kMaxChoices = 12;
constexpr int64_t kMaxIndexBytes = 64 << 20;

std::string Lower(std::string_view text) { return absl::AsciiStrToLower(ToAbsl(text)); }

// Vision projectors, statistics and draft heads: no models of their own.
bool IsAuxiliary(std::string_view path) {
  const std::string name = Lower(path.substr(path.rfind('/') + 1));
  if (name.find("mmproj") != std::string::npos || name.find("imatrix") != std::string::npos) return true;
  return name.starts_with("mtp-") || name.starts_with("eagle3-") || name.starts_with("dflash-") ||
         name.starts_with("dspark-");
}

// Whether the path names this quantization (lower case) as a whole word: "q4_k" is not in "q4_k_m".
bool HasQuantization(std::string_view path, std::string_view quantization) {
  const std::string text = "/" + Lower(path);
  constexpr std::string_view kBefore = "-./_", kAfter = "-./";
  for (size_t at = text.find(quantization); at != std::string::npos; at = text.find(quantization, at + 1)) {
    const size_t end = at + quantization.size();
    const bool starts = at > 0 && kBefore.find(text[at - 1]) != std::string_view::npos;
    if (starts && (end == text.size() || kAfter.find(text[end]) != std::string_view::npos)) return true;
  }
  return false;
}

class Selector {
 public:
  Selector(const HubReference& reference, std::span<const HubFile> files) : reference_(reference) {
    for (const HubFile& file : files) {
      files_.emplace(file.path, &file);
      if (!file.path.ends_with(".gguf") || IsAuxiliary(file.path)) continue;
      const SplitName split = ParseSplitName(file.path);
      if (split.count == 0 || split.number == 1) models_.push_back(file.path);
    }
    std::sort(models_.begin(), models_.end());
  }

  absl::StatusOr<HubSelection> Select(IndexReader read_index) const {
    if (!reference_.file.empty()) return Gguf(reference_.file);
    if (!reference_.quantization.empty()) return Quantized();
    if (files_.contains("config.json") && HasWeights()) return Folder(read_index);
    if (models_.size() == 1) return Gguf(models_[0]);
    for (const std::string_view quantization : kDefaults) {
      const std::vector<std::string> found = Matching(quantization);
      if (found.size() != 1) continue;
      ESPALIER_ASSIGN_OR_RETURN(HubSelection selection, Gguf(found[0]));
      selection.note = Cat(reference_.repository, " holds ", models_.size(), " models: taking ", found[0]);
      return selection;
    }
    if (!models_.empty()) return Ambiguous("holds several models", models_);
    return absl::NotFoundError(Cat(reference_.repository,
                                   " holds neither a .gguf file nor config.json with .safetensors files; ",
                                   "choose a repository in one of these formats"));
  }

 private:
  std::vector<std::string> Matching(std::string_view quantization) const {
    std::vector<std::string> found;
    for (const std::string& model : models_) {
      if (HasQuantization(model, quantization)) found.push_back(model);
    }
    return found;
  }

  absl::Status Ambiguous(std::string_view problem, std::span<const std::string> choices) const {
    const size_t shown = std::min(choices.size(), kMaxChoices);
    std::string list = absl::StrJoin(choices.begin(), choices.begin() + static_cast<int64_t>(shown), ", ");
    if (choices.size() > shown) list += Cat(" and ", choices.size() - shown, " more");
    return absl::NotFoundError(Cat(reference_.repository, " ", problem, "; give hf:", reference_.repository,
                                   "/FILE with one of: ", list));
  }

  absl::StatusOr<HubSelection> Quantized() const {
    const std::vector<std::string> found = Matching(Lower(reference_.quantization));
    if (found.size() == 1) return Gguf(found[0]);
    const std::string what = Cat(" .gguf model of ", reference_.quantization);
    if (!found.empty()) return Ambiguous(Cat("has more than one", what), found);
    if (!models_.empty()) return Ambiguous(Cat("has no", what), models_);
    return absl::NotFoundError(Cat(reference_.repository, " has no .gguf file; leave out ':",
                                   reference_.quantization, "' to take its .safetensors"));
  }

  absl::StatusOr<HubSelection> Gguf(const std::string& path) const {
    HubSelection selection;
    const SplitName split = ParseSplitName(path);
    const int parts = std::max(split.count, 1);
    for (int part = 1; part <= parts; ++part) {
      const std::string name = split.count == 0 ? path : split.Part(part);
      const auto file = files_.find(name);
      if (file == files_.end()) return Missing(name);
      if (part == 1) selection.model = name;
      selection.files.push_back(*file->second);
    }
    return selection;
  }

  absl::Status Missing(const std::string& name) const {
    if (models_.empty()) return absl::NotFoundError(Cat(reference_.repository, " has no file '", name, "'"));
    const std::string nearest = NearestMatch(name, models_);
    return Ambiguous(
        Cat("has no file '", name, "'", nearest.empty() ? "" : Cat(" (did you mean '", nearest, "'?)")),
        models_);
  }

  // In the repository's root.
  std::vector<std::string> Weights() const {
    if (files_.contains("model.safetensors")) return {"model.safetensors"};
    std::vector<std::string> weights;
    for (const auto& [path, file] : files_) {
      if (path.ends_with(".safetensors") && path.find('/') == std::string_view::npos)
        weights.emplace_back(path);
    }
    return weights;
  }

  bool HasWeights() const { return files_.contains(kIndex) || !Weights().empty(); }

  absl::StatusOr<HubSelection> Folder(IndexReader read_index) const {
    HubSelection selection;
    for (const std::string_view name : kFolderFiles) {
      if (const auto file = files_.find(name); file != files_.end()) selection.files.push_back(*file->second);
    }
    std::vector<std::string> weights = Weights();
    if (const auto index = files_.find(kIndex); index != files_.end()) {
      if (index->second->bytes > kMaxIndexBytes) {
        return absl::InvalidArgumentError(Cat(reference_.repository, ": ", kIndex, " is unreasonably large"));
      }
      ESPALIER_ASSIGN_OR_RETURN(const std::string text, read_index(*index->second));
      ESPALIER_ASSIGN_OR_RETURN(weights, Shards(text));
      selection.files.push_back(*index->second);
    }
    for (const std::string& name : weights) {
      const auto file = files_.find(name);
      if (file == files_.end()) {
        return absl::NotFoundError(Cat(reference_.repository, " has no file '", name, "', which its ", kIndex,
                                       " names; choose another repository or revision"));
      }
      selection.files.push_back(*file->second);
    }
    return selection;
  }

  // The files that the index's weight_map names, each once.
  absl::StatusOr<std::vector<std::string>> Shards(const std::string& index) const {
    const std::string what = Cat(reference_.repository, ": ", kIndex);
    ESPALIER_ASSIGN_OR_RETURN(const nlohmann::json json, ParseBoundedJson(index, what));
    std::set<std::string> shards;
    const auto map = json.find("weight_map");
    if (map != json.end() && map->is_object()) {
      for (const nlohmann::json& name : *map) {
        const std::string shard = name.is_string() ? name.get<std::string>() : "";
        const bool plain = IsPlainPath(shard) && shard.ends_with(".safetensors");
        if (!plain)
          return absl::InvalidArgumentError(Cat(what, " names a file that is no .safetensors file"));
        shards.insert(shard);
      }
    }
    if (shards.empty()) return absl::InvalidArgumentError(Cat(what, " has no weight_map that names files"));
    return std::vector<std::string>(shards.begin(), shards.end());
  }

  const HubReference& reference_;
  std::map<std::string, const HubFile*, std::less<>> files_;
  std::vector<std::string> models_;  // paths of .gguf files, first parts only; sorted
};

}  // namespace

absl::StatusOr<HubSelection> SelectFiles(const HubReference& reference, std::span<const HubFile> files,
                                         IndexReader read_index) {
  return Selector(reference, files).Select(read_index);
}

}  // namespace espalier
