#include "tests/benchmarks/math_fixture.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "base/cat.h"
#include "base/random.h"
#include "benchmarks/math/program_spec.h"

namespace espalier {
namespace {

std::vector<double> ReadNumbers(const std::string& text) {
  std::istringstream stream(text);
  std::vector<double> numbers;
  for (double number = 0; stream >> number;) numbers.push_back(number);
  return numbers;
}

// What a synthetic program is like.
struct Behaviour {
  std::string spec;
  double skill = 0;  // added to the chance of a right sample
  double tokens_per_sample = 0;
  double scorer_share = 0;  // of the FLOPs
  std::string stop_reason;
};

const std::vector<Behaviour>& Behaviours() {
  static const std::vector<Behaviour> kBehaviours = {
      {"cot", 0.02, 140, 0, "end"},
      {"sc:n=16,stop_rule=none", 0, 150, 0, "all_voted"},
      {"sc:n=16", 0, 150, 0, "decided_vote"},
      {"sc:n=8,vote=weighted", 0.04, 150, 0.6, "all_voted"},
      {"bon:n=8", 0.03, 150, 0.6, "all_scored"},
      {"rebase:width=16", 0.2, 900, 0.4, "all_voted"},
  };
  return kBehaviours;
}

class SyntheticProblem {
 public:
  SyntheticProblem(int64_t index, uint64_t seed)
      : index_(index), key_(StableHash(static_cast<uint64_t>(index), seed)) {
    record_.problem = Cat("test/", index);
    record_.level = Cat("Level ", 1 + index % 5);
    const char* subjects[] = {"Algebra",       "Counting & Probability",
                              "Geometry",      "Intermediate Algebra",
                              "Number Theory", "Prealgebra",
                              "Precalculus"};
    record_.subject = subjects[index % 7];
    record_.gold = Cat(7 + index * 13 % 91);
  }

  MathRecord Solve(const Behaviour& behaviour) {
    MathRecord record = record_;
    record.program = behaviour.spec;
    const int64_t samples = SampleCount(behaviour.spec);
    const double chance =
        0.95 - 0.17 * static_cast<double>(index_ % 5) + behaviour.skill + 0.3 * (Draw(0) - 0.5);
    double seconds = 0.4;
    for (int64_t i = 0; i < samples; ++i) {
      MathSample sample = MakeSample(Answer(chance), record.gold, Tokens(behaviour), 0.3 + 0.7 * Draw(3));
      sample.path = Cat("0.", i);
      if (Draw(4) < 0.06) sample.end = "max_tokens";
      if (behaviour.stop_reason == "decided_vote" && i > samples * 5 / 8) sample.end = "decided_vote";
      record.cost.tokens.expansion += sample.tokens;
      seconds = std::max(
          seconds, static_cast<double>(sample.tokens) * 0.011 * std::sqrt(static_cast<double>(samples)));
      record.samples.push_back(sample);
    }
    record.answer = Draw(5) < 0.02 ? "" : Answer(chance + 0.02 * static_cast<double>(samples - 1));
    record.correct = record.answer == record.gold;
    record.stop_reason =
        behaviour.stop_reason == "decided_vote" && Draw(6) < 0.3 ? "all_voted" : behaviour.stop_reason;
    SetCost(behaviour, seconds, record);
    if (index_ % 97 == 96) record.error = "the prompt has 4,100 tokens, more than the context of 4,096";
    return record;
  }

 private:
  double Draw(uint64_t stream) { return UniformDraw(key_, ++draws_, stream); }

  std::string Answer(double chance) {
    return Draw(1) < chance ? record_.gold : Cat(1 + static_cast<int64_t>(Draw(2) * Draw(2) * 6));
  }

  int64_t Tokens(const Behaviour& behaviour) {
    return static_cast<int64_t>(behaviour.tokens_per_sample *
                                (0.5 + Draw(7) + 0.1 * static_cast<double>(index_ % 5)));
  }

  static void SetCost(const Behaviour& behaviour, double seconds, MathRecord& record) {
    MathCost& cost = record.cost;
    cost.tokens.prefill = 85;
    cost.tokens.aggregation = behaviour.scorer_share > 0 ? static_cast<int64_t>(record.samples.size()) : 0;
    cost.tokens.discarded = cost.tokens.expansion / 40;
    cost.allocated_pages = (cost.tokens.expansion + 85) / 16 + 1;
    cost.shared_pages = static_cast<int64_t>(record.samples.size() - 1) * 5;
    cost.logical_pages = cost.allocated_pages + cost.shared_pages;
    cost.flops = 1e9 * static_cast<double>(cost.tokens.expansion + 85);
    cost.scorer_flops = behaviour.scorer_share * cost.flops;
    cost.seconds = seconds;
    cost.first_token_seconds = 0.2;
  }

