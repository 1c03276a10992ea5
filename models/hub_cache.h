// The folder in which Hugging Face's tools, llama.cpp and Espalier share what they download:
//   models--OWNER--REPO/refs/REVISION             a file that holds a commit
//   models--OWNER--REPO/blobs/HASH                contents; one that is there is whole
//   models--OWNER--REPO/snapshots/COMMIT/PATH     links to ../../blobs/HASH
//   .locks/models--OWNER--REPO/HASH.lock          held while the blob is written
#ifndef ESPALIER_MODELS_HUB_CACHE_H_
#define ESPALIER_MODELS_HUB_CACHE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "models/hub_client.h"

namespace espalier {

// One repository in the cache, whether it is there yet or not.
class CachedRepository {
 public:
  CachedRepository(const std::string& cache, std::string_view repository);

  std::string BlobPath(std::string_view hash) const;
  std::string LockPath(std::string_view hash) const;
  std::string SnapshotPath(std::string_view commit) const;

  // The commit of a branch or tag as it was last fetched, or the commit itself; empty if unknown.
  std::string Commit(std::string_view revision) const;
  std::vector<std::string> Revisions() const;  // those that have a commit
  std::vector<std::string> Commits() const;    // those that have a snapshot

  // What is there of a commit, with the hashes as far as links tell; at most 100,000 files.
  std::vector<HubFile> Files(std::string_view commit) const;

  // Gives the blob of `file` its name in the snapshot. Error: InvalidArgument if that cannot be written.
  absl::Status Link(std::string_view commit, const HubFile& file) const;
  // Does nothing for a revision that is the commit itself. Error: as Link.
  absl::Status WriteCommit(std::string_view revision, std::string_view commit) const;

 private:
  std::string locks_;
  std::string folder_;
};

// "OWNER/REPO" of all that the cache holds, sorted.
std::vector<std::string> CachedRepositories(const std::string& cache);

}  // namespace espalier

#endif  // ESPALIER_MODELS_HUB_CACHE_H_
