// Template text to tree. The grammar is Jinja's (jinja.palletsprojects.com, "Template Designer
// Documentation") less what chat templates of one-turn use do not need: macros, includes, inheritance, filter
// blocks.
#ifndef ESPALIER_ENGINE_JINJA_PARSER_H_
#define ESPALIER_ENGINE_JINJA_PARSER_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "engine/jinja_tree.h"

namespace espalier::jinja {

// Error: InvalidArgument with the line and the construct.
absl::StatusOr<Block> Parse(std::string_view source);

}  // namespace espalier::jinja

#endif  // ESPALIER_ENGINE_JINJA_PARSER_H_
