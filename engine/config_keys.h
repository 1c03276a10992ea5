// What a model's files say of its shape: GGUF's metadata and Hugging Face's config.json under one set of
// keys.
#ifndef ESPALIER_ENGINE_CONFIG_KEYS_H_
#define ESPALIER_ENGINE_CONFIG_KEYS_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace espalier {

// No model comes near; a file that says more is broken, and products of two such sizes fit int64.
inline constexpr int64_t kMaxModelSize = int64_t{1} << 24;

// One fact's name in both containers. "": the container never states it.
struct ConfigKey {
  std::string_view gguf;  // after "<architecture>."
  std::string_view hub;   // in config.json; "a.b" is b of the object a
};

class ConfigKeys {
 public:
  virtual ~ConfigKeys() = default;

  // Whether absent values have the family's defaults (config.json), or none (GGUF).
  virtual bool has_defaults() const = 0;
  virtual bool Has(const ConfigKey& key) const = 0;
  // Errors: NotFound when absent, InvalidArgument when of another kind; one line that names file and key.
  virtual absl::StatusOr<int64_t> Int(const ConfigKey& key) const = 0;
  virtual absl::StatusOr<double> Number(const ConfigKey& key) const = 0;  // an integer or a float
  virtual absl::StatusOr<bool> Bool(const ConfigKey& key) const = 0;
  virtual absl::StatusOr<std::string> Text(const ConfigKey& key) const = 0;
  // One flag a layer: is it a layer with a sliding window? Nothing when the key holds no list.
  virtual absl::StatusOr<std::optional<std::vector<bool>>> WindowLayers(const ConfigKey& key) const = 0;
  // The key as the file's reader knows it: "metadata 'llama.block_count'", "config.json's 'hidden_size'".
  virtual std::string Name(const ConfigKey& key) const = 0;

  // Into `value`, which is left alone where the key is absent and `value` was set (> 0) before.
  absl::Status Size(const ConfigKey& key, int32_t& value) const;    // in [1, kMaxModelSize]
  absl::Status Positive(const ConfigKey& key, float& value) const;  // finite
  absl::StatusOr<std::string> TextOr(const ConfigKey& key, std::string_view absent) const;
  absl::StatusOr<bool> BoolOr(const ConfigKey& key, bool absent) const;

  // An error that names `feature` unless the number is absent or one of those that change nothing.
  absl::Status Refuse(const ConfigKey& key, std::initializer_list<double> neutral,
                      std::string_view feature) const;

  // One-line errors that name the file.
  absl::Status Unsupported(std::string_view what) const;
  absl::Status Impossible(std::string_view what) const;

 protected:
  explicit ConfigKeys(std::string path) : path_(std::move(path)) {}
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_CONFIG_KEYS_H_
