#include "benchmarks/problems.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "nlohmann/json.hpp"
#include "reward/answer.h"
#include "reward/answers/markup.h"

namespace espalier {
namespace {

using Json = nlohmann::json;

// Bounds against files that are no problems, or more of them than fit into memory.
constexpr size_t kMaxLineBytes = 1 << 20;
constexpr size_t kMaxNameBytes = 256;
constexpr size_t kMaxAnswerBytes = 1 << 14;
constexpr size_t kMaxFileBytes = size_t{1} << 30;
constexpr std::string_view kForms =
    "write one JSON object a line with \"question\" and \"answer\", \"problem\" and \"answer\" or "
    "\"solution\", or "
    "\"Body\", \"Question\" and \"Answer\"";

std::string Trimmed(std::string_view text) { return std::string(Trim(text)); }

bool HasControls(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_iscntrl(c); });
}

// The field as text: strings as they are, numbers plainly (27.0 is "27"), "" when it is absent or null.
absl::StatusOr<std::string> TextField(const Json& object, std::string_view name) {
  const auto field = object.find(name);
  if (field == object.end() || field->is_null()) return "";
  if (field->is_string()) return Trimmed(field->get_ref<const std::string&>());
  if (field->is_number_float()) {
    const double value = field->get<double>();
    const bool whole = std::abs(value) < 0x1p53 && value == std::floor(value);
    return whole ? Cat(static_cast<int64_t>(value)) : field->dump();
  }
  if (field->is_number()) return field->dump();
  return absl::InvalidArgumentError(
      Cat("\"", name, "\" is neither text nor a number: write it as one of them"));
}

absl::StatusOr<std::string> RequiredText(const Json& object, std::string_view name) {
  ESPALIER_ASSIGN_OR_RETURN(std::string text, TextField(object, name));
  if (text.empty())
    return absl::InvalidArgumentError(Cat("\"", name, "\" is empty: give the problem's text"));
  return text;
}

// A number without its thousands separators, LaTeX's "1,\!000" too; other answers as they are.
std::string PlainAnswer(std::string_view answer) {
  const std::string digits = absl::StrReplaceAll(ToAbsl(answer), {{",\\!", ""}, {",", ""}});
  const bool number = digits.size() < answer.size() && AnswersEqual(answer, digits);
  return number ? digits : std::string(answer);
}

absl::StatusOr<Problem> ParseSvamp(const Json& object) {
  ESPALIER_ASSIGN_OR_RETURN(const std::string body, RequiredText(object, "Body"));
  ESPALIER_ASSIGN_OR_RETURN(const std::string question, RequiredText(object, "Question"));
  ESPALIER_ASSIGN_OR_RETURN(std::string gold, TextField(object, "Answer"));
  Problem problem;
  problem.text = Cat(body, " ", question);
  problem.gold = std::move(gold);
  problem.kind = ProblemKind::kSvamp;
  return problem;
}

absl::StatusOr<Problem> ParseMath(const Json& object) {
  ESPALIER_ASSIGN_OR_RETURN(std::string text, RequiredText(object, "problem"));
  ESPALIER_ASSIGN_OR_RETURN(std::string gold, TextField(object, "answer"));
  ESPALIER_ASSIGN_OR_RETURN(const std::string solution, TextField(object, "solution"));
  if (gold.empty() && !solution.empty()) {
    const std::optional<std::string_view> boxed = LastBoxed(solution);
    if (!boxed) return absl::InvalidArgumentError("\"solution\" has no \\boxed{} result: add an \"answer\"");
    gold = Trimmed(*boxed);
  }
  Problem problem;
  problem.text = std::move(text);
  problem.gold = std::move(gold);
  problem.kind = ProblemKind::kMath;
  return problem;
}

std::string Steps(int64_t steps) { return Cat(steps, steps == 1 ? " step" : " steps"); }

// By the calculations that GSM8K's solutions mark: <<48/2=24>>.
std::string StepsOf(std::string_view solution) {
  int64_t steps = 0;
  bool open = false;
  for (size_t at = 0; at + 1 < solution.size(); ++at) {
    const std::string_view pair = solution.substr(at, 2);
    if (pair == ">>" && open) ++steps;
    if (pair == "<<") open = true;
    if (pair == ">>" || pair[0] == '\n') open = false;
  }
  return steps > 0 ? Steps(steps) : "";
}

absl::StatusOr<Problem> ParseWordProblem(const Json& object) {
  ESPALIER_ASSIGN_OR_RETURN(std::string text, RequiredText(object, "question"));
  ESPALIER_ASSIGN_OR_RETURN(const std::string answer, TextField(object, "answer"));
  const size_t marker = answer.rfind("####");
  std::string gold =
      marker == std::string::npos ? answer : Trimmed(std::string_view(answer).substr(marker + 4));
  if (marker != std::string::npos && gold.empty()) {
    return absl::InvalidArgumentError("\"answer\" has nothing after ####: write the result there");
  }
  if (gold.find('\n') != std::string::npos) {
    return absl::InvalidArgumentError("\"answer\" is longer than a line: end it with #### and the result");
  }
  Problem problem;
  problem.text = std::move(text);
  problem.gold = std::move(gold);
  problem.level = StepsOf(answer);
  return problem;
}

