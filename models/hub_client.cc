#include "models/hub_client.h"

#include <utility>

#include "base/cat.h"
#include "base/status.h"
#include "models/bounded_json.h"
#include "models/files.h"
#include "models/http.h"
#include "models/http_download.h"
#include "models/hub_reference.h"

namespace espalier {
namespace {

constexpr size_t kMaxPageBytes = 16 << 20;
constexpr int kMaxPages = 200;
constexpr size_t kMaxFiles = 100'000;
constexpr int64_t kMaxFileBytes = int64_t{1} << 44;
constexpr int64_t kPageSeconds = 120;
constexpr int64_t kProgressBytes = 1 << 20;  // an attempt that brings so much counts as progress

struct Asked {
  const HubSite& site;
  const std::string& repository;
  std::string_view revision;
  std::string_view url;
};

absl::Status Denied(const Asked& asked, int code, const std::string& error) {
  const std::string page = Cat(asked.site.endpoint, "/", asked.repository);
  if (error == "GatedRepo") {
    return absl::PermissionDeniedError(Cat(asked.repository, " is gated (", code, "): accept its terms at ",
                                           page, " and set HF_TOKEN to a token of that account"));
  }
  if (error == "RepoNotFound" || asked.site.token.empty()) {
    return absl::PermissionDeniedError(Cat(asked.repository, " does not exist or is private (", code,
                                           "): check the name, or set HF_TOKEN to a token that may read it"));
  }
  return absl::PermissionDeniedError(
      Cat(asked.repository, " refuses the token (", code,
          "): set HF_TOKEN to a token that may read it, or accept the terms at ", page));
}

// The remedy for an answer that is no success.
absl::Status Explain(const Asked& asked, const HttpResponse& response) {
  const auto header = response.headers.find("x-error-code");
  const std::string error = header == response.headers.end() ? "" : header->second;
  const int code = response.code;
  if (error == "RevisionNotFound") {
    return absl::NotFoundError(
        Cat(asked.repository, " has no revision '", asked.revision, "'; give a branch, a tag or a commit"));
  }
  if (code == 401 || code == 403 || error == "GatedRepo") return Denied(asked, code, error);
  if (code == 404 || code == 410) {
    return absl::NotFoundError(Cat(asked.url, " does not exist (", code, "); check the name"));
  }
  if (code == 429) {
    return absl::UnavailableError(
        Cat(asked.url, " answered 429, too many requests; try again in some minutes, or set HF_TOKEN"));
  }
  if (code >= 500) return absl::UnavailableError(Cat(asked.url, " answered ", code, "; try again later"));
  return absl::UnavailableError(Cat(asked.url, " answered ", code, "; check HF_ENDPOINT"));
}

// Of the header `<URL?QUERY>; rel="next"`. Only the query is used, so that the next page comes from the same
// place whatever the URL says.
std::string NextQuery(const HttpResponse& response) {
  const auto header = response.headers.find("link");
  if (header == response.headers.end()) return "";
  const std::string& link = header->second;
  const size_t end = link.find(">; rel=\"next\"");
  if (end == std::string::npos) return "";
  const size_t start = link.rfind('<', end);
  const size_t query = link.find('?', start == std::string::npos ? end : start);
  if (query >= end) return "";
  std::string text = link.substr(query + 1, end - query - 1);
  for (const unsigned char c : text) {
    if (c <= 32 || c >= 127 || c == '#' || c == '<' || c == '"') return "";
  }
  return text;
}

bool IsHash(std::string_view text, size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// False if an entry is not as the hub writes it. Folders and files with odd names are left out.
bool AddEntry(const nlohmann::json& entry, std::vector<HubFile>& files) {
  if (!entry.is_object()) return false;
  if (StringMember(entry, "type") != "file") return true;
  HubFile file = {StringMember(entry, "path"), IntegerMember(entry, "size"), StringMember(entry, "oid")};
  bool large = false;
  if (const auto lfs = entry.find("lfs"); lfs != entry.end() && lfs->is_object()) {
    large = true;
    file.hash = StringMember(*lfs, "oid");
    file.bytes = IntegerMember(*lfs, "size");
  }
  if (!IsHash(file.hash, large ? 64 : 40) || file.bytes < 0 || file.bytes > kMaxFileBytes) return false;
  if (IsPlainPath(file.path)) files.push_back(std::move(file));
  return true;
}

}  // namespace

HubClient::HubClient(HubSite site, std::string repository, const TransferEvents& events)
    : site_(std::move(site)), repository_(std::move(repository)), events_(events) {}

absl::StatusOr<HubClient::Page> HubClient::Get(const std::string& url, std::string_view revision) const {
  HttpGetOptions options;
  options.url = url;
  options.token = site_.token;
  options.timeout_seconds = kPageSeconds;
  Page page;
  const auto sink = [&](const HttpResponse&, std::string_view piece) {
    if (piece.size() > kMaxPageBytes - page.body.size()) {
      return absl::InvalidArgumentError(Cat(url, " answers without end; check HF_ENDPOINT"));
    }
    page.body += piece;
    return absl::OkStatus();
  };
  HttpRetries retries(events_);
  absl::StatusOr<HttpResponse> response;
  do {
    page.body.clear();
    response = HttpGet(options, sink, events_);
  } while (retries.Again(response, /*moved=*/false));
  if (absl::IsAborted(response.status())) return absl::UnavailableError(response.status().message());
  if (!response.ok()) return response.status();
  if (!response->ok()) return Explain({site_, repository_, revision, url}, *response);
  page.next = NextQuery(*response);
  return page;
}

absl::StatusOr<std::string> HubClient::Commit(std::string_view revision) const {
  const std::string url = Cat(site_.endpoint, "/api/models/", repository_, "/revision/", revision);
  ESPALIER_ASSIGN_OR_RETURN(const Page page, Get(url, revision));
  ESPALIER_ASSIGN_OR_RETURN(const nlohmann::json json, ParseBoundedJson(page.body, url));
  std::string commit = StringMember(json, "sha");
  if (IsCommit(commit)) return commit;
  return absl::InvalidArgumentError(Cat(url, " names no commit; check HF_ENDPOINT"));
}

absl::StatusOr<std::vector<HubFile>> HubClient::List(std::string_view commit) const {
  const std::string url = Cat(site_.endpoint, "/api/models/", repository_, "/tree/", commit, "?");
  std::vector<HubFile> files;
  std::string query = "recursive=true";
  for (int pages = 0; !query.empty(); ++pages) {
    if (pages == kMaxPages) return absl::InvalidArgumentError(Cat(url, " lists without end"));
    ESPALIER_ASSIGN_OR_RETURN(Page page, Get(url + query, commit));
    ESPALIER_ASSIGN_OR_RETURN(const nlohmann::json json, ParseBoundedJson(page.body, url));
    bool known = json.is_array() && files.size() + json.size() <= kMaxFiles;
    for (size_t i = 0; known && i < json.size(); ++i) known = AddEntry(json[i], files);
    if (!known) return absl::InvalidArgumentError(Cat(url, " is no list of files; check HF_ENDPOINT"));
    query = std::move(page.next);
  }
  return files;
}

absl::Status HubClient::Download(const HubFile& file, std::string_view commit, const std::string& partial,
                                 const TransferEvents& events) const {
  const HttpDownload download = {
      .url = Cat(site_.endpoint, "/", repository_, "/resolve/", commit, "/", file.path),
      .path = partial,
      .token = site_.token,
      .bytes = file.bytes};
  HttpRetries retries(events);
  absl::StatusOr<HttpResponse> response;
  int64_t before = 0;
  do {
    before = FileBytes(partial);
    response = DownloadOverHttp(download, events);
  } while (retries.Again(response, FileBytes(partial) - before >= kProgressBytes));
  if (absl::IsAborted(response.status())) return absl::UnavailableError(response.status().message());
  if (!response.ok()) return response.status();
  return response->ok() ? absl::OkStatus() : Explain({site_, repository_, commit, download.url}, *response);
}

}  // namespace espalier
