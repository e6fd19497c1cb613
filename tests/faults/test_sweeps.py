"""Sweeps that are killed, that find damaged results, no room, or no right to write; and equal bits however they ran."""

import os
import random
import resource
import shutil
import signal
import subprocess
import time
import warnings

import pytest
import small_sweep
from conftest import same, stored, wait_until

from helpers.experiments import keys
from helpers.experiments.store import Store

KILLS = {1: 35, 2: 15}  # by the number of workers
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


# Killed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", KILLS)
def test_killed_at_random_moments_no_finished_result_is_lost_and_the_end_is_the_same(
    workers, sweep, undisturbed, tmp_path
):
    moments = random.Random(20 + workers)  # noqa: S311
    killed, finished, sweeps, folder = 0, {}, 0, tmp_path / "0"
    began = time.monotonic()
    assert sweep(folder, workers).wait()[0] == 0
    whole_time = time.monotonic() - began
    equal(stored(folder), undisturbed[1])
    folder = tmp_path / "1"
    while killed < KILLS[workers]:
        run = sweep(folder, workers)
        try:
            status, _, errors = run.wait(timeout=moments.uniform(0.15, 1) * whole_time)
        except subprocess.TimeoutExpired:
            run.signal(signal.SIGKILL)
            run.process.wait()
            wait_until(lambda run=run: not run.family(), "the workers are dead too")
            killed += 1
        else:
            assert status == 0, errors
            equal(stored(folder), undisturbed[1])
            sweeps += 1
            finished, folder = {}, tmp_path / str(sweeps + 1)
        now = stored(folder)
        assert finished.keys() <= now.keys()
        equal({name: now[name] for name in finished}, finished)
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


# Equal bits ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_any_number_of_workers_gives_equal_bits_fresh_and_from_the_store(workers, squares, undisturbed, tmp_path):
    store = Store(tmp_path)
    fresh = small_sweep.run(workers, directory=squares, store=store)
    equal(stored(tmp_path), undisturbed[1])
    again = small_sweep.run(workers, directory=squares, store=store)
    for name in fresh:
        for one, other in zip(fresh[name], again[name], strict=True):
            assert one.parameters.tobytes() == other.parameters.tobytes()
            assert (one.train, one.validation, one.test) == (other.train, other.validation, other.test)


# Damaged ------------------------------------------------------------------------------------------------


@pytest.fixture
def copy(undisturbed, tmp_path):
    """A copy of the undisturbed sweep's results."""
    return shutil.copytree(undisturbed[0], tmp_path / "copy")


def test_truncated_swapped_and_scribbled_files_are_reported_and_trained_again(copy, squares, undisturbed):
    truncated, scribbled, first, second, whole, other = sorted(copy.iterdir())
    truncated.write_bytes(truncated.read_bytes()[:1000])
    scribbled.write_bytes(b"not a result\n" * 100)
    first.rename(copy / "between")
    second.rename(first)
    (copy / "between").rename(second)
    untouched = {path: path.stat().st_mtime_ns for path in (whole, other)}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        small_sweep.run(1, directory=squares, store=Store(copy))
    told = sorted(f"{warning.filename}: {warning.message}" for warning in caught)
    assert len(told) == 4
    for message, path in zip(told, (truncated, scribbled, first, second), strict=True):
        assert message.startswith(f"{path}: ")
        assert message.endswith("deleted, its training runs again")
    assert [("damaged" in m, "the content of" in m) for m in told] == [(True, False)] * 2 + [(False, True)] * 2
    equal(stored(copy), undisturbed[1])
    assert untouched == {path: path.stat().st_mtime_ns for path in untouched}


