// Worked examples that papers put before a problem, for models that were never taught to follow instructions.
#ifndef ESPALIER_REASONING_FEW_SHOT_H_
#define ESPALIER_REASONING_FEW_SHOT_H_

#include <cstdint>
#include <string>

namespace espalier {

inline constexpr int64_t kGsm8kShots = 8;
inline constexpr int64_t kMathShots = 4;

// The text before the answer, as a pattern with "{problem}": the first `shots` examples, 1 to kGsm8kShots, of
// Wei et al., "Chain-of-thought prompting", 2022, table 20. An answer ends before "Q:".
std::string Gsm8kPrompt(int64_t shots);

// The same with the first 1 to kMathShots examples of Lewkowycz et al., "Solving quantitative reasoning
// problems with language models" (Minerva), 2022, appendix D.2. An answer ends before "Problem:".
std::string MathPrompt(int64_t shots);

}  // namespace espalier

#endif  // ESPALIER_REASONING_FEW_SHOT_H_
