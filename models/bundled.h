// Model files that come with Espalier itself.
#ifndef ESPALIER_MODELS_BUNDLED_H_
#define ESPALIER_MODELS_BUNDLED_H_

#include <string>
#include <string_view>

namespace espalier {

// Where `file` ("sprout/sprout.gguf") lies: share/espalier/models beside the program's own folder, the folder
// that `cmake --install` fills, or the source tree that this was built from; the first that has it, else the
// last.
std::string BundledPath(std::string_view file);

}  // namespace espalier

#endif  // ESPALIER_MODELS_BUNDLED_H_
