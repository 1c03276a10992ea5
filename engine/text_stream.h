// Turns token pieces into text that is always whole UTF-8: a character may span several tokens.
#ifndef ESPALIER_ENGINE_TEXT_STREAM_H_
#define ESPALIER_ENGINE_TEXT_STREAM_H_

#include <string>
#include <string_view>

namespace espalier {

// Everything returned by Push and Flush, concatenated, is ToValidUtf8 of the concatenated pieces: each byte
// that belongs to no well-formed character comes out as U+FFFD.
class TextStream {
 public:
  // Takes the bytes of one token; returns the text that is settled now, possibly "".
  std::string Push(std::string_view piece);

  // End of the stream: what is left of an unfinished character.
  std::string Flush();

 private:
  std::string pending_;  // a proper beginning of one character: at most 3 bytes
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_TEXT_STREAM_H_
