"""Trainings on the toy data; runs of the explorer, started, and waited for."""

import time

from helpers import MLP, TrainingConfig, train

SECONDS = 20  # the longest wait, on a busy machine
ONE = [[[0.5, 0.1], [0.5, 0.9]]]  # drawn on the pad


def wait_for(condition):
    """Wait until a function returns something true."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.005)


def finished(explorer):
    """Wait for the end of the run that was started last, and return it."""
    run = list(explorer.runs)[-1]
    assert run.join(SECONDS)
    return run


def run_to_end(explorer, **settings):
    """Start a run of one epoch, or of other settings, wait for its end, and return it."""
    for name, value in ({"max_epochs": 1} | settings).items():
        getattr(explorer.settings, name).value = value
    explorer.start.click()
    return finished(explorer)


def trained(toy, callback=None, **settings):
    """The history of a training of three epochs, or of other settings."""
    config = TrainingConfig(**{"learning_rate": 0.1, "batch_size": 10, "max_epochs": 3, "patience": None} | settings)
    return train(MLP([6, 5, 3], weight_init="improved", seed=0), toy, config, seed=0, progress=False, callback=callback)
