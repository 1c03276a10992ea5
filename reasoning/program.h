// Programs by name and the options that users give them: "sc:n=16,temperature=0.7".
#ifndef ESPALIER_REASONING_PROGRAM_H_
#define ESPALIER_REASONING_PROGRAM_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "reasoning/query.h"
#include "reasoning/sampling.h"
#include "reasoning/task.h"

namespace espalier {

using ProgramBody = std::function<Task<Answer>(Query&)>;

// A program with its options set, ready to run any number of queries.
struct Program {
  std::string spec;  // as given
  std::string name;
  ProgramBody body;
  GenerationOptions generation;
  std::vector<std::pair<std::string, std::string>> options;  // as given: every key=value
};

// The key=value pairs of one spec. Whoever asks for a key consumes it; the first fault is kept.
class ProgramOptions {
 public:
  struct Known {
    std::string key;
    std::string default_value;
    std::string help;
  };

  explicit ProgramOptions(std::vector<std::pair<std::string, std::string>> given)
      : given_(std::move(given)) {}

  int64_t Integer(std::string_view key, int64_t default_value, int64_t least, int64_t most,
                  std::string_view help);
  double Number(std::string_view key, double default_value, double least, double most, std::string_view help);
  bool Flag(std::string_view key, bool default_value, std::string_view help);
  std::string Choice(std::string_view key, std::string_view default_value, std::vector<std::string> choices,
                     std::string_view help);
  std::string Text(std::string_view key, std::string_view default_value, std::string_view help);

  // InvalidArgument: a value out of range, or a key that nobody asked for (with the nearest one).
  absl::Status Finish() const;
  const std::vector<Known>& known() const { return known_; }

 private:
  const std::string* Take(std::string_view key, std::string default_value, std::string_view help);
  void Fail(std::string_view key, std::string_view value, std::string_view expected);

  std::vector<std::pair<std::string, std::string>> given_;
  std::vector<Known> known_;
  absl::Status fault_;
};

// Reads the program's own options and returns what runs one query. The body must not be a lambda coroutine
// with captures (docs/programs.md): let a lambda call a coroutine function that takes its options by value.
using ProgramFactory = std::function<ProgramBody(ProgramOptions&)>;

struct ProgramDescription {
  std::string name;
  std::string summary;
  GenerationOptions defaults;  // before the user's temperature, top_p, top_k, min_p, max_tokens, stop

  ProgramDescription(std::string name, std::string summary)
      : name(std::move(name)), summary(std::move(summary)) {}
};

class ProgramRegistry {
 public:
  // With the programs that Espalier ships.
  ProgramRegistry();

  void Register(ProgramDescription description, ProgramFactory factory);

  // Parses "name" or "name:key=value,...". InvalidArgument: unknown program or option (with the nearest one),
  // bad value (with the range).
  absl::StatusOr<Program> Make(std::string_view spec) const;

  std::vector<std::string> Names() const;
  // "sc  self-consistency ...\n    n=8  samples\n ...", for --help.
  std::string Help() const;

 private:
  struct Entry {
    ProgramDescription description;
    ProgramFactory factory;
  };
  std::vector<Entry> entries_;
};

}  // namespace espalier

#endif  // ESPALIER_REASONING_PROGRAM_H_