  int64_t index_;
  uint64_t key_;
  uint64_t draws_ = 0;
  MathRecord record_;
};

}  // namespace

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

std::vector<StatisticsGolden> ReadStatistics(std::string_view what) {
  std::ifstream file("tests/golden/statistics.tsv");
  std::vector<StatisticsGolden> goldens;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string name, arguments, values;
    std::getline(fields, name, '\t');
    std::getline(fields, arguments, '\t');
    std::getline(fields, values, '\t');
    if (name == what) goldens.push_back({ReadNumbers(arguments), ReadNumbers(values)});
  }
  return goldens;
}

MathSample MakeSample(const std::string& answer, const std::string& gold, int64_t tokens, double score) {
  MathSample sample;
  sample.answer = answer;
  sample.end = "end";
  sample.tokens = tokens;
  sample.score = score;
  sample.correct = answer == gold;
  sample.text = Cat("So it is ", answer, ".\n\\boxed{", answer, "}");
  return sample;
}

MathRecord MakeMathRecord(const std::string& program, const std::string& problem, const std::string& answer,
                          const std::string& gold, const std::vector<std::string>& samples) {
  MathRecord record;
  record.program = program;
  record.problem = problem;
  record.answer = answer;
  record.gold = gold;
  record.correct = answer == gold;
  record.stop_reason = "all_voted";
  for (const std::string& text : samples) {
    const auto place = static_cast<int64_t>(record.samples.size());
    MathSample& sample = record.samples.emplace_back(MakeSample(text, gold, 10 + place));
    sample.path = Cat("0.", place);
    if (text == "-") sample.end = "max_tokens";
    if (text == "~") sample.end = "decided_vote";
    record.cost.tokens.expansion += sample.tokens;
  }
  record.cost.tokens.prefill = 20;
  record.cost.seconds = static_cast<double>(samples.size());
  record.cost.allocated_pages = 3;
  record.cost.logical_pages = 4;
  record.cost.shared_pages = 1;
  record.cost.flops = 2e6;
  return record;
}

MathRun SmallMathRun() {
  MathRun run;
  run.settings.model = "sprout";
  run.settings.dataset = "small.jsonl";
  run.settings.prompt_format = "plain";
  run.settings.reward = "checker";
  run.settings.seed = 7;
  run.settings.page_bytes = 1024;
  run.settings.programs = {"cot", "sc:n=4,stop_rule=none", "bon:n=2"};
  const auto add = [&](const MathRecord& record, const char* level) {
    run.records.push_back(record);
    run.records.back().level = level;
  };
  add(MakeMathRecord("cot", "1", "3", "3", {"3"}), "Level 2");
  add(MakeMathRecord("cot", "2", "4", "5", {"4"}), "Level 2");
  add(MakeMathRecord("cot", "3", "", "6", {"-"}), "Level 10");
  add(MakeMathRecord("cot", "4", "1", "8", {"1"}), "Level 10");
  const std::string vote = run.settings.programs[1];
  add(MakeMathRecord(vote, "1", "3", "3", {"3", "3", "3", "3"}), "Level 2");
  add(MakeMathRecord(vote, "2", "5", "5", {"4", "5", "5", "5"}), "Level 2");
  add(MakeMathRecord(vote, "3", "6", "6", {"-", "6", "2", "6"}), "Level 10");
  add(MakeMathRecord(vote, "4", "1", "8", {"1", "1", "8", "-"}), "Level 10");
  add(MakeMathRecord("bon:n=2", "1", "3", "3", {"3", "2"}), "Level 2");
  add(MakeMathRecord("bon:n=2", "2", "5", "5", {"5", "5"}), "Level 2");
  add(MakeMathRecord("bon:n=2", "3", "2", "6", {"2", "6"}), "Level 10");
  add(MakeMathRecord("bon:n=2", "4", "", "8", {}), "Level 10");
  run.records.back().error = "the prompt is too long";
  return run;
}

MathRun SyntheticMathRun(int64_t problems, uint64_t seed) {
  MathRun run;
  run.settings.model = "synthetic-1.5b";
  run.settings.parameters = 1'500'000'000;
  run.settings.dataset = "synthetic.jsonl";
  run.settings.dataset_hash = "0123456789abcdef";
  run.settings.prompt_format = "boxed";
  run.settings.reward = "checker";
  run.settings.kv_type = "f16";
  run.settings.seed = seed;
  run.settings.page_bytes = 16 * 28672;
  run.settings.machine = "2 cores, 2 threads";
  run.wall_seconds = 4321;
  for (const Behaviour& behaviour : Behaviours()) {
    run.settings.programs.push_back(behaviour.spec);
    for (int64_t index = 0; index < problems; ++index) {
      run.records.push_back(SyntheticProblem(index, seed).Solve(behaviour));
    }
  }
  return run;
}

}  // namespace espalier
