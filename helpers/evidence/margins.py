"""Margins: how much two networks may differ in a measure and be alike. Those of the measures stand in `measures.py`."""

from numbers import Real

import numpy as np

from .measure import Quantity
from .measures import measure_of


def margin_of(measure: str, within: object = None) -> float:
    """Return the margin that is given, or that of the measure, in the unit in which a difference is written.

    Raises `ValueError` that says what is there and what is allowed, for what is no margin.
    """
    how = measure_of(measure)
    unit = how.unit_of_difference
    if within is None and how.margin is None:
        raise ValueError(f"within is None, and {how.title} has no margin of its own; give one in {unit}")
    margin = how.margin if within is None else within
    fits = isinstance(margin, Real) and not isinstance(margin, bool | np.bool_) and 0 < margin < np.inf
    if not fits or (isinstance(margin, Quantity) and margin.unit != unit):
        raise ValueError(f"within is {margin!r}, for {how.title}; allowed: a number above 0, in {unit}")
    return float(margin)


def margin_text(measure: str, margin: float) -> str:
    """Return for example "0.4 points"."""
    return f"{margin:,.10g}\N{NO-BREAK SPACE}{measure_of(measure).unit_of_difference}"
