// Always-on checks for our own bugs. A user's fault is an absl::Status with the remedy, a shortage is an
// ordinary return value; neither belongs here.
//
//   ESPALIER_CHECK(free >= 0, "page ", page, " freed twice");
#ifndef ESPALIER_BASE_CHECK_H_
#define ESPALIER_BASE_CHECK_H_

#include <string_view>

#include "base/cat.h"

namespace espalier {

// Prints "file:line: check failed: condition: message" to stderr and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition, std::string_view message);

}  // namespace espalier

#define ESPALIER_CHECK(condition, ...)                                         \
  do {                                                                         \
    if (!(condition)) [[unlikely]]                                             \
      ::espalier::CheckFailed(__FILE__, __LINE__, #condition,                  \
                              ::espalier::Cat("" __VA_OPT__(, ) __VA_ARGS__)); \
  } while (false)

#endif  // ESPALIER_BASE_CHECK_H_
