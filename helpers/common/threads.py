"""One BLAS thread: at the sizes of this project faster than several, and the same bits on any number of cores."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

import scipy.linalg.blas  # noqa: F401, so that its BLAS is loaded when the libraries are looked for
from threadpoolctl import LibController, ThreadpoolController

_lock = Lock()
_before: list[list[int]] = []  # the libraries' threads when each of those now inside came; the first counts


@cache
def _libraries() -> list[LibController]:
    return ThreadpoolController().select(user_api="blas").lib_controllers


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Let products of matrices run on one thread, however busy the other cores are, until the end of the context.

    The number holds for the process: it comes back when the last thread of Python has left, so that a training is not
    disturbed by what ends meanwhile. threadpoolctl's own context takes as long as a step of gradient descent, since it
    describes the libraries anew.
    """
    with _lock:
        _before.append([library.get_num_threads() for library in _libraries()])
        _set([1] * len(_libraries()))
    try:
        yield
    finally:
        with _lock:
            if len(_before) == 1:
                _set(_before[0])
            _before.pop()


def _set(threads: list[int]) -> None:
    for library, count in zip(_libraries(), threads, strict=True):
        library.set_num_threads(count)
