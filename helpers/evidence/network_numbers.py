"""The numbers of one network over its seeds: to be said in a sentence, and to be judged alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..experiments.result import Result
from .judgement import Judgement
from .measures import MEASURES, Measure, baseline_name, measure_of
from .numbers import counted, factor, short_name
from .statistics import SEEDS_FOR_AN_INTERVAL, Estimate, estimate

Runs = Mapping[str, Sequence[Result]]


class Quantity(float):
    """A measured number that is written with its unit: `f"{q}"`, or `f"{q:2}"` with two decimals."""

    def __new__(cls, number: float, measure: Measure, unit: str | None = None) -> "Quantity":
        self = super().__new__(cls, number)
        self.measure, self.unit = measure, measure.unit if unit is None else unit
        return self

    def __format__(self, decimals: str) -> str:
        return self.measure.said(float(self), int(decimals) if decimals else None, self.unit)

    def __str__(self) -> str:
        return format(self)


class Network:
    """The numbers of one network: each measure is an attribute, its mean over the seeds, such as `network.accuracy`."""

    def __init__(self, results: Runs, name: str):
        self.name, self._values, self._runs = name, values_by_seed(results, name), results[name]

    def __getattr__(self, measure: str) -> Quantity:
        if measure.startswith("_"):
            raise AttributeError(measure)
        numbers = [value for value in self._values(measure).values() if np.isfinite(value)]
        return Quantity(np.mean(numbers) if numbers else np.nan, measure_of(measure))

    def has_parameters(self, count: int) -> Judgement:
        """Judge that the trained networks have so many weights."""
        found = {run.parameters.size for run in self._runs}
        text = ", ".join(f"{size:,}" for size in sorted(found)) or "none"
        why_not = "" if found else "not judged on 0 seeds"
        holds = found == {count}
        what = f"parameters of {short_name(self.name)}"
        return Judgement(what, text, why_not or ("so" if holds else "not so"), None if why_not else holds)

    def __dir__(self) -> list[str]:
        return ["name", "above", "below", "has_parameters", *MEASURES]

    def above(self, measure: str, limit: float) -> Judgement:
        """Judge that the whole interval of a measure's mean lies above a limit."""
        return self._interval(measure).above(limit)

    def below(self, measure: str, limit: float) -> Judgement:
        """Judge that the whole interval of a measure's mean lies below a limit."""
        return self._interval(measure).below(limit)

    def _interval(self, measure: str) -> "Interval":
        how = measure_of(measure)
        return Interval(f"{how.title}, {short_name(self.name)}", estimate(self._values(measure).values()), how)


@dataclass(frozen=True)
class Interval:
    """An estimate that is judged by its interval. what: of what. measure: how it is written; as a factor without one.

    why_not: why it cannot be judged, if so; too few seeds are seen to.
    """

    what: str
    estimate: Estimate
    measure: Measure | None = None
    why_not: str = ""

    def above(self, limit: float) -> Judgement:
        """Judge that the whole interval lies above a limit."""
        return self._judged(f"above {limit:g}", self.estimate.low > limit)

    def below(self, limit: float) -> Judgement:
        """Judge that the whole interval lies below a limit."""
        return self._judged(f"below {limit:g}", self.estimate.high < limit)

    def _judged(self, limit: str, holds: bool) -> Judgement:
        found = self.estimate
        few = f"not judged on {counted(found.count, 'seed')}" if found.count < SEEDS_FOR_AN_INTERVAL else ""
        why_not = self.why_not or few
        mean, low, high = (
            self.measure.text(n) if self.measure else factor(n) for n in (found.mean, found.low, found.high)
        )
        unit = f" {self.measure.unit}" if self.measure else " times"
        return Judgement(
            what=f"{self.what}, {limit}",
            measured=f"{mean}{unit} ({low} to {high})",
            found=why_not or ("so" if holds else "not so"),
            holds=None if why_not else bool(holds),
        )


def values_by_seed(results: Runs, name: str) -> Callable[[str], dict[int, float]]:
    """Return a function of a measure's name that gives its value for each seed; NaN where a run diverged or has none.

    Raises `ValueError` for a network that is not there, and the function for a measure that does not exist.
    """
    if name not in results:
        raise ValueError(f"no results of {name!r}; there are: {', '.join(results) or 'none'}")
    runs = {run.seed: run for run in results[name]}
    baselines = {run.seed: run for run in results.get(baseline_name(), ())}

    def values(measure: str) -> dict[int, float]:
        read = measure_of(measure).read
        return {s: np.nan if run.diverged else float(read(run, baselines.get(s))) for s, run in runs.items()}

    return values


def summarise(results: Runs, name: str, measure: str) -> Estimate:
    """Return mean, interval and every seed's value of one measure of one network."""
    return estimate(values_by_seed(results, name)(measure).values())


def measured(results: Runs, name: str) -> Network:
    """Return the numbers of one network, for a sentence. Raises `ValueError` where there are no results of it."""
    return Network(results, name)
