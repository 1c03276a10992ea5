// Environment variables for the time of a test.
#ifndef ESPALIER_TESTS_MODELS_ENVIRONMENT_H_
#define ESPALIER_TESTS_MODELS_ENVIRONMENT_H_

#include <cstdlib>
#include <map>
#include <string>

namespace espalier {

class Environment {
 public:
  Environment() = default;
  ~Environment() {
    for (const auto& [name, value] : saved_) {
      value.empty() ? unsetenv(name.c_str()) : setenv(name.c_str(), value.c_str(), 1);
    }
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  void Set(const std::string& name, const std::string& value) {
    const char* old = std::getenv(name.c_str());
    saved_.emplace(name, old == nullptr ? "" : old);
    setenv(name.c_str(), value.c_str(), 1);
  }

  // Puts all caches below `folder` and takes the tokens and the hub's own settings away.
  void Isolate(const std::string& folder) {
    Set("ESPALIER_CACHE", folder + "/cache");
    Set("HF_HOME", folder + "/huggingface");
    for (const char* name : {"HF_HUB_CACHE", "HF_HUB_OFFLINE", "HF_TOKEN", "HF_TOKEN_PATH", "HF_ENDPOINT"}) {
      Set(name, "");
    }
  }

 private:
  std::map<std::string, std::string> saved_;
};

}  // namespace espalier

#endif  // ESPALIER_TESTS_MODELS_ENVIRONMENT_H_
