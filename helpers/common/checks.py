"""Checks of arguments, which say what is wrong and what is allowed."""

import math
from dataclasses import fields, is_dataclass

import numpy as np


def is_integer(value: object, lowest: int = 1) -> bool:
    """Return whether it is a whole number from `lowest` on; truths are none."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= lowest


def is_number(value: object) -> bool:
    """Return whether it is a finite number; truths are none."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and math.isfinite(value)


def check(name: str, value: object, fits: bool, allowed: str) -> None:
    """Raise `ValueError` with name, value and what is allowed, unless it fits."""
    if not fits:
        raise ValueError(f"{name} is {value!r}; allowed: {allowed}")


def check_count(name: str, value: object) -> None:
    """Raise `ValueError` unless the value is an integer from 1."""
    check(name, value, is_integer(value), "an integer from 1")


def check_choice(name: str, value: object, allowed: tuple[str, ...]) -> None:
    """Raise `ValueError` unless the value is one of those allowed."""
    check(name, value, value in allowed, ", ".join(map(repr, allowed)))


def check_dtype(dtype: object) -> None:
    """Raise `ValueError` unless it is one of the two that images and networks may have."""
    fits = dtype in (np.float32, np.float64, "float32", "float64", np.dtype(np.float32), np.dtype(np.float64))
    check("dtype", dtype, fits, "np.float32, np.float64")


def called(part: object) -> str:
    """Return how a function, a class or an object of one's own is called in a sentence."""
    if isinstance(part, str | int | float | tuple | None):
        return str(part)
    if is_dataclass(part) and not isinstance(part, type):
        told = [
            f"{f.name}={getattr(part, f.name)!r}" for f in fields(part) if f.repr and getattr(part, f.name) != f.default
        ]
        return f"{type(part).__name__}({', '.join(told)})"
    return getattr(part, "__name__", type(part).__name__)
