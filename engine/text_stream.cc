#include "engine/text_stream.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "base/utf8.h"

namespace espalier {
namespace {

// Bytes at the end of `text` that later bytes may still complete to a character.
size_t UnfinishedTail(std::string_view text) {
  for (size_t tail = std::min<size_t>(3, text.size()); tail > 0; --tail) {
    if (IsUtf8Prefix(text.substr(text.size() - tail))) return tail;
  }
  return 0;
}

}  // namespace

std::string TextStream::Push(std::string_view piece) {
  pending_ += piece;
  const size_t settled = pending_.size() - UnfinishedTail(pending_);
  std::string text = ToValidUtf8(std::string_view(pending_).substr(0, settled));
  pending_.erase(0, settled);
  return text;
}

std::string TextStream::Flush() { return ToValidUtf8(std::exchange(pending_, {})); }

}  // namespace espalier
