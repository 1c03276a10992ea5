// Turns token pieces into text that is always whole UTF-8: a character may span several tokens.
#ifndef ESPALIER_ENGINE_TEXT_STREAM_H_
#define ESPALIER_ENGINE_TEXT_STREAM_H_

#include <string>
#include <string_view>

namespace espalier {

// The concatenation of everything returned by Push and Flush equals the concatenation of the pieces,
// byte for byte, except that bytes which can no longer become valid UTF-8 come out as U+FFFD, one for each
// maximal ill-formed part (Unicode 15, section 3.9, "substitution of maximal subparts").
class TextStream {
 public:
  // Takes the bytes of one token; returns the text that is complete now, possibly "".
  std::string Push(std::string_view piece);

  // End of the stream: an unfinished character becomes U+FFFD.
  std::string Flush();

 private:
  std::string pending_;  // a proper prefix of one well-formed character, at most 3 bytes
};

}  // namespace espalier

#endif  // ESPALIER_ENGINE_TEXT_STREAM_H_
