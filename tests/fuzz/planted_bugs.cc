// A target with bugs, for driver_test.py.
#include <cstdlib>
#include <cstring>
#include <vector>

#include "tests/fuzz/fuzz.h"

namespace {

volatile size_t sink;

size_t Recurse(size_t depth) {
  volatile char frame[4096] = {};
  return depth == 0 ? frame[0] : Recurse(depth - 1) + static_cast<size_t>(frame[depth % sizeof frame]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text == "abort") std::abort();
  if (text == "hang") {
    while (true) sink = sink + 1;
  }
  if (text == "memory") {
    const std::vector<char> huge(size_t{5} << 30, 1);
    sink = huge.size();
  }
  if (text == "stack") sink = Recurse(size_t{1} << 30);
  if (text == "message") espalier::CheckMessage(absl::InvalidArgumentError("two\nlines"));
  uint32_t magic = 0;
  if (size >= 6) std::memcpy(&magic, data, sizeof magic);
  if (magic == 0x8badf00d && data[4] == 'x' && data[5] == 'y') std::abort();  // only guided runs get here
  return 0;
}
