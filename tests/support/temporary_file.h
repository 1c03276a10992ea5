// Files and folders in the tests' temporary folder, removed with their objects.
#ifndef ESPALIER_TESTS_SUPPORT_TEMPORARY_FILE_H_
#define ESPALIER_TESTS_SUPPORT_TEMPORARY_FILE_H_

#include <string>
#include <string_view>

namespace espalier {

class TemporaryFile {
 public:
  // `suffix` ends the file's name.
  explicit TemporaryFile(std::string_view contents, std::string_view suffix = ".gguf");
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void WriteFile(const std::string& path, std::string_view contents);
std::string ReadFile(const std::string& path);

}  // namespace espalier

#endif  // ESPALIER_TESTS_SUPPORT_TEMPORARY_FILE_H_
