#include "models/http_download.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/cat.h"
#include "base/status.h"

namespace espalier {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kStallSeconds = 30;  // without a byte
constexpr long kMaxRedirects = 8;

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

std::string_view Trim(std::string_view text) {
  const auto is_margin = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '"'; };
  while (!text.empty() && is_margin(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_margin(text.back())) text.remove_suffix(1);
  return text;
}

// State of one transfer; libcurl calls back into it.
class Transfer {
 public:
  Transfer(const HttpDownload& download, const TransferEvents& events)
      : download_(download), events_(events) {}
  ~Transfer() {
    if (descriptor_ >= 0) close(descriptor_);
    curl_slist_free_all(headers_);
    curl_easy_cleanup(curl_);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  absl::StatusOr<HttpDownloadResult> Run() {
    ESPALIER_RETURN_IF_ERROR(OpenFile());
    curl_ = curl_easy_init();
    if (curl_ == nullptr) return absl::UnavailableError("libcurl does not start");
    Configure();
    const CURLcode code = curl_easy_perform(curl_);
    if (!failure_.ok()) return failure_;
    if (code != CURLE_OK) return Explain(code);
    if (download_.bytes > 0 && present_ != download_.bytes) {
      return absl::UnavailableError(
          Cat(download_.url, " gave ", present_, " of ", download_.bytes, " bytes"));
    }
    return result_;
  }

 private:
  absl::Status OpenFile() {
    descriptor_ = open(download_.path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor_ < 0) return WriteError(errno);
    present_ = lseek(descriptor_, 0, SEEK_END);
    if (present_ < 0) return WriteError(errno);
    if (download_.bytes > 0 && present_ >= download_.bytes) return Restart();
    return absl::OkStatus();
  }

  absl::Status Restart() {
    present_ = 0;
    if (ftruncate(descriptor_, 0) != 0 || lseek(descriptor_, 0, SEEK_SET) != 0) return WriteError(errno);
    return absl::OkStatus();
  }

  void Configure() {
    curl_easy_setopt(curl_, CURLOPT_URL, download_.url.c_str());
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl_, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl_, CURLOPT_MAXREDIRS, kMaxRedirects);
    curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_TIME, kStallSeconds);
    curl_easy_setopt(curl_, CURLOPT_USERAGENT, "espalier");
    curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "http,https");
    const bool secure = download_.url.starts_with("https://");
    curl_easy_setopt(curl_, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &Transfer::OnBody);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, &Transfer::OnHeader);
    curl_easy_setopt(curl_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(curl_, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl_, CURLOPT_XFERINFOFUNCTION, &Transfer::OnTick);
    curl_easy_setopt(curl_, CURLOPT_XFERINFODATA, this);
    headers_ = curl_slist_append(headers_, "Accept-Encoding: identity");
    if (!download_.token.empty()) {
      // libcurl drops this header when a redirect leaves the host, port or scheme.
      headers_ = curl_slist_append(headers_, Cat("Authorization: Bearer ", download_.token).c_str());
    }
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers_);
    if (present_ > 0) curl_easy_setopt(curl_, CURLOPT_RANGE, Cat(present_, "-").c_str());
  }

  static size_t OnHeader(char* data, size_t, size_t size, void* self) {
    static_cast<Transfer*>(self)->Header(std::string_view(data, size));
    return size;
  }
  static size_t OnBody(char* data, size_t, size_t size, void* self) {
    auto* transfer = static_cast<Transfer*>(self);
    transfer->failure_ = transfer->Body(std::string_view(data, size));
    return transfer->failure_.ok() ? size : CURL_WRITEFUNC_ERROR;
  }
  static int OnTick(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto* transfer = static_cast<Transfer*>(self);
    if (!transfer->events_.cancelled()) return 0;
    transfer->failure_ = absl::CancelledError("the download was stopped; the same command goes on with it");
    return 1;
  }

  void Header(std::string_view line) {
    if (line.starts_with("HTTP/")) {  // a new response: after a redirect, or the first
      range_start_ = -1;
      body_started_ = false;
      ++responses_;
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string name = Lower(line.substr(0, colon));
    const std::string_view value = Trim(line.substr(colon + 1));
    // Only the hub itself is asked for the hash, not whom it redirects to.
    if (name == "x-linked-etag" && responses_ == 1 && value.size() == 64) result_.sha256 = Lower(value);
    if (name == "content-range" && value.starts_with("bytes ")) {
      std::from_chars(value.data() + 6, value.data() + value.size(), range_start_);
    }
  }

  absl::Status Body(std::string_view bytes) {
    if (!body_started_) ESPALIER_RETURN_IF_ERROR(StartBody());
    body_started_ = true;
    if (download_.bytes > 0 && static_cast<int64_t>(bytes.size()) > download_.bytes - present_) {
      return absl::InvalidArgumentError(
          Cat(download_.url, " is larger than the ", download_.bytes, " bytes of the model: another file"));
    }
    while (!bytes.empty()) {
      const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return WriteError(written < 0 ? errno : ENOSPC);
      present_ += written;
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    events_.progress(present_, Total());
    return absl::OkStatus();
  }

  // Goes on where the file ends if the server does, from the start if it sends all.
  absl::Status StartBody() {
    long code = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &code);
    curl_off_t length = -1;
    curl_easy_getinfo(curl_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (code != 206) {
      announced_ = std::max<int64_t>(length, 0);
      return Restart();
    }
    announced_ = length < 0 ? 0 : present_ + length;
    if (range_start_ == present_) return absl::OkStatus();
    ESPALIER_RETURN_IF_ERROR(Restart());
    return absl::UnavailableError(
        Cat(download_.url, " resumed at byte ", range_start_, ", which was not asked"));
  }

  int64_t Total() const { return download_.bytes > 0 ? download_.bytes : announced_; }

  absl::Status WriteError(int error) const {
    const std::string text = Cat("cannot write '", download_.path, "': ", std::strerror(error));
    if (error == ENOSPC || error == EDQUOT) {
      return absl::ResourceExhaustedError(
          Cat(text, "; free space, or set ESPALIER_CACHE to a folder elsewhere"));
    }
    return absl::InvalidArgumentError(Cat(text, "; set ESPALIER_CACHE to a folder that can be written"));
  }

  absl::Status Explain(CURLcode code) {
    long response = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &response);
    if (code != CURLE_HTTP_RETURNED_ERROR) {
      return absl::UnavailableError(Cat(download_.url, ": ", curl_easy_strerror(code)));
    }
    if (response == 404) return absl::NotFoundError(Cat(download_.url, " does not exist (404)"));
    if (response == 401 || response == 403) {
      return absl::PermissionDeniedError(Cat(download_.url, " is not open to all (", response,
                                             "); set HF_TOKEN to a token that may read it"));
    }
    if (response == 416) ESPALIER_RETURN_IF_ERROR(Restart());  // the file has more than the server
    return absl::UnavailableError(Cat(download_.url, " answered ", response));
  }

  const HttpDownload& download_;
  const TransferEvents& events_;
  CURL* curl_ = nullptr;
  curl_slist* headers_ = nullptr;
  int descriptor_ = -1;
  int64_t present_ = 0;       // bytes in the file
  int64_t announced_ = 0;     // whole size according to the server
  int64_t range_start_ = -1;  // of the current response
  int responses_ = 0;
  bool body_started_ = false;
  absl::Status failure_;  // from a callback; libcurl only says that one failed
  HttpDownloadResult result_;
};

}  // namespace

absl::StatusOr<HttpDownloadResult> DownloadOverHttp(const HttpDownload& download,
                                                    const TransferEvents& events) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) return absl::UnavailableError("libcurl does not start");
  return Transfer(download, events).Run();
}

}  // namespace espalier
