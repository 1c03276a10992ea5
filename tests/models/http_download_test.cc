#include "models/http_download.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/cat.h"
#include "tests/models/http_server.h"
#include "tests/support/temporary_file.h"

namespace espalier {
namespace {

using testing::HasSubstr;

std::string Pattern(size_t bytes) {
  std::string text;
  for (size_t i = 0; i < bytes; ++i) text += static_cast<char>(i * 31 + i / 251);
  return text;
}

class HttpDownloadTest : public testing::Test {
 protected:
  absl::StatusOr<HttpResponse> Download(const std::string& url, const std::string& token = "") {
    const HttpDownload download = {
        .url = url, .path = path_, .token = token, .bytes = static_cast<int64_t>(body_.size())};
    return DownloadOverHttp(download, events_);
  }

  const std::string body_ = Pattern(300'000);
  const TemporaryFolder folder_;
  const std::string path_ = folder_.path() + "/file";
  TransferEvents events_;
};

TEST_F(HttpDownloadTest, FetchesAFile) {
  const HttpServer server([&](const HttpRequest& request) { return ServeRange(request, body_); });
  int64_t last = 0, total = 0;
  events_.progress = [&](int64_t bytes, int64_t of) {
    EXPECT_GE(bytes, last);
    last = bytes;
    total = of;
  };
  ASSERT_TRUE(Download(server.url() + "/a").ok());
  EXPECT_EQ(ReadFile(path_), body_);
  EXPECT_EQ(last, static_cast<int64_t>(body_.size()));
  EXPECT_EQ(total, static_cast<int64_t>(body_.size()));
}

TEST_F(HttpDownloadTest, ResumesWhereItBroke) {
  const HttpServer server([&](const HttpRequest& request) {
    HttpReply reply = ServeRange(request, body_);
    if (request.headers.count("range") == 0) reply.sent_bytes = 100'000;
    return reply;
  });
  EXPECT_EQ(Download(server.url()).status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReadFile(path_), body_.substr(0, 100'000));
  ASSERT_TRUE(Download(server.url()).ok());
  EXPECT_EQ(ReadFile(path_), body_);
  EXPECT_EQ(server.requests()[1].headers.at("range"), "bytes=100000-");
}

TEST_F(HttpDownloadTest, StartsAgainIfTheServerCannotResume) {
  WriteFile(path_, "something old");
  const HttpServer server([&](const HttpRequest&) { return HttpReply{.body = body_}; });
  ASSERT_TRUE(Download(server.url()).ok());
  EXPECT_EQ(ReadFile(path_), body_);
}

TEST_F(HttpDownloadTest, DistrustsAResumeAtAnotherPlace) {
  WriteFile(path_, "12345");
  const HttpServer server([&](const HttpRequest&) {
    return HttpReply{
        .status = "206 Partial Content", .headers = {"Content-Range: bytes 0-9/10"}, .body = body_};
  });
  EXPECT_EQ(Download(server.url()).status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReadFile(path_), "");
}

TEST_F(HttpDownloadTest, StartsAgainWhenTheFileHasMoreThanTheServer) {
  WriteFile(path_, body_ + "more");
  const HttpServer server([&](const HttpRequest& request) { return ServeRange(request, body_); });
  ASSERT_TRUE(Download(server.url()).ok());
  EXPECT_EQ(ReadFile(path_), body_);
}

TEST_F(HttpDownloadTest, KeepsTheTokenFromOtherHosts) {
  const HttpServer storage([&](const HttpRequest& request) { return ServeRange(request, body_); });
  const HttpServer hub([&](const HttpRequest& request) {
    if (request.path == "/model") return HttpReply{.status = "302 Found", .headers = {"Location: /here"}};
    return HttpReply{.status = "302 Found", .headers = {Cat("Location: ", storage.url(), "/there")}};
  });
  ASSERT_TRUE(Download(hub.url() + "/model", "secret").ok());
  EXPECT_EQ(ReadFile(path_), body_);
  ASSERT_EQ(hub.requests().size(), 2u);
  EXPECT_EQ(hub.requests()[0].headers.at("authorization"), "Bearer secret");
  EXPECT_EQ(hub.requests()[1].headers.at("authorization"), "Bearer secret");
  ASSERT_EQ(storage.requests().size(), 1u);
  EXPECT_EQ(storage.requests()[0].headers.count("authorization"), 0u);
}

TEST_F(HttpDownloadTest, SaysWhatTheServerSaid) {
  const HttpServer server([](const HttpRequest& request) {
    return HttpReply{.status = request.path.substr(1) + " X", .body = "an error page, not a model"};
  });
  for (const int code : {401, 403, 404, 429, 500}) {
    EXPECT_EQ(Download(Cat(server.url(), "/", code))->code, code);
  }
  WriteFile(path_, "12345");
  EXPECT_EQ(Download(server.url() + "/503")->code, 503);
  EXPECT_EQ(ReadFile(path_), "12345");
  EXPECT_EQ(Download(server.url() + "/416")->code, 416);
  EXPECT_EQ(ReadFile(path_), "");
}

TEST_F(HttpDownloadTest, RefusesMoreBytesThanExpected) {
  const HttpServer server([&](const HttpRequest&) { return HttpReply{.body = body_ + "x"}; });
  EXPECT_EQ(Download(server.url()).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(HttpDownloadTest, StopsWhenCancelled) {
  const HttpServer server([&](const HttpRequest&) { return HttpReply{.body = body_, .sent_bytes = 1000}; });
  events_.cancelled = [] { return true; };
  EXPECT_EQ(Download(server.url()).status().code(), absl::StatusCode::kCancelled);
}

TEST_F(HttpDownloadTest, RefusesWhatIsNoWebAddress) {
  const TemporaryFile secret("secret");
  EXPECT_EQ(Download("file://" + secret.path()).status().code(), absl::StatusCode::kUnavailable);
  const HttpServer server([&](const HttpRequest&) {
    return HttpReply{.status = "302 Found", .headers = {"Location: file://" + secret.path()}};
  });
  EXPECT_EQ(Download(server.url()).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(ReadFile(path_), "");
}

TEST_F(HttpDownloadTest, FailsAtOnceWhereNobodyListens) {
  std::string url;
  {
    url = HttpServer([](const HttpRequest&) { return HttpReply(); }).url();
  }
  EXPECT_EQ(Download(url).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace espalier
