#include "reward/answer_classes.h"

#include <utility>

#include "reward/answers/parsed_answer.h"

namespace espalier {

AnswerClasses::AnswerClasses() = default;
AnswerClasses::AnswerClasses(AnswerEquality equality) : equality_(std::move(equality)) {}
AnswerClasses::~AnswerClasses() = default;
AnswerClasses::AnswerClasses(AnswerClasses&&) noexcept = default;
AnswerClasses& AnswerClasses::operator=(AnswerClasses&&) noexcept = default;

std::optional<size_t> AnswerClasses::ClassOf(std::string_view answer) {
  const auto [entry, is_new] = class_of_spelling_.try_emplace(std::string(answer));
  if (is_new) entry->second = FindOrFound(answer);
  return entry->second;
}

std::optional<size_t> AnswerClasses::FindOrFound(std::string_view answer) {
  if (equality_) {
    if (!equality_(answer, answer)) return std::nullopt;
    for (size_t i = 0; i < size_; ++i) {
      if (equality_(first_members_[i], answer)) return i;
    }
    first_members_.emplace_back(answer);
    return size_++;
  }
  auto parsed = std::make_unique<ParsedAnswer>(answer);
  if (parsed->IsBlank()) return std::nullopt;
  for (size_t i = 0; i < size_; ++i) {
    if (AreEqual(*first_parsed_[i], *parsed)) return i;
  }
  first_parsed_.push_back(std::move(parsed));
  return size_++;
}

}  // namespace espalier
