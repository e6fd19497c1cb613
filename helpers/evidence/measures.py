"""What is read off a result: the measures of the report, each by the name that claims, tables and figures use."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..experiments.result import Result
from ..experiments.table import BASELINE
from .numbers import decimal, rounded

GOOD_LOSS = 0.16  # nats; of the report's networks only good ones reach it
NEGLIGIBLE_ACCURACY = 0.001  # 0.1 percentage points

Read = Callable[[Result, Result | None], float]


@dataclass(frozen=True)
class Measure:
    """A number read off a result, given the baseline's result with the same seed (`None` where there is none).

    title: how tables and figures call it. meaning: what it is, for the glossary.
    unit, scale, decimals: how it is written: `scale` times the number, then the unit. spoken: decimals in a sentence;
    `None`: two leading digits. negligible: a difference within +- this is too small to matter.
    with_also: a measure in which a difference must be found too, before it counts.
    """

    title: str
    meaning: str
    read: Read
    unit: str = "nats"
    decimals: int = 4
    scale: float = 1.0
    spoken: int | None = 3
    lower_is_better: bool = True
    negligible: float = 0.0
    with_also: str = ""

    @property
    def heading(self) -> str:
        """Title and unit, as for a table's column or an axis."""
        return self.title if self.unit == "steps" else f"{self.title} [{self.unit}]"

    @property
    def unit_of_difference(self) -> str:
        return "points" if self.unit == "%" else self.unit

    def text(self, number: float, *, signed: bool = False) -> str:
        """Return a number as tables have it, without its unit."""
        return decimal(number * self.scale, self.decimals, signed=signed)

    def said(self, number: float, decimals: int | None, unit: str) -> str:
        """Return a number as a sentence says it, with its unit."""
        places = self.spoken if decimals is None else decimals
        text = rounded(number) if places is None else decimal(number * self.scale, places)
        return text if text == "none" else f"{text}\N{NO-BREAK SPACE}{unit}"


def _steps_to(loss_of: Callable[[Result | None], float]) -> Read:
    """Return a reader of the steps until the validation loss is first at or below a loss; NaN if it never is."""

    def read(result: Result, baseline: Result | None) -> float:
        near = result.history.validation_loss <= loss_of(baseline)
        return float(result.history.validation_steps[near.argmax()]) if near.any() else np.nan

    return read


def _lowest(baseline: Result | None) -> float:
    if baseline is None or baseline.diverged:
        return np.nan
    return float(baseline.history.validation_loss.min(initial=np.inf))


def _last(read: Callable[[Result], float]) -> Read:
    """Return a reader that gives NaN for a training without a validation."""
    return lambda result, _: read(result) if len(result.history.validation_steps) else np.nan


def training_loss_at_end(result: Result) -> float:
    """Return the mean loss [nats] of the mini-batches of the last epoch."""
    steps, epoch = result.history.validation_steps, result.experiment.config.validations_per_epoch
    return float(result.history.train_loss[steps[-epoch - 1] if len(steps) > epoch else 0 :].mean())


def _noise(result: Result, _: Result | None) -> float:
    losses = result.history.validation_loss
    return float(np.diff(losses[len(losses) // 2 :]).std()) if len(losses) > 3 else np.nan


ACCURACY = {
    "unit": "%",
    "decimals": 2,
    "scale": 100,
    "spoken": 1,
    "lower_is_better": False,
    "negligible": NEGLIGIBLE_ACCURACY,
}
STEPS = {"unit": "steps", "decimals": 0, "spoken": None}

MEASURES = {
    "accuracy": Measure(
        "validation accuracy",
        "share of the validation images recognised with the weights kept: those of the lowest validation loss, or "
        "without early stopping the last",
        lambda result, _: result.validation[1],
        **ACCURACY,
        with_also="accuracy_at_end",
    ),
    "accuracy_at_end": Measure(
        "accuracy at the end",
        "the same at the last validation, whichever weights were kept",
        _last(lambda result: float(result.history.validation_accuracy[-1])),
        **ACCURACY,
    ),
    "test_accuracy": Measure(
        "test accuracy", "share of the test images recognised with the weights kept", lambda r, _: r.test[1], **ACCURACY
    ),
    "loss": Measure("validation loss", "mean cross entropy of the validation images with the weights kept",
                    lambda result, _: result.validation[0]),
    "test_loss": Measure("test loss", "the same of the test images", lambda result, _: result.test[0]),
    "training_loss": Measure(
        "training loss", "mean loss of the mini-batches of the last epoch", _last(training_loss_at_end)
    ),
    "steps_to_baseline": Measure(
        "steps to the baseline's loss",
        "gradient steps until the validation loss is first as low as the lowest of the baseline with the same seed",
        _steps_to(_lowest),
        **STEPS,
    ),
    "steps_to_good": Measure(
        f"steps to {GOOD_LOSS:g} nats",
        f"gradient steps until the validation loss is first at {GOOD_LOSS:g} nats, which only good networks reach",
        _steps_to(lambda _: GOOD_LOSS),
        **STEPS,
    ),
    "steps_to_best": Measure(
        "steps to the best", "gradient steps to the lowest validation loss", lambda r, _: float(r.history.best_step),
        **STEPS,
    ),
    "steps": Measure(
        "steps", "gradient steps of the whole training", _last(lambda r: float(r.history.validation_steps[-1])), **STEPS
    ),
    "gap": Measure(
        "gap",
        "validation loss less the loss of all training images, with the weights kept: how far it overfits",
        lambda result, _: result.validation[0] - result.train[0],
        decimals=3,
    ),
    "gap_at_end": Measure(
        "gap at the end", "last validation loss less the training loss",
        _last(lambda result: float(result.history.validation_loss[-1]) - training_loss_at_end(result)),
        decimals=3,
    ),
    "noise": Measure(
        "noise of the validation loss",
        "standard deviation of its change from one validation to the next, in the second half of training",
        _noise,
        spoken=4,
    ),
    "cpu_seconds": Measure(
        "CPU time", "of a training with its validations", lambda result, _: result.history.cpu_seconds,
        unit="s", decimals=1, spoken=1,
    ),
}  # fmt: skip


class UnknownMeasureError(ValueError, AttributeError):
    """There is no such measure."""


def measure_of(name: str) -> Measure:
    """Return a measure by its name. Raises `ValueError` that lists what there is."""
    if name not in MEASURES:
        raise UnknownMeasureError(f"no measure is called {name!r}; there are: {', '.join(MEASURES)}")
    return MEASURES[name]


def baseline_name() -> str:
    """Return the name of the network whose loss others are held against."""
    return BASELINE.name
