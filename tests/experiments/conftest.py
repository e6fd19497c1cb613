"""Small data sets, and `run_experiments` on small experiments in the process of the tests."""

import pytest
from small_experiments import SMALL, TRAIN_SIZE, VALIDATION_SIZE, in_this_process

from helpers import run_experiments
from helpers.experiments import runner, trial


@pytest.fixture(scope="session")
def write_squares(tmp_path_factory, write_data, draw_images):
    """Function: a folder with a data set; a tenth of its training labels is wrong, so that validation loss can rise."""

    def write(count):
        (images, labels), test = draw_images(count), draw_images(300, seed=1)
        labels[::10] = (labels[::10] + 1) % 10
        return write_data(tmp_path_factory.mktemp("data") / "squares", (images, labels), test)

    return write


@pytest.fixture(scope="session")
def squares(write_squares):
    return write_squares(TRAIN_SIZE + VALIDATION_SIZE)


@pytest.fixture(scope="session")
def many_squares(write_squares):
    """As many images as the experiments ask for."""
    return write_squares(30_000)


@pytest.fixture
def trained(monkeypatch):
    """List of the ({names}, seed) trained, which happens in this process, in order."""
    calls = []

    def watched(job, directory):
        calls.append(({experiment.name for experiment in job.experiments}, job.seed))
        return trial.run_job(job, directory)

    monkeypatch.setattr(runner, "run_on_this_machine", in_this_process(watched))
    return calls


@pytest.fixture
def run(squares, trained, monkeypatch):
    """Function: `run_experiments` on the small experiments and data, in this process."""
    monkeypatch.setattr(runner, "EXPERIMENTS", SMALL)

    def run(names=None, seeds=1, **arguments):
        return run_experiments(names, seeds, **({"directory": squares, "progress": False} | arguments))

    return run
