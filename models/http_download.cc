#include "models/http_download.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

#include "base/cat.h"
#include "base/status.h"

namespace espalier {
namespace {

// The file that grows.
class PartialFile {
 public:
  explicit PartialFile(const HttpDownload& download) : download_(download) {}
  ~PartialFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  int64_t present() const { return present_; }

  absl::Status Open() {
    descriptor_ = open(download_.path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) return WriteError(errno);
    present_ = lseek(descriptor_, 0, SEEK_END);
    if (present_ < 0) return WriteError(errno);
    if (present_ >= download_.bytes) return Restart();
    return absl::OkStatus();
  }

  absl::Status Restart() {
    present_ = 0;
    if (ftruncate(descriptor_, 0) != 0 || lseek(descriptor_, 0, SEEK_SET) != 0) return WriteError(errno);
    return absl::OkStatus();
  }

  absl::Status Append(std::string_view bytes) {
    if (static_cast<int64_t>(bytes.size()) > download_.bytes - present_) {
      return absl::InvalidArgumentError(
          Cat(download_.url, " is larger than the ", download_.bytes, " bytes expected: another file"));
    }
    while (!bytes.empty()) {
      const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return WriteError(written < 0 ? errno : ENOSPC);
      present_ += written;
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status WriteError(int error) const {
    const std::string text = Cat("cannot write '", download_.path, "': ", std::strerror(error));
    if (error == ENOSPC || error == EDQUOT) {
      return absl::ResourceExhaustedError(
          Cat(text, "; free space, or set HF_HUB_CACHE to a folder elsewhere"));
    }
    return absl::InvalidArgumentError(Cat(text, "; set HF_HUB_CACHE to a folder that can be written"));
  }

  const HttpDownload& download_;
  int descriptor_ = -1;
  int64_t present_ = 0;  // bytes
};

// Where the response's bytes belong: "bytes 100-199/200" is 100; -1 if it does not say.
int64_t RangeStart(const HttpResponse& response) {
  const auto header = response.headers.find("content-range");
  int64_t start = -1;
  if (header == response.headers.end() || !header->second.starts_with("bytes ")) return start;
  const std::string& text = header->second;
  std::from_chars(text.data() + 6, text.data() + text.size(), start);
  return start;
}

// Goes on where the file ends if the server does, from the start if it sends all.
absl::Status StartBody(const HttpDownload& download, const HttpResponse& response, PartialFile& file) {
  if (response.code != 206) return file.Restart();
  if (RangeStart(response) == file.present()) return absl::OkStatus();
  ESPALIER_RETURN_IF_ERROR(file.Restart());
  return absl::AbortedError(
      Cat(download.url, " resumed at byte ", RangeStart(response), ", which was not asked"));
}

}  // namespace

absl::StatusOr<HttpResponse> DownloadOverHttp(const HttpDownload& download, const TransferEvents& events) {
  PartialFile file(download);
  ESPALIER_RETURN_IF_ERROR(file.Open());
  HttpGetOptions options;
  options.url = download.url;
  options.token = download.token;
  options.first_byte = file.present();
  bool started = false;
  const auto sink = [&](const HttpResponse& response, std::string_view piece) {
    if (!started) ESPALIER_RETURN_IF_ERROR(StartBody(download, response, file));
    started = true;
    ESPALIER_RETURN_IF_ERROR(file.Append(piece));
    events.progress(file.present(), download.bytes);
    return absl::OkStatus();
  };
  ESPALIER_ASSIGN_OR_RETURN(HttpResponse response, HttpGet(options, sink, events));
  if (response.code == 416) ESPALIER_RETURN_IF_ERROR(file.Restart());  // the file has more than the server
  if (response.ok() && file.present() != download.bytes) {
    return absl::AbortedError(Cat(download.url, " gave ", file.present(), " of ", download.bytes, " bytes"));
  }
  return response;
}

}  // namespace espalier
