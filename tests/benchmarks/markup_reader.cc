#include "tests/benchmarks/markup_reader.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <vector>

#include "base/cat.h"

namespace espalier {
namespace {

class MarkupReader {
 public:
  explicit MarkupReader(std::string_view html) : rest_(html) {}

  std::string Read() {
    if (rest_.starts_with("<!DOCTYPE html>")) rest_.remove_prefix(15);
    while (fault_.empty() && !rest_.empty()) {
      if (rest_.front() == '<') {
        ReadTag();
      } else {
        ReadText("<");
      }
    }
    if (fault_.empty() && !open_.empty()) fault_ = Cat("<", open_.back(), "> is not closed");
    return fault_;
  }

 private:
  void Fail(std::string_view what) { fault_ = Cat(what, " before: ", rest_.substr(0, 60)); }

  bool Take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  std::string TakeName() {
    std::string name;
    while (!rest_.empty() && (std::isalnum(static_cast<unsigned char>(rest_[0])) != 0 || rest_[0] == '-')) {
      name += rest_[0];
      rest_.remove_prefix(1);
    }
    return name;
  }

  // Up to one of `ends`; entities only where there is an &.
  void ReadText(std::string_view ends) {
    while (!rest_.empty() && ends.find(rest_[0]) == std::string_view::npos) {
      if (rest_[0] == '>') return Fail("a bare >");
      if (rest_[0] == '&') {
        bool known = false;
        for (const std::string_view entity : {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"}) {
          known = known || rest_.starts_with(entity);
        }
        if (!known) return Fail("a bare &");
      }
      rest_.remove_prefix(1);
    }
  }

  void ReadTag() {
    rest_.remove_prefix(1);
    if (Take("/")) {
      const std::string name = TakeName();
      if (open_.empty() || open_.back() != name || !Take(">"))
        return Fail(Cat("</", name, "> closes nothing"));
      open_.pop_back();
      return;
    }
    const std::string name = TakeName();
    if (name.empty()) return Fail("a bare <");
    while (Take(" ")) ReadAttribute();
    if (!fault_.empty() || Take("/>")) return;
    if (!Take(">")) return Fail(Cat("<", name, " does not end"));
    static const std::set<std::string> kVoid = {"meta", "br", "hr", "img", "link"};
    if (!kVoid.contains(name)) open_.push_back(name);
    if (name == "style") rest_.remove_prefix(std::min(rest_.find("</style>"), rest_.size()));
  }

  void ReadAttribute() {
    if (TakeName().empty()) return Fail("no attribute's name");
    if (!Take("=")) return;
    if (!Take("\"")) return Fail("an attribute without quotes");
    while (fault_.empty() && !rest_.empty() && rest_[0] != '"') ReadText("\"");
    if (!Take("\"")) Fail("an attribute that does not end");
  }

  std::string_view rest_;
  std::vector<std::string> open_;
  std::string fault_;
};

}  // namespace

std::string FindMarkupFault(std::string_view html) { return MarkupReader(html).Read(); }

int64_t CountOf(std::string_view text, std::string_view part) {
  int64_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size()) ++count;
  return count;
}

}  // namespace espalier
