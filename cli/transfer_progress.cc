#include "cli/transfer_progress.h"

#include "absl/strings/str_format.h"
#include "base/cat.h"
#include "base/text.h"

namespace espalier {
namespace {

constexpr double kTerminalSeconds = 0.2;
constexpr double kLogSeconds = 2;
constexpr double kRateSeconds = 1;  // before that a rate says nothing

}  // namespace

TransferProgress::TransferProgress(std::ostream& out, bool terminal, const Clock& clock)
    : out_(out), terminal_(terminal), clock_(clock) {}

TransferEvents TransferProgress::events() {
  TransferEvents events;
  events.progress = [this](int64_t bytes, int64_t total) { Progress(bytes, total); };
  events.note = [this](std::string_view line) { Note(line); };
  return events;
}

void TransferProgress::Finish() {
  if (line_open_) out_ << '\n' << std::flush;
  line_open_ = false;
}

void TransferProgress::Note(std::string_view line) {
  Finish();
  out_ << line << '\n' << std::flush;
  started_ = -1;
}

void TransferProgress::Progress(int64_t bytes, int64_t total) {
  const double now = clock_.Seconds();
  if (started_ < 0) {
    started_ = printed_ = now;
    started_bytes_ = bytes;
  }
  const bool last = bytes == total && line_open_;
  if (!last && now - printed_ < (terminal_ ? kTerminalSeconds : kLogSeconds)) return;
  printed_ = now;
  const std::string text = Describe(bytes, total, now - started_);
  if (terminal_) {
    out_ << '\r' << absl::StrFormat("%-70s", text) << std::flush;
    line_open_ = true;
  } else {
    out_ << text << '\n' << std::flush;
  }
}

std::string TransferProgress::Describe(int64_t bytes, int64_t total, double seconds) const {
  std::string text = "  " + FormatBytes(bytes);
  if (total > 0) {
    text += absl::StrFormat(" of %s (%d%%)", FormatBytes(total), static_cast<int>(100.0 * bytes / total));
  }
  const double rate = static_cast<double>(bytes - started_bytes_) / seconds;
  if (seconds < kRateSeconds || rate <= 0) return text;
  text += Cat(", ", FormatBytes(static_cast<int64_t>(rate)), "/s");
  if (total <= bytes) return text;
  const auto left = static_cast<int64_t>(static_cast<double>(total - bytes) / rate) + 1;
  return text + (left < 60 ? absl::StrFormat(", %d s left", left)
                           : absl::StrFormat(", %d min %02d s left", left / 60, left % 60));
}

}  // namespace espalier
