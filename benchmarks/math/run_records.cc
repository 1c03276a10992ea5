#include "benchmarks/math/run_records.h"

#include <cstdint>
#include <map>

namespace espalier {
namespace {

using Key = std::pair<std::string, int64_t>;  // id, how often it came before

// Calls visit(key, record) for each.
template <typename Visit>
void ForEachKey(const ProgramRecords& program, const Visit& visit) {
  std::map<std::string, int64_t> seen;
  for (const MathRecord* record : program.records)
    visit(Key(record->problem, seen[record->problem]++), record);
}

}  // namespace

std::vector<ProgramRecords> GroupByProgram(const MathRun& run) {
  std::vector<ProgramRecords> programs;
  std::map<std::string, size_t> places;
  const auto place_of = [&](const std::string& program) {
    const auto [place, is_new] = places.try_emplace(program, programs.size());
    if (is_new) programs.emplace_back().program = program;
    return place->second;
  };
  for (const std::string& program : run.settings.programs) place_of(program);
  for (const MathRecord& record : run.records) programs[place_of(record.program)].records.push_back(&record);
  std::erase_if(programs, [](const ProgramRecords& program) { return program.records.empty(); });
  return programs;
}

std::vector<std::pair<const MathRecord*, const MathRecord*>> PairByProblem(const ProgramRecords& a,
                                                                           const ProgramRecords& b) {
  std::map<Key, const MathRecord*> others;
  ForEachKey(b, [&](const Key& key, const MathRecord* record) { others[key] = record; });
  std::vector<std::pair<const MathRecord*, const MathRecord*>> pairs;
  ForEachKey(a, [&](const Key& key, const MathRecord* record) {
    const auto other = others.find(key);
    if (other != others.end() && !record->gold.empty()) pairs.emplace_back(record, other->second);
  });
  return pairs;
}

std::vector<ProblemRecords> GroupByProblem(const std::vector<ProgramRecords>& programs) {
  std::vector<ProblemRecords> problems;
  std::map<Key, size_t> places;
  for (size_t program = 0; program < programs.size(); ++program) {
    ForEachKey(programs[program], [&](const Key& key, const MathRecord* record) {
      const auto [place, is_new] = places.try_emplace(key, problems.size());
      if (is_new) {
        problems.emplace_back().problem = key.first;
        problems.back().records.resize(programs.size());
      }
      problems[place->second].records[program] = record;
    });
  }
  return problems;
}

}  // namespace espalier
