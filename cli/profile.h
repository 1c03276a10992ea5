// --profile: a table of where an engine's time went.
#ifndef ESPALIER_CLI_PROFILE_H_
#define ESPALIER_CLI_PROFILE_H_

#include <ostream>
#include <string>

#include "engine/engine.h"

namespace espalier {

struct ProfiledRun {
  std::string name;
  double seconds;         // on the wall, from before the first step to after the last
  double read_bandwidth;  // of the machine, bytes/s
};

// One line per stage: seconds, share of the run, for matrix products also GB/s of weights, their share of the
// machine's reads and GMAC/s; the last lines are what the run spent outside the engine, and the sum. Then
// starts over. Prints nothing if the engine keeps no profile.
void WriteProfile(Engine& engine, const ProfiledRun& run, std::ostream& out);

}  // namespace espalier

#endif  // ESPALIER_CLI_PROFILE_H_
