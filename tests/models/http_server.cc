#include "tests/models/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <utility>

#include "base/cat.h"
#include "base/check.h"

namespace espalier {
namespace {

HttpRequest ParseRequest(const std::string& text) {
  HttpRequest request;
  const size_t start = text.find(' ') + 1;
  request.path = text.substr(start, text.find(' ', start) - start);
  for (size_t line = text.find("\r\n") + 2; line < text.size() && text[line] != '\r';) {
    const size_t end = text.find("\r\n", line);
    const size_t colon = text.find(':', line);
    std::string name = text.substr(line, colon - line);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    request.headers[name] = text.substr(colon + 2, end - colon - 2);
    line = end + 2;
  }
  return request;
}

void SendAll(int connection, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the client has left
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

}  // namespace

HttpServer::HttpServer(std::function<HttpReply(const HttpRequest&)> handler) : handler_(std::move(handler)) {
  setenv("no_proxy", "127.0.0.1", /*overwrite=*/1);  // a user's proxy does not reach us
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  ESPALIER_CHECK(bind(listener_, generic, size) == 0 && listen(listener_, 16) == 0);
  ESPALIER_CHECK(getsockname(listener_, generic, &size) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

HttpServer::~HttpServer() {
  stop_ = true;
  thread_.join();
  close(listener_);
}

std::string HttpServer::url() const { return Cat("http://127.0.0.1:", port_); }

std::vector<HttpRequest> HttpServer::requests() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

void HttpServer::Serve() {
  while (!stop_) {
    pollfd waiting = {listener_, POLLIN, 0};
    if (poll(&waiting, 1, /*timeout=*/20) <= 0) continue;
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    Answer(connection);
    close(connection);
  }
}

void HttpServer::Answer(int connection) {
  std::string text;
  while (text.find("\r\n\r\n") == std::string::npos) {
    char buffer[4096];
    const ssize_t size = recv(connection, buffer, sizeof(buffer), 0);
    if (size <= 0) return;
    text.append(buffer, static_cast<size_t>(size));
  }
  const HttpRequest request = ParseRequest(text);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    requests_.push_back(request);
  }
  const HttpReply reply = handler_(request);
  std::string head =
      Cat("HTTP/1.1 ", reply.status, "\r\nConnection: close\r\nContent-Length: ", reply.body.size());
  for (const std::string& header : reply.headers) head += "\r\n" + header;
  SendAll(connection, head + "\r\n\r\n");
  SendAll(connection, std::string_view(reply.body).substr(0, reply.sent_bytes));
}

HttpReply ServeRange(const HttpRequest& request, const std::string& body) {
  const auto range = request.headers.find("range");
  if (range == request.headers.end()) return {.body = body};
  const size_t start = std::stoul(range->second.substr(std::string("bytes=").size()));
  if (start >= body.size()) return {.status = "416 Range Not Satisfiable"};
  return {.status = "206 Partial Content",
          .headers = {Cat("Content-Range: bytes ", start, "-", body.size() - 1, "/", body.size())},
          .body = body.substr(start)};
}

}  // namespace espalier
