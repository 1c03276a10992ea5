// Runs a fuzz target without clang: inputs from a corpus are mutated, and those that reach new code are kept.
//
//   NAME FILE...                                                runs these inputs only
//   NAME --seconds=N --failed=FILE [--corpus=FOLDER] [--seed=N]
//   NAME --executions=N ...                                     until there are so many, for --seconds at
//   least either with [--input-seconds=N]
//
// Coverage: g++'s -fsanitize-coverage=trace-pc,trace-cmp on the libraries under test calls back for every
// basic block and comparison. Without it the mutations are blind. An input that crashes, runs for more than
// 10 s or wants too much memory ends the run; it is left in the file of --failed.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutation.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
extern "C" const char* __asan_default_options() {
  return "handle_abort=1:hard_rss_limit_mb=2048:max_allocation_size_mb=1024:detect_leaks=1";
}
#endif
extern "C" const char __executable_start;

namespace espalier {
namespace {

constexpr rlim_t kMemoryBytes = rlim_t{4} << 30;  // of a plain build; sanitizers have limits of their own
constexpr size_t kMaxInputBytes = 64 << 10;
constexpr size_t kEdgeSlots = 1 << 16;

struct Coverage {
  bool on = false;
  uintptr_t previous = 0;
  uint8_t hit[kEdgeSlots] = {};
  size_t edges = 0;  // slots ever hit
  bool grown = false;
  Comparisons comparisons;
};
Coverage coverage;

// The input at hand and the file to leave it in, for the handlers of its failure.
std::string_view current_input;
std::string failed_path;  // "": it is in a file already
unsigned input_seconds = 10;

void Print(std::string_view text) {
  if (write(STDERR_FILENO, text.data(), text.size()) < 0) _exit(3);
}

void SaveInput(const char* what) {
  Print("\n");
  Print(what);
  if (!failed_path.empty()) {
    const int file = open(failed_path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0644);
    const bool written = write(file, current_input.data(), current_input.size()) >= 0;
    Print(written ? "; the input is in " : "; the input cannot be written to ");
    Print(failed_path);
  }
  Print("\n");
}

void OnSignal(int number) {
  SaveInput(number == SIGALRM ? "FAILED: an input runs for too long" : "FAILED: an input crashes");
  _exit(1);
}

void CatchFailures() {
  static char stack[1 << 16];  // the usual one may be what has overflowed
  const stack_t handler_stack = {.ss_sp = stack, .ss_flags = 0, .ss_size = sizeof stack};
  sigaltstack(&handler_stack, nullptr);
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGALRM, &action, nullptr);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_set_death_callback([] { SaveInput("FAILED: the sanitizer stopped an input"); });
#else
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) sigaction(number, &action, nullptr);
  const rlimit memory = {kMemoryBytes, kMemoryBytes};
  setrlimit(RLIMIT_AS, &memory);
#endif
}

std::string ReadBytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) std::cerr << "cannot read " << path << "\n", exit(2);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Whether the input reached an edge that no input before it had reached.
bool Run(const std::string& input) {
  // A copy of its own size, so that reads beyond the end are seen.
  const std::vector<uint8_t> bytes(input.begin(), input.end());
  current_input = input;
  coverage.previous = 0;
  coverage.grown = false;
  alarm(input_seconds);
  coverage.on = true;
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  coverage.on = false;
  alarm(0);
  return coverage.grown;
}

struct Options {
  int64_t seconds = 0;
  int64_t executions = 0;
  uint64_t seed = 1;
  std::string corpus;
  std::vector<std::string> files;
};

