#include "tests/engine/golden_vocabulary.h"

#include <unistd.h>
#include <zlib.h>

#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "base/cat.h"
#include "base/check.h"
#include "engine/gguf.h"
#include "gtest/gtest.h"

namespace espalier {
namespace {

constexpr std::string_view kFolder = "tests/golden/tokenizer/";

std::string Inflate(const std::string& path) {
  const gzFile file = gzopen(path.c_str(), "rb");
  ESPALIER_CHECK(file != nullptr, "cannot open ", path);
  std::string bytes;
  std::vector<char> chunk(1 << 20);
  for (int read; (read = gzread(file, chunk.data(), chunk.size())) > 0;) bytes.append(chunk.data(), read);
  ESPALIER_CHECK(gzclose(file) == Z_OK, path, " is damaged");
  return bytes;
}

std::unique_ptr<Tokenizer> Load(const std::string& name) {
  const std::string path = Cat(testing::TempDir(), "espalier-", getpid(), "-", name, ".gguf");
  std::ofstream(path, std::ios::binary) << Inflate(Cat(kFolder, name, ".gguf.gz"));
  const absl::StatusOr<GgufFile> file = GgufFile::Open(path);
  unlink(path.c_str());
  ESPALIER_CHECK(file.ok(), file.status().ToString());
  absl::StatusOr<std::unique_ptr<Tokenizer>> tokenizer = MakeTokenizer(*file);
  ESPALIER_CHECK(tokenizer.ok(), tokenizer.status().ToString());
  return *std::move(tokenizer);
}

}  // namespace

const Tokenizer& GoldenTokenizer(const std::string& name) {
  static auto& loaded = *new std::map<std::string, std::unique_ptr<Tokenizer>>();
  std::unique_ptr<Tokenizer>& tokenizer = loaded[name];
  if (tokenizer == nullptr) tokenizer = Load(name);
  return *tokenizer;
}

std::string ReadGolden(const std::string& file_name) {
  std::ifstream file(Cat(kFolder, file_name), std::ios::binary);
  ESPALIER_CHECK(file.good(), "cannot open ", file_name);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

std::vector<std::string> SplitAt(std::string_view text, std::string_view separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t end; (end = text.find(separator, begin)) != std::string_view::npos;
       begin = end + separator.size()) {
    parts.emplace_back(text.substr(begin, end - begin));
  }
  parts.emplace_back(text.substr(begin));
  return parts;
}

}  // namespace espalier
