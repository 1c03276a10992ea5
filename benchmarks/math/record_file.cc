#include "benchmarks/math/record_file.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "base/cat.h"
#include "base/mapped_file.h"
#include "base/status.h"
#include "benchmarks/math/record_json.h"

namespace espalier {
namespace {

using Key = std::pair<std::string, std::string>;  // program, problem
using OnLine = std::function<absl::Status(std::string_view)>;

std::string ResultsPath(const std::string& folder) { return std::filesystem::path(folder) / "results.jsonl"; }
std::string TimingsPath(const std::string& folder) { return std::filesystem::path(folder) / "timings.jsonl"; }

// Calls `on_line` for every whole line that is not blank; returns the bytes up to the end of the last.
absl::StatusOr<int64_t> ReadLines(const std::string& path, const OnLine& on_line) {
  std::error_code absent;
  if (std::filesystem::file_size(path, absent) == 0 || absent) return 0;
  ESPALIER_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  size_t begin = 0;
  int64_t number = 1;
  for (size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', begin)) {
    const std::string_view line = text.substr(begin, end - begin);
    const absl::Status status = line.empty() ? absl::OkStatus() : on_line(line);
    if (!status.ok()) {
      return absl::InvalidArgumentError(Cat(path, ":", number, ": ", ToStd(status.message()),
                                            ": take the line out, or --restart to begin anew"));
    }
    begin = end + 1;
    ++number;
  }
  return static_cast<int64_t>(begin);
}

absl::Status ReadResults(const std::string& folder, std::optional<MathRun>& run) {
  const auto on_line = [&](std::string_view line) -> absl::Status {
    if (!run) {
      ESPALIER_ASSIGN_OR_RETURN(MathSettings settings, ParseSettingsLine(line));
      run.emplace().settings = std::move(settings);
      return absl::OkStatus();
    }
    ESPALIER_ASSIGN_OR_RETURN(MathRecord record, ParseResultLine(line));
    run->records.push_back(std::move(record));
    return absl::OkStatus();
  };
  return ReadLines(ResultsPath(folder), on_line).status();
}

absl::Status ReadTimings(const std::string& folder, MathRun& run) {
  std::map<Key, MathCost> costs;
  std::vector<MathSession> sessions;
  const auto on_line = [&](std::string_view line) -> absl::Status {
    if (IsSessionLine(line)) {
      ESPALIER_ASSIGN_OR_RETURN(MathSession session, ParseSessionLine(line));
      sessions.push_back(std::move(session));
      return absl::OkStatus();
    }
    ESPALIER_ASSIGN_OR_RETURN(const MathTiming timing, ParseTimingLine(line));
    costs[{timing.program, timing.problem}] = timing.cost;
    if (!sessions.empty()) {
      sessions.back().wall_seconds = std::max(sessions.back().wall_seconds, timing.at_seconds);
    }
    return absl::OkStatus();
  };
  ESPALIER_RETURN_IF_ERROR(ReadLines(TimingsPath(folder), on_line).status());
  for (const MathSession& session : sessions) {
    run.wall_seconds += session.wall_seconds;
    run.settings.machine = session.machine;
  }
  for (MathRecord& record : run.records) {
    const auto cost = costs.find({record.program, record.problem});
    if (cost != costs.end()) AddTiming(cost->second, record.cost);
  }
  return absl::OkStatus();
}

// Of two records with one key the later counts, in the place of the first.
void DropRepeated(std::vector<MathRecord>& records) {
  std::map<Key, size_t> places;
  std::vector<MathRecord> kept;
  for (MathRecord& record : records) {
    const auto [place, added] = places.try_emplace({record.program, record.problem}, kept.size());
    if (added) {
      kept.push_back(std::move(record));
    } else {
      kept[place->second] = std::move(record);
    }
  }
  records = std::move(kept);
}

void SortByProgram(MathRun& run) {
  const std::vector<std::string>& programs = run.settings.programs;
  const auto place = [&](const MathRecord& record) {
    return std::find(programs.begin(), programs.end(), record.program) - programs.begin();
  };
  std::stable_sort(run.records.begin(), run.records.end(),
                   [&](const MathRecord& a, const MathRecord& b) { return place(a) < place(b); });
}

absl::StatusOr<std::optional<MathRun>> ReadFolder(const std::string& folder) {
  std::optional<MathRun> run;
  ESPALIER_RETURN_IF_ERROR(ReadResults(folder, run));
  if (!run) return run;
  DropRepeated(run->records);
  SortByProgram(*run);
  ESPALIER_RETURN_IF_ERROR(ReadTimings(folder, *run));
  return run;
}

absl::StatusOr<LineFile> OpenAfterLastLine(const std::string& path) {
  ESPALIER_ASSIGN_OR_RETURN(const int64_t bytes,
                            ReadLines(path, [](std::string_view) { return absl::OkStatus(); }));
  return LineFile::Open(path, bytes);
}

}  // namespace

absl::StatusOr<MathRun> ReadMathRun(const std::string& folder) {
  ESPALIER_ASSIGN_OR_RETURN(std::optional<MathRun> run, ReadFolder(folder));
  if (run) return *std::move(run);
  return absl::NotFoundError(
      Cat("no records in '", ResultsPath(folder), "': give the --out folder of a run of bench math"));
}

absl::Status CheckSameSettings(const MathSettings& found, const MathSettings& settings,
                               const std::string& folder) {
  struct Pair {
    std::string_view name;
    std::string found;
    std::string now;
  };
  const Pair pairs[] = {
      {"dataset", Cat(found.dataset, " (hash ", found.dataset_hash, ")"),
       Cat(settings.dataset, " (hash ", settings.dataset_hash, ")")},
      {"number of problems", Cat(found.limit), Cat(settings.limit)},
      {"list of programs", absl::StrJoin(found.programs, ";"), absl::StrJoin(settings.programs, ";")},
      {"seed", Cat(found.seed), Cat(settings.seed)},
      {"model", Cat(found.model, " (", found.parameters, " parameters, ", found.model_bytes, " bytes)"),
       Cat(settings.model, " (", settings.parameters, " parameters, ", settings.model_bytes, " bytes)")},
      {"prompt format", found.prompt_format, settings.prompt_format},
      {"reward", found.reward, settings.reward},
      {"KV type", found.kv_type, settings.kv_type},
      {"KV page size", Cat(found.page_bytes), Cat(settings.page_bytes)},
  };
  for (const Pair& pair : pairs) {
    if (pair.found == pair.now) continue;
    return absl::InvalidArgumentError(Cat("the run in '", folder, "' has another ", pair.name, ": ",
                                          pair.found, ", and now it is ", pair.now,
                                          ": choose another --out, or --restart to begin anew"));
  }
  return absl::OkStatus();
}

absl::StatusOr<MathRecordFile> MathRecordFile::Open(const std::string& folder, bool restart) {
  ESPALIER_ASSIGN_OR_RETURN(FolderLock lock, FolderLock::Take(folder));
  MathRecordFile file(folder, std::move(lock));
  if (!restart) {
    ESPALIER_ASSIGN_OR_RETURN(file.found_, ReadFolder(folder));
  }
  return file;
}

absl::Status MathRecordFile::CheckSettings(const MathSettings& settings) const {
  return found_ ? CheckSameSettings(found_->settings, settings, folder_) : absl::OkStatus();
}

absl::Status MathRecordFile::Begin(const MathSettings& settings) {
  ESPALIER_RETURN_IF_ERROR(CheckSettings(settings));
  MathSession session;
  session.machine = settings.machine;
  if (found_) {
    ESPALIER_ASSIGN_OR_RETURN(timings_, OpenAfterLastLine(TimingsPath(folder_)));
    ESPALIER_ASSIGN_OR_RETURN(results_, OpenAfterLastLine(ResultsPath(folder_)));
    return timings_.Append(SessionLine(session));
  }
  ESPALIER_ASSIGN_OR_RETURN(results_, LineFile::Open(ResultsPath(folder_), 0));
  ESPALIER_ASSIGN_OR_RETURN(timings_, LineFile::Open(TimingsPath(folder_), 0));
  ESPALIER_RETURN_IF_ERROR(timings_.Append(SessionLine(session)));
  return results_.Append(SettingsLine(settings));
}

absl::Status MathRecordFile::Append(const MathRecord& record, double at_seconds) {
  ESPALIER_RETURN_IF_ERROR(timings_.Append(TimingLine(record, at_seconds)));
  return results_.Append(ResultLine(record));
}

absl::Status MathRecordFile::Finish(const MathRun& run) {
  MathSession session;
  session.machine = run.settings.machine;
  session.wall_seconds = run.wall_seconds;
  std::string timings = SessionLine(session);
  std::string results = SettingsLine(run.settings);
  for (const MathRecord& record : run.records) {
    timings += TimingLine(record, /*at_seconds=*/0);
    results += ResultLine(record);
  }
  ESPALIER_RETURN_IF_ERROR(ReplaceFile(TimingsPath(folder_), timings));
  return ReplaceFile(ResultsPath(folder_), results);
}

}  // namespace espalier
