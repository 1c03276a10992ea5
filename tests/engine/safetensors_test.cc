#include "engine/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/cat.h"
#include "kernels/kernels.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/temporary_file.h"

namespace espalier {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string FileBytes(std::string_view header, size_t data_bytes) {
  return Cat(RawBytes(uint64_t{header.size()}), header, std::string(data_bytes, '\1'));
}

absl::StatusOr<SafetensorsFile> OpenBytes(std::string_view bytes) {
  return SafetensorsFile::Open(TemporaryFile(bytes, ".safetensors").path());
}

// The error's message, checked to be one line that names the file.
std::string ErrorOf(std::string_view bytes) {
  const auto file = OpenBytes(bytes);
  EXPECT_EQ(file.status().code(), absl::StatusCode::kInvalidArgument) << file.status();
  const std::string message(ToStd(file.status().message()));
  EXPECT_THAT(message, AllOf(HasSubstr(".safetensors'"), Not(HasSubstr("\n"))));
  return message;
}

TEST(Safetensors, TurnsShapesAroundAndLeavesEmptyTensorsOut) {
  const SafetensorsFile file =
      OpenBytes(
          FileBytes(R"({"b":{"dtype":"BF16","shape":[2,3],"data_offsets":[4,16]},"__metadata__":{"x":"y"},)"
                    R"("a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},)"
                    R"("c":{"dtype":"F32","shape":[0,7],"data_offsets":[16,16]}}  )",
                    16))
          .value();
  ASSERT_EQ(file.tensors().size(), 2u);
  EXPECT_EQ(file.tensors()[0].name, "a");
  EXPECT_THAT(file.tensors()[0].shape, ElementsAre(1));
  EXPECT_THAT(file.tensors()[1].shape, ElementsAre(3, 2));
  EXPECT_EQ(file.tensors()[1].type, TensorType::kBF16);
  EXPECT_EQ(file.tensors()[1].data.data(), file.tensors()[0].data.data() + 4);
}

TEST(Safetensors, EveryTruncationIsAnError) {
  const std::string whole = FileBytes(R"({"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}})", 8);
  ASSERT_TRUE(OpenBytes(whole).ok());
  for (size_t size = 1; size < whole.size(); ++size) ErrorOf(std::string_view(whole).substr(0, size));
}

TEST(Safetensors, RefusesHostileDescriptions) {
  const auto error = [](std::string_view dtype, std::string_view shape, std::string_view offsets) {
    return ErrorOf(FileBytes(
        Cat(R"({"a":{"dtype":)", dtype, R"(,"shape":)", shape, R"(,"data_offsets":)", offsets, "}}"), 8));
  };
  EXPECT_THAT(error("\"F32\"", "[2]", "[0,9]"), HasSubstr("data outside the file"));
  EXPECT_THAT(error("\"F32\"", "[2]", "[8,0]"), HasSubstr("data outside the file"));
  EXPECT_THAT(error("\"F32\"", "[2]", "[-8,0]"), HasSubstr("data_offsets"));
  EXPECT_THAT(error("\"F32\"", "[3]", "[0,8]"), HasSubstr("as many bytes"));
  EXPECT_THAT(error("\"F32\"", "[4611686018427387904]", "[0,8]"), HasSubstr("as many bytes"));
  EXPECT_THAT(error("\"F32\"", "[4294967296,4294967296]", "[0,8]"), HasSubstr("impossible shape"));
  EXPECT_THAT(error("\"F32\"", "[18446744073709551615]", "[0,8]"), HasSubstr("impossible shape"));
  EXPECT_THAT(error("\"F32\"", "[1,1,1,1,1,1,1,1,1]", "[0,8]"), HasSubstr("at most 8"));
  EXPECT_THAT(error("7", "[2]", "[0,8]"), HasSubstr("no dtype"));
  EXPECT_THAT(ErrorOf(FileBytes(R"({"a":[]})", 0)), HasSubstr("no description"));
  EXPECT_THAT(ErrorOf(FileBytes(std::string(100000, '['), 0)), HasSubstr("JSON"));
  EXPECT_THAT(ErrorOf(RawBytes(~uint64_t{0}) + "{}"), HasSubstr("not a whole"));
}

TEST(Safetensors, RefusesNamesThatNoMessageCanShow) {
  for (const std::string& name :
       {std::string("a\\nb"), std::string("\\u001b[2J"), std::string(), std::string(257, 'x')}) {
    EXPECT_THAT(
        ErrorOf(FileBytes(Cat("{\"", name, R"(":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}})"), 8)),
        HasSubstr("printable"));
  }
}

}  // namespace
}  // namespace espalier
