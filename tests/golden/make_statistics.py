#!/usr/bin/env python3
"""Writes tests/golden/statistics.tsv: p-values, bootstrap limits and pass@k as SciPy and exact fractions give them.

Usage: make_statistics.py     (needs PyPI's scipy)
Columns: what is computed, its arguments, the values; separated by tabs, lists by spaces.
"""

import pathlib
from fractions import Fraction
from math import comb

import numpy
import scipy
from scipy import stats

OUT = pathlib.Path(__file__).parent / "statistics.tsv"


def pass_at_k():
    for n, c in [(10, 3), (16, 1), (16, 15), (64, 5), (200, 0), (200, 7), (5, 5)]:
        for k in sorted({1, 2, min(5, n), n // 2, n}):
            yield "pass", [n, c, k], [float(1 - Fraction(comb(n - c, k), comb(n, k)))]


def sign_test():
    for better, worse in [(0, 0), (1, 0), (5, 1), (10, 10), (20, 11), (0, 12), (150, 118), (700, 500)]:
        pairs = better + worse
        yield "sign", [better, worse], [stats.binomtest(better, pairs).pvalue if pairs else 1.0]


def bootstrap_of_shares():
    """A resample of right and wrong is binomial, so the percentiles of its mean are known."""
    for correct, problems in [(30, 100), (7, 20), (285, 300), (600, 1319)]:
        share = correct / problems
        limits = stats.binom.ppf([0.025, 0.975], problems, share) / problems
        yield "share", [correct, problems], list(limits)


def bootstrap_of_values():
    random = numpy.random.default_rng(7)
    values = numpy.round(random.beta(0.5, 0.8, 150) - random.beta(0.7, 0.7, 150), 4)
    interval = stats.bootstrap((values,), numpy.mean, n_resamples=200_000, batch=2000, method="percentile",
                               random_state=random).confidence_interval
    yield "mean", list(values), [interval.low, interval.high]


def main():
    lines = [f"# scipy {scipy.__version__}, numpy {numpy.__version__}"]
    for source in (pass_at_k, sign_test, bootstrap_of_shares, bootstrap_of_values):
        for what, arguments, values in source():
            lines.append("\t".join([what, " ".join(f"{x}" for x in arguments), " ".join(f"{v:.12g}" for v in values)]))
    OUT.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
