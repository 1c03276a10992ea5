// One step's work and its results: plain data between the scheduler and the engine.
#ifndef ESPALIER_ENGINE_BATCH_H_
#define ESPALIER_ENGINE_BATCH_H_

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/ids.h"

namespace espalier {

// How a token is drawn. The defaults draw from the model's own distribution.
// Order: logit bias, penalties, then greedy (temperature 0) or temperature, top_k, top_p, min_p, draw.
struct SamplingParameters {
  float temperature = 1.0f;         // >= 0; 0 is greedy (ties: lowest token id)
  int32_t top_k = 0;                // 0: off
  float top_p = 1.0f;               // (0, 1]; 1: off
  float min_p = 0.0f;               // [0, 1); 0: off
  float repetition_penalty = 1.0f;  // > 0; 1: off; over prompt and generated tokens
  float presence_penalty = 0.0f;    // over generated tokens
  float frequency_penalty = 0.0f;   // over generated tokens
  std::vector<std::pair<TokenId, float>> logit_bias;
};

// What one row of a step asks for after its tokens are computed.
struct RowOutputRequest {
  bool sample = false;      // draw the token that follows the row's last token
  int32_t top_count = 0;    // also the most likely next tokens after the last token, best first
  int32_t score_from = -1;  // >= 0: log-probability of tokens[i + 1] given all before it, for every
                            // i in [score_from, tokens.size() - 1)
  int32_t head_from = -1;   // >= 0: values of the model's classification head after tokens[i], for every i in
                            // [head_from, tokens.size())
  const SamplingParameters* sampling = nullptr;  // required if `sample`
  uint64_t random_key = 0;                       // hash of (query seed, branch path)
  std::span<const TokenId> history;              // all tokens before the drawn one; read only for penalties
  int64_t generated_from = 0;                    // history[generated_from:] was generated
};

// One sequence's share of a step: `tokens` at absolute positions [position, position + tokens.size()).
// `pages` covers [0, position + tokens.size()): slot p of the sequence is pages[p / page_size], p %
// page_size. KV of [0, position) is already in place; the step writes the KV of `tokens`. No two rows of a
// batch write the same slot, and no row reads a slot that another row of the same batch writes.
struct BatchRow {
  std::span<const TokenId> tokens;  // >= 1
  int64_t position = 0;
  std::span<const PageId> pages;
  RowOutputRequest output;
};

// Spans point into memory that the caller keeps until the step returns.
struct Batch {
  int32_t model = 0;             // index into the engine's models
  std::vector<PageCopy> copies;  // carried out in order, before anything is computed
  std::vector<BatchRow> rows;
};

struct RankedToken {
  TokenId id = 0;
  float logprob = 0;
};

struct RowOutput {
  TokenId sampled = -1;               // -1 unless asked for
  TokenStatistics statistics;         // of the sampled token
  std::vector<RankedToken> top;       // top_count entries
  std::vector<float> token_logprobs;  // one per scored token
  std::vector<float> head_values;     // [tokens from head_from on][ModelInfo::head_outputs], raw
};

// rows[i] answers Batch::rows[i]. Reused from step to step so that a steady step allocates nothing.
struct StepOutput {
  std::vector<RowOutput> rows;
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_BATCH_H_
