#include "reward/answers/boxed_answer.h"

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/ascii.h"
#include "base/cat.h"
#include "base/text.h"
#include "reward/answers/written_answer.h"

namespace espalier {
namespace {

constexpr size_t kMaxGap = 60;    // bytes between boxes that belong together
constexpr size_t kMaxBoxes = 32;  // that belong together

struct Box {
  size_t begin;  // of the command
  size_t end;    // behind the closing brace
  std::string_view content;
};

// One pass over the text; a stack of the braces that are open.
class BoxReader {
 public:
  explicit BoxReader(std::string_view text) : text_(text) {}

  void Read() {
    for (size_t i = 0; i < text_.size(); ++i) {
      if (text_[i] == '\n' && i + 1 < text_.size() && text_[i + 1] == '\n') {
        LeaveOpen();
      } else if (text_[i] == '{') {
        open_.push_back({std::string_view::npos, i + 1});
      } else if (text_[i] == '}' && !open_.empty()) {
        Close(i);
      } else if (text_[i] == '\\') {
        i = ReadCommand(i);
      }
    }
    LeaveOpen();
  }

  const std::vector<Box>& boxes() const { return boxes_; }

  // What stands in the last box that is not closed, "" without one.
  std::string_view OpenContent() const {
    if (open_box_ == std::string_view::npos) return "";
    std::string_view rest = text_.substr(open_box_);
    for (const std::string_view end : {"\n", "$", "\\)", "\\]"}) rest = rest.substr(0, rest.find(end));
    return Trim(rest);
  }

 private:
  struct Open {
    size_t box;  // where its command begins, or npos: braces of something else
    size_t content;
  };

  // Returns where its last character stands.
  size_t ReadCommand(size_t at) {
    for (const std::string_view name : {"\\boxed", "\\fbox"}) {
      if (!text_.substr(at).starts_with(name)) continue;
      size_t next = at + name.size();
      while (next < text_.size() && text_[next] == ' ') ++next;
      if (next == text_.size()) return next - 1;
      if (text_[next] == '{') {
        open_.push_back({at, next + 1});
        return next;
      }
      if (absl::ascii_isalpha(text_[next]) && next == at + name.size()) return next;  // \boxedfoo
      open_box_ = next;
      return next - 1;
    }
    return at + 1;  // \{ and \} are no braces
  }

  void Close(size_t at) {
    const Open open = open_.back();
    open_.pop_back();
    if (open.box == std::string_view::npos) return;
    const std::string_view content = Trim(text_.substr(open.content, at - open.content));
    const bool holds_box = !boxes_.empty() && boxes_.back().begin > open.box;
    if (!content.empty() && !holds_box) boxes_.push_back({open.box, at + 1, content});
  }

  void LeaveOpen() {
    for (; !open_.empty(); open_.pop_back()) {
      const Open& open = open_.back();
      if (open.box == std::string_view::npos) continue;
      const std::string_view line = text_.substr(open.content, text_.find('\n', open.content) - open.content);
      if (Trim(line).empty()) continue;
      open_box_ = open.content;
      break;
    }
    open_.clear();
  }

  std::string_view text_;
  std::vector<Open> open_;
  std::vector<Box> boxes_;
  size_t open_box_ = std::string_view::npos;  // where the content of the last one begins
};

// The words between two boxes, less what only sets formulas apart: "$ and $" -> "and".
std::string Joint(std::string_view gap) {
  constexpr std::array<std::string_view, 12> kMarks = {"$",      "\\(", "\\)", "\\[", "\\]", "\\text",
                                                       "\\quad", "\\ ", "\\,", "\\;", "**",  "\\qquad"};
  std::string joint;
  while (!gap.empty()) {
    const auto mark = std::find_if(kMarks.begin(), kMarks.end(),
                                   [&](std::string_view candidate) { return gap.starts_with(candidate); });
    if (mark != kMarks.end()) {
      gap.remove_prefix(mark->size());
      continue;
    }
    if (!absl::ascii_isspace(gap[0]) && gap[0] != '{' && gap[0] != '}') joint += gap[0];
    gap.remove_prefix(1);
  }
  return joint;
}

// "x=" at the end of a joint is taken off, and stands for the box behind it.
bool JoinsBoxes(std::string_view gap) {
  if (gap.size() > kMaxGap || gap.find("\n\n") != std::string_view::npos) return false;
  const std::string joint = Joint(gap);
  std::string_view words = joint;
  if (words.size() >= 2 && words.ends_with('=') && absl::ascii_isalpha(words[words.size() - 2])) {
    words.remove_suffix(2);
    if (words.empty()) return false;
  }
  constexpr std::array<std::string_view, 8> kJoints = {"", ",", ";", "and", "or", ",and", ",or", "&"};
  return std::find(kJoints.begin(), kJoints.end(), words) != kJoints.end();
}

}  // namespace

std::string BoxedAnswer(std::string_view text) {
  BoxReader reader(text);
  reader.Read();
  const std::vector<Box>& boxes = reader.boxes();
  if (boxes.empty()) return PlainAnswer(reader.OpenContent());
  size_t first = boxes.size() - 1;
  while (first > 0 && boxes.size() - first < kMaxBoxes) {
    const size_t end = boxes[first - 1].end;
    if (!JoinsBoxes(text.substr(end, boxes[first].begin - end))) break;
    --first;
  }
  std::vector<std::string_view> items;
  for (; first < boxes.size(); ++first) items.push_back(boxes[first].content);
  return JoinAnswers(items);
}

}  // namespace espalier
