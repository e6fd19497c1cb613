"""Jobs on this machine: one process a core, each with the code as it is on disk."""

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path
from queue import Empty
from threading import Thread

from .jobs import Job
from .keys import source_hash
from .result import Result
from .trial import run_job


def run_on_this_machine(jobs: Sequence[Job], directory: Path, workers: int | None) -> Iterator[list[Result]]:
    """Yield the results of every job as it ends; the first jobs are begun first.

    Never in this process, not even with one worker: a notebook may have loaded the code before it was changed, and
    the results are stored under the key of the code on disk. Workers are started anew when that changes.
    Closing the iterator ends them.
    """
    from joblib import cpu_count  # only where something is trained: it takes long to import
    from joblib.externals.loky import get_reusable_executor

    executor = get_reusable_executor(
        max_workers=min(workers or cpu_count(), len(jobs)),
        initializer=_end_with_this_process,
        initargs=(os.getpid(), source_hash()),
    )
    futures = [executor.submit(run_job, job, directory) for job in jobs]
    arriving = _arriving(executor, futures)
    next(arriving)  # from here on closing it ends the workers; a generator that was never begun would do nothing
    return arriving


def _arriving(executor: Executor, futures: Sequence[Future]) -> Iterator[list[Result]]:
    from joblib.externals.loky import as_completed

    done = False
    try:
        yield []
        for future in as_completed(futures):
            yield future.result()
        done = True
    finally:
        if not done:
            _end(executor)


def _end(executor: Executor) -> None:
    """End the workers. What is not begun is withdrawn first: loky forgets it on its own, and then looks for it."""
    with suppress(Empty):
        while True:
            executor._work_ids.get_nowait()
    executor.shutdown(wait=True, kill_workers=True)


def _end_with_this_process(main: int, source: str) -> None:
    """Let a worker end when the process that started it was killed; else it would wait for it for good.

    source: hash of the code, so that a worker with other code is not taken for the same.
    """

    def watch() -> None:
        while os.getppid() == main:
            time.sleep(1)
        os._exit(1)

    Thread(target=watch, daemon=True).start()
