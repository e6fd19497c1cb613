"""Random numbers by purpose: one independent stream for each pair of seed and name."""

import numpy as np

from ..common.checks import check, is_integer
from ..common.hashing import sha256


def random_stream(seed: int | None, name: str) -> np.random.Generator:
    """Return the generator of one purpose, for example `random_stream(3, "batch order")`.

    The stream depends on the seed and the name alone, so adding a layer to a network leaves the order of
    its mini-batches as it was, and two networks with the same seed are compared on the same data.
    `seed=None` gives a stream that is new each time. Raises `ValueError` for a negative seed or one that is
    no integer.
    """
    if seed is None:
        return np.random.default_rng()
    check("seed", seed, is_integer(seed, 0), "an integer from 0, or None for a new stream each time")
    name_as_number = int.from_bytes(bytes.fromhex(sha256(name.encode()))[:8], "little")
    return np.random.default_rng([int(seed), name_as_number])
