// Answers that are stated in words: "The answer is ...".
#ifndef ESPALIER_REWARD_ANSWERS_ANSWER_PHRASE_H_
#define ESPALIER_REWARD_ANSWERS_ANSWER_PHRASE_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace espalier {

// What the beginning of `text` states, as ExtractAnswer returns it: formulas or plain mathematics, joined by
// commas, "and" or "or", or a choice ("(C) because" -> "(C)"), or a number behind idle words ("about 42 miles
// in all."); "" for other words. At most one sentence is read.
std::string StatedAnswer(std::string_view text);

// The answer behind the last "answer is", "answers are", "answer:", "option is" or the like that states one;
// "" when none does. `in_words`: accept any words ("east"), as the last such phrase has them.
std::string AnswerOfPhrase(std::string_view text, bool in_words);

// The list that the last sentence of a text states behind its last "is" or "are", when it has several items
// and no digit stands behind it: "So the roots are $1$ and $-2$." -> "1,-2". Else "".
std::string ListAtEnd(std::string_view text);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_ANSWER_PHRASE_H_
