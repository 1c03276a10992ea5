// From a row of logits to the next token, as SamplingParameters ask.
//
//   1. logit_bias is added.
//   2. Each distinct token of the history: repetition_penalty divides a positive logit and multiplies a
//      negative one (Keskar et al., "CTRL", 2019). Each distinct generated token: minus presence_penalty,
//      minus frequency_penalty times its count.
//   3. Temperature 0 takes the largest logit, of equal ones the lowest id. Otherwise LogitScan::Draw of
//      kernels/logits.h with UniformDraw(random_key, position), position being that of the drawn token.
//
// A pure function of its arguments: the batch, the other rows and the threads do not matter.
#ifndef ESPALIER_ENGINE_SAMPLER_H_
#define ESPALIER_ENGINE_SAMPLER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "engine/batch.h"
#include "kernels/kernels.h"

namespace espalier {

// Scratch of one thread.
struct SamplerWorkspace {
  LogitScan scan;
  std::vector<float> adjusted;   // logits after bias and penalties
  std::vector<TokenId> history;  // sorted
};

// request.sampling is not null. Ids in logit_bias and history lie in [0, logits.size()).
TokenId SampleToken(std::span<const float> logits, const RowOutputRequest& request, int64_t position,
                    SamplerWorkspace& workspace);

// What `output` asks for of the logits after a row's last token, which stands at `position` - 1: sampled
// token, its statistics, top tokens.
void FillRowOutput(std::span<const float> logits, const RowOutputRequest& request, int64_t position,
                   SamplerWorkspace& workspace, RowOutput& output);

}  // namespace espalier

#endif  // ESPALIER_ENGINE_SAMPLER_H_
