#include "models/zip_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <map>

#include "base/cat.h"
#include "base/random.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/temporary_file.h"

namespace espalier {
namespace {

using testing::HasSubstr;

absl::Status ExtractTo(const ZipReader& zip, std::string_view name, std::string& text) {
  return zip.Extract(name, [&](std::span<const std::byte> bytes) {
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return absl::OkStatus();
  });
}

absl::StatusOr<std::string> ExtractFrom(std::string_view archive, std::string_view name) {
  const TemporaryFile file(archive, ".zip");
  const absl::StatusOr<ZipReader> zip = ZipReader::Open(file.path());
  if (!zip.ok()) return zip.status();
  std::string text;
  const absl::Status status = ExtractTo(*zip, name, text);
  if (!status.ok()) return status;
  return text;
}

// An archive of one member, whose directory says what a test wants it to say.
struct Forged {
  std::string stored = "content";
  uint16_t flags = 0;
  uint16_t method = 0;
  uint64_t bytes = 7;
  uint64_t stored_bytes = 7;
  uint64_t header_offset = 0;
  uint32_t crc = static_cast<uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>("content"), 7));
  std::string extra;
  uint16_t entries = 1;
  uint32_t directory_shift = 0;

  std::string Build() const {
    const std::string name = "m";
    std::string file = RawBytes(uint32_t{0x04034b50}) + std::string(22, '\0') + RawBytes(uint16_t{1}) +
                       RawBytes(uint16_t{0}) + name + stored;
    const auto directory = static_cast<uint32_t>(file.size()) + directory_shift;
    file += RawBytes(uint32_t{0x02014b50}) + std::string(4, '\0') + RawBytes(flags) + RawBytes(method) +
            std::string(4, '\0') + RawBytes(crc) + RawBytes(static_cast<uint32_t>(stored_bytes)) +
            RawBytes(static_cast<uint32_t>(bytes)) + RawBytes(uint16_t{1}) +
            RawBytes(static_cast<uint16_t>(extra.size())) + std::string(10, '\0') +
            RawBytes(static_cast<uint32_t>(header_offset)) + name + extra;
    return file + RawBytes(uint32_t{0x06054b50}) + std::string(6, '\0') + RawBytes(entries) +
           std::string(4, '\0') + RawBytes(directory) + RawBytes(uint16_t{0});
  }
};

TEST(ZipReaderTest, ReadsWhatPythonWrites) {
  const std::string archive = ReadFile("tests/golden/archive.zip");
  std::string repeated, streamed;
  for (int i = 0; i < 2000; ++i) repeated += "again and ";
  for (int i = 0; i < 10; ++i) streamed += "with a zip64 local header";
  EXPECT_EQ(ExtractFrom(archive, "stored.txt").value(), "kept as it is\n");
  EXPECT_EQ(ExtractFrom(archive, "deflated.txt").value(), repeated);
  EXPECT_EQ(ExtractFrom(archive, "streamed.txt").value(), streamed);
  EXPECT_EQ(ExtractFrom(archive, "empty").value(), "");
  EXPECT_EQ(ExtractFrom(archive, "absent").status().code(), absl::StatusCode::kNotFound);
}

TEST(ZipReaderTest, ReadsZip64Sizes) {
  Forged forged;
  forged.bytes = forged.stored_bytes = 0xFFFFFFFF;
  forged.extra = RawBytes(uint16_t{99}) + RawBytes(uint16_t{2}) + "xx" + RawBytes(uint16_t{1}) +
                 RawBytes(uint16_t{16}) + RawBytes(uint64_t{7}) + RawBytes(uint64_t{7});
  EXPECT_EQ(ExtractFrom(forged.Build(), "m").value(), "content");
  forged.extra.resize(forged.extra.size() - 8);
  EXPECT_FALSE(ExtractFrom(forged.Build(), "m").ok());
}

TEST(ZipReaderTest, ReadsAZip64Directory) {
  std::string archive = Forged().Build();
  const size_t end = archive.size() - 22;
  const uint32_t directory = 30 + 1 + 7;
  const std::string end64 = RawBytes(uint32_t{0x06064b50}) + std::string(28, '\0') + RawBytes(uint64_t{1}) +
                            std::string(8, '\0') + RawBytes(uint64_t{directory});
  const std::string locator =
      RawBytes(uint32_t{0x07064b50}) + std::string(4, '\0') + RawBytes(uint64_t{end}) + std::string(4, '\0');
  archive.insert(end, end64 + locator);
  archive.replace(archive.size() - 12, 2, RawBytes(uint16_t{0xFFFF}));
  archive.replace(archive.size() - 6, 4, RawBytes(uint32_t{0xFFFFFFFF}));
  EXPECT_EQ(ExtractFrom(archive, "m").value(), "content");
}

