#include "tests/support/tiny_model.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/cat.h"
#include "base/random.h"
#include "tests/support/quantize.h"

namespace espalier {
namespace {

// In order of rank; each joins two tokens that are there before it.
constexpr std::string_view kMerges[][2] = {
    {" ", "t"},   {" ", "a"},   {"h", "e"}, {"i", "n"},  {"r", "e"},   {"o", "n"},     {" t", "he"},
    {"e", "r"},   {" ", "s"},   {"a", "t"}, {" ", "w"},  {"o", "r"},   {"e", "n"},     {" ", "c"},
    {"i", "s"},   {"i", "t"},   {"a", "n"}, {"n", "d"},  {" a", "nd"}, {"l", "l"},     {"o", "u"},
    {" ", "h"},   {"in", "g"},  {" ", "m"}, {"e", "s"},  {"o", "w"},   {" m", "an"},   {"u", "s"},
    {" ", "="},   {" ", "+"},   {"A", "n"}, {"An", "s"}, {"w", "er"},  {"Ans", "wer"}, {"s", "e"},
    {"us", "er"}, {"\n", "\n"}, {"a", "s"}, {"as", "s"}, {" h", "ow"},
};

// GPT-2's printable stand-in for a byte: itself where it is printable in Latin-1, else U+0100 onwards.
std::string ByteToken(int byte) {
  const auto printable = [](int b) { return (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174; };
  int code = byte;
  if (!printable(byte)) {
    code = 256;
    for (int b = 0; b < byte; ++b) code += printable(b) ? 0 : 1;
  }
  if (code < 128) return std::string(1, static_cast<char>(code));
  return {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 63))};
}

std::string BytesToken(std::string_view bytes) {
  std::string token;
  for (const unsigned char byte : bytes) token += ByteToken(byte);
  return token;
}

// Roughly normal with the given deviation: a sum of four uniform draws, the same bits on every machine.
std::vector<float> RandomValues(uint64_t key, int64_t count, double mean, double deviation) {
  std::vector<float> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i) {
    const std::array<uint32_t, 4> words = Philox(key, i, 0);
    const double sum = (static_cast<double>(words[0]) + words[1] + words[2] + words[3]) * 0x1p-32;
    values[i] = static_cast<float>(mean + (sum - 2.0) * std::sqrt(3.0) * deviation);
  }
  return values;
}

}  // namespace

TinyModelOptions TinyModelOptions::Of(std::string_view architecture) {
  TinyModelOptions options;
  options.architecture = architecture;
  if (architecture == "qwen3") options.head_dim = 24;
  if (architecture == "gemma3") {
    options.head_dim = 32;
    options.kv_heads = 1;
    options.window = 20;
    options.window_period = 2;
  }
  return options;
}

std::vector<std::string> TinyVocabulary() {
  std::vector<std::string> tokens;
  for (int byte = 0; byte < 256; ++byte) tokens.push_back(ByteToken(byte));
  for (const auto& [left, right] : kMerges) tokens.push_back(BytesToken(left) + BytesToken(right));
  tokens.insert(tokens.end(), {"<|endoftext|>", "<|im_start|>", "<|im_end|>"});
  return tokens;
}

void AddTinyMetadata(const TinyModelOptions& options, GgufWriter& writer) {
  writer.AddString("general.architecture", options.architecture);
  writer.AddString("general.name", Cat("Tiny ", options.architecture));
  const auto key = [&](std::string_view name) { return Cat(options.architecture, ".", name); };
  writer.AddUint32(key("block_count"), options.layers);
  writer.AddUint32(key("context_length"), options.context_length);
  writer.AddUint32(key("embedding_length"), options.width);
  writer.AddUint32(key("feed_forward_length"), options.feed_forward);
  writer.AddUint32(key("attention.head_count"), options.heads);
  writer.AddUint32(key("attention.head_count_kv"), options.kv_heads);
  writer.AddFloat(key("rope.freq_base"), 10000.0f);
  writer.AddFloat(key("attention.layer_norm_rms_epsilon"), 1e-5f);
  if (options.head_dim > 0) {
    writer.AddUint32(key("attention.key_length"), options.head_dim);
    writer.AddUint32(key("attention.value_length"), options.head_dim);
  }
  if (options.window > 0) writer.AddUint32(key("attention.sliding_window"), options.window);
  if (options.window_period > 0) {
    writer.AddUint32(key("attention.sliding_window_pattern"), options.window_period);
  }

  const std::vector<std::string> tokens = TinyVocabulary();
  std::vector<int32_t> types(tokens.size(), 1);
  std::fill(types.end() - 3, types.end(), 3);
  std::vector<std::string> merges;
  for (const auto& [left, right] : kMerges) merges.push_back(BytesToken(left) + " " + BytesToken(right));
  const auto last = static_cast<uint32_t>(tokens.size() - 1);
  writer.AddString("tokenizer.ggml.model", "gpt2");
  writer.AddString("tokenizer.ggml.pre", options.architecture == "llama" ? "smollm" : "qwen2");
  writer.AddStrings("tokenizer.ggml.tokens", tokens);
  writer.AddInts("tokenizer.ggml.token_type", types);
  writer.AddStrings("tokenizer.ggml.merges", merges);
  writer.AddUint32("tokenizer.ggml.bos_token_id", last - 1);
  writer.AddUint32("tokenizer.ggml.eos_token_id", last);
  writer.AddBool("tokenizer.ggml.add_bos_token", false);
  if (!options.chat_template.empty()) writer.AddString("tokenizer.chat_template", options.chat_template);
}

