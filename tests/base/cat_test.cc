#include "base/cat.h"

#include "gtest/gtest.h"

namespace espalier {
namespace {

TEST(Cat, JoinsEveryKindOfArgument) {
  const std::string name = "tree";
  const std::string_view part = std::string_view("leaf node").substr(0, 4);
  EXPECT_EQ(Cat("page ", 7, " of '", name, "', ", part, " ", 1.5), "page 7 of 'tree', leaf 1.5");
  EXPECT_EQ(Cat(), "");
}

TEST(Cat, KeepsNulBytes) {
  const std::string_view bytes("a\0b", 3);
  EXPECT_EQ(Cat(bytes, "!"), std::string("a\0b!", 4));
}

TEST(Cat, ViewsCrossTheBorderUnchanged) {
  const std::string_view text = "border";
  EXPECT_EQ(ToStd(ToAbsl(text)).data(), text.data());
  EXPECT_EQ(ToStd(ToAbsl(text)).size(), text.size());
}

}  // namespace
}  // namespace espalier
