"""Random numbers by purpose: each pair of seed and name has a stream of its own."""

import numpy as np
import pytest

from helpers.network.random_streams import random_stream


def draw(seed, name):
    return random_stream(seed, name).random(8).tolist()


def test_the_same_seed_and_name_give_the_same_numbers_whatever_was_drawn_before():
    before = draw(3, "batch order")
    random_stream(3, "initial weights").random(1000)
    np.random.default_rng(3).random(1000)
    assert draw(3, "batch order") == before == draw(np.int64(3), "batch order")


def test_every_pair_of_seed_and_name_has_a_stream_of_its_own():
    drawn = {tuple(draw(seed, name)) for seed in range(20) for name in ("split", "initial weights", "batch order")}
    assert len(drawn) == 60


def test_no_seed_gives_a_new_stream_each_time():
    assert draw(None, "split") != draw(None, "split")


@pytest.mark.parametrize("seed", [-1, 1.0, "1", True, np.float64(2)])
def test_a_seed_that_is_no_integer_from_0_is_refused_with_what_is_allowed(seed):
    with pytest.raises(ValueError, match=r"seed is .*; allowed: an integer from 0"):
        random_stream(seed, "split")
