#include "models/bounded_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/cat.h"

namespace espalier {
namespace {

TEST(BoundedJsonTest, ReadsMembers) {
  const nlohmann::json json = ParseBoundedJson(R"({"a": "x[{,\"", "b": 7, "c": -1, "d": 1e3})", "it").value();
  EXPECT_EQ(StringMember(json, "a"), "x[{,\"");
  EXPECT_EQ(IntegerMember(json, "b"), 7);
  EXPECT_EQ(StringMember(json, "b"), "");
  EXPECT_EQ(IntegerMember(json, "a"), -1);
  EXPECT_EQ(IntegerMember(json, "d"), -1);
  EXPECT_EQ(IntegerMember(json, "none"), -1);
  EXPECT_EQ(IntegerMember(ParseBoundedJson(R"({"a": 18446744073709551615})", "it").value(), "a"), -1);
  EXPECT_EQ(StringMember(ParseBoundedJson("[1]", "it").value(), "a"), "");
}

TEST(BoundedJsonTest, RefusesDepthAndNumber) {
  EXPECT_TRUE(ParseBoundedJson(std::string(32, '[') + std::string(32, ']'), "it").ok());
  EXPECT_FALSE(ParseBoundedJson(std::string(33, '[') + std::string(33, ']'), "it").ok());
  EXPECT_FALSE(ParseBoundedJson(std::string(10'000'000, '['), "it").ok());
  std::string many = "[0";
  for (int i = 0; i < 2'000'000; ++i) many += ",0";
  EXPECT_THAT(ParseBoundedJson(many + "]", "it").status().ToString(),
              testing::HasSubstr("it is JSON of unreasonable"));
}

TEST(BoundedJsonTest, RefusesWhatIsNoJson) {
  for (const std::string_view bad : {"", "{", "{\"a\": \"\xFF\"}", "nul", "<html>", "\"\\"}) {
    EXPECT_THAT(ParseBoundedJson(bad, "it").status().ToString(), testing::HasSubstr("it is not JSON")) << bad;
  }
}

}  // namespace
}  // namespace espalier
