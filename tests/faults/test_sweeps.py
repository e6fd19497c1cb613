"""Sweeps that are killed or interrupted, or find no room or no right to write; and equal bits however they ended."""

import os
import random
import shutil
import signal
import subprocess
import time

import pytest
import small_sweep
from conftest import same, stored, wait_until

from helpers.experiments.store import Store

RESULTS = len(small_sweep.SMALL) * small_sweep.SEEDS


@pytest.fixture(scope="module")
def undisturbed(squares, tmp_path_factory):
    """The folder of an undisturbed sweep with one worker, and what is stored in it."""
    folder = tmp_path_factory.mktemp("undisturbed")
    small_sweep.run(1, directory=squares, store=Store(folder))
    whole = stored(folder)
    assert len(whole) == RESULTS
    return folder, whole


@pytest.fixture
def sweep(start, squares):
    """Function: start a sweep with as many workers, results in a folder."""

    def sweep(folder, workers=2, **options):
        return start("-m", "small_sweep", workers, MNIST_DIR=squares, RESULTS_DIR=folder, **options)

    return sweep


def equal(found, expected):
    assert found.keys() == expected.keys()
    for name in expected:
        same(found[name], expected[name])


@pytest.mark.parametrize(
    ("number", "workers", "times"),
    [(signal.SIGKILL, 1, 12), (signal.SIGKILL, 2, 8), (signal.SIGINT, 1, 4), (signal.SIGINT, 2, 4)],
)
def test_ended_at_any_moment_no_result_is_lost_or_half_and_the_end_is_the_same(
    number, workers, times, sweep, undisturbed, tmp_path
):
    moments = random.Random(20 + workers)  # noqa: S311
    began = time.monotonic()
    assert sweep(tmp_path / "0", workers).wait()[0] == 0
    whole_time = time.monotonic() - began
    equal(stored(tmp_path / "0"), undisturbed[1])
    ended, sweeps, finished, folder = 0, 1, {}, tmp_path / "1"
    while ended < times:
        run = sweep(folder, workers)
        try:
            status, _, errors = run.wait(timeout=moments.uniform(0.15, 1) * whole_time)
        except subprocess.TimeoutExpired:
            run.signal(number)
            run.wait()
            wait_until(lambda run=run: not run.family(), "the workers are dead too")
            ended += 1
        else:
            assert status == 0, errors
            equal(stored(folder), undisturbed[1])
            sweeps += 1
            finished, folder = {}, tmp_path / str(sweeps)
        now = stored(folder)
        equal(now, {name: undisturbed[1][name] for name in now})
        assert finished.keys() <= now.keys()
        if number == signal.SIGINT and folder.exists():  # which leaves nothing half
            assert len(list(folder.iterdir())) == len(now)
        finished = now
    assert sweep(folder, workers).wait()[0] == 0
    equal(stored(folder), undisturbed[1])


def test_workers_end_with_the_process_that_started_them(sweep, tmp_path):
    run = sweep(tmp_path / "results")
    wait_until(lambda: list((tmp_path / "results").glob("*.npz")), "there is a result")
    os.kill(run.process.pid, signal.SIGKILL)
    run.process.wait()
    wait_until(lambda: not run.family(), "the workers have ended too", 20)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_is_killed_ends_the_sweep_with_an_error_and_the_next_goes_on(
    workers, sweep, undisturbed, tmp_path
):
    folder = tmp_path / "results"
    run = sweep(folder, workers)
    wait_until(lambda: list(folder.glob("*.npz")), "there is a result")
    kept = stored(folder)
    victims = [number for number, command in run.family().items() if "loky" in command and "tracker" not in command]
    os.kill(victims[0], signal.SIGKILL)
    status, _, errors = run.wait()
    if status:  # otherwise it had done its part already
        assert "TerminatedWorkerError" in errors
    equal({name: stored(folder)[name] for name in kept}, kept)
    assert sweep(folder, workers).wait()[0] == 0
    equal(stored(folder), undisturbed[1])


@pytest.fixture
def copy(undisturbed, tmp_path):
    """A copy of the undisturbed sweep's results."""
    return shutil.copytree(undisturbed[0], tmp_path / "copy")


@pytest.fixture
def small_disk(mount):
    """A disk of its own with room for three of the sweep's results."""
    return mount("small disk", "-t", "tmpfs", "-o", "size=120k", "tmpfs")


def test_a_full_disk_ends_a_sweep_with_an_error_and_nothing_half(sweep, undisturbed, small_disk):
    for _ in range(2):  # and it is still full
        status, _, errors = sweep(small_disk).wait()
        assert status == 1
        last = errors.strip().splitlines()[-1]
        assert "No space left on device; make room, allow writing there, or set RESULTS_DIR to another folder" in last
        assert str(small_disk) in last
        kept = stored(small_disk)
        assert 0 < len(kept) < RESULTS
        equal(kept, {name: undisturbed[1][name] for name in kept})
        assert len(list(small_disk.iterdir())) == len(kept)


def test_results_that_may_not_be_read_are_an_error_that_names_one(sweep, copy, reachable):
    copy = reachable(copy)
    for path in copy.iterdir():
        path.chmod(0)
    status, _, errors = sweep(copy, user=65534).wait()
    assert status == 1
    assert "PermissionError" in errors.splitlines()[-1]
    assert str(copy) in errors.splitlines()[-1]
    assert len(list(copy.iterdir())) == RESULTS


def test_where_results_may_not_be_written_they_are_read_and_a_new_one_is_an_error(sweep, copy, reachable, tmp_path):
    copy = reachable(copy)
    status, _, errors = sweep(copy, user=65534).wait()
    assert status == 0, errors
    sorted(copy.iterdir())[0].unlink()
    status, _, errors = sweep(copy, user=65534).wait()
    assert status == 1
    assert "Permission denied; allow writing there, or set RESULTS_DIR" in errors.splitlines()[-1]
    assert len(list(copy.iterdir())) == RESULTS - 1
