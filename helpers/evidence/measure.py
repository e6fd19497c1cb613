"""What a measure is: a number read off a result, how it is written, and what is too small a difference to matter."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from ..experiments.result import Result
from .numbers import decimal, rounded
from .statistics import Estimate, estimate

NEVER = np.inf  # steps to what a training does not reach
Read = Callable[[Result, Result | None], float]


@dataclass(frozen=True)
class Measure:
    """A number read off a result, given the baseline's result with the same seed (`None` where there is none).

    title: how tables and figures call it. meaning: what it is, for the glossary.
    unit, scale, decimals: how it is written: `scale` times the number, then the unit. spoken: decimals in a sentence;
    `None`: two leading digits. margin: within this, in the unit of a difference, two networks are alike; `None` where
    a comparison must say it.
    never: steps to something that a training may not reach. They are averaged and compared by their reciprocals, the
    speeds, in which never counts as nought: slower than any that does, and left out nowhere.
    listed: whether the glossary has it without being asked for it.
    """

    title: str
    meaning: str
    read: Read
    unit: str = "nats"
    decimals: int = 4
    scale: float = 1.0
    spoken: int | None = 3
    lower_is_better: bool = True
    margin: float | None = None
    never: bool = False
    listed: bool = True

    @property
    def heading(self) -> str:
        """Title and unit, as for a table's column or an axis."""
        return self.title if self.unit == "steps" else f"{self.title} [{self.unit}]"

    @property
    def unit_of_difference(self) -> str:
        """The unit of a difference between two of its values."""
        return "points" if self.unit == "%" else self.unit

    def text(self, number: float, *, signed: bool = False) -> str:
        """Return a number as tables have it, without its unit."""
        return decimal(number * self.scale, self.decimals, signed=signed)

    def said(self, number: float, decimals: int | None, unit: str) -> str:
        """Return a number as a sentence says it, with its unit."""
        places = self.spoken if decimals is None else decimals
        text = rounded(number) if places is None else decimal(number * self.scale, places)
        return f"{text}\N{NO-BREAK SPACE}{unit}" if np.isfinite(number) else text

    def judged(self, numbers: np.ndarray) -> np.ndarray:
        """Return numbers on the scale on which they are averaged and compared, which rises with them."""
        return -1 / np.asarray(numbers, float) if self.never else np.asarray(numbers, float)

    def read_off(self, judged: np.ndarray) -> np.ndarray:
        """Return what `judged` was made of."""
        with np.errstate(divide="ignore"):
            return np.where(np.asarray(judged) >= 0, NEVER, -1 / np.asarray(judged)) if self.never else judged

    def estimate(self, numbers: Iterable[float]) -> Estimate:
        """Return mean and interval of numbers over the seeds."""
        values = np.asarray(list(numbers), float)
        found = estimate(self.judged(values))
        return Estimate(values, *(float(self.read_off(end)) for end in (found.mean, found.low, found.high)))


class Quantity(float):
    """A measured number that is written with its unit: `f"{q}"`, or `f"{q:2}"` with two decimals."""

    def __new__(cls, number: float, measure: Measure, unit: str | None = None, otherwise: str = "") -> "Quantity":
        """otherwise: what is written in place of a number that there is not."""
        self = super().__new__(cls, number)
        self.measure, self.unit, self.otherwise = measure, measure.unit if unit is None else unit, otherwise
        return self

    def __format__(self, decimals: str) -> str:
        return self.otherwise or self.measure.said(float(self), int(decimals) if decimals else None, self.unit)

    def __str__(self) -> str:
        return format(self)
