// Asks a Hugging Face hub what a repository holds, and for its files.
#ifndef ESPALIER_MODELS_HUB_CLIENT_H_
#define ESPALIER_MODELS_HUB_CLIENT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/hub_settings.h"
#include "models/transfer.h"

namespace espalier {

// A file of a repository at one commit. Hashes are lower-case hex: 64 digits are SHA-256 (of large files), 40
// are git's name of the content; they name the file in the cache.
struct HubFile {
  std::string path;  // plain, see IsPlainPath
  int64_t bytes = 0;
  std::string hash;
};

// Errors of all calls: NotFound, PermissionDenied (private or gated), Unavailable (no connection, or the hub
// fails three times), InvalidArgument (an answer that is not the hub's), Cancelled; each names the repository
// and says what to do.
class HubClient {
 public:
  HubClient(HubSite site, std::string repository, const TransferEvents& events);

  // The commit that a branch or tag stands for, 40 hex digits.
  absl::StatusOr<std::string> Commit(std::string_view revision) const;

  // All files with plain paths, at most 100,000.
  absl::StatusOr<std::vector<HubFile>> List(std::string_view commit) const;

  // Fetches the file to `partial`, going on with what is there. The content is not yet checked. Errors also:
  // ResourceExhausted (the disk is full).
  absl::Status Download(const HubFile& file, std::string_view commit, const std::string& partial,
                        const TransferEvents& events) const;

 private:
  struct Page {
    std::string body;
    std::string next;  // the query of the page that follows, or empty
  };
  absl::StatusOr<Page> Get(const std::string& url, std::string_view revision) const;

  HubSite site_;
  std::string repository_;
  const TransferEvents& events_;
};

}  // namespace espalier

#endif  // ESPALIER_MODELS_HUB_CLIENT_H_
