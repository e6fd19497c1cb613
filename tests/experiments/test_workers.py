"""Trainings in processes of this machine: always others than this one, with the code on disk, and the same bits."""

import os
import signal
import subprocess
import sys
import threading
import time
import warnings

import pytest
from small_experiments import SMALL, same, same_results, stored

from helpers import MLP, run_experiments
from helpers.experiments import runner, workers
from helpers.experiments.store import Store
from helpers.report import ROOT

pytestmark = pytest.mark.usefixtures("clean_environment")


@pytest.fixture
def run(many_squares):
    """Function: `run_experiments` on the small experiments, an epoch each."""

    def run(names, seeds, **arguments):
        experiments = [SMALL[name] for name in names]
        return run_experiments(
            experiments, seeds, **({"max_epochs": 1, "directory": many_squares, "progress": False} | arguments)
        )

    return run


def test_neither_the_number_of_workers_nor_what_else_is_trained_changes_a_bit(run, tmp_path):
    names = ["restless", "restless_2", "deep"]
    parallel = run(names, 2, workers=2, store=Store(tmp_path / "parallel"))
    same_results(run(names, 2, workers=1, store=Store(tmp_path / "one")), parallel)
    alone = run(["restless_2"], [1], workers=1, store=Store(tmp_path / "alone"))
    same(alone["restless_2"][0], parallel["restless_2"][1])


def test_even_one_worker_has_the_code_on_disk_and_not_that_of_this_process(run, monkeypatch):
    monkeypatch.setattr(MLP, "forward_pass", None)
    [result] = run(["plain"], 1, workers=1)["plain"]
    assert not result.diverged


def process_ids(directory, count=1):
    """The processes in which so many jobs are done, one after the other."""
    return [process for [process] in workers.run_on_this_machine([None] * count, directory, 1)]


def test_workers_go_on_with_the_next_jobs_until_the_code_on_disk_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "run_job", lambda job, directory: [os.getpid()])
    first, again = process_ids(tmp_path), process_ids(tmp_path, 2)
    monkeypatch.setattr(workers, "source_hash", lambda: "another")
    changed = process_ids(tmp_path)
    assert os.getpid() not in (*first, *changed)
    assert set(again) == set(first)
    assert changed != first


def test_an_error_in_a_worker_is_raised_here(tmp_path, monkeypatch):
    def fail(job, directory):
        raise MemoryError("of the worker")

    monkeypatch.setattr(workers, "run_job", fail)
    with pytest.raises(MemoryError, match="of the worker"):
        list(workers.run_on_this_machine([None], tmp_path, 1))


@pytest.mark.parametrize("seconds", [0, 0.5])
def test_closing_what_arrives_ends_the_workers_without_a_word(seconds, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(workers, "run_job", lambda job, directory: time.sleep(1) or (directory / str(job)).touch())
    arriving = workers.run_on_this_machine(range(20), tmp_path, 2)
    time.sleep(seconds)
    with warnings.catch_warnings(action="ignore"):
        arriving.close()
    time.sleep(1.2)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="Windows has no signals for threads")
def test_an_interrupt_while_the_workers_start_ends_them(run, monkeypatch, tmp_path):
    start, started = runner.run_on_this_machine, []

    def interrupted(*arguments):
        started.append(start(*arguments))
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        return started[0]

    monkeypatch.setattr(runner, "run_on_this_machine", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # tests that run in the background ignore it
    try:
        assert run(["plain"], 2).interrupted
    finally:
        signal.signal(signal.SIGINT, before)
    assert list(started[0]) == []
    assert stored(tmp_path / "results") == []


ONE_TRAINING = """
from threadpoolctl import threadpool_info
from helpers import MLP, STOP, TrainingConfig, load_mnist, train

def tell(history):
    print({pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"})
    return STOP

dataset = load_mnist(train_size=64, validation_size=32)
train(MLP([785, 4, 10], seed=0), dataset, TrainingConfig(), seed=0, progress=False, callback=tell)
"""


def test_a_processs_first_training_has_one_blas_thread_in_every_library_it_loads():
    """One loaded after the limit was set would have as many as there are cores, and they wait for each other."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", ONE_TRAINING],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "2"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "{1}"
