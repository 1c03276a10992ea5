#include "tests/fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "base/cat.h"
#include "base/check.h"
#include "base/status.h"
#include "base/text.h"

namespace espalier {

void CheckMessage(const absl::Status& status) {
  if (status.ok()) return;
  const std::string_view text = ToStd(status.message());
  const bool control = std::any_of(text.begin(), text.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; });
  ESPALIER_CHECK(!text.empty() && text.size() <= 1000 && !control && ToValidUtf8(text) == text, "message of ",
                 text.size(), " bytes: ", text);
}

MemoryFile::MemoryFile(std::string_view contents) : descriptor_(memfd_create("fuzz", MFD_CLOEXEC)) {
  ESPALIER_CHECK(descriptor_ >= 0);
  path_ = Cat("/proc/self/fd/", descriptor_);
  while (!contents.empty()) {
    const ssize_t written = write(descriptor_, contents.data(), contents.size());
    ESPALIER_CHECK(written > 0);
    contents.remove_prefix(static_cast<size_t>(written));
  }
}

MemoryFile::~MemoryFile() { close(descriptor_); }

}  // namespace espalier
