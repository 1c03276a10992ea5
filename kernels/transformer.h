// What a transformer layer does besides matrix products: norm, rotary positions, gated
// activation. Attention: attention.h.
//
// One arithmetic for every dispatch level: eight virtual float lanes, own exp, multiplications and additions
// rounded one by one. So the bits of a token's result depend on its inputs and its absolute position alone,
// not on the other tokens of the call, the number of threads or the instruction set.
//
// All matrices are row-major and dense. Widths are multiples of kLanes.
#ifndef ESPALIER_KERNELS_TRANSFORMER_H_
#define ESPALIER_KERNELS_TRANSFORMER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_pool.h"

namespace espalier {

// Virtual vector width: every reduction adds into this many lanes, or a multiple, in a fixed order.
inline constexpr int64_t kLanes = 8;

// y[t] = x[t] / sqrt(mean(x[t]^2) + epsilon) * weight for each row t. x, y: [tokens][weight.size()];
// y may be x. (Zhang & Sennrich, "Root Mean Square Layer Normalization", 2019.)
void RmsNorm(std::span<const float> x, std::span<const float> weight, float epsilon, std::span<float> y,
             ThreadPool& pool);

// The same for one row.
void RmsNormRow(const float* x, std::span<const float> weight, float epsilon, float* y);

// out = silu(gate) * up, silu(z) = z / (1 + exp(-z)), of one row; out may be gate or up. `columns` is a
// multiple of kLanes. (Shazeer, "GLU Variants Improve Transformer", 2020.)
void SwiGluRow(const float* gate, const float* up, int64_t columns, float* out);

// The same with gelu(z) = z / (1 + exp(-2u)), u = sqrt(2 / pi) * (z + 0.044715 z^3), in place of silu: the
// "tanh" form of GELU (Hendrycks & Gimpel, "Gaussian Error Linear Units", 2016).
void GeGluRow(const float* gate, const float* up, int64_t columns, float* out);

// y += x, elementwise. Both of one size.
void AddTo(std::span<const float> x, std::span<float> y, ThreadPool& pool);

// Rotary position embedding (Su et al., "RoFormer", 2021): the pair (i, i + head_dim / 2) of a head at
// position p turns by the angle p * frequencies[i] and is stretched by `magnitude`. Angles are computed in
// double.
class Rope {
 public:
  // frequencies: [head_dim / 2], radians per position.
  explicit Rope(std::vector<double> frequencies, double magnitude = 1.0);

  // Floats of Angles() per token, the size of a head: magnitude * cosine of every pair, then the sines.
  int64_t angles_per_token() const { return 2 * static_cast<int64_t>(frequencies_.size()); }

  // angles: [positions.size()][angles_per_token()].
  void Angles(std::span<const int64_t> positions, std::span<float> angles, ThreadPool& pool) const;

  // Rotates every head of x in place. x: [tokens][heads][head_dim]; angles as filled by Angles().
  void Apply(std::span<const float> angles, int64_t heads, std::span<float> x, ThreadPool& pool) const;

 private:
  std::vector<double> frequencies_;
  double magnitude_;
};

}  // namespace espalier

#endif  // ESPALIER_KERNELS_TRANSFORMER_H_
