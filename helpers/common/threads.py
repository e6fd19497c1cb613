"""One BLAS thread: at the sizes of this project faster than several, and the same bits on any number of cores."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import scipy.linalg.blas  # noqa: F401, so that its BLAS is loaded when the libraries are looked for
from threadpoolctl import LibController, ThreadpoolController


@cache
def _libraries() -> list[LibController]:
    return ThreadpoolController().select(user_api="blas").lib_controllers


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Let products of matrices run on one thread, however busy the other cores are, until the end of the context.

    threadpoolctl's own context takes as long as a step of gradient descent, since it describes the libraries anew.
    """
    before = [library.get_num_threads() for library in _libraries()]
    for library in _libraries():
        library.set_num_threads(1)
    try:
        yield
    finally:
        for library, threads in zip(_libraries(), before, strict=True):
            library.set_num_threads(threads)
