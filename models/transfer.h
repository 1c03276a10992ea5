// What a running download tells its caller, and how the caller stops it.
#ifndef ESPALIER_MODELS_TRANSFER_H_
#define ESPALIER_MODELS_TRANSFER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>
#include <thread>

namespace espalier {

struct TransferEvents {
  // Bytes in place so far, of `total` (0: unknown). Called often; never decreases within one source.
  std::function<void(int64_t bytes, int64_t total)> progress = [](int64_t, int64_t) {};
  // One line for a person: what is tried next and why.
  std::function<void(std::string_view line)> note = [](std::string_view) {};
  // True ends the download soon; what is there is kept for the next attempt.
  std::function<bool()> cancelled = [] { return false; };
  // Waits before another attempt; called for a tenth of a second at a time, so that `cancelled` is heard.
  std::function<void(double seconds)> pause = [](double seconds) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  };

  TransferEvents() {}
};

}  // namespace espalier

#endif  // ESPALIER_MODELS_TRANSFER_H_
