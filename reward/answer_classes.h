// Classes of equal answers, for votes.
#ifndef ESPALIER_REWARD_ANSWER_CLASSES_H_
#define ESPALIER_REWARD_ANSWER_CLASSES_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace espalier {

class ParsedAnswer;

// Whether two answers are the same. Symmetric, not always transitive: 50% equals 50 and 0.5. A blank answer
// equals nothing.
using AnswerEquality = std::function<bool(std::string_view, std::string_view)>;

// Invariants: an answer joins the earliest class whose first member it equals, or founds one, so that the
// classes depend on the order of the answers and on nothing else; answers that are spelled alike share a
// class.
class AnswerClasses {
 public:
  AnswerClasses();                                  // AnswersEqual, each answer parsed once
  explicit AnswerClasses(AnswerEquality equality);  // another equality
  ~AnswerClasses();
  AnswerClasses(AnswerClasses&&) noexcept;
  AnswerClasses& operator=(AnswerClasses&&) noexcept;

  // The number of the answer's class: classes are numbered in the order of their first members. Nullopt when
  // the answer is blank (equals not even itself).
  std::optional<size_t> ClassOf(std::string_view answer);

  size_t size() const { return size_; }

 private:
  std::optional<size_t> FindOrFound(std::string_view answer);

  AnswerEquality equality_;                                  // empty: AnswersEqual
  std::vector<std::string> first_members_;                   // with another equality
  std::vector<std::unique_ptr<ParsedAnswer>> first_parsed_;  // with AnswersEqual
  absl::flat_hash_map<std::string, std::optional<size_t>> class_of_spelling_;
  size_t size_ = 0;
};

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWER_CLASSES_H_
