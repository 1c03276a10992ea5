#include "engine/model_engine.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/cat.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/status.h"
#include "base/text.h"

namespace espalier {
namespace {

// Rows of logits or head values held at a time: scoring a long text needs no more memory than this.
constexpr int64_t kOutputRows = 64;

absl::Status CheckOptions(const EngineOptions& options) {
  const auto invalid = [](std::string_view what, int64_t value, std::string_view remedy) {
    return absl::InvalidArgumentError(Cat(what, " of ", value, " makes no sense; ", remedy));
  };
  if (options.threads < 0) return invalid("a thread count", options.threads, "give 1 or more, or 0 for all");
  if (options.max_batch_tokens < 1)
    return invalid("a batch", options.max_batch_tokens, "give at least 1 token");
  if (options.context_length < 0) {
    return invalid("a context length", options.context_length, "give 1 or more, or 0 for the model's own");
  }
  return absl::OkStatus();
}

absl::Status CheckShape(const ModelConfig& config) {
  for (const auto& [what, size] : {std::pair("head", config.head_dim), std::pair("embedding", config.width),
                                   std::pair("feed-forward layer", config.feed_forward)}) {
    if (size % kLanes == 0) continue;
    return absl::UnimplementedError(Cat("'", config.name, "': a ", what, " of ", size,
                                        " elements is not supported; sizes must be multiples of ", kLanes));
  }
  return absl::OkStatus();
}

// The longest sequence: what the model was trained for, what the user allows and what the pages hold.
absl::StatusOr<int32_t> ContextLength(const ModelConfig& config, const EngineOptions& options,
                                      const KvStore& kv) {
  const int64_t slots = int64_t{kv.page_count()} * options.page_size;
  if (options.context_length > slots) {
    const int64_t pages = (int64_t{options.context_length} + options.page_size - 1) / options.page_size;
    return absl::InvalidArgumentError(Cat("KV memory holds ", slots, " tokens, less than the context of ",
                                          options.context_length, "; give at least ",
                                          FormatBytes(pages * kv.page_bytes())));
  }
  const int32_t wanted = options.context_length == 0
                             ? config.context_length
                             : std::min(options.context_length, config.context_length);
  return static_cast<int32_t>(std::min<int64_t>(wanted, slots));
}

int64_t CountParameters(const ModelFile& file) {
  int64_t count = 0;
  for (const StoredTensor* tensor : file.tensors()) count += tensor->elements();
  return count;
}

// Null when the file carries no template.
absl::StatusOr<std::unique_ptr<ChatTemplate>> ReadChatTemplate(const ModelFile& file,
                                                               const Tokenizer& tokenizer) {
  ESPALIER_ASSIGN_OR_RETURN(const std::string source, file.ReadChatTemplate());
  if (source.empty()) return nullptr;
  const auto text = [&](int64_t id) {
    return id < 0 || id >= tokenizer.size() ? std::string_view()
                                            : tokenizer.Piece(static_cast<TokenId>(id), true);
  };
  return ChatTemplate::Parse(source, text(tokenizer.bos_id()), text(tokenizer.eos_id()));
}

}  // namespace

absl::Status CheckGenerates(const ModelInfo& info) {
  if (info.generates) return absl::OkStatus();
  return absl::FailedPreconditionError(
      Cat("'", info.name, "' is a reward model: it has a head of ", info.head_outputs,
          " outputs and no logits, so it cannot generate; choose a language model"));
}

absl::StatusOr<std::unique_ptr<Engine>> Engine::Open(const std::string& path, const EngineOptions& options) {
  return ModelEngine::Open(path, options);
}

absl::StatusOr<std::unique_ptr<ModelEngine>> ModelEngine::Open(const std::string& path,
                                                               const EngineOptions& options) {
  ESPALIER_RETURN_IF_ERROR(CheckOptions(options));
  const MonotonicClock clock;
  const double started = clock.Seconds();
  ESPALIER_ASSIGN_OR_RETURN(std::unique_ptr<ModelFile> file, ModelFile::Open(path));
  ESPALIER_ASSIGN_OR_RETURN(const ModelConfig config, file->ReadConfig());
  ESPALIER_RETURN_IF_ERROR(CheckShape(config));
  ESPALIER_RETURN_IF_ERROR(CheckTensors(*file, config));
  ESPALIER_ASSIGN_OR_RETURN(KvStore kv, KvStore::Create(config, options));
  ESPALIER_ASSIGN_OR_RETURN(const int32_t context_length, ContextLength(config, options, kv));

  const int threads = options.threads == 0 ? ThreadPool::DefaultThreads() : options.threads;
  std::unique_ptr<ModelEngine> engine(
      new ModelEngine(std::move(file), std::move(kv), std::make_unique<ThreadPool>(threads)));
  ESPALIER_ASSIGN_OR_RETURN(engine->tokenizer_, engine->file_->ReadTokenizer());
  auto chat_template = ReadChatTemplate(*engine->file_, *engine->tokenizer_);
  const ModelLimits limits = {.tokens = options.max_batch_tokens,
                              .outputs = std::min<int64_t>(kOutputRows, options.max_batch_tokens),
                              .threads = threads};
  engine->model_ =
      std::make_unique<Model>(config, ModelWeights::Load(*engine->file_, config, *engine->pool_), limits);
  if (options.profile) engine->model_->profile().Enable();
  engine->info_ = {.name = config.name,
                   .architecture = config.architecture,
                   .parameters = CountParameters(*engine->file_),
                   .vocabulary_size = config.vocabulary_size,
                   .context_length = context_length,
                   .layers = config.layers,
                   .attention_width = config.heads * config.head_dim,
                   .kv_type = options.kv_type,
                   .page_size = options.page_size,
                   .page_count = engine->kv_.page_count(),
                   .page_bytes = engine->kv_.page_bytes(),
                   .max_batch_tokens = options.max_batch_tokens,
                   .load_seconds = clock.Seconds() - started,
                   .file_bytes = engine->file_->file_bytes(),
                   .weight_bytes = engine->model_->weight_bytes(),
                   .generates = config.generates,
                   .head_outputs = config.head_outputs,
                   .prompt_format = config.prompt_format,
                   .reward = config.reward,
                   .chat_template_fault = std::string(ToStd(chat_template.status().message()))};
  if (chat_template.ok()) engine->chat_template_ = *std::move(chat_template);
  return engine;
}

ModelEngine::ModelEngine(std::unique_ptr<ModelFile> file, KvStore kv, std::unique_ptr<ThreadPool> pool)
    : file_(std::move(file)), kv_(std::move(kv)), pool_(std::move(pool)), workspaces_(pool_->threads()) {}

absl::Status ModelEngine::Step(const Batch& batch, StepOutput& output) {
  ESPALIER_CHECK(batch.model == 0, batch.model);
  model_->profile().Enter(Stage::kPrepare);
  for (const PageCopy& copy : batch.copies) kv_.Copy(copy);
  Flatten(batch);
  ListRequests(batch);
  output.rows.resize(batch.rows.size());
  for (size_t i = 0; i < batch.rows.size(); ++i) {
    RowOutput& row = output.rows[i];
    row.sampled = -1;
    row.statistics = {};
    row.top.clear();
    row.token_logprobs.clear();
    row.head_values.clear();
  }
  if (tokens_.empty()) {
    model_->profile().Leave();
    return absl::OkStatus();
  }

  model_->Forward({.tokens = tokens_, .positions = positions_, .sequences = sequences_}, kv_, *pool_);
  for (size_t begin = 0; begin < logits_requests_.size(); begin += kOutputRows) {
    const size_t count = std::min<size_t>(kOutputRows, logits_requests_.size() - begin);
    AnswerLogits(batch, std::span(logits_requests_).subspan(begin, count), output);
  }
  for (size_t begin = 0; begin < head_requests_.size(); begin += kOutputRows) {
    const size_t count = std::min<size_t>(kOutputRows, head_requests_.size() - begin);
    AnswerHead(std::span(head_requests_).subspan(begin, count), output);
  }
  model_->profile().Leave();
  return absl::OkStatus();
}

void ModelEngine::CheckRow(const BatchRow& row) const {
  const auto end = row.position + static_cast<int64_t>(row.tokens.size());
  ESPALIER_CHECK(!row.tokens.empty());
  ESPALIER_CHECK(row.position >= 0 && end <= info_.context_length, row.position, " + ", row.tokens.size(),
                 " tokens");
  ESPALIER_CHECK(static_cast<int64_t>(row.pages.size()) * info_.page_size >= end, row.pages.size(),
                 " pages for ", end, " tokens");
  const RowOutputRequest& wanted = row.output;
  ESPALIER_CHECK(info_.generates || (!wanted.sample && wanted.top_count == 0 && wanted.score_from < 0));
  ESPALIER_CHECK(info_.head_outputs > 0 || wanted.head_from < 0);
  for (const PageId page : row.pages) ESPALIER_CHECK(page >= 0 && page < info_.page_count, page);
  for (const TokenId token : row.tokens) ESPALIER_CHECK(token >= 0 && token < info_.vocabulary_size, token);
}

void ModelEngine::Flatten(const Batch& batch) {
  tokens_.clear();
  positions_.clear();
  sequences_.clear();
  for (const BatchRow& row : batch.rows) {
    CheckRow(row);
    sequences_.push_back({.pages = row.pages.data(),
                          .position = row.position,
                          .first_token = static_cast<int64_t>(tokens_.size()),
                          .tokens = static_cast<int64_t>(row.tokens.size())});
    tokens_.insert(tokens_.end(), row.tokens.begin(), row.tokens.end());
    for (size_t i = 0; i < row.tokens.size(); ++i)
      positions_.push_back(row.position + static_cast<int64_t>(i));
  }
  ESPALIER_CHECK(static_cast<int64_t>(tokens_.size()) <= info_.max_batch_tokens, tokens_.size());
}

void ModelEngine::ListRequests(const Batch& batch) {
  logits_requests_.clear();
  head_requests_.clear();
  for (size_t r = 0; r < batch.rows.size(); ++r) {
    const RowOutputRequest& wanted = batch.rows[r].output;
    const SequenceSpan& sequence = sequences_[r];
    const auto row = static_cast<int64_t>(r);
    if (wanted.score_from >= 0) {
      for (int64_t i = wanted.score_from; i + 1 < sequence.tokens; ++i) {
        logits_requests_.push_back(
            {.row = row, .token = sequence.first_token + i, .scored = i - wanted.score_from});
      }
    }
    if (wanted.sample || wanted.top_count > 0) {
      logits_requests_.push_back(
          {.row = row, .token = sequence.first_token + sequence.tokens - 1, .scored = -1});
    }
    if (wanted.head_from >= 0) {
      for (int64_t i = wanted.head_from; i < sequence.tokens; ++i) {
        head_requests_.push_back({.row = row, .token = sequence.first_token + i, .scored = -1});
      }
    }
  }
}

void ModelEngine::AnswerHead(std::span<const OutputRequest> requests, StepOutput& output) {
  requested_tokens_.clear();
  for (const OutputRequest& request : requests) requested_tokens_.push_back(request.token);
  const std::span<const float> values = model_->HeadValues(requested_tokens_, *pool_);
  const auto width = static_cast<size_t>(info_.head_outputs);
  for (size_t i = 0; i < requests.size(); ++i) {
    const std::span<const float> row = values.subspan(i * width, width);
    std::vector<float>& answer = output.rows[requests[i].row].head_values;
    answer.insert(answer.end(), row.begin(), row.end());
  }
}

void ModelEngine::AnswerLogits(const Batch& batch, std::span<const OutputRequest> requests,
                               StepOutput& output) {
  requested_tokens_.clear();
  for (const OutputRequest& request : requests) {
    requested_tokens_.push_back(request.token);
    if (request.scored >= 0) output.rows[request.row].token_logprobs.push_back(0);
  }
  const std::span<const float> logits = model_->Logits(requested_tokens_, *pool_);
  const auto vocabulary = static_cast<size_t>(info_.vocabulary_size);
  model_->profile().Enter(Stage::kSampling);
  pool_->ParallelFor(static_cast<int64_t>(requests.size()), [&](int64_t i, int thread) {
    const OutputRequest& request = requests[i];
    const BatchRow& row = batch.rows[request.row];
    const std::span<const float> row_logits = logits.subspan(i * vocabulary, vocabulary);
    RowOutput& answer = output.rows[request.row];
    if (request.scored >= 0) {
      const TokenId next = tokens_[request.token + 1];
      LogitScan& scan = workspaces_[thread].scan;
      scan.Read(row_logits);
      answer.token_logprobs[request.scored] = row_logits[next] - scan.LogSumExp();
    } else {
      const auto next_position = row.position + static_cast<int64_t>(row.tokens.size());
      FillRowOutput(row_logits, row.output, next_position, workspaces_[thread], answer);
    }
  });
}

}  // namespace espalier
