#include "models/hub_reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace espalier {
namespace {

TEST(HubReferenceTest, ReadsEveryForm) {
  const HubReference plain = ParseHubReference("hf:Owner/Repo.X").value();
  EXPECT_EQ(plain.repository, "Owner/Repo.X");
  EXPECT_EQ(plain.revision, "main");
  EXPECT_EQ(plain.file + plain.quantization, "");
  EXPECT_EQ(ParseHubReference("hf:o/r/folder/model-q4.gguf")->file, "folder/model-q4.gguf");
  EXPECT_EQ(ParseHubReference("hf:o/r:Q4_K_M")->quantization, "Q4_K_M");
  const HubReference old = ParseHubReference("hf:o/r@v1.0/a.gguf").value();
  EXPECT_EQ(old.revision, "v1.0");
  EXPECT_EQ(old.file, "a.gguf");
  EXPECT_EQ(ParseHubReference("hf:o/r@v1.0:UD-Q4_K_XL")->quantization, "UD-Q4_K_XL");
  EXPECT_EQ(ParseHubReference("hf:o/r@v1.0")->revision, "v1.0");
}

TEST(HubReferenceTest, WritesWhatItReads) {
  for (const std::string_view text :
       {"hf:o/r", "hf:o/r@dev", "hf:o/r/f/a.gguf", "hf:o/r@dev/a.gguf", "hf:o/r@dev:Q8_0"}) {
    EXPECT_EQ(ToString(ParseHubReference(text).value()), text);
  }
}

TEST(HubReferenceTest, RefusesWhatIsNone) {
  for (const std::string_view bad : {"hf:",
                                     "hf:a",
                                     "hf:a/",
                                     "hf:a/b/",
                                     "hf:a/b/c.bin",
                                     "hf:a/../c.gguf",
                                     "hf:../b",
                                     "hf:a/b/../../c.gguf",
                                     "hf:/b/c.gguf",
                                     "hf:a/b/.gguf",
                                     "hf:a/b c/d.gguf",
                                     "hf:a/b/c?x=.gguf",
                                     "hf:a//c.gguf",
                                     "hf:a/b:",
                                     "hf:a/b@",
                                     "hf:a/b:q/../x",
                                     "hf:a/b@../x/c.gguf",
                                     "hf:a/b@.x",
                                     "hf:a/b\n",
                                     "o/r",
                                     "hf:a/b/c.gguf:Q4_0"}) {
    EXPECT_EQ(ParseHubReference(bad).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
}

TEST(IsPlainPathTest, KnowsPathsThatStayInTheirFolder) {
  for (const std::string_view good : {"a", "a/b-c_d.e+f=g,h", "A..b"}) EXPECT_TRUE(IsPlainPath(good)) << good;
  for (const std::string_view bad :
       {"", "/a", "a/", "a//b", ".", "..", "a/../b", ".git/config", "a\\b", "a b", "a%2fb", "a\nb"}) {
    EXPECT_FALSE(IsPlainPath(bad)) << bad;
  }
  EXPECT_FALSE(IsPlainPath(std::string(300, 'a')));
}

TEST(SplitNameTest, KnowsTheParts) {
  const SplitName name = ParseSplitName("f/m-Q4_0-00002-of-00012.gguf");
  EXPECT_EQ(name.prefix, "f/m-Q4_0");
  EXPECT_EQ(name.number, 2);
  EXPECT_EQ(name.count, 12);
  EXPECT_EQ(name.Part(1), "f/m-Q4_0-00001-of-00012.gguf");
  for (const std::string_view other :
       {"m.gguf", "-00001-of-00002.gguf", "m-00003-of-00002.gguf", "m-00000-of-00002.gguf",
        "m-0001-of-0002.gguf", "m-+0001-of-00002.gguf", "m-00001-of-00002.bin"}) {
    EXPECT_EQ(ParseSplitName(other).count, 0) << other;
  }
}

}  // namespace
}  // namespace espalier
