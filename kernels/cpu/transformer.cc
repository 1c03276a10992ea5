#include "kernels/transformer.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "kernels/cpu/row_kernels.h"

namespace espalier {
namespace {

// Tokens per task of the row-wise kernels: one task of a few microseconds.
constexpr int64_t kTokensPerTask = 8;

// Calls body(t) for each token, several to a task.
template <typename Body>
void ForEachToken(int64_t tokens, ThreadPool& pool, const Body& body) {
  const int64_t tasks = (tokens + kTokensPerTask - 1) / kTokensPerTask;
  pool.ParallelFor(tasks, [&](int64_t task, int) {
    const int64_t end = std::min(tokens, (task + 1) * kTokensPerTask);
    for (int64_t t = task * kTokensPerTask; t < end; ++t) body(t);
  });
}

}  // namespace

void RmsNorm(std::span<const float> x, std::span<const float> weight, float epsilon, std::span<float> y,
             ThreadPool& pool) {
  const auto columns = static_cast<int64_t>(weight.size());
  ESPALIER_CHECK(columns % kLanes == 0 && x.size() % weight.size() == 0 && y.size() >= x.size(), columns);
  const RowKernels& kernels = ActiveRowKernels();
  ForEachToken(x.size() / weight.size(), pool, [&](int64_t t) {
    kernels.rms_norm(x.data() + t * columns, weight.data(), epsilon, columns, y.data() + t * columns);
  });
}

void RmsNormRow(const float* x, std::span<const float> weight, float epsilon, float* y) {
  ActiveRowKernels().rms_norm(x, weight.data(), epsilon, static_cast<int64_t>(weight.size()), y);
}

void SwiGluRow(const float* gate, const float* up, int64_t columns, float* out) {
  ActiveRowKernels().swiglu(gate, up, columns, out);
}

void GeGluRow(const float* gate, const float* up, int64_t columns, float* out) {
  ActiveRowKernels().geglu(gate, up, columns, out);
}

void AddTo(std::span<const float> x, std::span<float> y, ThreadPool& pool) {
  ESPALIER_CHECK(x.size() == y.size(), x.size(), " to ", y.size());
  constexpr int64_t kElementsPerTask = 16384;
  const auto count = static_cast<int64_t>(x.size());
  pool.ParallelFor((count + kElementsPerTask - 1) / kElementsPerTask, [&](int64_t task, int) {
    const int64_t end = std::min(count, (task + 1) * kElementsPerTask);
    for (int64_t i = task * kElementsPerTask; i < end; ++i) y[i] += x[i];
  });
}

Rope::Rope(std::vector<double> frequencies, double magnitude)
    : frequencies_(std::move(frequencies)), magnitude_(magnitude) {
  ESPALIER_CHECK(!frequencies_.empty());
}

void Rope::Angles(std::span<const int64_t> positions, std::span<float> angles, ThreadPool& pool) const {
  const auto pairs = static_cast<int64_t>(frequencies_.size());
  ForEachToken(positions.size(), pool, [&](int64_t t) {
    float* cosines = angles.data() + t * 2 * pairs;
    for (int64_t i = 0; i < pairs; ++i) {
      const double angle = static_cast<double>(positions[t]) * frequencies_[i];
      cosines[i] = static_cast<float>(magnitude_ * std::cos(angle));
      cosines[pairs + i] = static_cast<float>(magnitude_ * std::sin(angle));
    }
  });
}

void Rope::Apply(std::span<const float> angles, int64_t heads, std::span<float> x, ThreadPool& pool) const {
  const int64_t head_dim = angles_per_token();
  const RowKernels& kernels = ActiveRowKernels();
  ForEachToken(x.size() / (heads * head_dim), pool, [&](int64_t t) {
    for (int64_t h = 0; h < heads; ++h) {
      kernels.rope(angles.data() + t * head_dim, head_dim, x.data() + (t * heads + h) * head_dim);
    }
  });
}

}  // namespace espalier
