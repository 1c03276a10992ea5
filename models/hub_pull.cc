#include "models/hub_pull.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "models/file_hash.h"
#include "models/file_lock.h"
#include "models/files.h"
#include "models/hub_cache.h"
#include "models/hub_client.h"
#include "models/hub_selection.h"
#include "models/hub_settings.h"

namespace espalier {
namespace {

namespace fs = std::filesystem;

constexpr size_t kSha256Digits = 64;
constexpr int64_t kLargeBytes = int64_t{1} << 30;  // hashing takes seconds
constexpr char kCacheRemedy[] = "set HF_HUB_CACHE to a folder that can be written";

// Whether the file has the content that the hub's hash names.
absl::StatusOr<bool> HasHash(const std::string& path, const std::string& hash) {
  ESPALIER_ASSIGN_OR_RETURN(const std::string actual,
                            hash.size() == kSha256Digits ? Sha256OfFile(path) : GitHashOfFile(path));
  return actual == hash;
}

absl::StatusOr<std::string> ReadSmallFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return absl::InvalidArgumentError(Cat("cannot read '", path, "'"));
  return text.str();
}

PulledModel Describe(const HubSelection& selection, const std::string& snapshot) {
  PulledModel model;
  model.path = selection.model.empty() ? snapshot : Cat(snapshot, "/", selection.model);
  model.files = static_cast<int64_t>(selection.files.size());
  for (const HubFile& file : selection.files) model.bytes += file.bytes;
  const std::string& hash = selection.files[0].hash;
  if (!selection.model.empty() && model.files == 1 && hash.size() == kSha256Digits) model.sha256 = hash;
  return model;
}

// Fetches the files of one selection; progress is that of all together.
class Fetcher {
 public:
  Fetcher(const HubClient& client, const CachedRepository& cache, std::string commit,
          const TransferEvents& events)
      : client_(client), cache_(cache), commit_(std::move(commit)), events_(events) {}

  // From here on, progress is told: of `total` bytes.
  void Expect(int64_t total) {
    total_ = total;
    done_ = 0;
  }

  // The file is then in the snapshot.
  absl::Status Fetch(const HubFile& file) {
    const std::string blob = cache_.BlobPath(file.hash);
    ESPALIER_ASSIGN_OR_RETURN(const FileLock lock,
                              FileLock::Take(cache_.LockPath(file.hash), kCacheRemedy, events_));
    ESPALIER_ASSIGN_OR_RETURN(const bool present, CheckPresent(blob, file));
    if (!present) ESPALIER_RETURN_IF_ERROR(FetchBlob(blob, file));
    ESPALIER_RETURN_IF_ERROR(cache_.Link(commit_, file));
    done_ += file.bytes;
    Progress(0);
    return absl::OkStatus();
  }

 private:
  // Removes a blob that is damaged.
  absl::StatusOr<bool> CheckPresent(const std::string& blob, const HubFile& file) const {
    std::error_code error;
    fs::create_directories(fs::path(blob).parent_path(), error);
    if (!fs::exists(blob, error)) return false;
    if (FileBytes(blob) == file.bytes) {
      ESPALIER_ASSIGN_OR_RETURN(const bool right, HasHash(blob, file.hash));
      if (right) return true;
    }
    events_.note(Cat("'", blob, "' is damaged: fetching it again"));
    fs::remove(blob, error);
    return false;
  }

  absl::Status FetchBlob(const std::string& blob, const HubFile& file) {
    const std::string partial = blob + ".incomplete";
    bool resumed = FileBytes(partial) > 0;
    while (true) {
      ESPALIER_RETURN_IF_ERROR(Transfer(file, partial));
      if (file.bytes >= kLargeBytes) events_.note(Cat("checking the hash of ", file.path));
      ESPALIER_ASSIGN_OR_RETURN(const bool right, HasHash(partial, file.hash));
      if (right) return InstallFile(partial, blob, kCacheRemedy);
      std::error_code ignored;
      fs::remove(partial, ignored);
      if (!resumed) {
        return absl::DataLossError(Cat(file.path, " arrived with another hash than the hub lists, ",
                                       file.hash.substr(0, 16), "..., and was removed; try again later"));
      }
      events_.note(Cat("what was there of ", file.path, " was damaged: fetching it anew"));
      resumed = false;
    }
  }

  absl::Status Transfer(const HubFile& file, const std::string& partial) const {
    if (file.bytes == 0) {
      std::ofstream(partial, std::ios::trunc).flush();
      return absl::OkStatus();
    }
    if (FileBytes(partial) == file.bytes) return absl::OkStatus();  // stopped before it was checked
    TransferEvents events = events_;
    events.progress = [this](int64_t bytes, int64_t) { Progress(bytes); };
    return client_.Download(file, commit_, partial, events);
  }

  void Progress(int64_t bytes) const {
    if (total_ > 0) events_.progress(done_ + bytes, total_);
  }

