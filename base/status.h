// Short forms for functions that return absl::Status or absl::StatusOr.
#ifndef ESPALIER_BASE_STATUS_H_
#define ESPALIER_BASE_STATUS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define ESPALIER_CONCATENATE_INNER(a, b) a##b
#define ESPALIER_CONCATENATE(a, b) ESPALIER_CONCATENATE_INNER(a, b)

// Returns from the enclosing function if `expression`, an absl::Status, is an error.
#define ESPALIER_RETURN_IF_ERROR(expression)                                                          \
  do {                                                                                                \
    if (::absl::Status espalier_status = (expression); !espalier_status.ok()) return espalier_status; \
  } while (false)

// ESPALIER_ASSIGN_OR_RETURN(auto file, MappedFile::Open(path));
#define ESPALIER_ASSIGN_OR_RETURN(declaration, expression)                                          \
  ESPALIER_ASSIGN_OR_RETURN_INNER(ESPALIER_CONCATENATE(espalier_status_or_, __LINE__), declaration, \
                                  expression)
#define ESPALIER_ASSIGN_OR_RETURN_INNER(name, declaration, expression) \
  auto name = (expression);                                            \
  if (!name.ok()) return std::move(name).status();                     \
  declaration = *std::move(name)

#endif  // ESPALIER_BASE_STATUS_H_
