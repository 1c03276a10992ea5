// A Hugging Face folder in which one file is the input: its first byte picks the model, its second the file.
#include <array>
#include <filesystem>
#include <iterator>
#include <memory>

#include "base/cat.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/use_model.h"
#include "tests/support/temporary_file.h"

namespace espalier {
namespace {

namespace fs = std::filesystem;

constexpr const char* kModels[] = {"llama2", "qwen3", "gemma3"};
constexpr const char* kFiles[] = {"config.json",
                                  "generation_config.json",
                                  "tokenizer_config.json",
                                  "special_tokens_map.json",
                                  "model.safetensors.index.json",
                                  "tokenizer.json"};

fs::path Golden(const char* model) { return fs::absolute("tests/golden/architectures") / model; }

// The folder of a model, made of links to the golden one.
const TemporaryFolder& Folder(size_t model) {
  static std::array<std::unique_ptr<TemporaryFolder>, std::size(kModels)> folders;
  if (folders[model] == nullptr) {
    folders[model] = std::make_unique<TemporaryFolder>();
    for (const auto& entry : fs::directory_iterator(Golden(kModels[model]))) {
      if (entry.path().extension() == ".gguf") continue;
      fs::create_symlink(entry.path(), fs::path(folders[model]->path()) / entry.path().filename());
    }
  }
  return *folders[model];
}

}  // namespace

std::vector<std::string> GeneratedSeeds() {
  std::vector<std::string> seeds;
  for (size_t model = 0; model < std::size(kModels); ++model) {
    for (size_t file = 0; file < std::size(kFiles); ++file) {
      const fs::path path = Golden(kModels[model]) / kFiles[file];
      const std::string head = {static_cast<char>(model), static_cast<char>(file)};
      seeds.push_back(head +
                      (fs::exists(path) ? ReadFile(path) : R"({"weight_map":{"a":"model.safetensors"}})"));
    }
  }
  return seeds;
}

std::vector<std::string> FuzzWords() {
  return {"null",
          "true",
          "-1",
          "1e999",
          "9223372036854775807",
          "4294967296",
          "[]",
          "{}",
          "\"\"",
          "\"\\n\"",
          "\"model_type\":\"mistral\",",
          "\"model_type\":\"qwen2\",",
          "\"text_config\":{",
          "\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8,",
          "\"rope_scaling\":{\"rope_type\":\"yarn\",\"factor\":4,",
          "\"original_max_position_embeddings\":64,",
          "\"low_freq_factor\":1,\"high_freq_factor\":4,",
          "\"layer_types\":[\"full_attention\"],",
          "\"architectures\":[\"Qwen2ForRewardModel\"],",
          "\"num_hidden_layers\":",
          "\"sliding_window\":",
          "\"quantization_config\":{},",
          "\"torch_dtype\":"};
}

}  // namespace espalier

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace espalier;
  if (size < 2) return 0;
  const size_t model = data[0] % std::size(kModels);
  const char* file = kFiles[data[1] % std::size(kFiles)];
  const TemporaryFolder& folder = Folder(model);
  const MemoryFile input(std::string_view(reinterpret_cast<const char*>(data) + 2, size - 2));
  const fs::path replaced = fs::path(folder.path()) / file;
  fs::remove(replaced);
  fs::create_symlink(input.path(), replaced);
  UseModel(folder.path());
  fs::remove(replaced);
  if (fs::exists(Golden(kModels[model]) / file)) fs::create_symlink(Golden(kModels[model]) / file, replaced);
  return 0;
}
