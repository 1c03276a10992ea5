// The one virtual seam of the hot path: something that computes batches. It gets page ids, never the tree.
#ifndef ESPALIER_ENGINE_ENGINE_H_
#define ESPALIER_ENGINE_ENGINE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/kv_type.h"
#include "engine/batch.h"

namespace espalier {

class Tokenizer;
class ChatTemplate;
class StepProfile;

struct EngineOptions {
  int threads = 0;                       // 0: all processors this process may use
  int64_t kv_memory = int64_t{1} << 30;  // bytes for KV pages, allocated lazily by the system
  int32_t page_size = 16;                // tokens per page
  int32_t context_length = 0;            // 0: the model's own; otherwise at most that
  int32_t max_batch_tokens = 512;        // tokens of one step, the size of the workspace
  KvType kv_type = KvType::kF16;
  bool profile = false;  // whether profile() is filled

  EngineOptions() {}  // not an aggregate: see "coroutine traps" in docs/programs.md
};

// What the layers above need to know of a model.
struct ModelInfo {
  std::string name;          // general.name of the file, or its base name
  std::string architecture;  // "llama", "qwen2", ...
  int64_t parameters = 0;
  int32_t vocabulary_size = 0;
  int32_t context_length = 0;
  int32_t layers = 0;
  int32_t attention_width = 0;  // query heads x size of a head
  KvType kv_type = KvType::kF16;
  int32_t page_size = 0;
  int32_t page_count = 0;
  int64_t page_bytes = 0;  // K and V of all layers
  int32_t max_batch_tokens = 0;
  double load_seconds = 0;  // from opening the files to here, repacking included
  int64_t file_bytes = 0;
  int64_t weight_bytes = 0;   // of the matrices in memory; a decoded token reads each once
  bool generates = true;      // false: a reward model; no row may ask for samples, top tokens or logprobs
  int32_t head_outputs = 0;   // values of the classification head for each token; 0: rows may not ask for it
  std::string prompt_format;  // that the file asks for by name; "": none
  std::string reward;         // the scorer that the file asks for by name; "": none
  std::string chat_template_fault;  // why chat_template() is null although the file carries one
};

// OK if the model has logits. Error: FailedPrecondition for a reward model, which has a head instead.
absl::Status CheckGenerates(const ModelInfo& info);

class Engine {
 public:
  virtual ~Engine() = default;

  // Loads the model at `path`: a .gguf file, or a Hugging Face folder. Errors name the file and what to do.
  static absl::StatusOr<std::unique_ptr<Engine>> Open(const std::string& path, const EngineOptions& options);

  virtual const ModelInfo& info() const = 0;
  virtual const Tokenizer& tokenizer() const = 0;
  // Null when the model file carries none, or one that we cannot read: info().chat_template_fault says why.
  virtual const ChatTemplate* chat_template() const = 0;

  // Computes one batch: at most max_batch_tokens tokens over all rows. A broken precondition is our bug and
  // aborts; an error status means that the device failed and the engine is lost.
  virtual absl::Status Step(const Batch& batch, StepOutput& output) = 0;

  // Where the time of the steps went. Null: this engine does not know, or EngineOptions did not ask.
  virtual StepProfile* profile() { return nullptr; }
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_ENGINE_H_