absl::StatusOr<Problem> ParseForm(const Json& object) {
  if (object.contains("Body") && object.contains("Question")) return ParseSvamp(object);
  if (object.contains("problem")) return ParseMath(object);
  if (object.contains("question")) return ParseWordProblem(object);
  return absl::InvalidArgumentError(Cat("no known fields: ", kForms));
}

absl::StatusOr<std::string> ReadId(const Json& object) {
  for (const std::string_view name : {"id", "ID"}) {
    ESPALIER_ASSIGN_OR_RETURN(std::string id, TextField(object, name));
    if (id.empty()) continue;
    if (id.size() > kMaxNameBytes) {
      return absl::InvalidArgumentError(
          Cat("an \"", name, "\" of more than ", kMaxNameBytes, " bytes: shorten it"));
    }
    if (HasControls(id)) {
      return absl::InvalidArgumentError(
          Cat("an \"", name, "\" with a line end or control character: write it on one line"));
    }
    return id;
  }
  return "";
}

// The first of the fields that holds a name; others may hold anything.
std::string NameField(const Json& object, std::initializer_list<std::string_view> fields) {
  for (const std::string_view field : fields) {
    absl::StatusOr<std::string> name = TextField(object, field);
    const bool fits = name.ok() && !name->empty() && name->size() <= kMaxNameBytes && !HasControls(*name);
    if (fits) return *std::move(name);
  }
  return "";
}

void ReadClass(const Json& object, Problem& problem) {
  std::string level = NameField(object, {"level"});
  if (level.starts_with("Level ")) level.erase(0, 6);
  const auto steps = object.find("steps");
  if (level.empty() && steps != object.end() && steps->is_number_unsigned()) {
    level = Steps(steps->get<int64_t>());
  }
  if (!level.empty()) problem.level = std::move(level);
  problem.subject = NameField(object, {"subject", "type", "Type"});
}

absl::StatusOr<Problem> ParseProblem(std::string_view line, int64_t line_number) {
  const Json object = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return absl::InvalidArgumentError(Cat("not a JSON object: ", kForms));
  ESPALIER_ASSIGN_OR_RETURN(Problem problem, ParseForm(object));
  if (problem.gold.size() > kMaxAnswerBytes) {
    return absl::InvalidArgumentError(
        Cat("an answer of more than ", kMaxAnswerBytes, " bytes: give the result alone"));
  }
  problem.gold = PlainAnswer(problem.gold);
  ESPALIER_ASSIGN_OR_RETURN(problem.id, ReadId(object));
  if (problem.id.empty()) problem.id = Cat(line_number);
  ReadClass(object, problem);
  return problem;
}

// Like std::getline, but stops a line that is longer than any problem. False at the end of the stream.
bool ReadLine(std::istream& stream, std::string* line) {
  line->clear();
  for (int next = stream.get(); next != std::istream::traits_type::eof(); next = stream.get()) {
    if (next == '\n') return true;
    *line += static_cast<char>(next);
    if (line->size() > kMaxLineBytes) return true;
  }
  return !line->empty();
}

}  // namespace

absl::StatusOr<std::vector<Problem>> ReadProblems(std::istream& stream, const std::string& name,
                                                  std::optional<int64_t> limit) {
  if (limit && *limit < 1) {
    return absl::InvalidArgumentError(Cat("a limit of ", *limit, " problems: give 1 or more"));
  }
  std::vector<Problem> problems;
  std::string line;
  size_t bytes = 0;
  for (int64_t number = 1; !(limit && static_cast<int64_t>(problems.size()) == *limit); ++number) {
    if (!ReadLine(stream, &line)) break;
    const auto error = [&](std::string_view message) {
      return absl::InvalidArgumentError(Cat(name, ":", number, ": ", message));
    };
    if (line.size() > kMaxLineBytes) return error(Cat("a line of more than 1 MiB: ", kForms));
    bytes += line.size() + 1;
    if (bytes > kMaxFileBytes) return error("the file is larger than 1 GiB: split it or limit the problems");
    std::string_view text = line;
    if (number == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    text = Trim(text);
    if (text.empty()) continue;
    absl::StatusOr<Problem> problem = ParseProblem(text, number);
    if (!problem.ok()) return error(ToStd(problem.status().message()));
    problems.push_back(*std::move(problem));
  }
  if (stream.bad())
    return absl::UnavailableError(Cat("reading ", name, " failed: check the file and its disk"));
  if (problems.empty()) return absl::InvalidArgumentError(Cat(name, " holds no problems: ", kForms));
  return problems;
}

absl::StatusOr<std::vector<Problem>> ReadProblems(const std::string& path, std::optional<int64_t> limit) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return absl::InvalidArgumentError(Cat(path, " is a folder: give a .jsonl file"));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(Cat("cannot open ", path, ": check the path and its permissions"));
  return ReadProblems(file, path, limit);
}

}  // namespace espalier
