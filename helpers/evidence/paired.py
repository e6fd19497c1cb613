"""A measure of two networks, seed by seed: its differences, and how they are written."""

from dataclasses import dataclass

import numpy as np

from ..experiments.result import Runs
from .families import Pair
from .measure import Measure
from .measures import measure_of
from .runs import values_by_seed
from .statistics import Estimate, Sample, estimate


@dataclass(frozen=True)
class Paired:
    """A measure of two networks for the seeds that both have. before, after: as read off, `(seeds,)`."""

    measure: Measure
    seeds: tuple[int, ...]
    before: np.ndarray
    after: np.ndarray

    @classmethod
    def of(cls, results: Runs, pair: Pair, measure: str) -> "Paired":
        """Read it off; no seeds where one of the networks is not there."""
        both = [values_by_seed(results, name, measure) if name in results else {} for name in pair]
        seeds = tuple(sorted(both[0].keys() & both[1].keys()))
        return cls(measure_of(measure), seeds, *(np.array([one[seed] for seed in seeds], float) for one in both))

    @property
    def judged(self) -> np.ndarray:
        """The differences on the scale on which they are judged, `(seeds,)`; NaN where one of the two has no value."""
        return self.measure.judged(self.after) - self.measure.judged(self.before)

    @property
    def middle(self) -> np.ndarray:
        """The mean of `before`, on the scale on which it is judged, over the seeds that have both."""
        return Sample.of(self.measure.judged(np.where(np.isnan(self.judged), np.nan, self.before))).mean

    def limits(self, margin: float) -> tuple[float, float]:
        """Return, on the scale on which they are judged, differences of less and more than nought by a margin."""
        at, margin = self.measure.read_off(self.middle), margin / self.measure.scale
        low, high = (float(self.measure.judged(end) - self.middle) for end in (at - margin, at + margin))
        return (-np.inf if self.measure.never and at <= margin else low), high

    def difference(self, level: float = 0.95) -> Estimate:
        """Return the differences as one writes them, with mean and interval.

        Of steps that may never be reached, mean and ends are those of the speeds: as steps more than those of `before`.
        """
        if not self.measure.never:
            return estimate(self.judged, level)
        with np.errstate(invalid="ignore"):
            values = np.where(np.isinf(self.before) & np.isinf(self.after), 0, self.after - self.before)
            start = self.measure.read_off(self.middle)
            return Estimate(values, *(float(end - start) for end in self._after(level)))

    def text(self, level: float = 0.95) -> str:
        """Return mean and interval: "+4.10 points (+3.90 to +4.31)", or "2,100 → 1,500 steps (1,400 to 1,650)"."""
        found, how = self.difference(level), self.measure
        if not found.count:
            return "none"
        named = "" if level == 0.95 else f"; {level:.0%}".replace("%", "\N{NO-BREAK SPACE}%")
        missing = f" [{found.count} of {len(self.seeds)}]" if found.count < len(self.seeds) else ""
        if how.never:
            mean, low, high = (how.text(end) for end in self._after(level))
            start = how.text(float(how.read_off(self.middle)))
            return f"{start} → {mean} {how.unit} ({low} to {high}{named}){missing}{self._never()}"
        mean, low, high = (how.text(end, signed=True) for end in (found.mean, found.low, found.high))
        return f"{mean} {how.unit_of_difference} ({low} to {high}{named}){missing}"

    def _after(self, level: float) -> list[float]:
        """Return what `after` is, in mean and at the ends of the interval, where `before` is its mean."""
        change = estimate(self.judged, level)
        return [float(self.measure.read_off(self.middle + end)) for end in (change.mean, change.low, change.high)]

    def _never(self) -> str:
        before, after = (int(np.isinf(one).sum()) for one in (self.before, self.after))
        return f", never in {before} and {after} of {len(self.seeds)}" if before or after else ""


def columns(results: Runs, pairs: tuple[Pair, ...], measure: str) -> tuple[tuple[float, ...], ...]:
    """Return for each pair its differences as they are judged, all over the same seeds; NaN where one has none."""
    found = [Paired.of(results, pair, measure) for pair in pairs]
    by_seed = [dict(zip(one.seeds, one.judged.tolist(), strict=True)) for one in found]
    seeds = sorted(set().union(*by_seed))
    return tuple(tuple(one.get(seed, np.nan) for seed in seeds) for one in by_seed)
