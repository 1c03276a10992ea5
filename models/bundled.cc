#include "models/bundled.h"

#include <filesystem>

#include "base/cat.h"

namespace espalier {

std::string BundledPath(std::string_view file) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  std::string path;
  for (const std::string& folder :
       {Cat(program.parent_path().string(), "/../share/espalier/models"),
        std::string(ESPALIER_INSTALLED_MODELS), std::string(ESPALIER_SOURCE_MODELS)}) {
    path = Cat(folder, "/", file);
    if (fs::exists(path, error)) break;
  }
  return path;
}

}  // namespace espalier
