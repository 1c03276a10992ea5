#include "engine/gguf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/cat.h"
#include "base/random.h"
#include "tests/support/tiny_model.h"

namespace espalier {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

absl::StatusOr<GgufFile> OpenBytes(std::string_view bytes) {
  const TemporaryFile file(bytes);  // the mapping outlives the name
  return GgufFile::Open(file.path());
}

// The error's message, checked to be one line that names the file.
std::string ErrorOf(std::string_view bytes) {
  const absl::StatusOr<GgufFile> file = OpenBytes(bytes);
  EXPECT_EQ(file.status().code(), absl::StatusCode::kInvalidArgument) << file.status();
  const std::string message(ToStd(file.status().message()));
  EXPECT_THAT(message, AllOf(HasSubstr(".gguf'"), Not(HasSubstr("\n"))));
  return message;
}

// A header that announces `tensors` and `entries`, and then `rest`.
std::string Header(uint64_t tensors, uint64_t entries, std::string_view rest, uint32_t version = 3) {
  return "GGUF" + RawBytes(version) + RawBytes(tensors) + RawBytes(entries) + std::string(rest);
}

template <typename T>
std::string Array(GgufType type, uint64_t count, std::initializer_list<T> values) {
  std::string bytes = RawBytes(type) + RawBytes(count);
  for (const T value : values) bytes += RawBytes(value);
  return bytes;
}

TEST(GgufTest, ReadsEveryMetadataType) {
  GgufWriter writer;
  writer.AddRaw("u8", GgufType::kUint8, RawBytes(uint8_t{200}));
  writer.AddRaw("i8", GgufType::kInt8, RawBytes(int8_t{-100}));
  writer.AddRaw("u16", GgufType::kUint16, RawBytes(uint16_t{60000}));
  writer.AddRaw("i16", GgufType::kInt16, RawBytes(int16_t{-30000}));
  writer.AddUint32("u32", 4000000000u);
  writer.AddRaw("i32", GgufType::kInt32, RawBytes(int32_t{-2000000000}));
  writer.AddRaw("u64", GgufType::kUint64, RawBytes(uint64_t{1} << 62));
  writer.AddRaw("i64", GgufType::kInt64, RawBytes(std::numeric_limits<int64_t>::min()));
  writer.AddFloat("f32", 0.5f);
  writer.AddRaw("f64", GgufType::kFloat64, RawBytes(-0.1));
  writer.AddBool("yes", true);
  writer.AddString("text", "caf\xC3\xA9");
  writer.AddStrings("texts", {"a", "", "bc"});
  writer.AddInts("ints", {1, -2});
  writer.AddRaw("floats", GgufType::kArray, Array<float>(GgufType::kFloat32, 2, {1.5f, -2.0f}));
  const absl::StatusOr<GgufFile> file = OpenBytes(writer.Finish());
  ASSERT_TRUE(file.ok()) << file.status();

  EXPECT_EQ(*file->GetInt("u8"), 200);
  EXPECT_EQ(*file->GetInt("i8"), -100);
  EXPECT_EQ(*file->GetInt("u16"), 60000);
  EXPECT_EQ(*file->GetInt("i16"), -30000);
  EXPECT_EQ(*file->GetInt("u32"), 4000000000);
  EXPECT_EQ(*file->GetInt("i32"), -2000000000);
  EXPECT_EQ(*file->GetInt("u64"), int64_t{1} << 62);
  EXPECT_EQ(*file->GetInt("i64"), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(*file->GetFloat("f32"), 0.5);
  EXPECT_EQ(*file->GetFloat("f64"), -0.1);
  EXPECT_TRUE(*file->GetBool("yes"));
  EXPECT_EQ(*file->GetString("text"), "caf\xC3\xA9");
  EXPECT_THAT(*file->GetStrings("texts"), ElementsAre("a", "", "bc"));
  EXPECT_THAT(*file->GetInts("ints"), ElementsAre(1, -2));
  EXPECT_THAT(*file->GetFloats("floats"), ElementsAre(1.5, -2.0));
  EXPECT_EQ(file->metadata().size(), 15u);
  EXPECT_EQ(DescribeGgufValue(*file->Find("texts")), "string[3]: 'a', '', 'bc'");
  EXPECT_EQ(DescribeGgufValue(*file->Find("ints")), "int32[2]: 1, -2");
  EXPECT_EQ(DescribeGgufValue(*file->Find("text"), 3), "'caf'... (5 bytes)");
}

TEST(GgufTest, AccessorsNameTheKeyAndWhatIsWrong) {
  GgufWriter writer;
  writer.AddString("text", "x");
  writer.AddRaw("huge", GgufType::kUint64, RawBytes(std::numeric_limits<uint64_t>::max()));
  writer.AddRaw(
      "nested", GgufType::kArray,
      RawBytes(GgufType::kArray) + RawBytes(uint64_t{1}) + Array<int8_t>(GgufType::kInt8, 2, {1, 2}));
  const absl::StatusOr<GgufFile> file = OpenBytes(writer.Finish());
  ASSERT_TRUE(file.ok()) << file.status();

  EXPECT_EQ(file->GetInt("absent").status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(file->GetInt("absent").status().ToString(), HasSubstr("'absent' is missing"));
  EXPECT_EQ(file->GetInt("text").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(file->GetInt("text").status().ToString(), HasSubstr("'text' is 'x' (string) where an integer"));
  EXPECT_FALSE(file->GetInt("huge").ok());
  EXPECT_FALSE(file->GetInts("nested").ok());
  EXPECT_FALSE(file->GetStrings("nested").ok());
  EXPECT_FALSE(file->GetFloats("nested").ok());
  EXPECT_EQ(*file->GetIntOr("absent", 7), 7);
  EXPECT_EQ(*file->GetStringOr("absent", "d"), "d");
  EXPECT_FALSE(file->GetIntOr("text", 7).ok());
}

TEST(GgufTest, PlacesTensors) {
  const TinyModelOptions options;
  const absl::StatusOr<GgufFile> file = OpenBytes(TinyModelBytes(options));
  ASSERT_TRUE(file.ok()) << file.status();
  const StoredTensor* down = file->FindTensor("blk.1.ffn_down.weight");
  ASSERT_NE(down, nullptr);
  EXPECT_THAT(down->shape, ElementsAre(96, 64));
  EXPECT_EQ(down->columns(), 96);
  EXPECT_EQ(down->rows(), 64);
  EXPECT_EQ(down->data.size(), 96u * 64 * 4);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(down->data.data()) % 32, 0u);
  EXPECT_EQ(file->FindTensor("blk.2.ffn_down.weight"), nullptr);
}

TEST(GgufTest, AcceptsVersion2AndUnknownTensorTypes) {
  GgufWriter writer;
  writer.AddTensor("strange", static_cast<TensorType>(99), {3, 5}, "0123456789");
  std::string bytes = writer.Finish();
  bytes[4] = 2;
  const absl::StatusOr<GgufFile> file = OpenBytes(bytes);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->version(), 2u);
  EXPECT_TRUE(file->tensors()[0].data.empty());
}

TEST(GgufTest, NamesWhatAForeignFileIs) {
  EXPECT_THAT(ErrorOf(std::string("PK\x03\x04") + std::string(100, 'x')), HasSubstr("a zip archive"));
  EXPECT_THAT(ErrorOf(RawBytes(uint64_t{16}) + R"({"a":{"dtype":"F32"}})"), HasSubstr("a safetensors file"));
  EXPECT_THAT(ErrorOf("version https://git-lfs.github.com/spec/v1"), HasSubstr("Git LFS pointer"));
  EXPECT_THAT(ErrorOf("<!doctype html>"), HasSubstr("a web page"));
  EXPECT_THAT(ErrorOf("Once upon a time"), HasSubstr("not a GGUF file"));
  EXPECT_THAT(ErrorOf("GG"), HasSubstr("not a GGUF file"));
  EXPECT_THAT(ErrorOf(""), HasSubstr("empty"));
}

TEST(GgufTest, RefusesPathsThatAreNoFile) {
  EXPECT_EQ(GgufFile::Open(testing::TempDir()).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(GgufFile::Open(testing::TempDir()).status().ToString(), HasSubstr("is a folder"));
  EXPECT_EQ(GgufFile::Open("no/such/model.gguf").status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(GgufFile::Open("/dev/null").status().ToString(), HasSubstr("not a regular file"));
}

TEST(GgufTest, RefusesHostileHeaders) {
  const uint64_t huge = std::numeric_limits<uint64_t>::max();
  EXPECT_THAT(ErrorOf(Header(0, 0, "", 1)), HasSubstr("version 1 is not supported"));
  EXPECT_THAT(ErrorOf(Header(0, 0, "", 0x03000000)), HasSubstr("big-endian"));
  EXPECT_THAT(ErrorOf(Header(huge, 0, "xxxx")), HasSubstr("truncated"));
  EXPECT_THAT(ErrorOf(Header(0, huge, "xxxx")), HasSubstr("truncated"));
  EXPECT_THAT(ErrorOf(Header(0, 1, RawBytes(huge) + "key with a length beyond the file")),
              HasSubstr("truncated"));
  const std::string key = GgufString("key") + RawBytes(GgufType::kArray);
  for (const GgufType type : {GgufType::kFloat64, GgufType::kString, GgufType::kArray}) {
    EXPECT_THAT(ErrorOf(Header(0, 1, key + RawBytes(type) + RawBytes(huge / 8 + 2) + std::string(64, '\0'))),
                HasSubstr("truncated"));
  }
  EXPECT_THAT(ErrorOf(Header(0, 1, GgufString("key") + RawBytes(uint32_t{13}) + "1234")),
              HasSubstr("unknown type 13"));
  std::string deep = key;
  for (int i = 0; i < 1000; ++i) deep += RawBytes(GgufType::kArray) + RawBytes(uint64_t{1});
  EXPECT_THAT(ErrorOf(Header(0, 1, deep)), HasSubstr("nests arrays too deep"));
}

TEST(GgufTest, RefusesDuplicates) {
  GgufWriter keys;
  keys.AddUint32("same", 1);
  keys.AddUint32("same", 1);
  EXPECT_THAT(ErrorOf(keys.Finish()), HasSubstr("'same' occurs twice"));
  GgufWriter tensors;
  tensors.AddTensor("same", TensorType::kF32, {1}, "1234");
  tensors.AddTensor("same", TensorType::kF32, {1}, "1234");
  EXPECT_THAT(ErrorOf(tensors.Finish()), HasSubstr("'same' occurs twice"));
}

std::string OneTensor(const std::vector<int64_t>& shape, uint64_t offset, std::string_view metadata = "",
                      TensorType type = TensorType::kF32) {
  std::string table = GgufString("t") + RawBytes(static_cast<uint32_t>(shape.size()));
  for (const int64_t size : shape) table += RawBytes(size);
  table += RawBytes(type) + RawBytes(offset);
  return Header(1, metadata.empty() ? 0 : 1, std::string(metadata) + table + std::string(128, '\0'));
}

TEST(GgufTest, RefusesTensorsThatDoNotFit) {
  ASSERT_TRUE(OpenBytes(OneTensor({4, 2}, 0)).ok());
  const int64_t huge = std::numeric_limits<int64_t>::max();
  EXPECT_THAT(ErrorOf(OneTensor({}, 0)), HasSubstr("0 dimensions"));
  EXPECT_THAT(ErrorOf(OneTensor({1, 1, 1, 1, 1}, 0)), HasSubstr("5 dimensions"));
  EXPECT_THAT(ErrorOf(OneTensor({0, 4}, 0)), HasSubstr("impossible shape"));
  EXPECT_THAT(ErrorOf(OneTensor({-4, 4}, 0)), HasSubstr("impossible shape"));
  EXPECT_THAT(ErrorOf(OneTensor({huge, huge, huge, huge}, 0)), HasSubstr("impossible shape"));
  EXPECT_THAT(ErrorOf(OneTensor({huge}, 0)), HasSubstr("truncated"));
  EXPECT_THAT(ErrorOf(OneTensor({4, 2}, ~uint64_t{31})), HasSubstr("truncated"));
  EXPECT_THAT(ErrorOf(OneTensor({4, 2}, 4)), HasSubstr("not aligned"));
  EXPECT_THAT(ErrorOf(OneTensor({4, 2}, 0, "", TensorType::kQ4_1)), HasSubstr("not whole blocks of Q4_1"));
  for (const uint32_t alignment : {0u, 4u, 48u, 1u << 31}) {
    const std::string entry =
        GgufString("general.alignment") + RawBytes(GgufType::kUint32) + RawBytes(alignment);
    EXPECT_THAT(ErrorOf(OneTensor({4, 2}, 0, entry)), HasSubstr("general.alignment"));
  }
}

// Reads all that an opened file offers; the sanitizers watch.
uint64_t Touch(const GgufFile& file) {
  uint64_t sum = 0;
  for (const GgufEntry& entry : file.metadata()) {
    sum += DescribeGgufValue(entry.value).size();
    if (const auto texts = file.GetStrings(entry.key); texts.ok()) {
      for (const std::string_view text : *texts) sum += text.empty() ? 0 : static_cast<uint8_t>(text.back());
    }
    if (const auto numbers = file.GetInts(entry.key); numbers.ok()) sum += numbers->size();
  }
  for (const StoredTensor& tensor : file.tensors()) {
    if (!tensor.data.empty())
      sum += static_cast<uint8_t>(tensor.data.front()) + static_cast<uint8_t>(tensor.data.back());
  }
  return sum;
}

TEST(GgufTest, EveryTruncationIsAnError) {
  const std::string bytes = TinyModelBytes();
  for (size_t size = 0; size < bytes.size(); size += 97) {
    const absl::StatusOr<GgufFile> file = OpenBytes(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(file.ok()) << "cut to " << size << " of " << bytes.size() << " bytes";
  }
  EXPECT_FALSE(OpenBytes(std::string_view(bytes).substr(0, bytes.size() - 1)).ok());
}

TEST(GgufTest, MutatedFilesAreReadSafelyOrRefused) {
  TinyModelOptions options;
  options.layers = 1;
  options.width = 16;
  options.feed_forward = 16;
  const std::string original = TinyModelBytes(options);
  const size_t table_end = original.find("output.weight") + 64;  // almost all mutations go to what is parsed
  int opened = 0;
  for (uint64_t round = 0; round < 5000; ++round) {
    std::string bytes = original;
    const auto words = Philox(/*key=*/11, round, 0);
    const uint32_t flips = 1 + words[0] % 4;
    for (uint32_t flip = 0; flip < flips; ++flip) {
      const auto place = Philox(12, round, flip);
      const size_t range = place[0] % 8 == 0 ? bytes.size() : table_end;
      bytes[place[1] % range] ^= static_cast<char>(1 + place[2] % 255);
    }
    const absl::StatusOr<GgufFile> file = OpenBytes(bytes);
    if (!file.ok()) continue;
    ++opened;
    EXPECT_GT(Touch(*file), 0u);
  }
  EXPECT_GT(opened, 0);
  EXPECT_LT(opened, 5000);
}

TEST(GgufTest, RefusesNamesThatNoMessageCanShow) {
  for (const std::string& name :
       {std::string("a\nb"), std::string("\x1b[2J"), std::string("\xff"), std::string(257, 'x')}) {
    GgufWriter keys, tensors;
    keys.AddUint32(name, 1);
    tensors.AddTensor(name, TensorType::kF32, {1}, RawBytes(1.0f));
    EXPECT_THAT(ErrorOf(keys.Finish()), HasSubstr("metadata key"));
    EXPECT_THAT(ErrorOf(tensors.Finish()), HasSubstr("tensor name"));
  }
  GgufWriter longest;
  longest.AddUint32(std::string(256, 'x'), 1);
  EXPECT_TRUE(OpenBytes(longest.Finish()).ok());
}

TEST(GgufTest, DescribesHostileStringsInOneLine) {
  GgufWriter writer;
  writer.AddString("general.architecture", "\n\x1b]0;title\x07\xff");
  const GgufFile file = OpenBytes(writer.Finish()).value();
  EXPECT_EQ(DescribeGgufValue(*file.Find("general.architecture")),
            "'\xEF\xBF\xBD\xEF\xBF\xBD]0;title\xEF\xBF\xBD\xEF\xBF\xBD'");
}

}  // namespace
}  // namespace espalier
