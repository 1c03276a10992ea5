#include "models/hub_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/models/environment.h"
#include "tests/support/temporary_file.h"

namespace espalier {
namespace {

using testing::HasSubstr;

class HubSettingsTest : public testing::Test {
 protected:
  HubSettingsTest() { environment_.Isolate(folder_.path()); }

  const TemporaryFolder folder_;
  Environment environment_;
};

TEST_F(HubSettingsTest, CacheFollowsTheEnvironment) {
  environment_.Set("HF_HOME", "");
  environment_.Set("HOME", "/somewhere");
  environment_.Set("XDG_CACHE_HOME", "");
  EXPECT_EQ(HubCacheFolder(), "/somewhere/.cache/huggingface/hub");
  environment_.Set("XDG_CACHE_HOME", "/xdg");
  EXPECT_EQ(HubCacheFolder(), "/xdg/huggingface/hub");
  environment_.Set("HF_HOME", "/hf");
  EXPECT_EQ(HubCacheFolder(), "/hf/hub");
  environment_.Set("HF_HUB_CACHE", "/own");
  EXPECT_EQ(HubCacheFolder(), "/own");
}

TEST_F(HubSettingsTest, FindsTheToken) {
  EXPECT_EQ(HubSiteFromEnvironment()->token, "");
  std::filesystem::create_directories(folder_.path() + "/huggingface");
  WriteFile(folder_.path() + "/huggingface/token", "from_the_home\n");
  EXPECT_EQ(HubSiteFromEnvironment()->token, "from_the_home");
  const TemporaryFile file("from_a_file");
  environment_.Set("HF_TOKEN_PATH", file.path());
  EXPECT_EQ(HubSiteFromEnvironment()->token, "from_a_file");
  environment_.Set("HF_TOKEN", " from_the_variable ");
  EXPECT_EQ(HubSiteFromEnvironment()->token, "from_the_variable");
  for (const std::string& bad :
       {std::string("two words"), std::string("a\r\nHost: b"), std::string(5000, 'a')}) {
    environment_.Set("HF_TOKEN", bad);
    EXPECT_THAT(HubSiteFromEnvironment().status().ToString(), HasSubstr("check HF_TOKEN"));
  }
}

TEST_F(HubSettingsTest, ChecksTheEndpoint) {
  EXPECT_EQ(HubSiteFromEnvironment()->endpoint, "https://huggingface.co");
  environment_.Set("HF_ENDPOINT", "http://mirror//");
  EXPECT_EQ(HubSiteFromEnvironment()->endpoint, "http://mirror");
  environment_.Set("HF_ENDPOINT", "file:///etc");
  EXPECT_THAT(HubSiteFromEnvironment().status().ToString(), HasSubstr("HF_ENDPOINT is 'file:///etc'"));
}

TEST_F(HubSettingsTest, KnowsOffline) {
  for (const char* yes : {"1", "ON", "yes", "True"}) {
    environment_.Set("HF_HUB_OFFLINE", yes);
    EXPECT_TRUE(HubIsOffline()) << yes;
  }
  for (const char* no : {"", "0", "off"}) {
    environment_.Set("HF_HUB_OFFLINE", no);
    EXPECT_FALSE(HubIsOffline()) << no;
  }
}

}  // namespace
}  // namespace espalier
