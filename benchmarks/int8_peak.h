// How many products of bytes the machine can add up: what integer matrix products are measured by.
#ifndef ESPALIER_BENCHMARKS_INT8_PEAK_H_
#define ESPALIER_BENCHMARKS_INT8_PEAK_H_

#include "base/thread_pool.h"

namespace espalier {

// Multiply-accumulates a second of all threads at the rate of the active CPU level's densest sequence: one
// dpbusd with VNNI; with AVX2 maddubs and a 16-bit addition, of which weights of 8 bits need two. The best of
// some runs; 0 where no such sequence is known.
double MeasureInt8Peak(ThreadPool& pool);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_INT8_PEAK_H_
