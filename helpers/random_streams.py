"""Random numbers by purpose: one independent stream for each pair of seed and name."""

import hashlib

import numpy as np


def random_stream(seed: int | None, name: str) -> np.random.Generator:
    """Return the generator of one purpose, for example `random_stream(3, "batch order")`.

    The stream depends on the seed and the name alone, so adding a layer to a network leaves the order of
    its mini-batches as it was, and two networks with the same seed are compared on the same data.
    `seed=None` gives a stream that is new each time. Raises `ValueError` for a negative seed or one that is
    no integer.
    """
    if seed is None:
        return np.random.default_rng()
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"seed is {seed!r}; allowed: an integer from 0, or None for a new stream each time")
    name_as_number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    return np.random.default_rng([int(seed), name_as_number])