void AddTinyTensors(const TinyModelOptions& options, GgufWriter& writer) {
  const auto matrix = [&](const std::string& name, int64_t columns, int64_t rows, double gain) {
    const uint64_t key = StableHash(name, options.seed);
    const auto values = RandomValues(key, columns * rows, 0, gain / std::sqrt(static_cast<double>(columns)));
    writer.AddTensor(name, options.weight_type, {columns, rows}, Quantize(options.weight_type, values));
  };
  const auto vector = [&](const std::string& name, int64_t size, double mean) {
    const auto values = RandomValues(StableHash(name, options.seed), size, mean, 0.1);
    writer.AddTensor(name, TensorType::kF32, {size}, Quantize(TensorType::kF32, values));
  };
  const int64_t width = options.width;
  const int64_t head_dim = options.head_dim > 0 ? options.head_dim : width / options.heads;
  const int64_t query_width = head_dim * options.heads;
  const int64_t key_width = head_dim * options.kv_heads;
  const bool gemma = options.architecture == "gemma3";
  const auto vocabulary = static_cast<int64_t>(TinyVocabulary().size());
  matrix("token_embd.weight", width, vocabulary, 2);
  for (uint32_t layer = 0; layer < options.layers; ++layer) {
    const std::string prefix = Cat("blk.", layer, ".");
    vector(prefix + "attn_norm.weight", width, 1);
    matrix(prefix + "attn_q.weight", width, query_width, 1.5);
    matrix(prefix + "attn_k.weight", width, key_width, 1.5);
    matrix(prefix + "attn_v.weight", width, key_width, 1);
    if (options.architecture == "qwen2") {
      vector(prefix + "attn_q.bias", query_width, 0);
      vector(prefix + "attn_k.bias", key_width, 0);
      vector(prefix + "attn_v.bias", key_width, 0);
    }
    if (options.architecture == "qwen3" || gemma) {
      vector(prefix + "attn_q_norm.weight", head_dim, 1);
      vector(prefix + "attn_k_norm.weight", head_dim, 1);
    }
    matrix(prefix + "attn_output.weight", query_width, width, 1);
    if (gemma) vector(prefix + "post_attention_norm.weight", width, 1);
    vector(prefix + "ffn_norm.weight", width, 1);
    matrix(prefix + "ffn_gate.weight", width, options.feed_forward, 1);
    matrix(prefix + "ffn_up.weight", width, options.feed_forward, 1);
    matrix(prefix + "ffn_down.weight", options.feed_forward, width, 1);
    if (gemma) vector(prefix + "post_ffw_norm.weight", width, 1);
  }
  vector("output_norm.weight", width, 1);
  if (!options.tied_output) matrix("output.weight", width, vocabulary, 2);
  if (options.head_hidden > 0) {
    matrix("cls.weight", width, options.head_hidden, 1);
    vector("cls.bias", options.head_hidden, 0);
  }
  if (options.head_outputs == 0) return;
  matrix("cls.output.weight", options.head_hidden > 0 ? options.head_hidden : width, options.head_outputs, 1);
  vector("cls.output.bias", options.head_outputs, 0);
}

TinyModelOptions WideModelOptions(TensorType type) {
  TinyModelOptions options;
  options.weight_type = type;
  options.width = 256;
  options.feed_forward = 512;
  return options;
}

std::string TinyModelBytes(const TinyModelOptions& options) {
  GgufWriter writer;
  AddTinyMetadata(options, writer);
  AddTinyTensors(options, writer);
  return writer.Finish();
}

}  // namespace espalier
