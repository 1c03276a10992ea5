#include "models/hub_cache.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>

#include "base/cat.h"
#include "base/status.h"
#include "models/hub_reference.h"

namespace espalier {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxFiles = 100'000;
constexpr int kMaxFolderDepth = 8;
constexpr std::string_view kRemedy = "set HF_HUB_CACHE to a folder that can be written";

std::string FolderName(std::string_view repository) {
  std::string name = "models--";
  for (const char c : repository) name += c == '/' ? "--" : std::string(1, c);
  return name;
}

absl::Status WriteError(const fs::path& path, const std::error_code& error) {
  return absl::InvalidArgumentError(
      Cat("cannot write '", path.string(), "': ", error.message(), "; ", kRemedy));
}

std::vector<std::string> Names(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename().string());
    if (names.size() == kMaxFiles) break;
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Beside `path`, for what is renamed to it.
fs::path TemporaryName(const fs::path& path) {
  static std::atomic<int> count{0};
  return path.parent_path() / Cat(".", path.filename().string(), ".", getpid(), ".", count++);
}

absl::Status Rename(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (!error) return absl::OkStatus();
  std::error_code ignored;
  fs::remove(from, ignored);
  return WriteError(to, error);
}

}  // namespace

CachedRepository::CachedRepository(const std::string& cache, std::string_view repository)
    : locks_(Cat(cache, "/.locks/", FolderName(repository))),
      folder_(Cat(cache, "/", FolderName(repository))) {}

std::string CachedRepository::BlobPath(std::string_view hash) const { return Cat(folder_, "/blobs/", hash); }

std::string CachedRepository::LockPath(std::string_view hash) const {
  return Cat(locks_, "/", hash, ".lock");
}

std::string CachedRepository::SnapshotPath(std::string_view commit) const {
  return Cat(folder_, "/snapshots/", commit);
}

std::string CachedRepository::Commit(std::string_view revision) const {
  if (IsCommit(revision)) return std::string(revision);
  std::ifstream file(Cat(folder_, "/refs/", revision));
  std::string commit(40, '\0');
  file.read(commit.data(), static_cast<std::streamsize>(commit.size()));
  return file && IsCommit(commit) ? commit : "";
}

std::vector<std::string> CachedRepository::Revisions() const {
  std::vector<std::string> revisions;
  for (std::string& name : Names(folder_ + "/refs")) {
    if (!Commit(name).empty()) revisions.push_back(std::move(name));
  }
  return revisions;
}

std::vector<std::string> CachedRepository::Commits() const {
  std::vector<std::string> commits;
  for (std::string& name : Names(folder_ + "/snapshots")) {
    if (IsCommit(name)) commits.push_back(std::move(name));
  }
  return commits;
}

std::vector<HubFile> CachedRepository::Files(std::string_view commit) const {
  const std::string snapshot = SnapshotPath(commit);
  std::vector<HubFile> files;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(snapshot, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry.depth() >= kMaxFolderDepth) entry.disable_recursion_pending();
    std::error_code gone;
    if (!entry->is_regular_file(gone)) continue;  // a link to a blob that is there is one
    const std::string path = entry->path().string().substr(snapshot.size() + 1);
    const uintmax_t size = entry->file_size(gone);
    const fs::path blob = fs::read_symlink(entry->path(), gone);
    if (IsPlainPath(path)) files.push_back({path, static_cast<int64_t>(size), blob.filename().string()});
    if (files.size() == kMaxFiles) break;
  }
  return files;
}

absl::Status CachedRepository::Link(std::string_view commit, const HubFile& file) const {
  const fs::path name = Cat(SnapshotPath(commit), "/", file.path);
  fs::path target = "../..";  // from snapshots/COMMIT
  for (const char c : file.path) {
    if (c == '/') target /= "..";
  }
  target /= Cat("blobs/", file.hash);
  std::error_code error;
  if (fs::read_symlink(name, error) == target) return absl::OkStatus();
  fs::create_directories(name.parent_path(), error);
  if (error) return WriteError(name.parent_path(), error);
  const fs::path temporary = TemporaryName(name);
  fs::create_symlink(target, temporary, error);
  if (error) return Rename(BlobPath(file.hash), name);  // a file system without links keeps the file itself
  return Rename(temporary, name);
}

absl::Status CachedRepository::WriteCommit(std::string_view revision, std::string_view commit) const {
  if (IsCommit(revision) || Commit(revision) == commit) return absl::OkStatus();
  const fs::path name = Cat(folder_, "/refs/", revision);
  std::error_code error;
  fs::create_directories(name.parent_path(), error);
  if (error) return WriteError(name.parent_path(), error);
  const fs::path temporary = TemporaryName(name);
  {
    std::ofstream file(temporary);
    file << commit;
    if (!file.flush()) return WriteError(temporary, std::make_error_code(std::errc::io_error));
  }
  return Rename(temporary, name);
}

std::vector<std::string> CachedRepositories(const std::string& cache) {
  constexpr std::string_view kPrefix = "models--";
  std::vector<std::string> repositories;
  for (const std::string& name : Names(cache)) {
    const size_t middle = name.find("--", kPrefix.size());
    if (!name.starts_with(kPrefix) || middle == std::string::npos) continue;
    repositories.push_back(name.substr(kPrefix.size(), middle - kPrefix.size()) + "/" +
                           name.substr(middle + 2));
  }
  return repositories;
}

}  // namespace espalier
