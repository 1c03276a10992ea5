#include "benchmarks/tree_drawing.h"

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "benchmarks/html.h"
#include "benchmarks/tree_layout.h"
#include "reward/answer.h"

namespace espalier {
namespace {

constexpr size_t kAnswerCharacters = 12;
constexpr int64_t kCrowdedRows = 40;
constexpr int64_t kTicks = 5;

class TreeWriter {
 public:
  TreeWriter(const TreeLayout& layout, std::string_view gold)
      : layout_(layout),
        gold_(gold),
        pitch_(layout.rows > kCrowdedRows ? 15 : 22),
        height_(static_cast<double>(layout.rows * pitch_)) {}

  std::string Write() {
    absl::StrAppendFormat(&svg_, "<svg class=\"tree\" role=\"img\" width=\"100%%\" height=\"%.0f\">",
                          height_ + 22);
    absl::StrAppend(&svg_, "<title>", layout_.nodes.size() - 1, " branches, ", layout_.tokens,
                    " tokens deep</title>\n");
    WriteTicks();
    for (const TreeNode& node : layout_.nodes) WriteBranch(node);
    const TreeNode& root = layout_.nodes[0];
    absl::StrAppendFormat(&svg_,
                          "<circle class=\"root\" cx=\"0\" cy=\"%.1f\" r=\"4.5\"><title>prompt</title>"
                          "</circle>\n</svg>\n",
                          Y(root));
    return std::move(svg_);
  }

 private:
  double Y(const TreeNode& node) const { return (node.row + 0.5) * static_cast<double>(pitch_); }

  std::string X(int64_t tokens) const {
    return Percent(layout_.tokens == 0 ? 0
                                       : static_cast<double>(tokens) / static_cast<double>(layout_.tokens));
  }

  void WriteTicks() {
    const int64_t step = TickStep(layout_.tokens, kTicks);
    for (int64_t tick = 0; tick <= layout_.tokens; tick += step) {
      const std::string x = X(tick);
      absl::StrAppendFormat(&svg_, "<line class=\"grid\" x1=\"%s\" x2=\"%s\" y1=\"0\" y2=\"%.0f\"/>", x, x,
                            height_ + 4);
      absl::StrAppendFormat(&svg_, "<text class=\"tick\" x=\"%s\" y=\"%.0f\">%s</text>\n", x, height_ + 17,
                            WithSeparators(tick));
    }
  }

  void WriteBranch(const TreeNode& node) {
    const std::string_view end_class = node.record == nullptr ? "done" : EndClass(node.record->end);
    const std::string x1 = X(node.start), x2 = X(node.end);
    absl::StrAppend(&svg_, "<g class=\"", ToAbsl(end_class), "\">");
    if (node.record != nullptr) WriteTooltip(*node.record);
    if (node.parent >= 0) {
      absl::StrAppendFormat(&svg_, "<line class=\"fork\" x1=\"%s\" x2=\"%s\" y1=\"%.1f\" y2=\"%.1f\"/>", x1,
                            x1, Y(layout_.nodes[node.parent]), Y(node));
    }
    if (node.end > node.start) {
      absl::StrAppendFormat(&svg_, "<line x1=\"%s\" x2=\"%s\" y1=\"%.1f\" y2=\"%.1f\"/>", x1, x2, Y(node),
                            Y(node));
    }
    if (node.record != nullptr && node.has_tip) WriteTip(node, end_class, x2);
    svg_ += "</g>\n";
  }

  void WriteTooltip(const BranchRecord& record) {
    absl::StrAppend(&svg_, "<title>", record.path.ToString(), ": ", EscapeHtml(record.end), ", ",
                    record.tokens, " tokens", record.answer.empty() ? "" : ", answer ",
                    EscapeHtml(Shorten(record.answer, 80)), StepScoresText(record, ", "), "</title>");
  }

  void WriteTip(const TreeNode& node, std::string_view end_class, const std::string& x) {
    const std::string& answer = node.record->answer;
    const bool correct = AnswersEqual(answer, gold_);
    absl::StrAppendFormat(&svg_, "<svg class=\"tip\" x=\"%s\" y=\"%.1f\" overflow=\"visible\">", x, Y(node));
    absl::StrAppendFormat(&svg_, "%s<text x=\"10\" y=\"4\"%s>%s%s</text></svg>", ToAbsl(TipMark(end_class)),
                          correct ? " class=\"correct\"" : "",
                          answer.empty() ? "–" : EscapeHtml(Shorten(answer, kAnswerCharacters)),
                          correct ? " ✓" : "");
  }

  const TreeLayout& layout_;
  std::string_view gold_;
  int64_t pitch_;
  double height_;
  std::string svg_;
};

}  // namespace

std::string_view EndClass(std::string_view end) {
  if (end == "end" || end == "stop_text") return "done";
  if (end == "max_tokens" || end == "context") return "cut";
  if (end == "pruned" || end == "not_ended") return "pruned";
  return end == "failed" ? "failed" : "stopped";
}

std::string_view TipMark(std::string_view end_class) {
  if (end_class == "done") return "<circle r=\"4\"/>";
  if (end_class == "cut") return "<path d=\"M0-6V6\"/>";
  if (end_class == "stopped") return "<circle class=\"hollow\" r=\"3.5\"/>";
  if (end_class == "failed") return "<path d=\"M-5-5 5 5M-5 5 5-5\"/>";
  return "<path d=\"M-3.5-3.5 3.5 3.5M-3.5 3.5 3.5-3.5\"/>";
}

std::string StepScoresText(const BranchRecord& branch, std::string_view before) {
  std::string text;
  for (const double score : branch.step_scores) {
    if (text.empty()) text = Cat(before, "step scores");
    absl::StrAppendFormat(&text, " %.2f", score);
  }
  return text;
}

std::string DrawTree(std::span<const BranchRecord> branches, std::string_view gold) {
  const TreeLayout layout = LayOutTree(branches);
  return TreeWriter(layout, gold).Write();
}

}  // namespace espalier
