// Text from a file within a message.
#ifndef ESPALIER_ENGINE_QUOTED_H_
#define ESPALIER_ENGINE_QUOTED_H_

#include <string>
#include <string_view>

#include "base/cat.h"
#include "base/text.h"

namespace espalier {

// 'text' for a message, as OneLine makes it fit for one.
inline std::string Quoted(std::string_view text) { return Cat("'", OneLine(text, 60), "'"); }

}  // namespace espalier

#endif  // ESPALIER_ENGINE_QUOTED_H_
