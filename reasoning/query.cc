#include "reasoning/query.h"

#include "reasoning/query_core.h"

namespace espalier {

std::string_view Query::problem() const { return core_.problem(); }
const GenerationOptions& Query::generation() const { return core_.generation(); }
Branch Query::Prompt() { return Branch(core_.Root()); }
void Query::StopSiblings(std::string_view reason) { core_.StopSiblings(reason); }

}  // namespace espalier
