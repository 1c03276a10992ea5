#include "benchmarks/problems.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "base/cat.h"

namespace espalier {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

absl::StatusOr<std::vector<Problem>> Read(std::string_view contents, std::optional<int64_t> limit = {}) {
  std::istringstream stream{std::string(contents)};
  return ReadProblems(stream, "problems.jsonl", limit);
}

Problem ReadOne(std::string_view line) {
  const auto problems = Read(line);
  EXPECT_TRUE(problems.ok()) << problems.status();
  return problems.ok() && problems->size() == 1 ? problems->front() : Problem{};
}

std::string ErrorOf(std::string_view contents) { return std::string(Read(contents).status().message()); }

TEST(ProblemsTest, ReadsGsm8k) {
  const Problem problem =
      ReadOne(R"({"question": " How many? ", "answer": "1000+250=<<1000+250=1250>>1250\n#### 1,250"})");
  EXPECT_EQ(problem.text, "How many?");
  EXPECT_EQ(problem.gold, "1250");
  EXPECT_EQ(problem.id, "1");
  EXPECT_EQ(problem.kind, ProblemKind::kWordProblem);
  EXPECT_EQ(ReadOne(R"({"question": "How many?", "answer": 7})").gold, "7");
  EXPECT_EQ(ReadOne(R"({"question": "How many?", "answer": "7 eggs"})").gold, "7 eggs");
}

TEST(ProblemsTest, ReadsMath) {
  const Problem problem = ReadOne(
      R"json({"id": 60, "problem": "What is $x$?", "answer": "(1,2)", "solution": "\\boxed{3}"})json");
  EXPECT_EQ(problem.id, "60");
  EXPECT_EQ(problem.gold, "(1,2)");
  EXPECT_EQ(problem.kind, ProblemKind::kMath);
  EXPECT_EQ(ReadOne(R"({"problem": "x?", "solution": "\\boxed{1}, so \\boxed{\\frac{1}{2}}"})").gold,
            "\\frac{1}{2}");
  EXPECT_EQ(ReadOne(R"({"problem": "x?", "answer": "\\$32,\\!348"})").gold, "\\$32348");
  EXPECT_EQ(ReadOne(R"({"problem": "x?", "answer": "1,2,3"})").gold, "1,2,3");
  EXPECT_EQ(ReadOne(R"({"problem": "x?", "question": "the same", "answer": 27.0})").gold, "27");
}

TEST(ProblemsTest, ReadsSvamp) {
  const Problem problem = ReadOne(
      R"({"Answer": 145.0, "Question": "How big?", "Body": "There are 290.", "ID": "chal-777", "idx": 0})");
  EXPECT_EQ(problem.text, "There are 290. How big?");
  EXPECT_EQ(problem.gold, "145");
  EXPECT_EQ(problem.id, "chal-777");
  EXPECT_EQ(problem.kind, ProblemKind::kSvamp);
}

TEST(ProblemsTest, ReadsLevelsAndSubjects) {
  const Problem math = ReadOne(
      R"({"problem": "x?", "answer": "1", "subject": "Precalculus", "level": 2, "unique_id": "test/p/807.json"})");
  EXPECT_EQ(math.level, "2");
  EXPECT_EQ(math.subject, "Precalculus");
  EXPECT_EQ(math.id, "1") << "the line, not MATH's unique_id";
  const Problem old =
      ReadOne(R"({"problem": "x?", "solution": "\\boxed{1}", "level": "Level 5", "type": "Algebra"})");
  EXPECT_EQ(old.level, "5");
  EXPECT_EQ(old.subject, "Algebra");
  EXPECT_EQ(ReadOne(R"({"Body": "a", "Question": "b", "Answer": 1, "Type": "Subtraction"})").subject,
            "Subtraction");
  EXPECT_EQ(ReadOne(R"({"question": "a", "answer": "#### 1", "steps": 4})").level, "4 steps");
}

TEST(ProblemsTest, CountsTheCalculationsOfASolution) {
  EXPECT_EQ(ReadOne(R"({"question": "a", "answer": "<<1+1=2>>2\n<<2*3=6>>6\n#### 6"})").level, "2 steps");
  EXPECT_EQ(ReadOne(R"({"question": "a", "answer": "$<<1+1=2>>2\n#### 2"})").level, "1 step");
  for (const char* none : {"1 < 2 >> 1\\n#### 2", "<<1+1\\n=2>>\\n#### 2", "<< #### 2"}) {
    EXPECT_EQ(ReadOne(Cat(R"({"question": "a", "answer": ")", none, "\"}")).level, "") << none;
  }
}

TEST(ProblemsTest, OddLevelsAndSubjectsAreNone) {
  const Problem problem =
      ReadOne(R"({"problem": "x?", "answer": "1", "level": ["a"], "type": {}, "steps": -1})");
  EXPECT_EQ(problem.level, "");
  EXPECT_EQ(problem.subject, "");
  EXPECT_EQ(ReadOne(Cat(R"({"problem": "x?", "level": ")", std::string(999, '5'), "\"}")).level, "");
  EXPECT_EQ(ReadOne(R"({"problem": "x?", "type": "a\nb"})").subject, "");
}

TEST(ProblemsTest, WritesNumbersPlainly) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"3", "3"},    {"-3", "-3"}, {"0.5", "0.5"},
      {"-0.0", "0"}, {"2.0", "2"}, {"9007199254740993", "9007199254740993"}};
  for (const auto& [number, gold] : kCases) {
    EXPECT_EQ(ReadOne(Cat(R"({"question": "?", "answer": )", number, "}")).gold, gold);
  }
}

TEST(ProblemsTest, AProblemWithoutAnAnswerHasNoGold) {
  EXPECT_EQ(ReadOne(R"({"question": "How many?"})").gold, "");
  EXPECT_EQ(ReadOne(R"({"problem": "How many?", "answer": null})").gold, "");
}

TEST(ProblemsTest, NumbersLinesFromOneAndPassesOverBlankOnes) {
  const auto problems = Read(
      "\xEF\xBB\xBF{\"question\": \"a\"}\r\n\r\n  \n{\"question\": \"b\"}\n{\"id\": \"x\", \"question\": "
      "\"c\"}");
  ASSERT_TRUE(problems.ok()) << problems.status();
  ASSERT_EQ(problems->size(), 3u);
  EXPECT_EQ((*problems)[0].id, "1");
  EXPECT_EQ((*problems)[1].id, "4");
  EXPECT_EQ((*problems)[2].id, "x");
}

TEST(ProblemsTest, LimitReadsNoFurther) {
  const std::string contents = "{\"question\": \"a\"}\n{\"question\": \"b\"}\nnot JSON\n";
  EXPECT_EQ(Read(contents, 2)->size(), 2u);
  EXPECT_FALSE(Read(contents, 3).ok());
  EXPECT_EQ(Read("{\"question\": \"a\"}\n", int64_t{1} << 62)->size(), 1u);
  for (const int64_t limit : {int64_t{0}, int64_t{-1}, INT64_MIN}) {
    EXPECT_EQ(Read(contents, limit).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(ProblemsTest, ErrorsNameFileLineAndRemedy) {
  constexpr std::pair<std::string_view, std::string_view> kCases[] = {
      {"{\"question\": \"a\"}\n{\"question\": ",
       "problems.jsonl:2: not a JSON object: write one JSON object a line"},
      {"[{\"question\": \"a\"}]", "problems.jsonl:1: not a JSON object"},
      {"\"text\"", "problems.jsonl:1: not a JSON object"},
      {"{\"question\": \"\xFF\"}", "problems.jsonl:1: not a JSON object"},
      {"{\"prompt\": \"a\"}", "problems.jsonl:1: no known fields: write"},
      {"\n{\"question\": \" \"}", "problems.jsonl:2: \"question\" is empty: give"},
      {"{\"question\": [1]}", "problems.jsonl:1: \"question\" is neither text nor a number: write"},
      {"{\"question\": \"a\", \"answer\": {}}", "problems.jsonl:1: \"answer\" is neither text nor a number"},
      {"{\"question\": \"a\", \"answer\": \"3\\n4\"}",
       "problems.jsonl:1: \"answer\" is longer than a line: end it with"},
      {"{\"question\": \"a\", \"answer\": \"3 ####\"}",
       "problems.jsonl:1: \"answer\" has nothing after ####: write"},
      {"{\"problem\": \"a\", \"solution\": \"7\"}",
       "problems.jsonl:1: \"solution\" has no \\boxed{} result: add"},
      {"{\"Body\": \"a\", \"Question\": null}", "problems.jsonl:1: \"Question\" is empty: give"},
      {"{\"question\": \"a\", \"id\": \"x\\ny\"}", "problems.jsonl:1: an \"id\" with a line end"},
      {"{\"question\": \"a\", \"answer\": 1e999}", "problems.jsonl:1: not a JSON object"},
      {"", "problems.jsonl holds no problems: write"},
      {"\n \n", "problems.jsonl holds no problems: write"},
  };
  for (const auto& [contents, message] : kCases) {
    EXPECT_THAT(ErrorOf(contents), StartsWith(std::string(message)));
    EXPECT_THAT(ErrorOf(contents), ::testing::Not(HasSubstr("\n")));
  }
}

TEST(ProblemsTest, ForeignFilesFailWithoutBeingReadWhole) {
  std::string binary("GGUF\x03\0\0\0", 8);
  binary += std::string(3 << 20, '\0');
  std::istringstream stream(binary);
  const absl::Status status = ReadProblems(stream, "model.gguf").status();
  EXPECT_THAT(std::string(status.message()), StartsWith("model.gguf:1: a line of more than 1 MiB"));
  EXPECT_LT(stream.tellg(), 2 << 20);
  EXPECT_FALSE(Read(std::string(100000, '[')).ok());
  EXPECT_FALSE(Read("{\"question\": " + std::string(100000, '[')).ok());
}

// Texts that take the graders' parsers to their bounds, each within the bound of a line.
TEST(ProblemsTest, LongTextsTakeNoLongTime) {
  const auto repeat = [](std::string_view text, int times) {
    std::string result;
    for (int i = 0; i < times; ++i) result += text;
    return result;
  };
  for (const std::string_view unit : {"\\\\boxed{", "\\\\boxed{1}", "{", "1,", "\\\\frac{1}{2},", "#### ",
                                      "-", "\\\\text{", "\\\\frac{", "<<"}) {
    const std::string text = repeat(unit, static_cast<int>(900'000 / unit.size()));
    (void)Read(Cat("{\"problem\": \"a\", \"solution\": \"", text, "\"}"));
    (void)Read(Cat("{\"problem\": \"a\", \"answer\": \"", text, "\"}"));
    (void)Read(Cat("{\"question\": \"a\", \"answer\": \"", text, "\"}"));
  }
  EXPECT_THAT(ErrorOf(Cat("{\"question\": \"a\", \"answer\": \"", repeat("\\\\text{", 99'999), "\"}")),
              HasSubstr("an answer of more than 16384 bytes"));
  EXPECT_THAT(ErrorOf(Cat("{\"question\": \"a\", \"id\": \"", std::string(999, 'x'), "\"}")),
              HasSubstr("an \"id\" of more than 256 bytes"));
}

TEST(ProblemsTest, OpensFilesAndExplainsWhyItCannot) {
  const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "problems_test";
  std::filesystem::create_directories(folder);
  const std::string path = folder / "one.jsonl";
  std::ofstream(path) << "{\"question\": \"a\", \"answer\": \"#### 5\"}\n";
  EXPECT_EQ(ReadProblems(path)->front().gold, "5");
  const absl::Status missing = ReadProblems(folder / "none.jsonl").status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.message()), AllOf(HasSubstr("none.jsonl"), HasSubstr("check the path")));
  EXPECT_THAT(std::string(ReadProblems(folder).status().message()),
              HasSubstr("is a folder: give a .jsonl file"));
}

TEST(ProblemsTest, TheBundledProblemsAreOneHundredOfGsm8k) {
  const auto problems = ReadProblems("benchmarks/data/gsm8k_test_100.jsonl");
  ASSERT_TRUE(problems.ok()) << problems.status();
  EXPECT_EQ(problems->size(), 100u);
  EXPECT_THAT(problems->front().text, StartsWith("Janet\xE2\x80\x99s ducks lay 16 eggs per day."));
  EXPECT_EQ(problems->front().gold, "18");
  for (const Problem& problem : *problems) {
    EXPECT_FALSE(problem.gold.empty()) << problem.id;
    EXPECT_EQ(problem.gold.find_first_not_of("-0123456789"), std::string::npos) << problem.gold;
  }
}

}  // namespace
}  // namespace espalier
