#include "tests/fuzz/use_model.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "engine/engine.h"
#include "engine/model_file.h"
#include "tests/fuzz/fuzz.h"

namespace espalier {
namespace {

void RunStep(Engine& engine) {
  const ModelInfo& info = engine.info();
  const std::vector<TokenId> tokens = {0, info.vocabulary_size - 1, info.vocabulary_size / 2};
  SamplingParameters sampling;
  sampling.top_p = 0.9f;
  const PageId page = 0;
  BatchRow row;
  row.tokens = std::span(tokens).first(static_cast<size_t>(std::min(3, info.context_length)));
  row.pages = std::span(&page, 1);
  row.output.sample = true;
  row.output.sampling = &sampling;
  row.output.top_count = 5;
  row.output.score_from = 0;
  Batch batch;
  batch.rows = {row};
  StepOutput output;
  CheckMessage(engine.Step(batch, output));
  const TokenId sampled = output.rows[0].sampled;
  ESPALIER_CHECK(sampled >= 0 && sampled < info.vocabulary_size, sampled);
}

}  // namespace

void UseTokenizer(const Tokenizer& tokenizer) {
  constexpr std::string_view kText = "ab a<s> caf\xc3\xa9 \xff\xfe 12345\n\n  I'll<|im_end|>x";
  const std::vector<TokenId> ids = tokenizer.Encode(kText, TokenizeOptions(true, tokenizer.adds_bos()));
  for (const TokenId id : ids) ESPALIER_CHECK(id >= 0 && id < tokenizer.size(), id);
  tokenizer.Decode(ids, true);
  for (TokenId id = -1; id <= tokenizer.size(); ++id) tokenizer.Piece(id, true);
}

bool UseModel(const std::string& path) {
  const auto model = ModelFile::Open(path);
  CheckMessage(model.status());
  if (!model.ok()) return false;
  const auto config = (*model)->ReadConfig();
  CheckMessage(config.status());
  if (config.ok()) CheckMessage(CheckTensors(**model, *config));

  EngineOptions options;
  options.threads = 1;
  options.kv_memory = 256 << 10;
  options.max_batch_tokens = 4;
  const auto engine = Engine::Open(path, options);
  CheckMessage(engine.status());
  if (!engine.ok()) return false;
  UseTokenizer((*engine)->tokenizer());
  RunStep(**engine);
  return true;
}

}  // namespace espalier
