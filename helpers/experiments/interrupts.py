"""Ctrl-C ends `python -m helpers` in one line, whenever it comes, and the runner's workers never get it."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

EXIT_STATUS = 128 + signal.SIGINT  # of a program that Ctrl-C ended


def leave(number: int, frame: object) -> None:
    """End the process at once: nothing has begun yet that would have to be ended."""
    os.write(2, b"interrupted; nothing was written\n")
    os._exit(EXIT_STATUS)


def leave_at_once() -> None:
    """Let an interrupt end the process without a word of Python's, until `raise_from_now_on`."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave)


def raise_from_now_on() -> None:
    """Make an interrupt a KeyboardInterrupt again, for who can handle it."""
    if signal.getsignal(signal.SIGINT) is leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def ignore_from_now_on() -> None:
    """Let the process end in peace."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def held_back() -> Iterator[None]:
    """Let an interrupt wait until the end; workers that are started meanwhile never get one (not on Windows)."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    from joblib.externals.loky.backend import resource_tracker as lokys

    for tracker in (resource_tracker, lokys):
        tracker.ensure_running()  # else started with the workers, which would end the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
