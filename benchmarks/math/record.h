// What the math harness keeps of one problem answered by one program: a line of results.jsonl, and all that
// tables, reports and re-scoring need.
#ifndef ESPALIER_BENCHMARKS_MATH_RECORD_H_
#define ESPALIER_BENCHMARKS_MATH_RECORD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "reasoning/query_result.h"

namespace espalier {

// One branch that came to an end of its own or was stopped.
struct MathSample {
  std::string path;    // of the branch
  std::string answer;  // extracted; "" when there is none
  std::string end;     // why the branch ended
  int64_t tokens = 0;  // of its whole path below the prompt
  double score = 0;    // of the program's scorer, 0 if nothing was scored
  double mean_logprob = 0;
  bool correct = false;
  std::string text;  // of its whole path below the prompt
};

// What it cost. Of these only `tokens` less `discarded` is the same in every run.
struct MathCost {
  TokenCounts tokens;
  int64_t computed_tokens = 0;  // run through the model, recomputation included
  int64_t cached_tokens = 0;
  int64_t logical_pages = 0;
  int64_t allocated_pages = 0;
  int64_t shared_pages = 0;
  int64_t preemptions = 0;
  double flops = 0;         // of the logical work: 2 x parameters a token, and attention
  double scorer_flops = 0;  // of a model-based scorer, not part of `flops`
  double seconds = 0;       // from submission to answer, other problems beside it
  double first_token_seconds = 0;
};

struct MathRecord {
  std::string problem;   // id
  std::string program;   // as written: "sc:n=8"
  std::string level;     // difficulty as the dataset or the answer's length has it; "" when unknown
  std::string subject;   // "" when unknown
  std::string gold;      // "" when the file gives none
  std::string answer;    // "" when there is none
  bool correct = false;  // false without gold or answer
  std::string stop_reason;
  std::string error;     // "" unless the problem could not be run
  double certainty = 0;  // in [0, 1]
  MathCost cost;
  std::vector<MathSample> samples;  // in order of path

  MathRecord() {}
};

// Of the whole run; the first line of results.jsonl. Two runs with equal settings give equal records.
struct MathSettings {
  std::string model;
  int64_t parameters = 0;
  int64_t model_bytes = 0;   // of its file: tells quantizations apart
  std::string dataset;       // base name of the file
  std::string dataset_hash;  // StableHash of the file, hexadecimal
  std::string prompt_format;
  std::string reward;
  std::string kv_type;
  uint64_t seed = 0;
  int64_t limit = 0;  // problems
  int64_t page_bytes = 0;
  std::vector<std::string> programs;
  std::string machine;  // CPU and threads: for the reader, not part of the identity

  MathSettings() {}
};

struct MathRun {
  MathSettings settings;
  std::vector<MathRecord> records;  // program by program in order of settings, problems in the file's order
  double wall_seconds = 0;          // of all sessions that wrote to the file

  MathRun() {}
};

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_RECORD_H_
