// Counts what operator new is asked for, in a test that lists count_allocations.cc among its sources. That
// file replaces the operators of the whole binary; it stands apart so that no compiler sees halves of a pair.
#ifndef ESPALIER_TESTS_SUPPORT_COUNT_ALLOCATIONS_H_
#define ESPALIER_TESTS_SUPPORT_COUNT_ALLOCATIONS_H_

#include <cstdint>

namespace espalier {

// Since the start of the process, by all threads.
int64_t Allocations();

}  // namespace espalier

#endif  // ESPALIER_TESTS_SUPPORT_COUNT_ALLOCATIONS_H_
