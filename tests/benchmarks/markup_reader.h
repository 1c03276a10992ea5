// A reader of the markup that reports are written in.
#ifndef ESPALIER_TESTS_BENCHMARKS_MARKUP_READER_H_
#define ESPALIER_TESTS_BENCHMARKS_MARKUP_READER_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace espalier {

// What must stay text wherever a report shows it.
inline constexpr std::string_view kHostile =
    "</pre></style><script>alert(\"1\")</script> & 'q' <img src=x onerror=y>\x01\xFF\n";

// "" when every element is closed in order, every attribute is quoted, and every & begins an entity;
// otherwise what is wrong and where. Knows the void elements of HTML and the raw text of <style>.
std::string FindMarkupFault(std::string_view html);

// How often `part` occurs.
int64_t CountOf(std::string_view text, std::string_view part);

}  // namespace espalier

#endif  // ESPALIER_TESTS_BENCHMARKS_MARKUP_READER_H_
