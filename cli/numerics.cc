// espalier logits, espalier perplexity: what a model computes, to be held against other engines.
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <vector>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/clock.h"
#include "base/status.h"
#include "base/text.h"
#include "benchmarks/machine.h"
#include "benchmarks/perplexity.h"
#include "cli/command.h"
#include "cli/profile.h"
#include "cli/usage.h"
#include "engine/tokenizer.h"

namespace espalier {
namespace {

constexpr int64_t kMostTokens = 10'000'000;  // beyond every context and vocabulary
constexpr int64_t kMostChunks = 1'000'000'000;

struct LogitsOptions {
  CommonOptions common;
  std::string prompt;
  int64_t top = 10;

  LogitsOptions() {}
};

absl::Status RunLogits(const LogitsOptions& options) {
  ESPALIER_ASSIGN_OR_RETURN(EngineOptions engine_options, MakeEngineOptions(options.common));
  if (options.prompt.empty()) return absl::InvalidArgumentError("--prompt is empty: give some text");
  ESPALIER_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine, OpenEngine(options.common, engine_options));
  const Tokenizer& tokenizer = engine->tokenizer();
  const ModelInfo& model = engine->info();
  const std::vector<TokenId> tokens =
      tokenizer.Encode(options.prompt, TokenizeOptions(/*special=*/false, tokenizer.adds_bos()));
  const int64_t length = static_cast<int64_t>(tokens.size());
  const int64_t most = std::min<int64_t>(model.context_length, int64_t{model.page_count} * model.page_size);
  if (length > most) {
    return absl::InvalidArgumentError(Cat("the prompt has ", length,
                                          " tokens, the model's context and the KV memory ", "hold ", most,
                                          ": shorten it"));
  }
  std::vector<PageId> pages((length + model.page_size - 1) / model.page_size);
  std::iota(pages.begin(), pages.end(), 0);
  StepOutput output;
  for (int64_t start = 0; start < length; start += model.max_batch_tokens) {
    Batch batch;
    BatchRow& row = batch.rows.emplace_back();
    const int64_t count = std::min<int64_t>(model.max_batch_tokens, length - start);
    row.tokens = std::span(tokens).subspan(start, count);
    row.position = start;
    row.pages = pages;
    row.output.history = std::span(tokens).first(start + count);
    if (start + count == length) {
      row.output.top_count = static_cast<int32_t>(std::min<int64_t>(options.top, model.vocabulary_size));
    }
    ESPALIER_RETURN_IF_ERROR(engine->Step(batch, output));
  }
  nlohmann::json top = nlohmann::json::array();
  for (const RankedToken& token : output.rows[0].top) {
    const std::string text = ToValidUtf8(tokenizer.Piece(token.id, /*show_special=*/true));
    if (options.common.json) {
      top.push_back({{"id", token.id}, {"text", text}, {"logprob", token.logprob}});
    } else {
      std::cout << absl::StreamFormat("%8d  %9.4f  %s\n", token.id, token.logprob,
                                      nlohmann::json(text).dump());
    }
  }
  if (options.common.json) std::cout << nlohmann::json({{"tokens", tokens}, {"top", top}}).dump() << "\n";
  return absl::OkStatus();
}

struct PerplexityCommandOptions {
  CommonOptions common;
  std::string file;
  PerplexityOptions measure;

  PerplexityCommandOptions() {}
};

absl::Status RunPerplexity(const PerplexityCommandOptions& options) {
  ESPALIER_ASSIGN_OR_RETURN(EngineOptions engine_options, MakeEngineOptions(options.common));
  ESPALIER_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(options.file));
  PerplexityOptions measure = options.measure;
  if (measure.context % 2 != 0) {
    return absl::InvalidArgumentError(Cat("--context ", measure.context, ": choose an even number"));
  }
  engine_options.max_batch_tokens = static_cast<int32_t>(std::max<int64_t>(512, measure.context));
  ESPALIER_ASSIGN_OR_RETURN(const std::unique_ptr<Engine> engine, OpenEngine(options.common, engine_options));
  ProgressLine progress(options.common.quiet);
  const MonotonicClock clock;
  const double started = clock.Seconds();
  measure.on_progress = [&](int64_t done, int64_t chunks) {
    progress.Update([&] {
      const double seconds = clock.Seconds() - started;
      return absl::StrFormat(
          "chunk %d of %d, %.0f tokens/s, %s left", done, chunks,
          static_cast<double>(done * measure.context) / seconds,
          FormatDuration(seconds / static_cast<double>(done) * static_cast<double>(chunks - done)));
    });
  };
  measure.cancelled = ShouldStop;
  ESPALIER_ASSIGN_OR_RETURN(const Perplexity result, MeasurePerplexity(*engine, text, measure));
  progress.Clear();
  if (options.common.json) {
    std::cout << nlohmann::json({{"perplexity", result.perplexity},
                                 {"chunks", result.chunks},
                                 {"tokens", result.tokens},
                                 {"seconds", result.seconds}})
                     .dump()
              << "\n";
  } else {
    std::cout << absl::StreamFormat("perplexity %.4f over %d tokens in %d chunks of %d, %s\n",
                                    result.perplexity, result.tokens, result.chunks, measure.context,
                                    FormatDuration(result.seconds));
  }
  if (options.common.profile) {
    WriteProfile(*engine, {"perplexity", result.seconds, MeasureReadBandwidth(engine_options.threads)},
                 std::cerr);
  }
  return absl::OkStatus();
}

}  // namespace

void RegisterNumerics(CLI::App& app, Commands& commands) {
  auto logits = std::make_shared<LogitsOptions>();
  CLI::App* command =
      AddCommand(app, "logits", "the most likely next tokens of a text", logits->common, true);
  command->add_option("--prompt,-p", logits->prompt, "plain text; no chat template is applied")->required();
  command->add_option("--top", logits->top, "how many tokens")
      ->capture_default_str()
      ->check(WholeNumber(1, kMostTokens));
  commands.push_back({command, [logits] { return RunLogits(*logits); }});

  auto perplexity = std::make_shared<PerplexityCommandOptions>();
  command = AddCommand(app, "perplexity", "perplexity of a text, as llama.cpp's tool measures it",
                       perplexity->common, true);
  command->add_option("--file,-f", perplexity->file, "text file")->required();
  command->add_option("--context", perplexity->measure.context, "tokens of a chunk, an even number")
      ->capture_default_str()
      ->check(WholeNumber(8, kMostTokens));
  command->add_option("--chunks", perplexity->measure.chunks, "chunks to score; 0: all")
      ->capture_default_str()
      ->check(WholeNumber(0, kMostChunks));
  commands.push_back({command, [perplexity] { return RunPerplexity(*perplexity); }});
}

}  // namespace espalier
