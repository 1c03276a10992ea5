// A Hugging Face hub on 127.0.0.1, with one repository and a content server of another address.
#ifndef ESPALIER_TESTS_MODELS_FAKE_HUB_H_
#define ESPALIER_TESTS_MODELS_FAKE_HUB_H_

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "tests/models/http_server.h"

namespace espalier {

struct FakeFile {
  std::string content;
  bool large = false;     // kept by SHA-256 on the content server, as Git LFS does
  std::string hash = "";  // what the hub lists; empty: the true one
};

class FakeHub {
 public:
  static constexpr char kCommit[] = "0123456789abcdef0123456789abcdef01234567";
  static constexpr char kRepository[] = "owner/repository";

  // Fill these before the first request.
  std::map<std::string, FakeFile> files;
  std::map<std::string, std::string> revisions = {{"main", kCommit}};
  size_t page_size = 1000;
  // Looks at each request of the hub first; what it returns is the answer.
  std::function<std::optional<HttpReply>(const HttpRequest&)> intercept;
  std::function<std::optional<HttpReply>(const HttpRequest&)> intercept_content;

  FakeHub();

  std::string url() const { return hub_.url(); }
  std::vector<HttpRequest> requests() const { return hub_.requests(); }
  std::vector<HttpRequest> content_requests() const { return content_.requests(); }
  // Of both servers.
  size_t CountFetches(const std::string& path) const;

  std::string Hash(const std::string& path) const;

 private:
  HttpReply Answer(const HttpRequest& request) const;
  HttpReply Revision(const std::string& name) const;
  HttpReply Tree(const std::string& commit, const std::string& query) const;
  HttpReply Resolve(const HttpRequest& request, const std::string& path) const;
  HttpReply Content(const HttpRequest& request) const;

  HttpServer content_;
  HttpServer hub_;
};

// What git calls the content.
std::string GitHash(const std::string& content);

}  // namespace espalier

#endif  // ESPALIER_TESTS_MODELS_FAKE_HUB_H_
