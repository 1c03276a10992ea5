// Floating-point operations of the work that a query asked for, whatever the cache and the batch made of it.
#ifndef ESPALIER_BENCHMARKS_MATH_FLOPS_H_
#define ESPALIER_BENCHMARKS_MATH_FLOPS_H_

#include "engine/engine.h"
#include "reasoning/query_result.h"

namespace espalier {

// 2 x parameters for each token, and for each token 4 x layers x attention width x the positions that it
// reads (Kaplan et al., "Scaling laws for neural language models", 2020), every tree node once. Windows and
// grouped heads are not allowed for; the embedding counts among the parameters. Text that a program appended
// counts as if it stood at the end of the prompt.
double GenerationFlops(const ModelInfo& model, const QueryResult& result);

// The same for a scoring model, which reads each scored branch from its start: as if all were equally long.
double ScorerFlops(const ModelInfo& model, const QueryResult& result);

}  // namespace espalier

#endif  // ESPALIER_BENCHMARKS_MATH_FLOPS_H_