TEST(ZipReaderTest, RefusesForgedDirectories) {
  ASSERT_EQ(ExtractFrom(Forged().Build(), "m").value(), "content");
  const auto error = [](auto change) {
    Forged forged;
    change(forged);
    return ExtractFrom(forged.Build(), "m").status().ToString();
  };
  EXPECT_THAT(error([](Forged& f) { f.flags = 1; }), HasSubstr("encrypted"));
  EXPECT_THAT(error([](Forged& f) { f.method = 12; }), HasSubstr("method 12"));
  EXPECT_THAT(error([](Forged& f) { f.crc ^= 1; }), HasSubstr("damaged"));
  EXPECT_THAT(error([](Forged& f) { f.bytes = 6; }), HasSubstr("damaged"));
  EXPECT_THAT(error([](Forged& f) { f.stored_bytes = 0xFFFFFFF0; }), HasSubstr("cut off"));
  EXPECT_THAT(error([](Forged& f) { f.header_offset = 0xFFFFFF00; }), HasSubstr("not where"));
  EXPECT_THAT(error([](Forged& f) { f.header_offset = 3; }), HasSubstr("not where"));
  EXPECT_THAT(error([](Forged& f) { f.entries = 2; }), HasSubstr("directory is damaged"));
  EXPECT_THAT(error([](Forged& f) { f.entries = 60000; }), HasSubstr("outside the file"));
  EXPECT_THAT(error([](Forged& f) { f.directory_shift = 1 << 30; }), HasSubstr("outside the file"));
}

TEST(ZipReaderTest, StopsABombAtItsDeclaredSize) {
  const std::string zeros(1 << 22, '\0');
  std::string packed(compressBound(zeros.size()), '\0');
  z_stream stream{};
  ASSERT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zeros.data()));
  stream.avail_in = static_cast<uInt>(zeros.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  ASSERT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);

  Forged bomb;
  bomb.stored = packed;
  bomb.stored_bytes = packed.size();
  bomb.method = 8;
  bomb.bytes = 1000;
  const TemporaryFile file(bomb.Build(), ".zip");
  const absl::StatusOr<ZipReader> zip = ZipReader::Open(file.path());
  ASSERT_TRUE(zip.ok()) << zip.status();
  std::string text;
  EXPECT_THAT(ExtractTo(*zip, "m", text).ToString(), HasSubstr("damaged"));
  EXPECT_LE(text.size(), 1000u);
}

TEST(ZipReaderTest, PassesTheSinksErrorOn) {
  const absl::StatusOr<ZipReader> zip = ZipReader::Open("tests/golden/archive.zip");
  ASSERT_TRUE(zip.ok()) << zip.status();
  for (const std::string_view name : {"stored.txt", "deflated.txt"}) {
    const auto full = [](std::span<const std::byte>) { return absl::ResourceExhaustedError("full"); };
    EXPECT_EQ(zip->Extract(name, full).code(), absl::StatusCode::kResourceExhausted);
  }
}

TEST(ZipReaderTest, TruncatedAndMutatedArchivesAreReadSafelyOrRefused) {
  const std::string original = ReadFile("tests/golden/archive.zip");
  for (size_t size = 0; size < original.size(); ++size) {
    EXPECT_FALSE(ExtractFrom(std::string_view(original).substr(0, size), "stored.txt").ok());
  }
  constexpr std::string_view kNames[] = {"stored.txt", "deflated.txt", "streamed.txt"};
  std::map<std::string_view, std::string> contents;
  for (const std::string_view name : kNames) contents[name] = ExtractFrom(original, name).value();
  for (uint64_t round = 0; round < 3000; ++round) {
    std::string archive = original;
    const auto place = Philox(21, round, 0);
    archive[place[0] % archive.size()] ^= static_cast<char>(1 + place[1] % 255);
    const TemporaryFile file(archive, ".zip");
    const absl::StatusOr<ZipReader> zip = ZipReader::Open(file.path());
    if (!zip.ok()) continue;
    for (const std::string_view name : kNames) {
      std::string text;
      const bool whole = ExtractTo(*zip, name, text).ok();
      EXPECT_TRUE(!whole || text == contents[name]) << "round " << round << ", " << name;
    }
  }
}

}  // namespace
}  // namespace espalier
