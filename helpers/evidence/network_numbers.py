"""The numbers of one network over its seeds: to be said in a sentence, and to be judged alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..experiments.result import Runs, runs_of
from .judgement import Judgement, Verdict
from .measure import Measure, Quantity
from .measures import MEASURES, measure_of
from .numbers import NOT_TRAINED, counted, factor, ranges_text, short_name
from .runs import diverged_in, summarise
from .statistics import ENOUGH_SEEDS, Estimate, Sample, repetitions


class Network:
    """The numbers of one network: each measure is an attribute, its mean over the seeds, such as `network.accuracy`."""

    def __init__(self, results: Runs, name: str):
        self.name, self._results, self._runs = name, results, runs_of(results, name)

    def __getattr__(self, measure: str) -> Quantity:
        if measure.startswith("_"):
            raise AttributeError(measure)
        mean = summarise(self._results, self.name, measure).mean
        return Quantity(mean, measure_of(measure), otherwise="" if self._runs else NOT_TRAINED)

    def has_parameters(self, count: int) -> Judgement:
        """Judge that the trained networks have so many weights."""
        found = {run.parameters.size for run in self._runs}
        text = ", ".join(f"{size:,}" for size in sorted(found)) or "none"
        verdict = Verdict.of(found == {count}) if found else Verdict.MISSING
        return Judgement(f"parameters of {short_name(self.name)}", text, verdict)

    def __dir__(self) -> list[str]:
        return ["name", "above", "below", "has_parameters", *MEASURES]

    def above(self, measure: str, limit: float) -> Judgement:
        """Judge that the whole interval of a measure's mean lies above a limit, in the measure's own unit."""
        return self._interval(measure).above(limit)

    def below(self, measure: str, limit: float) -> Judgement:
        """Judge that the whole interval of a measure's mean lies below a limit."""
        return self._interval(measure).below(limit)

    def _interval(self, measure: str) -> "Interval":
        how, diverged = measure_of(measure), diverged_in(self._results, [self.name])
        what = f"{how.title}: {short_name(self.name)}"
        why_not = f"diverged trainings, {diverged}" if diverged else ""
        seeds = [run.seed for run in self._runs]
        return Interval(what, summarise(self._results, self.name, measure), seeds, how, why_not)


@dataclass(frozen=True)
class Interval:
    """An estimate over seeds that is judged by its interval.

    what: of what. measure: how it is written; as a factor without one. why_not: why it cannot be judged, if so; too few
    seeds are seen to.
    """

    what: str
    estimate: Estimate
    seeds: Sequence[int]
    measure: Measure | None = None
    why_not: str = ""

    def above(self, limit: float) -> Judgement:
        """Judge that the whole interval lies above a limit."""
        return self._judged("above", limit)

    def below(self, limit: float) -> Judgement:
        """Judge that the whole interval lies below a limit."""
        return self._judged("below", limit)

    def _judged(self, side: str, limit: float) -> Judgement:
        count = self.estimate.count
        words = {"what": f"{self.what} {side} {limit:g}", "measured": self._text(), "seeds": ranges_text(self.seeds)}
        if not len(self.estimate.values):
            return Judgement(verdict=Verdict.MISSING, **words)
        if self.why_not or count < ENOUGH_SEEDS:
            return Judgement(verdict=Verdict.OPEN, found=self.why_not or counted(count, "seed"), **words)

        def beyond(sample: Sample) -> np.ndarray:
            low, high = sample.interval(0.95)
            return low > bound if side == "above" else high < bound

        numbers = self.estimate.values[~np.isnan(self.estimate.values)]
        numbers, bound = (self.measure.judged(one) if self.measure else np.asarray(one) for one in (numbers, limit))
        holds = bool(beyond(Sample.of(numbers)))
        again = float(np.mean(beyond(repetitions((tuple(numbers),))) == holds))
        return Judgement(verdict=Verdict.of(holds), again=again, **words)

    def _text(self) -> str:
        found = self.estimate
        if not found.count:
            return "none"
        ends = (self.measure.text(n) if self.measure else factor(n) for n in (found.mean, found.low, found.high))
        return "{}{} ({} to {})".format(next(ends), f" {self.measure.unit}" if self.measure else " times", *ends)


def measured(results: Runs, name: str) -> Network:
    """Return the numbers of one network, for a sentence. Raises `ValueError` where there are no results of it."""
    return Network(results, name)
