#include "models/hub_pull.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "base/cat.h"
#include "models/pull.h"
#include "tests/models/environment.h"
#include "tests/models/fake_hub.h"
#include "tests/support/temporary_file.h"

namespace espalier {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class HubPullTest : public testing::Test {
 protected:
  HubPullTest() {
    environment_.Isolate(folder_.path());
    environment_.Set("HF_ENDPOINT", hub_.url() + "/");
    options_.events.note = [this](std::string_view line) { notes_ += Cat(line, "\n"); };
    options_.events.pause = [](double) {};
    hub_.files["model-Q8_0.gguf"] = {"GGUF" + std::string(50'000, 'x'), /*large=*/true};
    hub_.files["README.md"] = {"read me"};
  }

  absl::StatusOr<PulledModel> Pull(const std::string& reference) { return PullModel(reference, options_); }
  absl::StatusOr<PulledModel> PullOffline(const std::string& reference) {
    ResolveOptions options;
    options.offline = true;
    return PullModel(reference, options);
  }

  void MakeFolder() {
    hub_.files = {{"config.json", {"{\"a\": 1}"}},
                  {"tokenizer.json", {"{}"}},
                  {"chat_template.jinja", {""}},
                  {"pytorch_model.bin", {"pickle", true}},
                  {"modeling.py", {"import os"}},
                  {"one.safetensors", {"first", true}},
                  {"two.safetensors", {"second", true}},
                  {"three.safetensors", {"third", true}},
                  {"model.safetensors.index.json",
                   {R"({"weight_map": {"a": "one.safetensors", "b": "two.safetensors"}})"}}};
  }

  std::string RepositoryFolder() const {
    return folder_.path() + "/huggingface/hub/models--owner--repository";
  }
  std::string Snapshot() const { return Cat(RepositoryFolder(), "/snapshots/", FakeHub::kCommit); }

  // Relative to the cache of the repository; without locks.
  std::vector<std::string> CachedFiles() const {
    std::vector<std::string> files;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(RepositoryFolder(), error)) {
      if (!entry.is_directory())
        files.push_back(fs::relative(entry.path().parent_path(), RepositoryFolder()).string() + "/" +
                        entry.path().filename().string());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  const TemporaryFolder folder_;
  FakeHub hub_;
  Environment environment_;
  ResolveOptions options_;
  std::string notes_;
};

TEST_F(HubPullTest, LaysTheCacheOutAsOtherToolsDo) {
  const absl::StatusOr<PulledModel> pulled = Pull("hf:owner/repository:q8_0");
  ASSERT_TRUE(pulled.ok()) << pulled.status();
  const std::string hash = hub_.Hash("model-Q8_0.gguf");
  EXPECT_EQ(pulled->path, Snapshot() + "/model-Q8_0.gguf");
  EXPECT_EQ(pulled->sha256, hash);
  EXPECT_EQ(pulled->bytes, 50'004);
  EXPECT_EQ(ReadFile(pulled->path), hub_.files["model-Q8_0.gguf"].content);
  EXPECT_EQ(fs::read_symlink(pulled->path), "../../blobs/" + hash);
  EXPECT_EQ(ReadFile(RepositoryFolder() + "/refs/main"), FakeHub::kCommit);
  EXPECT_THAT(CachedFiles(), testing::ElementsAre("blobs/" + hash, "refs/main",
                                                  Cat("snapshots/", FakeHub::kCommit, "/model-Q8_0.gguf")));
  EXPECT_TRUE(
      fs::exists(folder_.path() + "/huggingface/hub/.locks/models--owner--repository/" + hash + ".lock"));
}

TEST_F(HubPullTest, LinksFromDeeperFolders) {
  hub_.files["a/b/model.gguf"] = {"GGUF deep"};
  const PulledModel pulled = Pull("hf:owner/repository/a/b/model.gguf").value();
  EXPECT_EQ(fs::read_symlink(pulled.path), "../../../../blobs/" + GitHash("GGUF deep"));
  EXPECT_EQ(ReadFile(pulled.path), "GGUF deep");
  EXPECT_EQ(pulled.sha256, "");
  EXPECT_EQ(PullOffline("hf:owner/repository/a/b/model.gguf")->path, pulled.path);
}

TEST_F(HubPullTest, FetchesAFolderWithItsShards) {
  MakeFolder();
  const PulledModel pulled = Pull("hf:owner/repository").value();
  EXPECT_EQ(pulled.path, Snapshot());
  EXPECT_EQ(pulled.files, 6);
  std::vector<std::string> names;
  for (const auto& file : fs::directory_iterator(Snapshot()))
    names.push_back(file.path().filename().string());
  EXPECT_THAT(names, testing::UnorderedElementsAre("config.json", "tokenizer.json", "chat_template.jinja",
                                                   "model.safetensors.index.json", "one.safetensors",
                                                   "two.safetensors"));
  EXPECT_EQ(ReadFile(Snapshot() + "/two.safetensors"), "second");
  EXPECT_EQ(ReadFile(Snapshot() + "/chat_template.jinja"), "");
}

TEST_F(HubPullTest, ProgressIsThatOfAllFiles) {
  MakeFolder();
  int64_t last = 0, total = 0;
  options_.events.progress = [&](int64_t bytes, int64_t of) {
    EXPECT_GE(bytes, last);
    EXPECT_TRUE(total == 0 || of == total);
    last = bytes;
    total = of;
  };
  EXPECT_EQ(Pull("hf:owner/repository")->bytes, total);
  EXPECT_EQ(last, total);
}

TEST_F(HubPullTest, WhatIsCachedNeedsNoNetwork) {
  EXPECT_THAT(PullOffline("hf:owner/repository:Q8_0").status().ToString(),
              HasSubstr("run 'espalier pull hf:owner/repository:Q8_0' first"));
  const std::string path = Pull("hf:owner/repository:Q8_0")->path;
  const size_t asked = hub_.requests().size();
  for (const std::string reference : {"hf:owner/repository:Q8_0", "hf:owner/repository/model-Q8_0.gguf",
                                      "hf:owner/repository", "hf:owner/repository@main:q8_0"}) {
    EXPECT_EQ(ResolveModel(reference, options_).value(), path) << reference;
    EXPECT_EQ(PullOffline(reference)->path, path) << reference;
  }
  EXPECT_EQ(ResolveModel(Cat("hf:owner/repository@", FakeHub::kCommit), options_).value(), path);
  environment_.Set("HF_HUB_OFFLINE", "True");
  EXPECT_EQ(Pull("hf:owner/repository")->path, path);
  EXPECT_EQ(ResolveModel("hf:owner/repository:Q4_0", options_).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(hub_.requests().size(), asked);
}

TEST_F(HubPullTest, ServesFromTheCacheWhereTheHubIsOutOfReach) {
  const std::string path = Pull("hf:owner/repository")->path;
  environment_.Set("HF_ENDPOINT", "http://127.0.0.1:9");
  EXPECT_EQ(Pull("hf:owner/repository")->path, path);
  EXPECT_THAT(notes_, HasSubstr("taking what is cached"));
  EXPECT_THAT(Pull("hf:owner/other").status().ToString(), HasSubstr("check the network"));
}

// What huggingface_hub leaves behind, its blobs possibly links into a store of their own.
TEST_F(HubPullTest, UsesWhatOtherToolsCached) {
  const std::string store = folder_.path() + "/store";
  for (const char* name : {"/refs", "/blobs"}) fs::create_directories(RepositoryFolder() + name);
  fs::create_directories(Snapshot());
  WriteFile(store, "weights");
  fs::create_symlink(store, RepositoryFolder() + "/blobs/aaa");
  fs::create_symlink("../../blobs/aaa", Snapshot() + "/model.safetensors");
  WriteFile(RepositoryFolder() + "/refs/main", FakeHub::kCommit);
  EXPECT_FALSE(FindInHubCache(ParseHubReference("hf:owner/repository").value()).has_value());
  WriteFile(Snapshot() + "/config.json", "{}");
  EXPECT_EQ(PullOffline("hf:owner/repository")->path, Snapshot());
  EXPECT_EQ(PullOffline("hf:owner/repository")->bytes, 9);
  fs::remove(store);
  EXPECT_FALSE(PullOffline("hf:owner/repository").ok());
}

TEST_F(HubPullTest, FoldersThatLackAShardAreNotCached) {
  MakeFolder();
  ASSERT_TRUE(Pull("hf:owner/repository").ok());
  EXPECT_TRUE(PullOffline("hf:owner/repository").ok());
  fs::remove(Snapshot() + "/two.safetensors");
  EXPECT_FALSE(PullOffline("hf:owner/repository").ok());
  const size_t fetched = hub_.CountFetches("two.safetensors");
  EXPECT_EQ(ResolveModel("hf:owner/repository", options_).value(), Snapshot());
  EXPECT_EQ(hub_.CountFetches("two.safetensors"), fetched);  // the blob was still there
}

TEST_F(HubPullTest, ResumesWhatIsThere) {
  const FakeFile& file = hub_.files["model-Q8_0.gguf"];
  const std::string partial = Cat(RepositoryFolder(), "/blobs/", hub_.Hash("model-Q8_0.gguf"), ".incomplete");
  fs::create_directories(RepositoryFolder() + "/blobs");
  WriteFile(partial, file.content.substr(0, 20'000));
  ASSERT_TRUE(Pull("hf:owner/repository").ok());
  EXPECT_EQ(hub_.content_requests()[0].headers.at("range"), "bytes=20000-");
  EXPECT_FALSE(fs::exists(partial));
}

TEST_F(HubPullTest, DistrustsWhatWasThere) {
  const std::string partial = Cat(RepositoryFolder(), "/blobs/", hub_.Hash("model-Q8_0.gguf"), ".incomplete");
  fs::create_directories(RepositoryFolder() + "/blobs");
  WriteFile(partial, std::string(20'000, 'y'));
  const absl::StatusOr<PulledModel> pulled = Pull("hf:owner/repository");
  ASSERT_TRUE(pulled.ok()) << pulled.status();
  EXPECT_EQ(ReadFile(pulled->path), hub_.files["model-Q8_0.gguf"].content);
  EXPECT_THAT(notes_, HasSubstr("was damaged: fetching it anew"));
}

TEST_F(HubPullTest, ADownloadStoppedBeforeItsCheckIsNotFetchedAgain) {
  fs::create_directories(RepositoryFolder() + "/blobs");
  WriteFile(Cat(RepositoryFolder(), "/blobs/", hub_.Hash("model-Q8_0.gguf"), ".incomplete"),
            hub_.files["model-Q8_0.gguf"].content);
  ASSERT_TRUE(Pull("hf:owner/repository").ok());
  EXPECT_EQ(hub_.CountFetches("model-Q8_0.gguf"), 0u);
}

TEST_F(HubPullTest, NeverInstallsAWrongHash) {
  hub_.files["model-Q8_0.gguf"].hash = std::string(64, 'a');
  const absl::Status large = Pull("hf:owner/repository").status();
  EXPECT_EQ(large.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(large.ToString(), HasSubstr("model-Q8_0.gguf arrived with another hash"));
  hub_.files["model-Q8_0.gguf"] = {"small", false, std::string(40, 'a')};
  EXPECT_EQ(Pull("hf:owner/repository").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(CachedFiles(), testing::IsEmpty());
}

TEST_F(HubPullTest, ReplacesADamagedFile) {
  const std::string path = Pull("hf:owner/repository")->path;
  WriteFile(path, std::string(50'004, 'y'));
  EXPECT_EQ(Pull("hf:owner/repository")->path, path);
  EXPECT_THAT(notes_, HasSubstr("is damaged"));
  EXPECT_EQ(ReadFile(path), hub_.files["model-Q8_0.gguf"].content);
}

TEST_F(HubPullTest, RevisionsAreKeptApart) {
  hub_.revisions["v1"] = FakeHub::kCommit;
  EXPECT_TRUE(Pull("hf:owner/repository@v1").ok());
  EXPECT_FALSE(PullOffline("hf:owner/repository").ok());
  EXPECT_TRUE(PullOffline("hf:owner/repository@v1").ok());
  EXPECT_THAT(Pull("hf:owner/repository@v2").status().ToString(), HasSubstr("has no revision 'v2'"));
  EXPECT_TRUE(Pull(Cat("hf:owner/repository@", FakeHub::kCommit)).ok());
  EXPECT_FALSE(fs::exists(RepositoryFolder() + "/refs/" + FakeHub::kCommit));
}

TEST_F(HubPullTest, RefsThatAreNoCommitsLeadNowhere) {
  ASSERT_TRUE(Pull("hf:owner/repository").ok());
  for (const std::string content : {"../../../../../../../../../../etc/passwd", "", "main"}) {
    WriteFile(RepositoryFolder() + "/refs/main", content);
    EXPECT_FALSE(PullOffline("hf:owner/repository").ok());
  }
}

TEST_F(HubPullTest, TwoAtOnceFetchOnce) {
  std::thread other([] { EXPECT_TRUE(PullModel("hf:owner/repository", ResolveOptions()).ok()); });
  EXPECT_TRUE(PullModel("hf:owner/repository", ResolveOptions()).ok());
  other.join();
  EXPECT_EQ(hub_.CountFetches("model-Q8_0.gguf"), 1u);
}

TEST_F(HubPullTest, RefusesAModelThatCannotFit) {
  hub_.intercept = [&](const HttpRequest& request) -> std::optional<HttpReply> {
    if (request.path.find("/tree/") == std::string::npos) return std::nullopt;
    return HttpReply{.body = Cat(R"([{"type": "file", "path": "a.gguf", "size": 17592186044416, "oid": ")",
                                 std::string(40, 'a'), "\"}]")};
  };
  const absl::Status status = Pull("hf:owner/repository").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_THAT(status.ToString(), HasSubstr("HF_HUB_CACHE"));
  EXPECT_EQ(hub_.requests().size(), 2u);
}

TEST_F(HubPullTest, SaysWhenTheCacheCannotBeWritten) {
  WriteFile(folder_.path() + "/huggingface", "a file where the folder should be");
  const absl::Status status = Pull("hf:owner/repository").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.ToString(), HasSubstr("HF_HUB_CACHE"));
}

TEST_F(HubPullTest, ListsWhatIsCached) {
  EXPECT_TRUE(ListHubCache().empty());
  hub_.files["part-00001-of-00002.gguf"] = {"GGUF", true};
  hub_.files["part-00002-of-00002.gguf"] = {"rest", true};
  ASSERT_TRUE(Pull("hf:owner/repository/part-00001-of-00002.gguf").ok());
  ASSERT_TRUE(Pull("hf:owner/repository:Q8_0").ok());
  const std::vector<CachedHubModel> models = ListHubCache();
  ASSERT_EQ(models.size(), 2u);
  for (const CachedHubModel& model : models) EXPECT_EQ(PullOffline(model.reference)->path, model.model.path);
  MakeFolder();
  ASSERT_TRUE(Pull("hf:owner/repository").ok());
  EXPECT_EQ(ListHubCache().back().reference, "hf:owner/repository");
}

}  // namespace
}  // namespace espalier
