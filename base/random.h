// Counter-based random numbers: a draw is a pure function of (key, counter), so no draw depends on batch
// order, threads, preemption or what else runs. Philox 4x32-10 (Salmon et al., "Parallel random numbers:
// as easy as 1, 2, 3", SC 2011).
#ifndef ESPALIER_BASE_RANDOM_H_
#define ESPALIER_BASE_RANDOM_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace espalier {

// Four independent 32-bit words for one (key, counter).
std::array<uint32_t, 4> Philox(uint64_t key, uint64_t counter_low, uint64_t counter_high);

// Uniform in [0, 1) with 53 random bits. `stream` separates uses at one position (0: the sampled token).
double UniformDraw(uint64_t key, uint64_t position, uint64_t stream = 0);

// Stable across machines, builds and versions: keys derived from it may be stored.
uint64_t StableHash(std::string_view bytes, uint64_t seed = 0);
uint64_t StableHash(uint64_t value, uint64_t seed);

}  // namespace espalier

#endif  // ESPALIER_BASE_RANDOM_H_
