"""Two networks side by side, paired over the seeds that both have: numbers to say, and judgements to claim by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np

from ..experiments.result import Runs, runs_of
from ..experiments.table import name_of
from .families import Pair, family_of
from .judgement import Judgement, Verdict
from .measure import Quantity
from .measures import margin_of, margin_text, measure_of
from .network_numbers import Interval, Network
from .numbers import NOT_TRAINED, counted, decimal, ranges_text, short_name
from .paired import Paired, columns
from .runs import diverged_in
from .statistics import ENOUGH_SEEDS, Estimate, Sample, estimate, holm, repetitions, signs, within_margins


class Difference(Enum):
    """What the test finds of a measure over the seeds, by its sign."""

    HIGHER = 1
    LOWER = -1
    NOT_FOUND = 0

    @property
    def words(self) -> str:
        """How it is called in print."""
        return self.name.lower() if self.value else "no difference found"


def compare(results: Runs, before: str, after: str, family: str | Sequence[Pair] | None = None) -> "Comparison":
    """Compare two networks seed by seed: `after` less `before`.

    family: over which comparisons the tests are corrected: a name of `FAMILIES` or pairs; not needed for a comparison
    that one of them lists. Raises `ValueError` for a network that is not there, or a missing family.
    """
    before, after = (name_of(name, results.keys()) for name in (before, after))
    for name in (before, after):
        runs_of(results, name)
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
        """The numbers of the first network."""
        return Network(self.results, self.before_name)

    @cached_property
    def after(self) -> Network:
        """The numbers of the second network."""
        return Network(self.results, self.after_name)

    def difference(self, measure: str) -> Estimate:
        """Return the paired differences of a measure, with mean and interval."""
        return self._paired(measure).difference()

    def text(self, measure: str) -> str:
        """Return the difference with its interval, for example "+4.10 points (+3.90 to +4.31)"."""
        return self._paired(measure).text()

    def change(self, measure: str) -> Quantity:
        """Return the size of the mean difference, to be said: "4.1 points"."""
        how, otherwise = measure_of(measure), "" if self._trained else NOT_TRAINED
        return Quantity(abs(self.difference(measure).mean), how, how.unit_of_difference, otherwise)

    def margin(self, measure: str) -> str:
        """Return the margin within which two networks are alike in a measure, to be said: "0.4 points"."""
        return margin_text(measure, margin_of(measure))

    def times(self, measure: str) -> "Ratio":
        """Return the measure of `after` over that of `before`."""
        paired = self._paired(measure)
        with np.errstate(invalid="ignore"):
            return Ratio(self, measure, estimate(paired.after / paired.before), paired.seeds)

    def p(self, measure: str) -> float:
        """Return the corrected p of the difference; comparisons of the family that are not there count as p = 1."""
        return float(holm(_sample(self._family(measure)).p_differs())[self._place])

    def found(self, measure: str) -> Difference | None:
        """Return what the test finds of a measure; `None` where it is not judged."""
        if self.why_not(measure):
            return None
        return Difference(int(signs(_sample(self._family(measure)))[self._place]))

    def rises(self, *measures: str) -> list[Judgement]:
        """Judge that each measure is higher in `after`."""
        return [self._differs(name, Difference.HIGHER) for name in measures]

    def falls(self, *measures: str) -> list[Judgement]:
        """Judge that each measure is lower in `after`."""
        return [self._differs(name, Difference.LOWER) for name in measures]

    def stays(self, *measures: str, within: float | None = None) -> list[Judgement]:
        """Judge that the mean of each measure differs by less than a margin, by two one-sided tests at 5 %.

        within: the margin, in the unit in which a difference is written (points of accuracy, nats of a loss); that of
        the measure unless given. Raises `ValueError` for what is no margin, or where there is none.
        """
        return [self._alike(name, margin_of(name, within)) for name in measures]

    def why_not(self, measure: str) -> str:
        """Return why a difference of this measure cannot be judged, for example "2 seeds", or nothing."""
        names = self.before_name, self.after_name
        if diverged := diverged_in(self.results, names):
            return f"diverged trainings, {diverged}"
        if (count := self.difference(measure).count) < ENOUGH_SEEDS:
            none = f" with a {measure_of(measure).title}" * (count < len(self._paired(measure).seeds))
            return f"{counted(count, 'seed')}{none}"
        experiments = {run.experiment for name in names for run in self.results[name]}
        short = [experiment.config.max_epochs for experiment in experiments if experiment.shortened]
        return f"trainings of {counted(max(short), 'epoch')}" if short else ""

    @property
    def _trained(self) -> bool:
        return all(self.results[name] for name in (self.before_name, self.after_name))

    @property
    def _place(self) -> int:
        return self.pairs.index((self.before_name, self.after_name))

    def _paired(self, measure: str) -> Paired:
        return Paired.of(self.results, (self.before_name, self.after_name), measure)

    def _family(self, measure: str) -> tuple[tuple[float, ...], ...]:
        return columns(self.results, self.pairs, measure)

    def _differs(self, measure: str, expected: Difference) -> Judgement:
        def verdict(samples: Sample) -> np.ndarray:
            return signs(samples)[..., self._place] == expected.value

        found = self.found(measure)
        instead = "" if found in (expected, None) else found.words
        family = f"{self.family} ({len(self.pairs)})"
        numbers = {"measured": self.text(measure), "p": _p_text(self.p(measure)), "family": family}
        return self._judged(measure, f"{expected.words} than", self._family(measure), verdict, found=instead, **numbers)

    def _alike(self, measure: str, margin: float) -> Judgement:
        paired = self._paired(measure)
        low, high = paired.limits(margin)

        def verdict(samples: Sample) -> np.ndarray:
            return within_margins(samples, low, high)[..., 0]

        alone = (tuple(paired.judged.tolist()),)
        p = _p_text(float(_sample(alone).p_outside(low, high)[0]))
        expected = f"within {margin_text(measure, margin)} of"
        return self._judged(measure, expected, alone, verdict, measured=paired.text(0.90), p=p)

    def _judged(
        self,
        measure: str,
        expected: str,
        seen: tuple[tuple[float, ...], ...],
        verdict: Callable[[Sample], np.ndarray],
        **words: str,
    ) -> Judgement:
        """Judge the differences that were seen, and how likely fresh seeds are judged as they are."""
        words["what"] = (
            f"{measure_of(measure).title}: {short_name(self.after_name)} {expected} {short_name(self.before_name)}"
        )
        words["seeds"] = ranges_text(self._paired(measure).seeds)
        if not self._trained:
            return Judgement(verdict=Verdict.MISSING, **words)
        if why_not := self.why_not(measure):
            return Judgement(verdict=Verdict.OPEN, **words | {"found": why_not})
        holds = bool(verdict(_sample(seen)))
        again = float(np.mean(verdict(repetitions(seen)) == holds))
        return Judgement(verdict=Verdict.of(holds), again=again, **words)


@dataclass(frozen=True)
class Ratio:
    """A measure of one network over that of another, seed by seed; it is written as "0.44 times"."""

    comparison: Comparison
    measure: str
    estimate: Estimate
    seeds: Sequence[int]

    def __format__(self, decimals: str) -> str:
        if not len(self.estimate.values):
            return NOT_TRAINED
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
        what = f"{measure_of(self.measure).title}: {after} over {before}"
        never = "a ratio to what was never reached" if np.isinf(self.estimate.values).any() else ""
        return Interval(what, self.estimate, self.seeds, why_not=self.comparison.why_not(self.measure) or never)


def _sample(seen: tuple[tuple[float, ...], ...]) -> Sample:
    return Sample.of(np.array(seen, float).T)


def _p_text(p: float) -> str:
    return f"{p:.3f}" if p >= 0.001 else "<0.001"
