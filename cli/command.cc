#include "cli/command.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <limits>
#include <sstream>

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/clock.h"
#include "base/status.h"
#include "base/text.h"
#include "cli/transfer_progress.h"
#include "cli/usage.h"
#include "models/pull.h"

namespace espalier {
namespace {

volatile std::sig_atomic_t interrupts = 0;

void OnInterrupt(int signal) {
  if (interrupts > 0) {
    std::signal(signal, SIG_DFL);
    raise(signal);
  }
  interrupts = signal;
}

absl::StatusOr<KvType> ParseKvType(std::string_view name) {
  for (const auto& [known, type] : {std::pair("f32", KvType::kF32), std::pair("f16", KvType::kF16),
                                    std::pair("bf16", KvType::kBF16), std::pair("int8", KvType::kInt8)}) {
    if (name == known) return type;
  }
  return absl::InvalidArgumentError(Cat("--kv-type ", name, ": choose f32, f16, bf16 or int8"));
}

int64_t MachineMemory() { return int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE); }

const MonotonicClock& TheClock() {
  static const MonotonicClock kClock;
  return kClock;
}

}  // namespace

CLI::App* AddCommand(CLI::App& app, const std::string& name, const std::string& description,
                     CommonOptions& common, bool with_model) {
  CLI::App* command = app.add_subcommand(name, description);
  if (with_model) {
    command
        ->add_option("--model,-m", common.model,
                     "catalog name, hf:OWNER/REPO, or path of a .gguf file or a folder with config.json")
        ->required();
    command->add_flag("--offline", common.offline, "never download");
    command->add_option("--kv-type", common.kv_type, "KV cache elements: f32, f16, bf16 or int8")
        ->capture_default_str();
  }
  command->add_option("--threads", common.threads, "threads; 0: all processors")
      ->capture_default_str()
      ->check(WholeNumber(0, 1024));
  command->add_option("--device", common.device, "cpu")->capture_default_str();
  command->add_option("--seed", common.seed, "fixes everything that is drawn")
      ->capture_default_str()
      ->check(WholeNumber(0, std::numeric_limits<uint64_t>::max()));
  command->add_option("--kv-memory", common.kv_memory, "memory for KV pages, such as 512M")
      ->capture_default_str();
  command->add_flag("--quiet,-q", common.quiet, "no progress on stderr");
  command->add_flag("--profile", common.profile, "say on stderr where the time went");
  command->add_flag("--json", common.json, "one JSON object a line on stdout, and nothing else");
  return command;
}

absl::StatusOr<EngineOptions> MakeEngineOptions(const CommonOptions& common) {
  EngineOptions options;
  if (common.device == "cuda") {
    return absl::UnimplementedError("--device cuda: this build has no CUDA backend; use --device cpu");
  }
  if (common.device != "cpu") {
    return absl::InvalidArgumentError(Cat("--device ", common.device, ": choose cpu"));
  }
  options.threads = static_cast<int>(common.threads);
  ESPALIER_ASSIGN_OR_RETURN(options.kv_type, ParseKvType(common.kv_type));
  options.profile = common.profile;
  const absl::StatusOr<int64_t> bytes = ParseBytes(common.kv_memory);
  if (!bytes.ok()) return absl::InvalidArgumentError(Cat("--kv-memory: ", ToStd(bytes.status().message())));
  if (*bytes > MachineMemory()) {
    return absl::InvalidArgumentError(Cat("--kv-memory ", common.kv_memory, ": this machine has ",
                                          FormatBytes(MachineMemory()), " in all; choose less"));
  }
  options.kv_memory = *bytes;
  return options;
}

absl::StatusOr<std::string> FindModelFile(const CommonOptions& common) {
  TransferProgress progress(std::cerr, isatty(STDERR_FILENO) != 0, TheClock());
  ResolveOptions options;
  options.offline = common.offline;
  if (!common.quiet) options.events = progress.events();
  options.events.cancelled = Interrupted;
  absl::StatusOr<std::string> path = ResolveModel(common.model, options);
  progress.Finish();
  return path;
}

absl::StatusOr<std::unique_ptr<Engine>> OpenEngine(const CommonOptions& common,
                                                   const EngineOptions& options) {
  ESPALIER_ASSIGN_OR_RETURN(const std::string path, FindModelFile(common));
  ESPALIER_ASSIGN_OR_RETURN(std::unique_ptr<Engine> engine, Engine::Open(path, options));
  ESPALIER_RETURN_IF_ERROR(CheckGenerates(engine->info()));
  if (common.profile) {
    std::cerr << absl::StreamFormat("load: %.2f s; %d KV pages of %d tokens, %s each\n",
                                    engine->info().load_seconds, engine->info().page_count,
                                    engine->info().page_size, FormatBytes(engine->info().page_bytes));
  }
  return engine;
}

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return absl::NotFoundError(Cat("no such file: ", path));
  if (!S_ISREG(info.st_mode)) return absl::InvalidArgumentError(Cat(path, " is not a regular file"));
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file.good()) return absl::InvalidArgumentError(Cat("cannot read ", path));
  return text.str();
}

void CatchInterrupts() {
  std::signal(SIGINT, OnInterrupt);
  std::signal(SIGTERM, OnInterrupt);
  std::signal(SIGPIPE, SIG_IGN);
}

bool Interrupted() { return interrupts > 0; }

int InterruptingSignal() { return interrupts; }

bool ShouldStop() { return Interrupted() || !std::cout.good(); }

bool ReaderIsGone() {
  pollfd descriptor = {.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  return poll(&descriptor, 1, 0) == 1 && (descriptor.revents & (POLLERR | POLLHUP)) != 0;
}

ProgressLine::ProgressLine(bool quiet)
    : quiet_(quiet),
      terminal_(isatty(STDERR_FILENO) != 0),
      started_(TheClock().Seconds()),
      shown_(started_) {}

ProgressLine::~ProgressLine() { Clear(); }

void ProgressLine::Update(const std::function<std::string()>& text) {
  const double now = TheClock().Seconds();
  if (quiet_ || now - started_ < 2 || now - shown_ < (terminal_ ? 0.2 : 10)) return;
  shown_ = now;
  if (terminal_) {
    std::cerr << "\r\033[K" << text() << std::flush;
    open_ = true;
  } else {
    std::cerr << text() << std::endl;
  }
}

void ProgressLine::Clear() {
  if (open_) std::cerr << "\r\033[K" << std::flush;
  open_ = false;
}

std::string FormatDuration(double seconds) {
  if (!(seconds < 360000)) return "a long time";
  const int64_t whole = static_cast<int64_t>(seconds + 0.5);
  if (whole < 60) return Cat(whole, " s");
  if (whole < 3600) return Cat(whole / 60, " min ", whole % 60, " s");
  return Cat(whole / 3600, " h ", whole % 3600 / 60, " min");
}

}  // namespace espalier
