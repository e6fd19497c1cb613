"""Experiments that train in a blink, and when their results are the same; for the tests of this folder."""

from dataclasses import fields

import numpy as np

from helpers import Experiment, TrainingConfig
from helpers.experiments.result import Result
from helpers.network.history import History

TRAIN_SIZE, VALIDATION_SIZE = 2_000, 500  # of the small data set
CONFIG = TrainingConfig(learning_rate=0.1, momentum=0.5, batch_size=100, max_epochs=3, validations_per_epoch=5)
SIZES = {"train_size": TRAIN_SIZE, "validation_size": VALIDATION_SIZE}
BASE = Experiment("base", "", (6,), "improved_sigmoid", "improved", CONFIG, **SIZES)
SMALL = {
    experiment.name: experiment
    for experiment in (
        BASE.variant("plain", activation="sigmoid"),
        BASE.variant("restless", learning_rate=8, patience=None),
        BASE.variant("restless_2", learning_rate=8, patience=2),
        BASE.variant("restless_4", learning_rate=8, patience=4),
        BASE.variant("deep", hidden_layers=(6, 5, 4), max_epochs=2),
        BASE.variant("explosive", learning_rate=1e38),
    )
}
FOR_THE_RECORD = ("trained_at", "environment", "history.wall_seconds", "history.cpu_seconds")


def flat(result):
    """The numbers of a result as plain arrays, without what is for the record only."""
    values = {f.name: getattr(result, f.name) for f in fields(Result) if f.name not in ("history", "directory")}
    values |= {f"history.{f.name}": getattr(result.history, f.name) for f in fields(History)}
    values["experiment"] = repr(result.experiment)
    return {name: np.asarray(value) for name, value in values.items() if name not in FOR_THE_RECORD}


def same(first, second):
    """Two results are equal bit for bit."""
    first, second = flat(first), flat(second)
    assert first.keys() == second.keys()
    for name in first:
        assert first[name].dtype == second[name].dtype, name
        assert first[name].tobytes() == second[name].tobytes(), name


def same_results(first, second):
    assert first.keys() == second.keys()
    for name in first:
        for one, other in zip(first[name], second[name], strict=True):
            same(one, other)


def in_this_process(do):
    """Function that stands in for `run_on_this_machine`: does the jobs one after the other, here."""

    def run_here(jobs, directory, workers):
        for job in jobs:
            yield do(job, directory)

    return run_here


def stored(directory):
    """Names and seeds of the results in a folder."""
    return sorted(path.name.rsplit("-", 1)[0] for path in directory.glob("*.npz"))
