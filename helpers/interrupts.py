"""Ctrl-C ends `python -m helpers` in one line, whenever it comes; imported first, since all else takes seconds."""

import os
import signal
import sys

EXIT_STATUS = 128 + signal.SIGINT  # of a program that Ctrl-C ended


def leave(number: int, frame: object) -> None:
    """End the process at once: nothing has begun yet that would have to be ended."""
    os.write(2, b"interrupted; no report was written\n")
    os._exit(EXIT_STATUS)


def raise_from_now_on() -> None:
    """Make an interrupt a KeyboardInterrupt again, for who can handle it."""
    if signal.getsignal(signal.SIGINT) is leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def ignore_from_now_on() -> None:
    """Let the process end in peace."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


if (
    sys.argv[:1] == ["-m"]  # Python looks for the module that it was told to run, and imports its package on the way
    and "helpers" in sys.orig_argv
    and signal.getsignal(signal.SIGINT) is signal.default_int_handler
):
    signal.signal(signal.SIGINT, leave)
