"""Statistics over seeds: means with intervals, exact paired tests, and their correction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

SIGNIFICANT = 0.05
SEEDS_FOR_AN_INTERVAL = 6  # with fewer values a bootstrap interval says nothing; the range stands in its place
RESAMPLES = 10_000
EXACT_SEEDS = 20  # with more pairs, 2^20 of the permutations are drawn at random, and p is said to be sampled
ROUNDING = 1e-12  # relative; numbers as close as that are equal


@dataclass(frozen=True)
class Estimate:
    """Mean over seeds with its 95 % bootstrap interval (BCa), and every seed's value; NaN where a run has none.

    With fewer than six values, `low` and `high` are the lowest and the highest.
    """

    values: np.ndarray
    mean: float
    low: float
    high: float

    @property
    def count(self) -> int:
        """Number of seeds that gave a value."""
        return int(np.isfinite(self.values).sum())


def estimate(numbers: Iterable[float]) -> Estimate:
    """Return mean and interval (with few numbers, range) of the finite numbers; a point if they are all equal."""
    numbers = np.asarray(list(numbers), float)
    finite = numbers[np.isfinite(numbers)]
    mean = float(finite.mean()) if len(finite) else np.nan
    if not len(finite):
        return Estimate(numbers, mean, mean, mean)
    if len(finite) < SEEDS_FOR_AN_INTERVAL or np.ptp(finite) <= ROUNDING * np.abs(finite).max():
        return Estimate(numbers, mean, float(finite.min()), float(finite.max()))
    from scipy import stats  # only where something is judged: it takes most of a second to import

    interval = stats.bootstrap(
        (finite,), np.mean, n_resamples=RESAMPLES, method="BCa", rng=np.random.default_rng(0)
    ).confidence_interval
    return Estimate(numbers, mean, float(interval.low), float(interval.high))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's step-down corrected p values (S. Holm, 1979), in the order given."""
    order = np.argsort(p_values, kind="stable")
    corrected = np.empty(len(p_values))
    weights = np.arange(len(p_values), 0, -1)
    corrected[order] = np.minimum(1, np.maximum.accumulate(weights * np.asarray(p_values, float)[order]))
    return corrected.tolist()


@cache
def sign_flip_p(differences: tuple[float, ...]) -> float:
    """Return the two-sided p: how often random signs give a mean difference as large as the one seen.

    Exact up to 20 differences; 1 where there are none to speak of.
    """
    finite = np.array(differences)[np.isfinite(differences)]
    if len(finite) < 2 or not finite.any():
        return 1.0
    from scipy import stats

    test = stats.permutation_test(
        (finite,), np.mean, permutation_type="samples", n_resamples=1 << EXACT_SEEDS, batch=1 << 14, rng=0
    )
    return float(test.pvalue)


def seeds_needed(comparisons: int) -> int:
    """Return with how many pairs so many comparisons can give a significant corrected p at all.

    The smallest p of the test is 2 / 2^pairs, and Holm multiplies the smallest by the number of comparisons.
    """
    pairs = 1
    while comparisons * 2 / 2**pairs >= SIGNIFICANT:
        pairs += 1
    return pairs
