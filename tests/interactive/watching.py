"""Waiting for what the explorer's threads do."""

import time

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
