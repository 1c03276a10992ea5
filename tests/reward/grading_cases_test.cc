// Extraction and equality against cases that a human judged: the given ones and our own.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cat.h"
#include "reward/answer.h"

namespace espalier {
namespace {

// The least shares of rows on which we must agree with the human.
constexpr double kLeastGiven = 0.97;
constexpr double kLeastOwn = 0.97;
constexpr double kLeastOwnResponses = 0.93;  // of the rows of kind resp alone

using Row = std::map<std::string, std::string>;  // column: field

std::vector<std::string> Fields(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char character : line) {
    if (character == '\t') {
      fields.emplace_back();
    } else {
      fields.back() += character;
    }
  }
  return fields;
}

std::vector<Row> ReadTable(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> names = Fields(line);
  std::vector<Row> rows;
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = Fields(line);
    EXPECT_EQ(fields.size(), names.size()) << line;
    if (fields.size() != names.size()) continue;
    Row& row = rows.emplace_back();
    for (size_t i = 0; i < names.size(); ++i) row[names[i]] = fields[i];
  }
  return rows;
}

bool Grade(Row& row) {
  return AnswersEqual(row["kind"] == "resp" ? ExtractAnswer(row["pred"]) : row["pred"], row["gold"]);
}

void CheckAgreement(std::vector<Row> rows, double least) {
  std::map<std::string, std::pair<int, int>> categories;  // agreed, rows
  double agreed = 0;
  for (Row& row : rows) {
    const bool right = Grade(row) == (row["human"] == "1");
    agreed += right ? 1 : 0;
    categories[row["category"]].first += right ? 1 : 0;
    ++categories[row["category"]].second;
    if (right) continue;
    std::cout << "  " << row["id"] << " human " << row["human"] << ": " << row["pred"];
    if (row["kind"] == "resp") std::cout << "  ->  " << ExtractAnswer(row["pred"]);
    std::cout << "  |  " << row["gold"] << "\n";
  }
  for (const auto& [name, counts] : categories) {
    std::cout << Cat(name, ": ", counts.first, " of ", counts.second, "\n");
  }
  EXPECT_GE(agreed / static_cast<double>(rows.size()), least) << agreed << " of " << rows.size();
}

TEST(GradingCasesTest, AgreesWithTheHumanOnTheGivenCases) {
  const std::vector<Row> rows = ReadTable("tests/golden/grading_cases.tsv");
  ASSERT_EQ(rows.size(), 103u);
  CheckAgreement(rows, kLeastGiven);
}

TEST(GradingCasesTest, AgreesWithTheHumanOnOwnCases) {
  const std::vector<Row> rows = ReadTable("tests/golden/grading_own.tsv");
  ASSERT_GE(rows.size(), 250u);
  CheckAgreement(rows, kLeastOwn);
}

TEST(GradingCasesTest, AgreesWithTheHumanOnOwnResponses) {
  std::vector<Row> rows = ReadTable("tests/golden/grading_own.tsv");
  std::erase_if(rows, [](Row& row) { return row["kind"] != "resp"; });
  ASSERT_GE(rows.size(), 60u);
  CheckAgreement(rows, kLeastOwnResponses);
}

// Every gold answer is read back from whatever states it.
TEST(GradingCasesTest, ExtractionKeepsEveryAnswer) {
  for (const char* path : {"tests/golden/grading_cases.tsv", "tests/golden/grading_own.tsv"}) {
    for (Row& row : ReadTable(path)) {
      const std::string& gold = row["gold"];
      if (!AnswersEqual(gold, gold)) continue;
      for (const std::string& response :
           {Cat("From 3 and 4 we get \\[ x = \\boxed{", gold, "}. \\] I checked it 2 times."),
            Cat("3 + 4 is 7.\nFinal Answer: The final answer is $", gold, "$. I hope it is correct."),
            Cat("3 + 4 is 7, and so the answer is \\(", gold, "\\), not 8."),
            Cat("<think>It is 3.</think> **Answer:**\n$$", gold, "$$")}) {
        EXPECT_TRUE(AnswersEqual(ExtractAnswer(response), gold)) << response << "\n"
                                                                 << ExtractAnswer(response);
      }
    }
  }
}

TEST(GradingCasesTest, EqualityIsSymmetric) {
  for (const char* path : {"tests/golden/grading_cases.tsv", "tests/golden/grading_own.tsv"}) {
    for (Row& row : ReadTable(path)) {
      EXPECT_EQ(AnswersEqual(row["pred"], row["gold"]), AnswersEqual(row["gold"], row["pred"])) << row["id"];
    }
  }
}

// Where we rightly say otherwise than math-verify, the reason stands in docs/grading.md. (Where we are wrong,
// the tests above say so.)
TEST(GradingCasesTest, EveryDifferenceFromMathVerifyHasAReason) {
  std::ifstream guide("docs/grading.md");
  const std::string text{std::istreambuf_iterator<char>(guide), {}};
  ASSERT_FALSE(text.empty());
  for (const char* path : {"tests/golden/grading_cases.tsv", "tests/golden/grading_own.tsv"}) {
    for (Row& row : ReadTable(path)) {
      const std::string& verdict = row.contains("math_verify") ? row["math_verify"] : row["equal"];
      const bool equal = Grade(row);
      if (equal == (verdict == "1") || equal != (row["human"] == "1")) continue;
      EXPECT_NE(text.find(Cat("| ", row["id"], " |")), std::string::npos)
          << row["id"] << " differs from math-verify; give the reason in docs/grading.md";
    }
  }
}

}  // namespace
}  // namespace espalier