  const HubClient& client_;
  const CachedRepository& cache_;
  const std::string commit_;
  const TransferEvents& events_;
  int64_t total_ = 0;  // bytes of all files
  int64_t done_ = 0;   // bytes of those that are there
};

absl::Status CheckSpace(const HubSelection& selection, const CachedRepository& cache) {
  int64_t needed = 0;
  for (const HubFile& file : selection.files) {
    const std::string blob = cache.BlobPath(file.hash);
    if (FileBytes(blob) != file.bytes)
      needed += std::max<int64_t>(0, file.bytes - FileBytes(blob + ".incomplete"));
  }
  std::error_code error;
  fs::path folder = HubCacheFolder();
  while (!fs::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  const fs::space_info space = fs::space(folder, error);
  if (error || space.available >= static_cast<uintmax_t>(needed)) return absl::OkStatus();
  return absl::ResourceExhaustedError(Cat("'", folder.string(), "' has ",
                                          FormatBytes(static_cast<int64_t>(space.available)),
                                          " free, the model needs ", FormatBytes(needed),
                                          "; free space, or set HF_HUB_CACHE to a folder elsewhere"));
}

// Refuses a file that is not the expected one before it is fetched.
absl::Status CheckExpected(const HubSelection& selection, std::string_view sha256) {
  const HubFile& file = selection.files[0];
  if (sha256.empty() || file.hash == sha256) return absl::OkStatus();
  return absl::DataLossError(Cat("the hub's ", file.path, " has the hash ", file.hash.substr(0, 16),
                                 "..., not ", sha256.substr(0, 16), "...: another file"));
}

}  // namespace

std::optional<PulledModel> FindInHubCache(const HubReference& reference) {
  const CachedRepository cache(HubCacheFolder(), reference.repository);
  const std::string commit = cache.Commit(reference.revision);
  if (commit.empty()) return std::nullopt;
  const std::string snapshot = cache.SnapshotPath(commit);
  const auto read = [&](const HubFile& file) { return ReadSmallFile(Cat(snapshot, "/", file.path)); };
  const absl::StatusOr<HubSelection> selection = SelectFiles(reference, cache.Files(commit), read);
  if (!selection.ok()) return std::nullopt;
  return Describe(*selection, snapshot);
}

std::vector<CachedHubModel> ListHubCache() {
  std::vector<CachedHubModel> models;
  for (const std::string& repository : CachedRepositories(HubCacheFolder())) {
    const CachedRepository cache(HubCacheFolder(), repository);
    for (const std::string& revision : cache.Revisions()) {
      HubReference reference;
      reference.repository = repository;
      reference.revision = revision;
      const auto add = [&] {
        std::optional<PulledModel> model = FindInHubCache(reference);
        if (model) models.push_back({ToString(reference), *std::move(model)});
      };
      bool folder = false;
      for (const HubFile& file : cache.Files(cache.Commit(revision))) {
        folder = folder || file.path == "config.json";
        const SplitName split = ParseSplitName(file.path);
        if (!file.path.ends_with(".gguf") || split.number > 1) continue;
        reference.file = file.path;
        add();
      }
      reference.file.clear();
      if (folder) add();
    }
  }
  return models;
}

absl::StatusOr<PulledModel> PullFromHub(const HubReference& reference, std::string_view sha256,
                                        const TransferEvents& events) {
  ESPALIER_ASSIGN_OR_RETURN(HubSite site, HubSiteFromEnvironment());
  events.note(Cat("asking ", site.endpoint, " for ", ToString(reference)));
  const HubClient client(std::move(site), reference.repository, events);
  std::string commit = reference.revision;
  if (!IsCommit(commit)) {
    ESPALIER_ASSIGN_OR_RETURN(commit, client.Commit(reference.revision));
  }
  ESPALIER_ASSIGN_OR_RETURN(const std::vector<HubFile> listing, client.List(commit));
  const CachedRepository cache(HubCacheFolder(), reference.repository);
  Fetcher fetcher(client, cache, commit, events);
  const auto read = [&](const HubFile& index) -> absl::StatusOr<std::string> {
    ESPALIER_RETURN_IF_ERROR(fetcher.Fetch(index));
    return ReadSmallFile(Cat(cache.SnapshotPath(commit), "/", index.path));
  };
  ESPALIER_ASSIGN_OR_RETURN(const HubSelection selection, SelectFiles(reference, listing, read));
  if (!selection.note.empty()) events.note(selection.note);
  ESPALIER_RETURN_IF_ERROR(CheckExpected(selection, sha256));
  ESPALIER_RETURN_IF_ERROR(CheckSpace(selection, cache));
  const PulledModel model = Describe(selection, cache.SnapshotPath(commit));
  if (model.files > 1) events.note(Cat("the model is ", model.files, " files, ", FormatBytes(model.bytes)));
  fetcher.Expect(model.bytes);
  for (const HubFile& file : selection.files) ESPALIER_RETURN_IF_ERROR(fetcher.Fetch(file));
  ESPALIER_RETURN_IF_ERROR(cache.WriteCommit(reference.revision, commit));
  return model;
}

}  // namespace espalier
