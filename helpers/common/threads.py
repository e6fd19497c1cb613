"""One BLAS thread: at the sizes of this project faster than several, and the same bits on any number of cores."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

import scipy.linalg.blas  # noqa: F401, so that its BLAS is loaded when the libraries are looked for
from threadpoolctl import ThreadpoolController

_lock = Lock()
_inside: list[object] = []  # the limits of those who are inside; those of the first count


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Let products of matrices run on one thread, however busy the other cores are, until the end of the context.

    The number holds for the process: it comes back when the last of Python's threads has left, so that a training is
    not disturbed by what ends meanwhile. The libraries are looked for once: that takes longer than a step.
    """
    with _lock:
        _inside.append(None if _inside else _libraries().limit(limits=1, user_api="blas"))
    try:
        yield
    finally:
        with _lock:
            if len(_inside) == 1:
                _let_anybody_set_it()
                _inside[0].restore_original_limits()
                _let_anybody_set_it()
            _inside.pop()


def _let_anybody_set_it() -> None:
    """Take OpenBLAS from the Python thread that set it last; from 3.7 on threadpoolctl lets no other one set it."""
    for library in _libraries().lib_controllers:
        if hasattr(library, "clear_controlling_thread"):
            library.clear_controlling_thread(force=True)
