"""What is read off the runs of a network, seed by seed."""

from collections.abc import Sequence

import numpy as np

from ..experiments.result import Runs, runs_of
from .measures import baseline_name, measure_of
from .statistics import Estimate


def values_by_seed(results: Runs, name: str, measure: str) -> dict[int, float]:
    """Return a measure of a network for each seed; NaN where a run diverged or has none.

    Raises `ValueError` for a network or a measure that is not there.
    """
    read = measure_of(measure).read
    baselines = {run.seed: run for run in results.get(baseline_name(), ())}
    runs = runs_of(results, name)
    return {run.seed: np.nan if run.diverged else float(read(run, baselines.get(run.seed))) for run in runs}


def summarise(results: Runs, name: str, measure: str) -> Estimate:
    """Return mean, interval and every seed's value of one measure of one network."""
    return measure_of(measure).estimate(values_by_seed(results, name, measure).values())


def diverged_in(results: Runs, names: Sequence[str]) -> str:
    """Return for example "3 of weights", for those of the networks of which trainings diverged; nothing without any."""
    counts = {name: sum(run.diverged for run in results[name]) for name in names}
    return " and ".join(f"{count} of {name}" for name, count in counts.items() if count)
