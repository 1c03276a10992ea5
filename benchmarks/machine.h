// What the machine can do, and what this process takes of it.
#ifndef ESPALIER_BENCHMARKS_MACHINE_H_
#define ESPALIER_BENCHMARKS_MACHINE_H_

#include <cstdint>
#include <string>

namespace espalier {

// Bytes a second that `threads` threads (0: all processors) read from memory: the best of some passes over
// 256 MB, more than caches hold. Takes about a third of a second.
double MeasureReadBandwidth(int threads);

// Bytes of this process in memory now; 0 where the system does not say.
int64_t ResidentBytes();

// "AMD EPYC 7B13, 2 threads": the processor as the system names it; 0 threads: all processors.
std::string DescribeMachine(int threads);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MACHINE_H_
