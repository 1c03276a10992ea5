// A model file, as far as it goes: parsed, described, judged, its tokenizer built and used, and if it passes
// for a model, one step of it.
#include <algorithm>

#include "base/cat.h"
#include "base/check.h"
#include "base/status.h"
#include "engine/gguf.h"
#include "engine/tokenizer.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/use_model.h"
#include "tests/support/quantize.h"
#include "tests/support/tiny_model.h"

namespace espalier {
namespace {

constexpr TensorType kTypes[] = {
    TensorType::kF32,  TensorType::kF16,  TensorType::kBF16, TensorType::kQ4_0,   TensorType::kQ4_1,
    TensorType::kQ5_0, TensorType::kQ5_1, TensorType::kQ8_0, TensorType::kIQ4_NL, TensorType::kQ2_K,
    TensorType::kQ3_K, TensorType::kQ4_K, TensorType::kQ5_K, TensorType::kQ6_K,
};

void AddMatrix(const std::string& name, TensorType type, int64_t columns, int64_t rows, GgufWriter& writer) {
  std::vector<float> values(static_cast<size_t>(columns * rows));
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i * 37 % 64) / 256 - 0.125f;
  const std::vector<int64_t> shape = rows == 1 ? std::vector{columns} : std::vector{columns, rows};
  writer.AddTensor(name, type, shape, Quantize(type, values));
}

// The smallest model: one layer, one head, eight tokens.
std::string MicroModel(const std::string& architecture, TensorType type) {
  const int64_t width = std::max(16, GetTensorTypeInfo(type).block_elements);
  GgufWriter writer;
  writer.AddString("general.architecture", architecture);
  for (const char* size : {"block_count", "attention.head_count", "attention.head_count_kv"}) {
    writer.AddUint32(Cat(architecture, ".", size), 1);
  }
  for (const char* size : {"embedding_length", "feed_forward_length", "context_length"}) {
    writer.AddUint32(Cat(architecture, ".", size), static_cast<uint32_t>(width));
  }
  writer.AddFloat(Cat(architecture, ".attention.layer_norm_rms_epsilon"), 1e-5f);
  if (architecture == "gemma3") writer.AddUint32("gemma3.attention.sliding_window", 2);
  if (architecture == "qwen3") {
    writer.AddString("qwen3.rope.scaling.type", "linear");
    writer.AddFloat("qwen3.rope.scaling.factor", 2.0f);
  }
  writer.AddString("tokenizer.ggml.model", "gpt2");
  writer.AddString("tokenizer.ggml.pre", architecture == "qwen2" ? "qwen2" : "smollm");
  writer.AddStrings("tokenizer.ggml.tokens", {"a", "b", "ab", "Ġ", "Ġa", "c", "<s>", "</s>"});
  writer.AddInts("tokenizer.ggml.token_type", {1, 1, 1, 1, 1, 6, 3, 3});
  writer.AddStrings("tokenizer.ggml.merges", {"a b", "Ġ a"});
  writer.AddUint32("tokenizer.ggml.bos_token_id", 6);
  writer.AddUint32("tokenizer.ggml.eos_token_id", 7);
  writer.AddString("tokenizer.chat_template", "{% for m in messages %}{{ m.content }}{% endfor %}");
  AddMatrix("token_embd.weight", type, width, 8, writer);
  for (const char* name : {"attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"}) {
    AddMatrix(Cat("blk.0.", name, ".weight"), type, width, width, writer);
  }
  std::vector<std::string> norms = {"output_norm.weight", "blk.0.attn_norm.weight", "blk.0.ffn_norm.weight"};
  if (architecture == "qwen3" || architecture == "gemma3") {
    norms.insert(norms.end(), {"blk.0.attn_q_norm.weight", "blk.0.attn_k_norm.weight"});
  }
  if (architecture == "gemma3") {
    norms.insert(norms.end(), {"blk.0.post_attention_norm.weight", "blk.0.post_ffw_norm.weight"});
  }
  for (const std::string& name : norms) AddMatrix(name, TensorType::kF32, width, 1, writer);
  return writer.Finish();
}

void Describe(const GgufFile& file) {
  size_t bytes = 0;
  for (const GgufEntry& entry : file.metadata()) bytes += DescribeGgufValue(entry.value).size();
  for (const StoredTensor& tensor : file.tensors()) {
    const TensorTypeInfo info = GetTensorTypeInfo(tensor.type);
    if (!info.supported || tensor.columns() > 4096) continue;
    std::vector<float> row(static_cast<size_t>(tensor.columns()));
    DequantizeRow(tensor.type, tensor.data.data(), row.data(), tensor.columns());
  }
  ESPALIER_CHECK(bytes < 10000 * (1 + file.metadata().size()), bytes);
}

}  // namespace

std::vector<std::string> GeneratedSeeds() {
  std::vector<std::string> seeds;
  for (const char* architecture : {"qwen2", "qwen3", "gemma3"}) {
    seeds.push_back(MicroModel(architecture, TensorType::kF32));
  }
  for (const TensorType type : kTypes) {
    // K types need 256 columns: a few files of half a megabyte would slow everything down.
    if (GetTensorTypeInfo(type).block_elements < 256) seeds.push_back(MicroModel("llama", type));
  }
  GgufWriter vocabulary;
  AddTinyMetadata(TinyModelOptions(), vocabulary);
  seeds.push_back(vocabulary.Finish());
  return seeds;
}

std::vector<std::string> FuzzWords() {
  return {"tokenizer.ggml.add_bos_token",
          "llama.rope.scaling.type",
          "llama.attention.key_length",
          "general.alignment",
          "blk.0.attn_q.bias",
          "output.weight",
          "rope_freqs.weight",
          "llama.rope.freq_base",
          "llama.vocab_size",
          "llama.attention.sliding_window",
          "llama.rope.scaling.factor",
          "cls.output.weight",
          "cls.weight",
          "split.count"};
}

}  // namespace espalier

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace espalier;
  const MemoryFile input(std::string_view(reinterpret_cast<const char*>(data), size));
  const auto file = GgufFile::Open(input.path());
  CheckMessage(file.status());
  if (!file.ok()) return 0;
  Describe(*file);
  if (UseModel(input.path())) return 0;
  const auto tokenizer = MakeTokenizer(*file);
  CheckMessage(tokenizer.status());
  if (tokenizer.ok()) UseTokenizer(**tokenizer);
  return 0;
}