Options ParseArguments(int argc, char** argv) {
  Options options;
  for (const std::string_view argument : std::vector<std::string_view>(argv + 1, argv + argc)) {
    const std::string value(argument.substr(std::min(argument.find('=') + 1, argument.size())));
    if (argument.starts_with("--seconds=")) {
      options.seconds = std::atoll(value.c_str());
    } else if (argument.starts_with("--executions=")) {
      options.executions = std::atoll(value.c_str());
    } else if (argument.starts_with("--input-seconds=")) {
      input_seconds = static_cast<unsigned>(std::atoi(value.c_str()));
    } else if (argument.starts_with("--seed=")) {
      options.seed = std::strtoull(value.c_str(), nullptr, 10);
    } else if (argument.starts_with("--corpus=")) {
      options.corpus = value;
    } else if (argument.starts_with("--failed=")) {
      failed_path = value;
    } else {
      options.files.emplace_back(argument);
    }
  }
  return options;
}

std::vector<std::string> Seeds(const Options& options) {
  std::vector<std::string> seeds = {""};
  if (GeneratedSeeds != nullptr) seeds = GeneratedSeeds();
  if (!options.corpus.empty() && std::filesystem::exists(options.corpus)) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(options.corpus)) paths.push_back(entry);
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) seeds.push_back(ReadBytes(path));
  }
  return seeds;
}

int Fuzz(const Options& options) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(options.seconds);
  std::vector<std::string> corpus = Seeds(options);
  const size_t seeds = corpus.size();
  for (const std::string& seed : corpus) Run(seed);
  const size_t seed_edges = coverage.edges;
  Mutator mutator(options.seed, FuzzWords != nullptr ? FuzzWords() : std::vector<std::string>());
  int64_t executions = static_cast<int64_t>(seeds);
  for (; Clock::now() < end || executions < options.executions; ++executions) {
    std::string input = mutator.Mutate(corpus, coverage.comparisons);
    if (input.size() > kMaxInputBytes) input.resize(kMaxInputBytes);
    if (Run(input)) corpus.push_back(std::move(input));
  }
  std::cout << executions << " executions, " << coverage.edges << " edges (" << seed_edges << " from "
            << seeds << " seeds), " << corpus.size() - seeds << " inputs kept\n";
  return 0;
}

}  // namespace
}  // namespace espalier

// Only the thread that runs the target touches the slots: targets use one thread.
extern "C" void __sanitizer_cov_trace_pc() {
  espalier::Coverage& coverage = espalier::coverage;
  if (!coverage.on) return;
  const auto at = reinterpret_cast<uintptr_t>(__builtin_return_address(0)) -
                  reinterpret_cast<uintptr_t>(&__executable_start);
  const size_t slot = (at * 0x9e3779b1u >> 8 ^ coverage.previous) % espalier::kEdgeSlots;
  coverage.previous = slot >> 1;
  if (coverage.hit[slot] != 0) return;
  coverage.hit[slot] = 1;
  ++coverage.edges;
  coverage.grown = true;
}

#define ESPALIER_TRACE_COMPARISON(name, type)                                                    \
  extern "C" void __sanitizer_cov_trace_##name(type a, type b) {                                 \
    if (espalier::coverage.on && a != b) espalier::coverage.comparisons.Add(a, b, sizeof(type)); \
  }
ESPALIER_TRACE_COMPARISON(cmp2, uint16_t)
ESPALIER_TRACE_COMPARISON(cmp4, uint32_t)
ESPALIER_TRACE_COMPARISON(cmp8, uint64_t)
ESPALIER_TRACE_COMPARISON(const_cmp2, uint16_t)
ESPALIER_TRACE_COMPARISON(const_cmp4, uint32_t)
ESPALIER_TRACE_COMPARISON(const_cmp8, uint64_t)
// The address sanitizer's library has the others, but not these.
extern "C" void __sanitizer_cov_trace_cmpf(float, float) {}
extern "C" void __sanitizer_cov_trace_cmpd(double, double) {}

int main(int argc, char** argv) {
  using namespace espalier;
  const Options options = ParseArguments(argc, argv);
  CatchFailures();
  for (const std::string& file : options.files) Run(ReadBytes(file));
  return options.files.empty() ? Fuzz(options) : 0;
}
