// A budget of work for one comparison, counted and not timed, so that it ends at the same place everywhere.
#ifndef ESPALIER_REWARD_ANSWERS_EFFORT_H_
#define ESPALIER_REWARD_ANSWERS_EFFORT_H_

#include <cstdint>

namespace espalier {

// A unit is about a tenth of a microsecond. Once spent, every further step of the comparison gives up and the
// answers count as different.
class Effort {
 public:
  explicit Effort(int64_t units) : left_(units) {}

  bool Spend(int64_t units) {
    left_ -= units;
    return left_ >= 0;
  }
  bool spent() const { return left_ < 0; }

 private:
  int64_t left_;
};

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_EFFORT_H_
