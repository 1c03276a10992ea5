// Quotients of multivariate polynomials over the rationals, exact, with FLINT.
#ifndef ESPALIER_REWARD_ANSWERS_POLYNOMIAL_H_
#define ESPALIER_REWARD_ANSWERS_POLYNOMIAL_H_

#include <flint/fmpq_mpoly.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reward/answers/effort.h"
#include "reward/answers/expression.h"

namespace espalier {

// The names that the trees below it hold, sorted; polynomials are over them.
class PolynomialRing {
 public:
  explicit PolynomialRing(std::vector<std::string> variables);
  ~PolynomialRing();
  PolynomialRing(const PolynomialRing&) = delete;
  PolynomialRing& operator=(const PolynomialRing&) = delete;

  const std::vector<std::string>& variables() const { return variables_; }
  const fmpq_mpoly_ctx_struct* context() const { return context_; }

 private:
  std::vector<std::string> variables_;
  fmpq_mpoly_ctx_t context_;
};

// The ring must outlive it.
class Polynomial {
 public:
  explicit Polynomial(const PolynomialRing& ring) : ring_(&ring) { fmpq_mpoly_init(value_, ring.context()); }
  Polynomial(const Polynomial& other) : Polynomial(*other.ring_) {
    fmpq_mpoly_set(value_, other.value_, context());
  }
  Polynomial(Polynomial&& other) noexcept : Polynomial(*other.ring_) {
    fmpq_mpoly_swap(value_, other.value_, context());
  }
  Polynomial& operator=(Polynomial other) noexcept {
    fmpq_mpoly_swap(value_, other.value_, context());
    return *this;
  }
  ~Polynomial() { fmpq_mpoly_clear(value_, context()); }

  friend bool operator==(const Polynomial& a, const Polynomial& b) {
    return fmpq_mpoly_equal(a.value_, b.value_, a.context()) != 0;
  }
  bool IsZero() const { return fmpq_mpoly_is_zero(value_, context()) != 0; }
  bool IsConstant() const { return fmpq_mpoly_is_fmpq(value_, context()) != 0; }
  int64_t Terms() const { return fmpq_mpoly_length(value_, context()); }
  int64_t Degree() const;  // total; -1 of zero

  const PolynomialRing& ring() const { return *ring_; }
  fmpq_mpoly_struct* get() { return value_; }
  const fmpq_mpoly_struct* get() const { return value_; }
  const fmpq_mpoly_ctx_struct* context() const { return ring_->context(); }

 private:
  const PolynomialRing* ring_;
  fmpq_mpoly_t value_;
};

// numerator / denominator, the denominator not zero; not in lowest terms.
struct RationalFunction {
  Polynomial numerator;
  Polynomial denominator;
};

// The tree at `node` as such a quotient; nullopt when it is none (roots, functions, other constants) or when
// it is too large: beyond degree 64, 2,000 terms or the effort.
std::optional<RationalFunction> ToRationalFunction(const AnswerExpression& expression, int32_t node,
                                                   const PolynomialRing& ring, Effort* effort);

// nullopt: too large.
std::optional<RationalFunction> Subtract(const RationalFunction& a, const RationalFunction& b,
                                         Effort* effort);
std::optional<bool> Equal(const RationalFunction& a, const RationalFunction& b, Effort* effort);

// The c with a = c * b as polynomials, neither zero: its sign (-1, 1); 0 when there is none.
int ScaleSign(const Polynomial& a, const Polynomial& b);

}  // namespace espalier

#endif  // ESPALIER_REWARD_ANSWERS_POLYNOMIAL_H_
