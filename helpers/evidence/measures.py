"""What is read off a result: the measures of the report, each by the name that claims, tables and figures use."""

from collections.abc import Callable
from dataclasses import replace
from numbers import Real

import numpy as np

from ..experiments.result import Result
from ..experiments.table import BASELINE
from .measure import NEVER, Measure, Quantity, Read

GOOD = 0.16  # nats; of the report's networks only good ones reach it
ERROR_POINTS_ALIKE = 0.1  # percentage points of the test error: ten of 10,000 images
POINTS_ALIKE = 0.4  # percentage points of accuracy: half of what twice the hidden units buy
NATS_ALIKE = 0.01  # of a loss: a twentieth of what improved initial weights buy


def _steps_to(loss_of: Callable[[Result | None], float]) -> Read:
    """Return a reader of the steps until the validation loss is first at or below a loss; `NEVER` if it never is."""

    def read(result: Result, baseline: Result | None) -> float:
        loss = loss_of(baseline)
        if np.isnan(loss) or not len(result.history.validation_steps):
            return np.nan
        near = result.history.validation_loss <= loss
        return float(result.history.validation_steps[near.argmax()]) if near.any() else NEVER

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
    "margin": POINTS_ALIKE,
}
STEPS = {"unit": "steps", "decimals": 0, "spoken": None}
STEPS_TO = {**STEPS, "never": True}
LOSS = {"margin": NATS_ALIKE}

MEASURES = {
    "accuracy": Measure(
        "validation accuracy",
        "share of the validation images recognised with the weights kept: those of the lowest validation loss, or "
        "without early stopping the last",
        lambda result, _: result.validation[1],
        **ACCURACY,
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
    "test_error": Measure(
        "test error", "share of the test images not recognised with the weights kept", lambda r, _: 1 - r.test[1],
        unit="%", decimals=2, scale=100, spoken=2, margin=ERROR_POINTS_ALIKE, listed=False,
    ),
    "loss": Measure("validation loss", "mean cross entropy of the validation images with the weights kept",
                    lambda result, _: result.validation[0], **LOSS),
    "test_loss": Measure("test loss", "the same of the test images", lambda result, _: result.test[0], **LOSS),
    "training_loss": Measure(
        "training loss", "the same of all training images", lambda result, _: result.train[0], **LOSS
    ),
    "training_loss_at_end": Measure(
        "training loss at the end", "mean loss of the mini-batches of the last epoch, whichever weights were kept",
        _last(training_loss_at_end), **LOSS,
    ),
    "steps_to_baseline": Measure(
        "steps to the baseline's loss",
        "gradient steps until the validation loss is first as low as the lowest of the baseline with the same seed",
        _steps_to(_lowest),
        **STEPS_TO,
    ),
    "steps_to_good": Measure(
        f"steps to {GOOD:g} nats",
        f"gradient steps until the validation loss is first at {GOOD:g} nats, which only good networks reach; a "
        "training that never does counts as slower than any that does: mean and test are those of the reciprocals",
        _steps_to(lambda _: GOOD),
        **STEPS_TO,
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
        "validation loss less training loss, both with the weights kept: how far it overfits",
        lambda result, _: result.validation[0] - result.train[0],
        decimals=3,
        **LOSS,
    ),
    "gap_at_end": Measure(
        "gap at the end", "last validation loss less the training loss at the end",
        _last(lambda result: float(result.history.validation_loss[-1]) - training_loss_at_end(result)),
        decimals=3, **LOSS,
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

GOOD_LOSS = Quantity(GOOD, replace(MEASURES["loss"], spoken=2))  # in a sentence: "0.16 nats"


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
