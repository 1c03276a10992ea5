#include "tests/support/temporary_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/cat.h"
#include "base/check.h"

namespace espalier {
namespace {

// Unlike any other of this process and of those that run beside it.
std::string UniquePath(std::string_view suffix) {
  static std::atomic<int> next{0};
  return Cat(testing::TempDir(), "espalier-", getpid(), "-", next++, suffix);
}

}  // namespace

TemporaryFile::TemporaryFile(std::string_view contents, std::string_view suffix) : path_(UniquePath(suffix)) {
  WriteFile(path_, contents);
}

TemporaryFile::~TemporaryFile() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

TemporaryFolder::TemporaryFolder() : path_(UniquePath("")) { std::filesystem::create_directories(path_); }

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void WriteFile(const std::string& path, std::string_view contents) {
  std::ofstream file(path, std::ios::binary);
  file.write(contents.data(), static_cast<std::streamsize>(contents.size()));
  file.close();
  ESPALIER_CHECK(file.good(), "cannot write ", path);
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  ESPALIER_CHECK(file.good(), "cannot read ", path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace espalier
