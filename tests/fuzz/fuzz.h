// What a fuzz target is: one file NAME_fuzz.cc with libFuzzer's entry point, and helpers that targets share.
//
// A target checks more than that nothing crashes: every error is one line of readable text. Two programs run
// it: driver.cc, in ./test, and libFuzzer, by scripts/fuzz (docs/contributing.md).
#ifndef ESPALIER_TESTS_FUZZ_FUZZ_H_
#define ESPALIER_TESTS_FUZZ_FUZZ_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

// The target. Returns 0. Must leave nothing behind that changes the next call.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace espalier {

// Inputs to start from beside the files of corpus/NAME: those that are better made than stored. A target may
// leave it out.
__attribute__((weak)) std::vector<std::string> GeneratedSeeds();

// Words that mutations insert: what a text format is made of. A target may leave it out.
__attribute__((weak)) std::vector<std::string> FuzzWords();

// Aborts unless `status` is OK or says, in one line of at most 1,000 bytes of valid UTF-8, what is wrong.
void CheckMessage(const absl::Status& status);

// An input as a file, for code that takes a path. Removed with the object.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view contents);
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  int descriptor_;
  std::string path_;
};

}  // namespace espalier

#endif  // ESPALIER_TESTS_FUZZ_FUZZ_H_
