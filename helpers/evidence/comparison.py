"""Two networks side by side, paired over the seeds that both have: numbers to say, and judgements to claim by."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..experiments.table import name_of
from .families import Pair, family_of
from .judgement import Judgement
from .measures import measure_of
from .network_numbers import Interval, Network, Quantity, Runs, values_by_seed
from .numbers import counted, decimal, short_name
from .statistics import (
    EXACT_SEEDS,
    SIGNIFICANT,
    Estimate,
    estimate,
    holm,
    seeds_needed,
    sign_flip_p,
)


def compare(results: Runs, before: str, after: str, family: str | Sequence[Pair] | None = None) -> "Comparison":
    """Compare two networks seed by seed: `after` less `before`.

    family: over which comparisons the tests are corrected: a name of `FAMILIES` or pairs; not needed for a comparison
    that one of them lists. Raises `ValueError` for a network that is not there, or a missing family.
    """
    before, after = (name_of(name, results.keys()) for name in (before, after))
    for name in (before, after):
        values_by_seed(results, name)
    return Comparison(results, before, after, *family_of(before, after, family))


@dataclass(frozen=True)
class Comparison:
    """Two networks, paired over the seeds that both have.

    family, pairs: the name of the comparisons over which p is corrected, for each measure alone, and these.
    """

    results: Runs
    before_name: str
    after_name: str
    family: str
    pairs: tuple[Pair, ...]

    @cached_property
    def before(self) -> Network:
        return Network(self.results, self.before_name)

    @cached_property
    def after(self) -> Network:
        return Network(self.results, self.after_name)

    def difference(self, measure: str) -> Estimate:
        """Return the paired differences of a measure, with mean and interval."""
        return estimate(_differences(self.results, (self.before_name, self.after_name), measure))

    def change(self, measure: str) -> Quantity:
        """Return the size of the mean difference, to be said: "4.1 points"."""
        found = measure_of(measure)
        return Quantity(abs(self.difference(measure).mean), found, found.unit_of_difference)

    def times(self, measure: str) -> "Ratio":
        """Return the measure of `after` over that of `before`."""
        before, after = _paired(self.results, (self.before_name, self.after_name), measure)
        return Ratio(self, measure, estimate(after / before))

    def p(self, measure: str) -> float:
        """Return the corrected p of the difference; comparisons of the family that are not there count as p = 1."""
        p_values = [
            sign_flip_p(tuple(_differences(self.results, pair, measure))) if set(pair) <= set(self.results) else 1.0
            for pair in self.pairs
        ]
        return holm(p_values)[self.pairs.index((self.before_name, self.after_name))]

    def rises(self, *measures: str) -> list[Judgement]:
        """Judge that each measure is higher in `after`, by more than is negligible."""
        return [self._judged(name, "higher") for name in _with_also(measures)]

    def falls(self, *measures: str) -> list[Judgement]:
        """Judge that each measure is lower in `after`, by more than is negligible."""
        return [self._judged(name, "lower") for name in _with_also(measures)]

    def stays(self, *measures: str) -> list[Judgement]:
        """Judge that no difference of a measure is found, or only one that is too small to matter."""
        return [self._judged(name, "no difference found") for name in measures]

    def found(self, measure: str) -> str:
        """Return "higher", "lower", "too small to matter", "no difference found", or why it is not judged."""
        if why_not := self.why_not(measure):
            return why_not
        difference, negligible = self.difference(measure), measure_of(measure).negligible
        if -negligible < difference.low and difference.high < negligible:
            return "too small to matter"
        if self.p(measure) < SIGNIFICANT:
            return "higher" if difference.mean > 0 else "lower"
        return "no difference found"

    def why_not(self, measure: str) -> str:
        """Return why a difference of this measure cannot be judged, for example "not judged on 2 seeds", or nothing."""
        pair = self.before_name, self.after_name
        diverged = [f"{sum(run.diverged for run in self.results[name])} of {name}" for name in pair
                    if any(run.diverged for run in self.results[name])]  # fmt: skip
        if diverged:
            return f"not judged: diverged trainings, {' and '.join(diverged)}"
        count = self.difference(measure).count
        if count < seeds_needed(len(self.pairs)):
            return f"not judged on {counted(count, 'seed')}"
        short = [
            run.experiment.config.max_epochs for name in pair for run in self.results[name] if run.experiment.shortened
        ]
        return f"not judged on trainings of {counted(max(short), 'epoch')}" if short else ""

    def _judged(self, measure: str, expected: str) -> Judgement:
        found = self.found(measure)
        accepted = {expected, "too small to matter"} if expected == "no difference found" else {expected}
        return Judgement(
            what=f"{measure_of(measure).title}, {short_name(self.after_name)} less {short_name(self.before_name)}",
            measured=self.text(measure),
            p=self.p_text(measure),
            family=f"{self.family} ({len(self.pairs)})",
            found=found,
            holds=None if found.startswith("not judged") else found in accepted,
        )

    def text(self, measure: str) -> str:
        """Return the difference with its interval, for example "+4.10 points (+3.90 to +4.31)"."""
        difference, how = self.difference(measure), measure_of(measure)
        if not difference.count:
            return "none"
        mean, low, high = (how.text(n, signed=True) for n in (difference.mean, difference.low, difference.high))
        missing = (
            f" [{difference.count} of {len(difference.values)}]" if difference.count < len(difference.values) else ""
        )
        return f"{mean} {how.unit_of_difference} ({low} to {high}){missing}"

    def p_text(self, measure: str) -> str:
        p, sampled = self.p(measure), self.difference(measure).count > EXACT_SEEDS
        return f"{p:.3f}{', sampled' if sampled else ''}" if p >= 0.001 else "<0.001"


@dataclass(frozen=True)
class Ratio:
    """A measure of one network over that of another, seed by seed; it is written as "0.44 times"."""

    comparison: Comparison
    measure: str
    estimate: Estimate

    def __format__(self, decimals: str) -> str:
        return f"{decimal(self.estimate.mean, int(decimals or 1))} times"

    def __str__(self) -> str:
        return format(self)

    def below(self, limit: float) -> Judgement:
        """Judge that the whole interval of the ratio lies below a limit."""
        return self._interval().below(limit)

    def above(self, limit: float) -> Judgement:
        """Judge that the whole interval of the ratio lies above a limit."""
        return self._interval().above(limit)

    def _interval(self) -> Interval:
        after, before = short_name(self.comparison.after_name), short_name(self.comparison.before_name)
        what = f"{measure_of(self.measure).title}, {after} over {before}"
        return Interval(what, self.estimate, why_not=self.comparison.why_not(self.measure))


def _with_also(measures: Sequence[str]) -> list[str]:
    """Return the measures with those in which a difference must be found too."""
    return list(dict.fromkeys(each for name in measures for each in (name, measure_of(name).with_also) if each))


def _paired(results: Runs, pair: Pair, measure: str) -> tuple[np.ndarray, np.ndarray]:
    """Return a measure of two networks for the seeds that both have."""
    before, after = (values_by_seed(results, name)(measure) for name in pair)
    both = sorted(before.keys() & after.keys())
    return np.array([before[seed] for seed in both]), np.array([after[seed] for seed in both])


def _differences(results: Runs, pair: Pair, measure: str) -> np.ndarray:
    before, after = _paired(results, pair, measure)
    return after - before
