#include "tests/models/fake_hub.h"

#include <span>
#include <string_view>

#include "base/cat.h"
#include "models/file_hash.h"
#include "tests/support/temporary_file.h"

namespace espalier {
namespace {

const HttpReply kNotFound = {.status = "404 Not Found", .headers = {"X-Error-Code: EntryNotFound"}};

// The rest of `text` behind `prefix`, if it begins so.
std::optional<std::string> Behind(const std::string& text, const std::string& prefix) {
  if (!text.starts_with(prefix)) return std::nullopt;
  return text.substr(prefix.size());
}

}  // namespace

std::string GitHash(const std::string& content) {
  const TemporaryFile file(content);
  return GitHashOfFile(file.path()).value();
}

FakeHub::FakeHub()
    : content_([this](const HttpRequest& request) { return Content(request); }),
      hub_([this](const HttpRequest& request) { return Answer(request); }) {}

size_t FakeHub::CountFetches(const std::string& path) const {
  size_t count = 0;
  for (const HttpRequest& request : content_requests()) count += request.path == "/content/" + path;
  for (const HttpRequest& request : requests()) {
    const bool direct = files.contains(path) && !files.at(path).large;
    count += direct && request.path.ends_with(Cat("/resolve/", kCommit, "/", path));
  }
  return count;
}

std::string FakeHub::Hash(const std::string& path) const {
  const FakeFile& file = files.at(path);
  if (!file.hash.empty()) return file.hash;
  return file.large ? Sha256(std::as_bytes(std::span(file.content))) : GitHash(file.content);
}

HttpReply FakeHub::Answer(const HttpRequest& request) const {
  if (intercept) {
    if (std::optional<HttpReply> reply = intercept(request)) return *reply;
  }
  const size_t mark = request.path.find('?');
  const std::string path = request.path.substr(0, mark);
  const std::string query = mark == std::string::npos ? "" : request.path.substr(mark + 1);
  const std::string api = Cat("/api/models/", kRepository);
  if (const auto revision = Behind(path, api + "/revision/")) return Revision(*revision);
  if (const auto commit = Behind(path, api + "/tree/")) return Tree(*commit, query);
  if (const auto file = Behind(path, Cat("/", kRepository, "/resolve/", kCommit, "/"))) {
    return Resolve(request, *file);
  }
  return {.status = "401 Unauthorized", .headers = {"X-Error-Code: RepoNotFound"}};
}

HttpReply FakeHub::Revision(const std::string& name) const {
  const auto revision = revisions.find(name);
  if (revision == revisions.end()) {
    return {.status = "404 Not Found", .headers = {"X-Error-Code: RevisionNotFound"}};
  }
  return {.body = Cat("{\"id\": \"", kRepository, "\", \"sha\": \"", revision->second, "\"}")};
}

HttpReply FakeHub::Tree(const std::string& commit, const std::string& query) const {
  if (commit != kCommit) return kNotFound;
  const size_t cursor = query.find("cursor=");
  const size_t first = cursor == std::string::npos ? 0 : std::stoul(query.substr(cursor + 7));
  HttpReply reply = {.body = R"([{"type": "directory", "oid": "", "size": 0, "path": "folder"})"};
  size_t index = 0;
  for (const auto& [path, file] : files) {
    if (index++ < first || index > first + page_size) continue;
    const std::string size = Cat("\"size\": ", file.content.size());
    reply.body += Cat(", {\"type\": \"file\", \"path\": \"", path, "\", ", size, ", \"oid\": \"");
    reply.body += file.large ? Cat(std::string(40, 'f'), "\", \"lfs\": {\"oid\": \"", Hash(path), "\", ",
                                   size, ", \"pointerSize\": 130}}")
                             : Hash(path) + "\"}";
  }
  reply.body += "]";
  if (first + page_size < files.size()) {
    reply.headers = {Cat("Link: <", url(), "/api/models/", kRepository, "/tree/", kCommit,
                         "?recursive=true&cursor=", first + page_size, ">; rel=\"next\"")};
  }
  return reply;
}

HttpReply FakeHub::Resolve(const HttpRequest& request, const std::string& path) const {
  const auto file = files.find(path);
  if (file == files.end()) return kNotFound;
  if (!file->second.large) return ServeRange(request, file->second.content);
  return {.status = "302 Found",
          .headers = {Cat("Location: ", content_.url(), "/content/", path), Cat("X-Repo-Commit: ", kCommit)}};
}

HttpReply FakeHub::Content(const HttpRequest& request) const {
  if (intercept_content) {
    if (std::optional<HttpReply> reply = intercept_content(request)) return *reply;
  }
  const auto file = files.find(Behind(request.path, "/content/").value_or(""));
  return file == files.end() ? kNotFound : ServeRange(request, file->second.content);
}

}  // namespace espalier
