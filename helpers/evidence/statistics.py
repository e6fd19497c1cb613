"""Statistics over seeds: intervals and paired tests by Student's t, Holm's correction, and what fresh seeds would give.

Everything is computed from means and standard errors, so that the same few lines judge the seeds at hand and thousands
of made-up repetitions of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

SIGNIFICANT = 0.05
ENOUGH_SEEDS = 6  # with fewer nothing is judged, and the range stands in place of an interval
REPETITIONS = 5_000
ROUNDING = 1e-9  # relative; numbers as close as that are equal


@dataclass(frozen=True)
class Sample:
    """Mean and standard error of numbers over seeds, and how many there are: scalars, or arrays of one shape."""

    mean: np.ndarray
    error: np.ndarray
    count: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray, axis: int = 0) -> "Sample":
        """Return those of the numbers along an axis; NaN are left out, and of fewer than two the error is NaN."""
        there = ~np.isnan(values)
        count = there.sum(axis)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(there, values, 0).sum(axis) / count
            rest = np.where(there, values - np.expand_dims(mean, axis), 0)
            error = np.sqrt((rest**2).sum(axis) / (count - 1) / count)
        return cls(mean, np.where(error <= ROUNDING * np.abs(mean), 0, error), count)

    def interval(self, level: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the ends of the interval of the mean, for example at level 0.95."""
        from scipy.special import stdtrit

        half = stdtrit(np.maximum(self.count - 1, 1), (1 + level) / 2) * self.error
        return self.mean - half, self.mean + half

    def p_above(self, limit: float | np.ndarray = 0.0) -> np.ndarray:
        """Return the one-sided p that the mean is above a limit; 1 with fewer than two numbers."""
        from scipy.special import stdtr

        with np.errstate(invalid="ignore", divide="ignore"):
            on_it = np.abs(self.mean - limit) <= ROUNDING * np.maximum(np.abs(self.mean), np.abs(limit))
            distance = np.where(on_it, 0, (self.mean - limit) / self.error)
        p = stdtr(np.maximum(self.count - 1, 1), -np.nan_to_num(distance))
        return np.where(self.count < 2, 1.0, p)

    def p_below(self, limit: float | np.ndarray = 0.0) -> np.ndarray:
        """Return the one-sided p that the mean is below a limit."""
        return Sample(-self.mean, self.error, self.count).p_above(-np.asarray(limit))

    def p_outside(self, low: float, high: float) -> np.ndarray:
        """Return the p that the mean is not between two limits: the larger of the two one-sided ones."""
        return np.maximum(self.p_above(low), self.p_below(high))

    def p_differs(self) -> np.ndarray:
        """Return the two-sided p that the mean is not zero."""
        return np.minimum(1, 2 * Sample(np.abs(self.mean), self.error, self.count).p_above())


@dataclass(frozen=True)
class Estimate:
    """Mean over seeds with its 95 % t interval, and every seed's value; NaN where a run has none.

    With fewer than six values, `low` and `high` are the lowest and the highest.
    """

    values: np.ndarray
    mean: float
    low: float
    high: float

    @property
    def count(self) -> int:
        """Number of seeds that gave a value."""
        return int((~np.isnan(self.values)).sum())


def estimate(numbers: Iterable[float], level: float = 0.95) -> Estimate:
    """Return mean and interval (with few numbers, range) of the numbers that are there; a point if they are equal."""
    values = np.asarray(list(numbers), float)
    found, there = Sample.of(values), values[~np.isnan(values)]
    if 0 < len(there) < ENOUGH_SEEDS:
        return Estimate(values, float(found.mean), float(there.min()), float(there.max()))
    return Estimate(values, *map(float, (found.mean, *found.interval(level))))


def holm(p_values: np.ndarray | Sequence[float]) -> np.ndarray:
    """Return Holm's step-down corrected p values (S. Holm, 1979) along the last axis, in the order given."""
    p_values = np.asarray(p_values, float)
    order = np.argsort(p_values, axis=-1, kind="stable")
    weights = np.arange(p_values.shape[-1], 0, -1)
    steps = np.maximum.accumulate(weights * np.take_along_axis(p_values, order, -1), axis=-1)
    corrected = np.empty_like(steps)
    np.put_along_axis(corrected, order, np.minimum(1, steps), axis=-1)
    return corrected


def signs(samples: Sample) -> np.ndarray:
    """Return +1 or -1 where the mean of a comparison is found to be higher or lower than zero, else 0.

    The last axis are the comparisons over which p is corrected.
    """
    return np.where(holm(samples.p_differs()) < SIGNIFICANT, np.sign(samples.mean), 0)


def within_margins(samples: Sample, low: float, high: float) -> np.ndarray:
    """Return whether means are equivalent to zero: both one-sided tests find them inside the margins (Schuirmann 1987).

    The same as: the 90 % interval lies inside the margins.
    """
    return samples.p_outside(low, high) < SIGNIFICANT


@cache
def repetitions(columns: tuple[tuple[float, ...], ...]) -> Sample:
    """Return means and errors that as many fresh seeds could give: 5,000 draws, `(5_000, columns)`.

    columns: numbers over the same seeds, NaN where a seed has none. Each repetition draws first what is not known of
    mean and standard deviation (normal model, prior uniform in the mean and in the logarithm of the deviation), then
    fresh seeds around it. Columns are drawn together, as correlated as they are over the seeds at hand; each by itself
    is the predictive t distribution.
    """
    from scipy.special import chdtri

    values = np.array(columns, float).T
    there, now, stream = ~np.isnan(values), Sample.of(values), np.random.default_rng(0)
    factor = np.linalg.qr(np.where(there, values - now.mean, 0), mode="r")  # of the sums of squares and products
    deviation = 1 / np.sqrt(chdtri(np.maximum(now.count - 1, 1), stream.random((REPETITIONS, 1))))
    off = deviation / np.sqrt(np.maximum(now.count, 1)) * (stream.standard_normal((REPETITIONS, len(factor))) @ factor)
    fresh = stream.standard_normal((REPETITIONS, len(values), len(factor))) @ factor
    return Sample.of(np.where(there, (now.mean + off)[:, None] + deviation[:, None] * fresh, np.nan), axis=1)
