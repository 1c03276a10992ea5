// A web server on 127.0.0.1 for tests: one thread, one request per connection.
#ifndef ESPALIER_TESTS_MODELS_HTTP_SERVER_H_
#define ESPALIER_TESTS_MODELS_HTTP_SERVER_H_

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace espalier {

struct HttpRequest {
  std::string path;
  std::map<std::string, std::string> headers;  // names in lower case
};

struct HttpReply {
  std::string status = "200 OK";
  std::vector<std::string> headers = {};  // "Name: value"
  std::string body = "";
  size_t sent_bytes = std::string::npos;  // of the body, before the connection breaks
};

class HttpServer {
 public:
  explicit HttpServer(std::function<HttpReply(const HttpRequest&)> handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::string url() const;  // "http://127.0.0.1:PORT"
  std::vector<HttpRequest> requests() const;

 private:
  void Serve();
  void Answer(int connection);

  std::function<HttpReply(const HttpRequest&)> handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  std::thread thread_;
};

// What a server that can resume answers: the whole `body`, or the rest that the request's Range asks for.
HttpReply ServeRange(const HttpRequest& request, const std::string& body);

}  // namespace espalier

#endif  // ESPALIER_TESTS_MODELS_HTTP_SERVER_H_