def test_results_of_an_older_format_are_neither_read_nor_touched(squares, undisturbed, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(keys, "RESULT_FORMAT", keys.RESULT_FORMAT - 1)
        small_sweep.run(1, directory=squares, store=Store(tmp_path))
    old = {path: path.read_bytes() for path in tmp_path.iterdir()}
    small_sweep.run(1, directory=squares, store=Store(tmp_path))
    assert {path: path.read_bytes() for path in old} == old
    new = tmp_path / "new"
    new.mkdir()
    for path in set(tmp_path.glob("*.npz")) - set(old):
        path.rename(new / path.name)
    equal(stored(new), undisturbed[1])


def test_a_folder_in_a_results_place_is_an_error_that_names_it(copy, squares):
    path = sorted(copy.iterdir())[0]
    path.unlink()
    path.mkdir()
    with pytest.raises(OSError, match=path.name):
        small_sweep.run(1, directory=squares, store=Store(copy))


# No room, no right --------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own with room for three of the sweep's results."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root: sudo make test-faults")
    folder = tmp_path / "small disk"
    folder.mkdir()
    mount = shutil.which("mount"), "-t", "tmpfs", "-o", "size=120k", "tmpfs", folder
    if subprocess.run(mount, check=False, capture_output=True).returncode:  # noqa: S603
        pytest.skip("this machine allows no mounts: run in a container with --cap-add SYS_ADMIN")
    yield folder
    subprocess.run((shutil.which("umount"), folder), check=True)  # noqa: S603


def assert_no_room(run, folder, undisturbed):
    """A sweep that ran out of room said so and kept what it had; return what it had."""
    status, _, errors = run.wait()
    assert status == 1
    last = errors.strip().splitlines()[-1]
    assert "make room, allow writing there, or set RESULTS_DIR to another folder" in last
    assert str(folder) in last
    kept = stored(folder)
    assert 0 < len(kept) < RESULTS
    equal(kept, {name: undisturbed[1][name] for name in kept})
    assert len(list(folder.iterdir())) == len(kept)
    return last


def test_a_full_disk_ends_a_sweep_with_an_error_and_nothing_half(sweep, undisturbed, small_disk):
    assert "No space left on device" in assert_no_room(sweep(small_disk), small_disk, undisturbed)
    assert sweep(small_disk).wait()[0] == 1  # still full


def test_a_limit_on_the_size_of_files_ends_a_sweep_with_an_error_and_nothing_half(sweep, undisturbed, tmp_path):
    sizes = sorted(path.stat().st_size for path in undisturbed[0].iterdir())
    limit = (sizes[0] + sizes[-1]) // 2

    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    folder = tmp_path / "results"
    for name in sorted(undisturbed[1])[:1]:
        folder.mkdir()
        shutil.copy(undisturbed[0] / name, folder)
    assert "File too large" in assert_no_room(sweep(folder, preexec_fn=limited), folder, undisturbed)


def test_results_that_may_not_be_read_are_an_error_that_names_one(sweep, copy, reachable):
    copy = reachable(copy)
    for path in copy.iterdir():
        path.chmod(0)
    status, _, errors = sweep(copy, user=65534).wait()
    assert status == 1
    assert "PermissionError" in errors.splitlines()[-1]
    assert str(copy) in errors.splitlines()[-1]
    assert len(list(copy.iterdir())) == RESULTS


def test_a_folder_of_results_that_may_not_be_written_is_an_error_and_whole_results_are_still_read(
    sweep, copy, reachable, tmp_path
):
    copy = reachable(copy)
    status, _, errors = sweep(copy, user=65534).wait()
    assert status == 0, errors
    sorted(copy.iterdir())[0].unlink()
    status, _, errors = sweep(copy, user=65534).wait()
    assert status == 1
    assert "Permission denied; allow writing there, or set RESULTS_DIR" in errors.splitlines()[-1]
    assert len(list(copy.iterdir())) == RESULTS - 1


# Interrupted --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_a_sweep_interrupted_at_many_moments_leaves_no_process_and_a_whole_store(workers, sweep, undisturbed, tmp_path):
    moments = random.Random(workers)  # noqa: S311
    folder = tmp_path / "results"
    for _ in range(5):
        run = sweep(folder, workers)
        try:
            run.wait(timeout=moments.uniform(0.5, 2.5))
        except subprocess.TimeoutExpired:
            run.signal(signal.SIGINT)
            run.wait()
        wait_until(lambda run=run: not run.family(), "nothing of it runs")
        found = stored(folder)
        equal(found, {name: undisturbed[1][name] for name in found})
        if folder.exists():
            assert len(list(folder.iterdir())) == len(found)
