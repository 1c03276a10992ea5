// One GET over HTTP(S), through libcurl.
#ifndef ESPALIER_MODELS_HTTP_H_
#define ESPALIER_MODELS_HTTP_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/transfer.h"

namespace espalier {

struct HttpGetOptions {
  std::string url;              // http:// or https://; https is never left by a redirect
  std::string token;            // sent as a bearer token to the URL's own host only; empty: none
  int64_t first_byte = 0;       // asks for what comes from here on
  int64_t timeout_seconds = 0;  // for the whole exchange; 0: as long as bytes keep coming
};

struct HttpResponse {
  int code = 0;         // 200 or 206 for success
  int64_t length = -1;  // of the body; -1: not announced
  // Of the last response; lower-case names; only content-range, link, retry-after and x-error-code.
  std::map<std::string, std::string> headers;

  bool ok() const { return code == 200 || code == 206; }
};

// Takes the pieces of a successful response's body; an error ends the transfer and is returned.
using HttpSink = absl::FunctionRef<absl::Status(const HttpResponse& response, std::string_view piece)>;

// One attempt; follows redirects. Returns whatever the server answers, 404 as well as 200; the bodies of
// errors are dropped. Errors: Unavailable (no connection), Aborted (it broke or stalled: another attempt may
// help), Cancelled, the sink's.
absl::StatusOr<HttpResponse> HttpGet(const HttpGetOptions& options, HttpSink sink,
                                     const TransferEvents& events);

// Counts the attempts of one exchange and waits between them: three without progress.
class HttpRetries {
 public:
  explicit HttpRetries(const TransferEvents& events) : events_(events) {}

  // Whether to try again after an attempt that ended so: it broke, or the server answered 416, 429 or 5xx.
  // `moved`: it brought much, which starts the count anew. Waits 1 s, then 2 s, or what Retry-After says if
  // that is no more than half a minute.
  bool Again(const absl::StatusOr<HttpResponse>& outcome, bool moved);

 private:
  const TransferEvents& events_;
  int failures_ = 0;
};

}  // namespace espalier

#endif  // ESPALIER_MODELS_HTTP_H_
