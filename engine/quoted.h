// Text from a file within a message.
#ifndef ESPALIER_ENGINE_QUOTED_H_
#define ESPALIER_ENGINE_QUOTED_H_

#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "base/cat.h"
#include "base/text.h"

namespace espalier {

// 'text' on one line: escaped, and cut where it is long.
inline std::string Quoted(std::string_view text) {
  constexpr size_t kLimit = 60;
  const std::string shown = absl::Utf8SafeCEscape(ToAbsl(text.substr(0, kLimit)));
  return Cat("'", ToValidUtf8(shown), text.size() > kLimit ? "...'" : "'");
}

}  // namespace espalier

#endif  // ESPALIER_ENGINE_QUOTED_H_
