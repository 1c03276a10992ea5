// Writing to the file system. Errors are values of errno, 0 when there is none: what to tell the user is the
// caller's to say.
#ifndef ESPALIER_BASE_WRITE_FILE_H_
#define ESPALIER_BASE_WRITE_FILE_H_

#include <string>
#include <string_view>

namespace espalier {

// Hands all of `contents` to the system, whatever it takes at a time.
int WriteAll(int descriptor, std::string_view contents);

// Makes a new file, or empties an old one, and writes it through to the disk. After an error there is none.
int WriteNewFile(const std::string& path, std::string_view contents);

// Puts a file with these contents in place of any at `path`, whole or not at all, by way of `temporary`,
// which must be on the same file system.
int ReplaceFile(const std::string& path, const std::string& temporary, std::string_view contents);

}  // namespace espalier

#endif  // ESPALIER_BASE_WRITE_FILE_H_
