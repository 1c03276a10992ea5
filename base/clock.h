// Time as a value that is handed in: the real clock, or one that a test or a simulation moves.
#ifndef ESPALIER_BASE_CLOCK_H_
#define ESPALIER_BASE_CLOCK_H_

#include <chrono>

namespace espalier {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual double Seconds() const = 0;  // monotonic, arbitrary origin
};

class MonotonicClock : public Clock {
 public:
  double Seconds() const override {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  }
};

class ManualClock : public Clock {
 public:
  double Seconds() const override { return now_; }
  void Advance(double seconds) { now_ += seconds; }

 private:
  double now_ = 0;
};

}  // namespace espalier

#endif  // ESPALIER_BASE_CLOCK_H_
