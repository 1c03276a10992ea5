#include "models/hub_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "base/cat.h"
#include "models/http.h"
#include "tests/models/fake_hub.h"
#include "tests/support/temporary_file.h"

namespace espalier {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class HubClientTest : public testing::Test {
 protected:
  HubClientTest() {
    hub_.files["model.gguf"] = {"GGUF" + std::string(3'000'000, 'x'), /*large=*/true};
    hub_.files["config.json"] = {"{}"};
    events_.pause = [this](double seconds) { paused_ += seconds; };
  }

  HubClient Client(const std::string& repository = FakeHub::kRepository) {
    return HubClient({hub_.url(), "secret"}, repository, events_);
  }

  std::vector<std::string> Listed() {
    const absl::StatusOr<std::vector<HubFile>> files = Client().List(FakeHub::kCommit);
    EXPECT_TRUE(files.ok()) << files.status();
    std::vector<std::string> paths;
    if (files.ok()) {
      for (const HubFile& file : *files) paths.push_back(file.path);
    }
    return paths;
  }

  absl::Status DownloadModel() {
    const FakeFile& file = hub_.files["model.gguf"];
    const HubFile wanted = {"model.gguf", static_cast<int64_t>(file.content.size()), hub_.Hash("model.gguf")};
    return Client().Download(wanted, FakeHub::kCommit, partial_, events_);
  }

  // Answers every request with this status; the error's text.
  std::string ErrorOf(const std::string& status, std::vector<std::string> headers = {}) {
    hub_.intercept = [=](const HttpRequest&) {
      return HttpReply{.status = status, .headers = headers, .body = "<html>"};
    };
    return Client().Commit("main").status().ToString();
  }

  void AnswerListing(const std::string& body) {
    hub_.intercept = [=](const HttpRequest&) { return HttpReply{.body = body}; };
  }

  FakeHub hub_;
  TransferEvents events_;
  double paused_ = 0;
  const TemporaryFolder folder_;
  const std::string partial_ = folder_.path() + "/partial";
};

TEST_F(HubClientTest, FindsCommitAndFiles) {
  EXPECT_EQ(Client().Commit("main").value(), FakeHub::kCommit);
  const std::vector<HubFile> files = Client().List(FakeHub::kCommit).value();
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].path, "config.json");
  EXPECT_EQ(files[0].bytes, 2);
  EXPECT_EQ(files[0].hash, GitHash("{}"));
  EXPECT_EQ(files[1].bytes, 3'000'004);
  EXPECT_EQ(files[1].hash, hub_.Hash("model.gguf"));
  EXPECT_EQ(hub_.requests()[0].headers.at("authorization"), "Bearer secret");
}

