"""Trainings on a Dask cluster: the same numbers as on this machine, or an error that names the worker that differs.

joblib's own backend for Dask will not do: with one worker it trains in the client's process and says nothing.
"""

import logging
import platform
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from ..data.mnist_files import EMBEDDED_DIRECTORY, MNISTError, read_files
from .keys import source_hash

TIMEOUT = 10  # seconds until the scheduler, and a first worker, must be there
INSTALL = "python -m pip install --require-hashes -r requirements.txt -r requirements-cluster.txt"

Facts = dict[str, object]


class ClusterError(OSError):
    """A cluster cannot be reached, is gone, or would not compute as this process does."""


def run_on_cluster(function: Callable, jobs: Sequence[tuple], directory: Path, scheduler: str) -> Iterator:
    """Yield `function(job, directory)` of every job as it arrives; the first jobs are begun first.

    function: of the package. directory: of the data, which the workers must find at the same path, except that each
    has the embedded data with its code. scheduler: its address, `tcp://host:port`.

    What a worker that dies has not handed over is done by others; a job that four workers died of is given up.
    Raises `ValueError` for what is no address; `ClusterError` if the scheduler does not answer within 10 seconds or is
    lost, if there is no worker, and, before anything is run, if a worker has other versions, code or data, or several
    threads. A worker that comes later is checked when it begins a job.
    """
    try:
        from distributed import Client, KilledWorker, as_completed
        from distributed.client import FutureCancelledError
    except ModuleNotFoundError as error:
        raise ClusterError(f"SCHEDULER needs Dask, and {error.name} is not installed; {INSTALL}") from error
    if not re.fullmatch(r"(tcp|tls)://[^/]+:\d+", scheduler):
        raise ValueError(f"the scheduler is {scheduler!r}; allowed: an address of the form tcp://host:8786")
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # the errors below say it all
    try:
        client = Client(scheduler, timeout=TIMEOUT, set_as_default=False)
    except Exception as error:  # whatever listens there, or does not
        raise ClusterError(f"no Dask scheduler answers at {scheduler} ({error}); nothing was trained") from error
    with client:
        there = None if directory == EMBEDDED_DIRECTORY else str(directory)
        expected = facts(there, source_hash())
        _check_workers(client, there, expected)
        futures = [
            client.submit(_checked, function, job, there, expected, pure=False, priority=-number)
            for number, job in enumerate(jobs)
        ]
        try:
            for future, result in as_completed(futures, loop=client.loop, with_results=True):
                if isinstance(result, FutureCancelledError):
                    raise ClusterError(f"the Dask scheduler at {scheduler} is gone; what arrived before is stored")
                future.release()  # it is here: should its worker die now, it is not wanted again
                yield result
        except KilledWorker as error:
            raise ClusterError(f"several workers died of one training, perhaps for want of memory: {error}") from error


def facts(directory: str | None, source: str) -> Facts:
    """Return what the numbers of a training depend on. directory: of the data; `None`: embedded. source: its hash."""
    folder = _folder(directory)
    try:
        data = read_files(folder).fingerprint
    except (OSError, MNISTError) as error:
        data = f"not readable ({error})"
    return {
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "NumPy": np.__version__,
        "source of the numeric modules": source,
        f"data in {'data/mnist' if directory is None else folder}": data,
        "threads of a worker": 1,  # the number of BLAS threads is one for a process, so trainings would disturb it
    }


@cache
def _loaded_source() -> str:
    """Return the hash of the source when first asked for: a worker goes on with that when the files change."""
    return source_hash()


def _facts_of_worker(directory: str | None, dask_worker: object) -> Facts:
    """Return the facts of the worker that runs this. dask_worker: given by `Client.run`, which wants this name."""
    return facts(directory, _loaded_source()) | {"threads of a worker": dask_worker.state.nthreads}


def _folder(directory: str | None) -> Path:
    return EMBEDDED_DIRECTORY if directory is None else Path(directory)


def _checked(function: Callable, job: tuple, directory: str | None, expected: Facts) -> object:
    """Do a job on a worker, if that is as the client expects."""
    from distributed import get_worker

    worker = get_worker()
    _raise_differences({worker.address: _facts_of_worker(directory, worker)}, expected)
    return function(job, _folder(directory))


def _check_workers(client: object, directory: str | None, expected: Facts) -> None:
    try:
        client.wait_for_workers(1, timeout=TIMEOUT)
    except TimeoutError as error:
        raise ClusterError(
            f"the Dask scheduler at {client.scheduler.address} has no worker; start one: make worker SCHEDULER=..."
        ) from error
    _raise_differences(client.run(_facts_of_worker, directory, on_error="return"), expected)


def _raise_differences(workers: dict[str, Facts | Exception], expected: Facts) -> None:
    """Raise `ClusterError` that names the workers that are not as expected, and in what they differ."""
    lines = []
    for address, found in workers.items():
        if isinstance(found, Exception):
            lines.append(f"worker {address} does not run this code: {found}")
        elif found != expected:
            different = [name for name in expected if found.get(name) != expected[name]]
            listed = "; ".join(f"{name}: {found.get(name)} there, {expected[name]} here" for name in different)
            lines.append(f"worker {address} differs. {listed}")
    if lines:
        remedy = "give it the same commit, requirements and data, one thread each, and start it anew"
        raise ClusterError("\n".join([*lines, remedy]))
