// Random operations on tiny alphabets and tiny pools, where sharing, eviction and shortage are frequent.
#include <gtest/gtest.h>

#include "tests/radix_cache/cache_simulation.h"

namespace espalier {
namespace {

class CachePropertyTest : public testing::TestWithParam<SimulationOptions> {};

TEST_P(CachePropertyTest, AgreesWithTheNaiveModels) {
  constexpr int kSteps = 5000;
  CacheSimulation simulation(GetParam());
  for (int i = 0; i < kSteps; ++i) {
    simulation.Step();
    ASSERT_FALSE(HasFailure()) << "after operation " << i;
  }
  const SimulationCoverage& coverage = simulation.coverage();
  EXPECT_GT(coverage.shortages, kSteps / 100);
  EXPECT_GT(coverage.evictions, kSteps / 100);
  EXPECT_GT(coverage.tokens_matched, kSteps / 10);
  EXPECT_GT(coverage.tokens_pruned, kSteps / 100);
  if (GetParam().page_size > 1) {
    EXPECT_GT(coverage.copies, kSteps / 20);
    EXPECT_GT(coverage.chained_copies, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, CachePropertyTest,
    testing::Values(
        SimulationOptions{.seed = 1, .page_size = 1, .page_count = 12, .alphabet = 2, .max_branches = 5},
        SimulationOptions{.seed = 2, .page_size = 1, .page_count = 40, .alphabet = 2, .max_branches = 8},
        SimulationOptions{.seed = 3, .page_size = 2, .page_count = 16, .alphabet = 2, .max_branches = 6},
        SimulationOptions{.seed = 4, .page_size = 3, .page_count = 20, .alphabet = 2, .max_branches = 6},
        SimulationOptions{.seed = 5, .page_size = 4, .page_count = 8, .alphabet = 2, .max_branches = 4},
        SimulationOptions{.seed = 6, .page_size = 4, .page_count = 24, .alphabet = 2, .max_branches = 8},
        SimulationOptions{.seed = 7, .page_size = 4, .page_count = 24, .alphabet = 3, .max_branches = 8},
        SimulationOptions{.seed = 8, .page_size = 4, .page_count = 24, .alphabet = 1, .max_branches = 8},
        SimulationOptions{.seed = 9, .page_size = 8, .page_count = 12, .alphabet = 2, .max_branches = 6},
        SimulationOptions{.seed = 10, .page_size = 16, .page_count = 10, .alphabet = 2, .max_branches = 5},
        SimulationOptions{.seed = 11, .page_size = 16, .page_count = 16, .alphabet = 2, .max_branches = 8},
        SimulationOptions{.seed = 12, .page_size = 16, .page_count = 16, .alphabet = 3, .max_branches = 8}),
    [](const auto& info) {
      return "Seed" + std::to_string(info.param.seed) + "PageSize" + std::to_string(info.param.page_size);
    });

}  // namespace
}  // namespace espalier
