// A download's progress on a terminal or in a log: bytes, rate, time left.
#ifndef ESPALIER_CLI_TRANSFER_PROGRESS_H_
#define ESPALIER_CLI_TRANSFER_PROGRESS_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "models/transfer.h"

namespace espalier {

class TransferProgress {
 public:
  // On a `terminal` one line is rewritten five times a second, elsewhere a line is added every two seconds.
  TransferProgress(std::ostream& out, bool terminal, const Clock& clock);

  // Valid as long as this object. `cancelled` is left as it is.
  TransferEvents events();

  // Ends the line that is being rewritten, if any.
  void Finish();

 private:
  void Progress(int64_t bytes, int64_t total);
  void Note(std::string_view line);
  std::string Describe(int64_t bytes, int64_t total, double seconds) const;

  std::ostream& out_;
  const bool terminal_;
  const Clock& clock_;
  double started_ = -1;        // of the current source
  int64_t started_bytes_ = 0;  // there before it began
  double printed_ = 0;
  bool line_open_ = false;
};

}  // namespace espalier

#endif  // ESPALIER_CLI_TRANSFER_PROGRESS_H_
