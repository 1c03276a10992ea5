// Template text to tree. The grammar is Jinja's (jinja.palletsprojects.com, "Template Designer
// Documentation") with the loop controls and the generation block that the transformers library adds, less
// what needs other files (include, import, extends, block) or no chat template uses (recursive loops, do,
// trans).
#ifndef ESPALIER_ENGINE_JINJA_PARSER_H_
#define ESPALIER_ENGINE_JINJA_PARSER_H_

#include <cstddef>
#include <string_view>

#include "absl/status/statusor.h"
#include "engine/jinja_tree.h"

namespace espalier::jinja {

inline constexpr size_t kMaxSource = size_t{1} << 20;  // bytes of a template

// Error: InvalidArgument with the line and the construct.
absl::StatusOr<Block> Parse(std::string_view source);

}  // namespace espalier::jinja

#endif  // ESPALIER_ENGINE_JINJA_PARSER_H_
