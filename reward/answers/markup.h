// Takes the dressing off an answer: LaTeX, markdown and currency signs that do not change what it says.
#ifndef ESPALIER_REWARD_ANSWERS_MARKUP_H_
#define ESPALIER_REWARD_ANSWERS_MARKUP_H_

#include <optional>
#include <string>
#include <string_view>

namespace espalier {

// The content of the last \boxed{...} that is closed and not blank, braces matched; nullopt when there is
// none.
std::optional<std::string_view> LastBoxed(std::string_view text);

// "\(-\dfrac{3}{4}\text{ cm}\)" -> "-3/4 cm", "\$1{,}000" -> "1,000", "**42**" -> "42",
// "45^\circ" -> "45". Commands that carry meaning ("\sqrt{2}") stay as they are.
std::string StripMarkup(std::string_view text);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_MARKUP_H_
