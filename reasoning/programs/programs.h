// The programs that Espalier ships. Each file registers its own.
#ifndef ESPALIER_REASONING_PROGRAMS_PROGRAMS_H_
#define ESPALIER_REASONING_PROGRAMS_PROGRAMS_H_

namespace espalier {

class ProgramRegistry;

void RegisterBestOfN(ProgramRegistry& registry);
void RegisterCot(ProgramRegistry& registry);
void RegisterSelfConsistency(ProgramRegistry& registry);

}  // namespace espalier

#endif  // ESPALIER_REASONING_PROGRAMS_PROGRAMS_H_
