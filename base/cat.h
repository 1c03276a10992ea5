// absl::StrCat that also takes std::string_view: Debian's Abseil is built for C++14, where
// absl::string_view is a type of its own.
#ifndef ESPALIER_BASE_CAT_H_
#define ESPALIER_BASE_CAT_H_

#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace espalier {

inline absl::string_view ToAbsl(std::string_view text) { return absl::string_view(text.data(), text.size()); }
inline std::string_view ToStd(absl::string_view text) { return std::string_view(text.data(), text.size()); }

namespace internal_cat {

template <typename T>
decltype(auto) Piece(const T& value) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return ToAbsl(value);
  } else {
    return (value);
  }
}

}  // namespace internal_cat

// Cat("page ", page, " of '", name, "'").
template <typename... Args>
std::string Cat(const Args&... args) {
  return absl::StrCat(internal_cat::Piece(args)...);
}

}  // namespace espalier

#endif  // ESPALIER_BASE_CAT_H_