// `git hash-object` of an empty file and of "hello\n".
TEST_F(HubClientTest, NamesContentAsGitDoes) {
  EXPECT_EQ(GitHash(""), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  EXPECT_EQ(GitHash("hello\n"), "ce013625030ba8dba906f756967f9e9ca394464a");
}

TEST_F(HubClientTest, FollowsThePages) {
  for (int i = 10; i < 30; ++i) hub_.files[Cat("f", i)] = {"x"};
  hub_.page_size = 5;
  EXPECT_EQ(Listed().size(), 22u);
  EXPECT_EQ(hub_.requests().size(), 5u);
}

TEST_F(HubClientTest, NextPagesNeverLeaveTheHub) {
  const HttpServer thief([](const HttpRequest&) { return HttpReply{.body = "[]"}; });
  hub_.intercept = [&](const HttpRequest& request) -> std::optional<HttpReply> {
    if (request.path.find("cursor") != std::string::npos) return HttpReply{.body = "[]"};
    return HttpReply{.headers = {Cat("Link: <", thief.url(), "/x?cursor=1>; rel=\"next\"")}, .body = "[]"};
  };
  EXPECT_THAT(Listed(), testing::IsEmpty());
  EXPECT_EQ(hub_.requests().size(), 2u);
  EXPECT_TRUE(thief.requests().empty());
}

TEST_F(HubClientTest, EndlessPagesEnd) {
  hub_.intercept = [&](const HttpRequest&) {
    return HttpReply{.headers = {"Link: <x?cursor=1>; rel=\"next\""}, .body = "[]"};
  };
  EXPECT_THAT(Client().List(FakeHub::kCommit).status().ToString(), HasSubstr("without end"));
}

TEST_F(HubClientTest, LeavesOutPathsThatLeaveTheirFolder) {
  for (const char* path :
       {"../evil.gguf", "/etc/passwd", "a/../../b", ".ssh/keys", "a\\\\b", "c d", "..", ""}) {
    hub_.files[path] = {"x"};
  }
  EXPECT_THAT(Listed(), ElementsAre("config.json", "model.gguf"));
}

TEST_F(HubClientTest, RefusesListingsThatAreNone) {
  const std::string hash(40, 'a');
  for (const std::string& body :
       {std::string("{}"), std::string("[1]"), std::string("<html>"), std::string(1000, '['),
        Cat(R"([{"type": "file", "path": "a", "size": -1, "oid": ")", hash, "\"}]"),
        Cat(R"([{"type": "file", "path": "a", "size": 1e30, "oid": ")", hash, "\"}]"),
        Cat(R"([{"type": "file", "path": "a", "size": 9223372036854775807, "oid": ")", hash, "\"}]"),
        std::string(R"([{"type": "file", "path": "a", "size": 1, "oid": "../../x"}])"),
        std::string(R"([{"type": "file", "path": "a", "size": 1, "oid": 5}])")}) {
    AnswerListing(body);
    EXPECT_EQ(Client().List(FakeHub::kCommit).status().code(), absl::StatusCode::kInvalidArgument) << body;
  }
  AnswerListing(std::string(17 << 20, ' '));
  EXPECT_THAT(Client().List(FakeHub::kCommit).status().ToString(), HasSubstr("answers without end"));
  AnswerListing(R"({"sha": "../../../../etc"})");
  EXPECT_THAT(Client().Commit("main").status().ToString(), HasSubstr("names no commit"));
}

TEST_F(HubClientTest, MutatedListingsAreReadSafelyOrRefused) {
  std::string listing;
  {
    HttpGetOptions options;
    options.url = Cat(hub_.url(), "/api/models/owner/repository/tree/", FakeHub::kCommit);
    const auto keep = [&](const HttpResponse&, std::string_view piece) {
      listing += piece;
      return absl::OkStatus();
    };
    ASSERT_TRUE(HttpGet(options, keep, events_).ok());
  }
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    std::string mutated = listing;
    for (int j = 0; j < 3; ++j) mutated[random() % mutated.size()] = "\"{}[]:,./\\09-aE\0\xff"[random() % 18];
    AnswerListing(mutated);
    const absl::StatusOr<std::vector<HubFile>> files = Client().List(FakeHub::kCommit);
    if (!files.ok()) continue;
    for (const HubFile& file : *files) {
      EXPECT_EQ(file.path.find(".."), std::string::npos) << mutated;
      EXPECT_NE(file.path[0], '/') << mutated;
      EXPECT_GE(file.bytes, 0) << mutated;
      EXPECT_EQ(file.hash.find_first_not_of("0123456789abcdef"), std::string::npos) << mutated;
    }
  }
}

