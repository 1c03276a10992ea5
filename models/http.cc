#include "models/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstdlib>

#include "absl/strings/str_format.h"
#include "base/cat.h"

namespace espalier {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kStallSeconds = 30;  // without a byte
constexpr long kMaxRedirects = 8;
constexpr int kAttempts = 3;
constexpr double kMaxWaitSeconds = 30;

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

std::string_view Trim(std::string_view text) {
  const auto is_margin = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_margin(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_margin(text.back())) text.remove_suffix(1);
  return text;
}

bool IsKept(std::string_view name) {
  return name == "content-range" || name == "link" || name == "retry-after" || name == "x-error-code";
}

// State of one transfer; libcurl calls back into it.
class Transfer {
 public:
  Transfer(const HttpGetOptions& options, HttpSink sink, const TransferEvents& events)
      : options_(options), sink_(sink), events_(events), curl_(curl_easy_init()) {}
  ~Transfer() {
    curl_slist_free_all(headers_);
    curl_easy_cleanup(curl_);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  absl::StatusOr<HttpResponse> Run() {
    if (curl_ == nullptr) return absl::UnavailableError("libcurl does not start");
    SetConnection();
    SetCallbacks();
    SetHeaders();
    const CURLcode code = curl_easy_perform(curl_);
    if (!failure_.ok()) return failure_;
    if (code != CURLE_OK && code != CURLE_HTTP_RETURNED_ERROR) return Explain(code);
    ReadStatus();
    return response_;
  }

 private:
  void SetConnection() {
    curl_easy_setopt(curl_, CURLOPT_URL, options_.url.c_str());
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl_, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl_, CURLOPT_MAXREDIRS, kMaxRedirects);
    curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_TIME, kStallSeconds);
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT, static_cast<long>(options_.timeout_seconds));
    curl_easy_setopt(curl_, CURLOPT_USERAGENT, "espalier");
    curl_easy_setopt(curl_, CURLOPT_PROTOCOLS_STR, "http,https");
    // As the curl command does; behind a company's proxy it is needed.
    const char* authorities = std::getenv("SSL_CERT_FILE");
    if (authorities != nullptr && *authorities != '\0') {
      curl_easy_setopt(curl_, CURLOPT_CAINFO, authorities);
    }
    const bool secure = options_.url.starts_with("https://");
    curl_easy_setopt(curl_, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
  }

  void SetCallbacks() {
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &Transfer::OnBody);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, &Transfer::OnHeader);
    curl_easy_setopt(curl_, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(curl_, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl_, CURLOPT_XFERINFOFUNCTION, &Transfer::OnTick);
    curl_easy_setopt(curl_, CURLOPT_XFERINFODATA, this);
  }

  void SetHeaders() {
    headers_ = curl_slist_append(headers_, "Accept-Encoding: identity");
    if (!options_.token.empty()) {
      // libcurl drops this header when a redirect leaves the host, port or scheme.
      headers_ = curl_slist_append(headers_, Cat("Authorization: Bearer ", options_.token).c_str());
    }
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers_);
    if (options_.first_byte > 0) {
      curl_easy_setopt(curl_, CURLOPT_RANGE, Cat(options_.first_byte, "-").c_str());
    }
  }

  static size_t OnHeader(char* data, size_t, size_t size, void* self) {
    static_cast<Transfer*>(self)->Header(std::string_view(data, size));
    return size;
  }
  static size_t OnBody(char* data, size_t, size_t size, void* self) {
    auto* transfer = static_cast<Transfer*>(self);
    transfer->ReadStatus();
    transfer->failure_ = transfer->sink_(transfer->response_, std::string_view(data, size));
    return transfer->failure_.ok() ? size : CURL_WRITEFUNC_ERROR;
  }
  static int OnTick(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto* transfer = static_cast<Transfer*>(self);
    if (!transfer->events_.cancelled()) return 0;
    transfer->failure_ = absl::CancelledError("the download was stopped; the same command goes on with it");
    return 1;
  }

  void Header(std::string_view line) {
    if (line.starts_with("HTTP/"))
      response_.headers.clear();  // a new response: after a redirect, or the first
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string name = Lower(line.substr(0, colon));
    if (IsKept(name)) response_.headers[name] = Trim(line.substr(colon + 1));
  }

  void ReadStatus() {
    long code = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &code);
    response_.code = static_cast<int>(code);
    curl_off_t length = -1;
    curl_easy_getinfo(curl_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    response_.length = length;
  }

  absl::Status Explain(CURLcode code) const {
    const std::string text = Cat(options_.url, ": ", curl_easy_strerror(code));
    if (code == CURLE_PEER_FAILED_VERIFICATION) {
      return absl::UnavailableError(
          Cat(options_.url, ": its certificate is not trusted; set SSL_CERT_FILE to your own authorities"));
    }
    if (code == CURLE_SSL_CACERT_BADFILE) return absl::UnavailableError(text + "; check SSL_CERT_FILE");
    if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_TOO_MANY_REDIRECTS) {
      return absl::UnavailableError(
          Cat(options_.url, " leads astray: ", curl_easy_strerror(code), "; check HF_ENDPOINT"));
    }
    const bool broke = code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
                       code == CURLE_GOT_NOTHING || code == CURLE_OPERATION_TIMEDOUT ||
                       code == CURLE_HTTP2_STREAM || code == CURLE_HTTP2;
    return broke ? absl::AbortedError(text) : absl::UnavailableError(text + "; check the network");
  }

  const HttpGetOptions& options_;
  HttpSink sink_;
  const TransferEvents& events_;
  CURL* curl_;
  curl_slist* headers_ = nullptr;
  HttpResponse response_;
  absl::Status failure_;  // from a callback; libcurl only says that one failed
};

// Seconds; -1 if there is no such header or it is a date.
double RetryAfter(const HttpResponse& response) {
  const auto header = response.headers.find("retry-after");
  if (header == response.headers.end()) return -1;
  int64_t seconds = 0;
  const std::string& text = header->second;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return parsed.ec == std::errc() && seconds >= 0 ? static_cast<double>(seconds) : -1;
}

}  // namespace

absl::StatusOr<HttpResponse> HttpGet(const HttpGetOptions& options, HttpSink sink,
                                     const TransferEvents& events) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) return absl::UnavailableError("libcurl does not start");
  return Transfer(options, sink, events).Run();
}

bool HttpRetries::Again(const absl::StatusOr<HttpResponse>& outcome, bool moved) {
  const int code = outcome.ok() ? outcome->code : 0;
  if (!absl::IsAborted(outcome.status()) && code != 416 && code != 429 && code < 500) return false;
  failures_ = moved ? 1 : failures_ + 1;
  if (failures_ >= kAttempts) return false;
  double wait = failures_;
  if (outcome.ok()) wait = std::max(wait, RetryAfter(*outcome));
  if (wait > kMaxWaitSeconds) return false;
  const std::string said =
      outcome.ok() ? Cat("the server answered ", code) : std::string(outcome.status().message());
  events_.note(absl::StrFormat("%s; trying again in %.0f s", said, wait));
  for (; wait > 0 && !events_.cancelled(); wait -= 0.1) events_.pause(std::min(wait, 0.1));
  return true;
}

}  // namespace espalier
