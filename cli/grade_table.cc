#include <algorithm>
#include <array>
#include <string_view>

#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "cli/grade.h"
#include "reward/answer.h"

namespace espalier {
namespace {

constexpr size_t kMaxLineBytes = 1 << 20;
constexpr size_t kMaxLines = 1'000'000;
constexpr size_t kAbsent = std::string_view::npos;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Where each column stands, kAbsent for one that is not there.
struct Columns {
  size_t count = 0;
  size_t id, kind, pred, gold;
  size_t category, expected, note;
};

std::vector<std::string_view> Fields(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    const size_t tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

size_t Find(const std::vector<std::string_view>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? kAbsent : static_cast<size_t>(found - names.begin());
}

absl::StatusOr<Columns> ReadHeader(std::string_view line, std::string_view place) {
  const std::vector<std::string_view> names = Fields(line);
  for (const std::string_view name : {"id", "kind", "pred", "gold"}) {
    if (Find(names, name) != kAbsent) continue;
    return absl::InvalidArgumentError(
        Cat(place, "the header has no column '", name,
            "': begin the file with the names id, kind, pred and gold, separated by tabs"));
  }
  Columns columns;
  columns.count = names.size();
  columns.id = Find(names, "id");
  columns.kind = Find(names, "kind");
  columns.pred = Find(names, "pred");
  columns.gold = Find(names, "gold");
  columns.category = Find(names, "category");
  columns.note = Find(names, "note");
  columns.expected = Find(names, "human");
  if (columns.expected == kAbsent) columns.expected = Find(names, "equal");
  return columns;
}

absl::StatusOr<GradedRow> GradeLine(std::string_view line, const Columns& columns, std::string_view place) {
  const std::vector<std::string_view> fields = Fields(line);
  const size_t needed = std::max({columns.id, columns.kind, columns.pred, columns.gold}) + 1;
  if (fields.size() < needed || fields.size() > columns.count) {
    return absl::InvalidArgumentError(Cat(place, fields.size(), " fields where the header has ",
                                          columns.count,
                                          ": separate fields by one tab, and write none inside of a field"));
  }
  const auto field = [&](size_t column) {
    return std::string(column < fields.size() ? fields[column] : std::string_view());
  };
  const std::string kind = field(columns.kind);
  if (kind != "ans" && kind != "resp") {
    return absl::InvalidArgumentError(
        Cat(place, "kind '", OneLine(kind), "': write ans for a bare answer or resp for a whole response"));
  }
  GradedRow row;
  row.id = field(columns.id);
  row.category = field(columns.category);
  row.note = field(columns.note);
  row.is_response = kind == "resp";
  row.pred = field(columns.pred);
  row.answer = row.is_response ? ExtractAnswer(row.pred) : row.pred;
  row.gold = field(columns.gold);
  row.equal = AnswersEqual(row.answer, row.gold);
  const std::string expected = field(columns.expected);
  if (expected == "0" || expected == "1") row.expected = expected == "1";
  return row;
}

}  // namespace

absl::StatusOr<std::vector<GradedRow>> GradeTable(std::istream& stream, const std::string& name) {
  std::vector<GradedRow> rows;
  Columns columns;
  size_t number = 0;
  for (std::string text; std::getline(stream, text);) {
    ++number;
    const std::string place = Cat(name, ":", number, ": ");
    if (text.size() > kMaxLineBytes || number > kMaxLines) {
      return absl::InvalidArgumentError(Cat(place, "more than ",
                                            number > kMaxLines ? "a million lines" : "1 MiB in a line",
                                            ": split the file"));
    }
    std::string_view line = text;
    if (number == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (columns.count == 0) {
      ESPALIER_ASSIGN_OR_RETURN(columns, ReadHeader(line, place));
    } else if (!line.empty()) {
      ESPALIER_ASSIGN_OR_RETURN(GradedRow row, GradeLine(line, columns, place));
      rows.push_back(std::move(row));
    }
  }
  if (stream.bad()) return absl::InvalidArgumentError(Cat("cannot read ", name));
  if (rows.empty()) {
    return absl::InvalidArgumentError(
        Cat(name, " has no rows: write a header with id, kind, pred and gold, and a line for each answer"));
  }
  return rows;
}

}  // namespace espalier
