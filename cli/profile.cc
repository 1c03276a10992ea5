#include "cli/profile.h"

#include "absl/strings/str_format.h"
#include "engine/step_profile.h"

namespace espalier {
namespace {

void WriteStage(const char* name, const StageTotal& total, const ProfiledRun& run, std::ostream& out) {
  out << absl::StreamFormat("  %-18s %9.3f %6.1f%%", name, total.seconds, 100 * total.seconds / run.seconds);
  if (total.bytes > 0) {
    const double rate = total.bytes / total.seconds;
    out << absl::StreamFormat(" %8.1f %7.1f%%", rate / 1e9, 100 * rate / run.read_bandwidth);
  } else if (total.multiply_adds > 0) {
    out << absl::StreamFormat(" %8s %8s", "", "");
  }
  if (total.multiply_adds > 0) out << absl::StreamFormat(" %8.1f", total.multiply_adds / total.seconds / 1e9);
  out << "\n";
}

}  // namespace

void WriteProfile(Engine& engine, const ProfiledRun& run, std::ostream& out) {
  StepProfile* profile = engine.profile();
  if (profile == nullptr || profile->steps() == 0 || run.seconds <= 0) return;
  out << absl::StreamFormat(
      "profile of %s: %d steps, %.1f tokens each, %.2f ms each; the machine reads %.1f GB/s\n", run.name,
      profile->steps(), static_cast<double>(profile->tokens()) / static_cast<double>(profile->steps()),
      1000 * profile->seconds() / static_cast<double>(profile->steps()), run.read_bandwidth / 1e9);
  out << absl::StreamFormat("  %-18s %9s %7s %8s %8s %8s\n", "stage", "seconds", "share", "GB/s", "of reads",
                            "GMAC/s");
  for (size_t i = 0; i < kStageCount; ++i) {
    const auto stage = static_cast<Stage>(i);
    if (profile->total(stage).seconds > 0) WriteStage(StageName(stage), profile->total(stage), run, out);
  }
  StageTotal outside;
  outside.seconds = run.seconds - profile->seconds();
  WriteStage("outside the engine", outside, run, out);
  StageTotal all;
  all.seconds = run.seconds;
  WriteStage("all", all, run, out);
  profile->Reset();
}

}  // namespace espalier
