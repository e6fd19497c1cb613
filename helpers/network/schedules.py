"""Schedules: by what the learning rate is multiplied, as a function of how much of the training is over, 0 to 1."""

import math


def cosine(progress: float) -> float:
    """Return half a wave from 1 down to 0 (I. Loshchilov and F. Hutter, "SGDR", 2017, without restarts)."""
    return (1 + math.cos(math.pi * progress)) / 2
