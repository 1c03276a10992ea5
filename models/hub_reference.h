// "hf:OWNER/REPO", how a user names a model on Hugging Face.
#ifndef ESPALIER_MODELS_HUB_REFERENCE_H_
#define ESPALIER_MODELS_HUB_REFERENCE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace espalier {

struct HubReference {
  std::string repository;         // "OWNER/REPO"
  std::string revision = "main";  // a branch, a tag or a commit of 40 hex digits
  std::string file;               // path of a .gguf file in the repository; empty: not given
  std::string quantization;       // "Q4_K_M" in any case; empty: not given

  HubReference() {}
};

// Reads hf:OWNER/REPO, hf:OWNER/REPO/FILE.gguf and hf:OWNER/REPO:QUANTIZATION, each with an optional
// @REVISION behind REPO. Every part is a plain path. Error: InvalidArgument with the accepted forms.
absl::StatusOr<HubReference> ParseHubReference(std::string_view text);

// The text that ParseHubReference reads as this.
std::string ToString(const HubReference& reference);

// Names of letters, digits and "._+=,-" joined by single slashes, none of which begins with a dot: safe as a
// path below a folder and in a URL as it is.
bool IsPlainPath(std::string_view path);

// 40 lower-case hex digits.
bool IsCommit(std::string_view text);

// "PREFIX-00002-of-00003.gguf": one file of a model that is cut into several.
struct SplitName {
  std::string_view prefix;
  int number = 0;
  int count = 0;  // 0: not such a name

  std::string Part(int part) const;  // the name of another part, from 1 to `count`
};

SplitName ParseSplitName(std::string_view path);

}  // namespace espalier

#endif  // ESPALIER_MODELS_HUB_REFERENCE_H_
