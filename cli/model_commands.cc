// espalier models, pull, inspect, tokenize: model files, without computing anything.
#include <unistd.h>

#include <iostream>

#include "base/clock.h"
#include "base/status.h"
#include "cli/command.h"
#include "cli/inspect.h"
#include "cli/models.h"
#include "cli/pull.h"
#include "cli/tokenize.h"
#include "cli/transfer_progress.h"

namespace espalier {
namespace {

absl::Status PullWithProgress(const CommonOptions& common, const PullCommandOptions& options) {
  const MonotonicClock clock;
  TransferProgress progress(std::cerr, isatty(STDERR_FILENO) != 0, clock);
  TransferEvents events;
  if (!common.quiet) events = progress.events();
  events.cancelled = Interrupted;
  const absl::Status status = RunPull(options, events, std::cout);
  progress.Finish();
  return status;
}

}  // namespace

void RegisterModelCommands(CLI::App& app, Commands& commands) {
  auto common = std::make_shared<CommonOptions>();
  CLI::App* command =
      AddCommand(app, "models", "the catalog, and what is cached where", *common, /*with_model=*/false);
  commands.push_back({command, [common]() -> absl::Status {
                        ESPALIER_RETURN_IF_ERROR(MakeEngineOptions(*common).status());
                        ModelsOptions options;
                        options.json = common->json;
                        return RunModels(options, std::cout);
                      }});

  common = std::make_shared<CommonOptions>();
  auto name = std::make_shared<std::string>();
  command = AddCommand(app, "pull", "fetches a model into the cache", *common, /*with_model=*/false);
  command
      ->add_option("NAME", *name,
                   "catalog name, hf:OWNER/REPO/FILE.gguf, hf:OWNER/REPO:Q4_K_M or hf:OWNER/REPO; @REVISION "
                   "behind REPO for another than main")
      ->required();
  command->add_flag("--offline", common->offline, "never download, only say where it is");
  commands.push_back({command, [common, name]() -> absl::Status {
                        ESPALIER_RETURN_IF_ERROR(MakeEngineOptions(*common).status());
                        PullCommandOptions options;
                        options.model = *name;
                        options.offline = common->offline;
                        options.json = common->json;
                        return PullWithProgress(*common, options);
                      }});

  common = std::make_shared<CommonOptions>();
  auto file = std::make_shared<std::string>();
  command = AddCommand(app, "inspect", "what a model file holds", *common, /*with_model=*/false);
  command->add_option("FILE", *file, "a .gguf file, or the name of a cached model")->required();
  commands.push_back({command, [common, file]() -> absl::Status {
                        ESPALIER_RETURN_IF_ERROR(MakeEngineOptions(*common).status());
                        InspectOptions options;
                        options.model = *file;
                        options.json = common->json;
                        return RunInspect(options, std::cout);
                      }});

  auto tokenize = std::make_shared<TokenizeCommandOptions>();
  command = AddCommand(app, "tokenize", "text to token ids, and back", tokenize->common, /*with_model=*/true);
  command->add_option("--text,-t", tokenize->text, "this text");
  command->add_option("--file,-f", tokenize->file, "the text of a file");
  command->add_option("--decode", tokenize->decode, "ids, separated by spaces or commas, back to text");
  command->add_option("--separator", tokenize->separator, "splits the text into documents");
  command->add_flag("--special", tokenize->special, "special tokens in the text become their ids");
  commands.push_back({command, [tokenize] { return RunTokenize(*tokenize, std::cout); }});
}

}  // namespace espalier
