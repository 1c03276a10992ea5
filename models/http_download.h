// One file over HTTP(S), resumable.
#ifndef ESPALIER_MODELS_HTTP_DOWNLOAD_H_
#define ESPALIER_MODELS_HTTP_DOWNLOAD_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "models/transfer.h"

namespace espalier {

struct HttpDownload {
  std::string url;    // http:// or https://; https is never left by a redirect
  std::string path;   // bytes already in this file are not fetched again if the server can resume
  std::string token;  // sent as a bearer token to the URL's own host only; empty: none
  int64_t bytes = 0;  // expected size, or 0
};

struct HttpDownloadResult {
  std::string sha256;  // as the hub publishes it (X-Linked-Etag); empty if it does not
};

// Errors: NotFound (404), PermissionDenied (401, 403), ResourceExhausted (the disk is full), Cancelled,
// InvalidArgument (more bytes than expected), Unavailable for all that another attempt or another source may
// cure. What arrived stays in the file.
absl::StatusOr<HttpDownloadResult> DownloadOverHttp(const HttpDownload& download,
                                                    const TransferEvents& events);

}  // namespace espalier

#endif  // ESPALIER_MODELS_HTTP_DOWNLOAD_H_