TEST_F(HubClientTest, SaysWhatToDo) {
  EXPECT_THAT(ErrorOf("403 Forbidden", {"X-Error-Code: GatedRepo"}),
              AllOf(HasSubstr("PERMISSION_DENIED"), HasSubstr("is gated (403): accept its terms at"),
                    HasSubstr("/owner/repository and set HF_TOKEN")));
  EXPECT_THAT(ErrorOf("401 Unauthorized"), HasSubstr("refuses the token (401)"));
  EXPECT_THAT(ErrorOf("401 Unauthorized", {"X-Error-Code: RepoNotFound"}),
              HasSubstr("check the name, or set HF_TOKEN"));
  EXPECT_THAT(ErrorOf("404 Not Found"), AllOf(HasSubstr("NOT_FOUND"), HasSubstr("check the name")));
  EXPECT_THAT(ErrorOf("404 Not Found", {"X-Error-Code: RevisionNotFound"}),
              HasSubstr("owner/repository has no revision 'main'"));
  EXPECT_THAT(ErrorOf("418 Teapot"), HasSubstr("answered 418; check HF_ENDPOINT"));
  for (const std::string& text : {ErrorOf("500 Error"), ErrorOf("401 Unauthorized")})
    EXPECT_THAT(text, Not(HasSubstr("\n")));
  hub_.intercept = nullptr;
  const HubClient stranger({hub_.url(), ""}, "no/such", events_);
  EXPECT_THAT(stranger.Commit("main").status().ToString(),
              HasSubstr("no/such does not exist or is private (401)"));
}

TEST_F(HubClientTest, TriesThreeTimes) {
  EXPECT_THAT(ErrorOf("503 Busy"), HasSubstr("answered 503; try again later"));
  EXPECT_EQ(hub_.requests().size(), 3u);
  EXPECT_NEAR(paused_, 3, 0.01);

  int failures = 2;
  hub_.intercept = [&](const HttpRequest&) -> std::optional<HttpReply> {
    if (failures-- > 0) return HttpReply{.status = "500 Error"};
    return std::nullopt;
  };
  EXPECT_TRUE(Client().Commit("main").ok());
}

TEST_F(HubClientTest, WaitsAsLongAsItIsAskedWithinReason) {
  bool first = true;
  hub_.intercept = [&](const HttpRequest&) -> std::optional<HttpReply> {
    if (!std::exchange(first, false)) return std::nullopt;
    return HttpReply{.status = "429 Too Many Requests", .headers = {"Retry-After: 7"}};
  };
  EXPECT_TRUE(Client().Commit("main").ok());
  EXPECT_NEAR(paused_, 7, 0.01);
  EXPECT_THAT(ErrorOf("429 Too Many", {"Retry-After: 3600"}),
              HasSubstr("too many requests; try again in some minutes"));
  EXPECT_EQ(hub_.requests().size(), 3u);
}

TEST_F(HubClientTest, StopsWaitingWhenCancelled) {
  events_.cancelled = [&] { return paused_ > 0.5; };
  EXPECT_THAT(ErrorOf("503 Busy"), HasSubstr("CANCELLED"));
  EXPECT_LT(paused_, 0.7);
}

TEST_F(HubClientTest, ContentServersSeeNoToken) {
  ASSERT_TRUE(DownloadModel().ok());
  EXPECT_EQ(ReadFile(partial_), hub_.files["model.gguf"].content);
  EXPECT_EQ(hub_.requests()[0].headers.at("authorization"), "Bearer secret");
  ASSERT_EQ(hub_.content_requests().size(), 1u);
  EXPECT_EQ(hub_.content_requests()[0].headers.count("authorization"), 0u);
}

TEST_F(HubClientTest, GoesOnAfterEachBreakThatBroughtSomething) {
  hub_.intercept_content = [&](const HttpRequest& request) {
    HttpReply reply = ServeRange(request, hub_.files["model.gguf"].content);
    reply.sent_bytes = 1'100'000;  // 3 MB need three attempts
    return reply;
  };
  ASSERT_TRUE(DownloadModel().ok());
  EXPECT_EQ(ReadFile(partial_), hub_.files["model.gguf"].content);
  EXPECT_EQ(hub_.content_requests().size(), 3u);
}

TEST_F(HubClientTest, GivesUpWhenNothingComes) {
  hub_.intercept_content = [&](const HttpRequest& request) {
    HttpReply reply = ServeRange(request, hub_.files["model.gguf"].content);
    reply.sent_bytes = 10;
    return reply;
  };
  EXPECT_EQ(DownloadModel().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(hub_.content_requests().size(), 3u);
  EXPECT_EQ(ReadFile(partial_).size(), 30u);
}

}  // namespace
}  // namespace espalier
