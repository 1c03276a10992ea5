#include "cli/grade.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "cli/command.h"
#include "reward/answer.h"

namespace espalier {
namespace {

using Json = nlohmann::ordered_json;

struct Agreement {
  int64_t rows = 0;  // with a verdict to compare with
  int64_t agree = 0;
};

double Percent(const Agreement& agreement) {
  return 100.0 * static_cast<double>(agreement.agree) / static_cast<double>(agreement.rows);
}

void PrintDifference(const GradedRow& row, std::ostream& out) {
  out << "  " << OneLine(row.id) << (row.equal ? ": equal" : ": not equal") << ", expected "
      << (*row.expected ? "equal" : "not equal") << ": " << OneLine(row.answer) << "  |  "
      << OneLine(row.gold) << (row.is_response ? Cat("  of: ", OneLine(row.pred, 200)) : "")
      << (row.note.empty() || row.note == "-" ? "" : Cat("  (", OneLine(row.note, 200), ")")) << "\n";
}

void PrintAgreement(const std::vector<GradedRow>& rows, std::ostream& out) {
  std::map<std::string, Agreement> categories;
  Agreement all;
  for (const GradedRow& row : rows) {
    if (!row.expected) continue;
    for (Agreement* agreement : {&all, &categories[row.category]}) {
      ++agreement->rows;
      agreement->agree += row.equal == *row.expected ? 1 : 0;
    }
  }
  if (all.rows == 0) return;
  out << absl::StreamFormat("%d of %d agree with the file's verdicts (%.1f %%)\n", all.agree, all.rows,
                            Percent(all));
  if (categories.size() > 1) {
    out << "\ncategory      rows  agree\n";
    for (const auto& [name, agreement] : categories) {
      out << absl::StreamFormat("%-12s  %4d  %5d\n", OneLine(name, 30), agreement.rows, agreement.agree);
    }
  }
  if (all.agree == all.rows) return;
  out << "\nrows that differ\n";
  for (const GradedRow& row : rows) {
    if (row.expected && row.equal != *row.expected) PrintDifference(row, out);
  }
}

absl::Status GradeFile(const GradeCommandOptions& options, std::ostream& out, bool* equal) {
  ESPALIER_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(*options.file));
  std::istringstream stream(text);
  ESPALIER_ASSIGN_OR_RETURN(const std::vector<GradedRow> rows, GradeTable(stream, *options.file));
  const auto is_equal = [](const GradedRow& row) { return row.equal; };
  *equal = std::all_of(rows.begin(), rows.end(), is_equal);
  if (options.json) {
    for (const GradedRow& row : rows) {
      out << Json({{"id", ToValidUtf8(row.id)}, {"equal", row.equal}}).dump() << '\n';
    }
    return absl::OkStatus();
  }
  out << absl::StreamFormat("%d of %d answers equal their gold answers\n",
                            std::count_if(rows.begin(), rows.end(), is_equal), rows.size());
  PrintAgreement(rows, out);
  return absl::OkStatus();
}

void GradePair(const GradeCommandOptions& options, std::ostream& out, bool* equal) {
  const std::string& gold = options.answers[1];
  const std::string answer = options.response ? ExtractAnswer(options.answers[0]) : options.answers[0];
  *equal = AnswersEqual(answer, gold);
  if (options.json) {
    Json result = {{"equal", *equal}};
    if (options.response) result["extracted"] = ToValidUtf8(answer);
    out << result.dump() << '\n';
  } else if (answer.empty()) {
    out << "not equal: there is no answer\n";
  } else {
    out << (*equal ? "equal" : "not equal") << ": " << OneLine(answer, 1000) << "  |  " << OneLine(gold, 1000)
        << "\n";
  }
}

using Positionals = std::array<std::optional<std::string>, 2>;

// PRED and GOLD, and what CLI11 took for unknown options: "-3".
absl::StatusOr<std::vector<std::string>> GivenAnswers(const Positionals& positionals,
                                                      const std::vector<std::string>& unknown) {
  std::vector<std::string> answers;
  for (const std::optional<std::string>& answer : positionals) {
    if (answer) answers.push_back(*answer);
  }
  for (const std::string& argument : unknown) {
    if (argument.size() > 2 && argument.starts_with("--") && absl::ascii_isalpha(argument[2])) {
      return absl::InvalidArgumentError(
          Cat("unknown option '", argument, "'; an answer like that follows --; see espalier grade --help"));
    }
    if (argument != "--") answers.push_back(argument);
  }
  return answers;
}

}  // namespace

absl::Status RunGrade(const GradeCommandOptions& options, std::ostream& out, bool* equal) {
  if (options.file && (!options.answers.empty() || options.response)) {
    return absl::InvalidArgumentError(
        "give either --file or PRED and GOLD; the file says which are responses");
  }
  if (options.file) return GradeFile(options, out, equal);
  if (options.answers.size() != 2) {
    return absl::InvalidArgumentError(
        Cat("give PRED and GOLD (", options.answers.size(), " given), or --file; see espalier grade --help"));
  }
  GradePair(options, out, equal);
  return absl::OkStatus();
}

void RegisterGrade(CLI::App& app, Commands& commands) {
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<GradeCommandOptions>();
  auto equal = std::make_shared<bool>(false);
  CLI::App* command =
      AddCommand(app, "grade", "whether answers are equal: one pair, or a file of them", *common, false);
  auto answers = std::make_shared<Positionals>();
  command->add_option("PRED", (*answers)[0], "an answer");
  command->add_option("GOLD", (*answers)[1],
                      "the right one; the exit code is 0 if they are equal and 1 if not");
  command->add_option(
      "--file,-f", options->file,
      "tab-separated table with the columns id, kind (ans: a bare answer, resp: a whole response), pred "
      "and gold; the exit code is 0 whatever it holds. A column human or equal (0 or 1) is compared "
      "with");
  command->add_flag("--response", options->response,
                    "PRED is a whole response: take the answer out of it first");
  command->footer("An answer may begin with a minus sign, as in: espalier grade -3 -6/2");
  command->allow_extras();  // "-3" looks like an option
  const auto run = [common, options, equal, answers, command]() -> absl::Status {
    ESPALIER_RETURN_IF_ERROR(MakeEngineOptions(*common).status());
    ESPALIER_ASSIGN_OR_RETURN(options->answers, GivenAnswers(*answers, command->remaining()));
    options->json = common->json;
    return RunGrade(*options, std::cout, equal.get());
  };
  commands.push_back({command, run, [options, equal] { return options->file || *equal ? 0 : 1; }});
}

}  // namespace espalier
