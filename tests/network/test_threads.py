"""One BLAS thread for whoever asks, until the last has left."""

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

from helpers import MLP
from helpers.common.threads import one_blas_thread


def blas_threads():
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_one_thread_holds_until_the_last_has_left_in_whatever_order():
    with threadpool_limits(2, user_api="blas"):
        before = blas_threads()
        first, second = one_blas_thread(), one_blas_thread()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        MLP([4, 3], seed=0).evaluate((np.ones((2, 4)), np.zeros(2, int)))
        assert blas_threads() == {1}
        second.__exit__(None, None, None)
        assert blas_threads() == before
