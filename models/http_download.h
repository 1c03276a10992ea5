// One file over HTTP(S), resumable.
#ifndef ESPALIER_MODELS_HTTP_DOWNLOAD_H_
#define ESPALIER_MODELS_HTTP_DOWNLOAD_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "models/http.h"
#include "models/transfer.h"

namespace espalier {

struct HttpDownload {
  std::string url;
  std::string path;   // bytes already in this file are not fetched again if the server can resume
  std::string token;  // as HttpGetOptions::token
  int64_t bytes = 0;  // the whole file, more than 0
};

// One attempt. After a successful response the file has `bytes` bytes; after another, what arrived before is
// still in it. Errors: those of HttpGet, Aborted also if bytes are missing or a resume began elsewhere;
// ResourceExhausted (the disk is full), InvalidArgument (more bytes than expected, no file can be written).
absl::StatusOr<HttpResponse> DownloadOverHttp(const HttpDownload& download, const TransferEvents& events);

}  // namespace espalier

#endif  // ESPALIER_MODELS_HTTP_DOWNLOAD_H_
