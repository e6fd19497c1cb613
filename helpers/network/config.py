"""How a network is trained: every setting in one place, and everything of one's own that training takes."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from ..common.checks import check, check_count, is_integer, is_number
from .history import History
from .losses import LOSSES, Loss
from .optimizers import SGD, Optimizer

Schedule = Callable[[float], float]
Augmentation = Callable[[np.ndarray, np.random.Generator], np.ndarray]
OF_THE_RULE = ("learning_rate", "momentum")  # settings that an optimizer of one's own has itself


@dataclass(frozen=True)
class TrainingConfig:
    """How to train. Raises `ValueError` for a setting out of range.

    learning_rate, momentum: of gradient descent, the update rule unless another one is given.
    patience: validations without a lower validation loss before training stops; `None`: never stop early.
    validations_per_epoch: spread evenly over the epoch's steps, at most one a step.
    optimizer: the update rule, such as `Adam(learning_rate=0.001)`: an object with `update(parameters, gradient)`.
    weight_decay: the factor of `|w|^2 / 2` in what is made smaller; its gradient, `weight_decay * w`, is added.
    schedule: a function of the share of all steps that is done, 0 to 1; the learning rate is multiplied by it.
    dropout: the share of the hidden units that each image does without, from 0 up to, not including, 1.
    loss: a name of `LOSSES`, or a `Loss`: what training makes smaller. What it reports stays cross entropy [nats].
    augmentation: a function of grey values 0..255 `(N, rows, columns)` and a random stream that returns as many
        images of the same size, called anew in each epoch for 64 images after the other; the given ones stay.
    stop: a function of the history so far, called after every validation; training ends where it is true.
    """

    learning_rate: float = 0.1
    momentum: float = 0.0
    batch_size: int = 32
    max_epochs: int = 50
    validations_per_epoch: int = 5
    patience: int | None = 50
    shuffle: bool = True
    optimizer: Optimizer | None = None
    weight_decay: float = 0.0
    schedule: Schedule | None = None
    dropout: float = 0.0
    loss: str | Loss = "cross_entropy"
    augmentation: Augmentation | None = None
    stop: Callable[[History], bool] | None = None

    def __post_init__(self) -> None:
        """Check every setting, and take over those that the optimizer has."""
        if self.optimizer is not None:
            self._take_over_from(self.optimizer)
        rate, momentum = self.learning_rate, self.momentum
        check("learning_rate", rate, is_number(rate) and rate > 0, "a positive, finite number")
        for name, value in (("momentum", momentum), ("dropout", self.dropout)):
            check(name, value, is_number(value) and 0 <= value < 1, "from 0 up to, not including, 1")
        for name in ("batch_size", "max_epochs", "validations_per_epoch"):
            check_count(name, getattr(self, name))
        fits = self.patience is None or is_integer(self.patience)
        check("patience", self.patience, fits, "an integer from 1, or None")
        check("shuffle", self.shuffle, isinstance(self.shuffle, bool), "True or False")
        decay = self.weight_decay
        check("weight_decay", decay, is_number(decay) and decay >= 0, "a finite number from 0")
        named = isinstance(self.loss, Loss) or (isinstance(self.loss, str) and self.loss in LOSSES)
        check("loss", self.loss, named, f"{', '.join(map(repr, LOSSES))}, or a Loss")
        for name in ("schedule", "augmentation", "stop"):
            value = getattr(self, name)
            check(name, value, value is None or callable(value), "a function, or None")
        if self.schedule and not hasattr(self.rule(), "learning_rate"):
            raise ValueError(f"schedule is given, but {self.optimizer!r} has no learning_rate that it could change")

    def _take_over_from(self, optimizer: Optimizer) -> None:
        """Make the optimizer's learning rate and momentum, as far as it has them, those of the config."""
        check("optimizer", optimizer, callable(getattr(optimizer, "update", None)),
              "an object with update(parameters, gradient), such as Adam(), or None")  # fmt: skip
        for name, default in ((field.name, field.default) for field in fields(self) if field.name in OF_THE_RULE):
            given, own = getattr(self, name), getattr(optimizer, name, default)
            if given not in (default, own):
                remedy = f"give it there: {type(optimizer).__name__}({name}={given!r})"
                raise ValueError(f"{name} is {given!r}, but it belongs to the optimizer, {optimizer!r}; {remedy}")
            object.__setattr__(self, name, own)

    def rule(self) -> Optimizer:
        """Return the update rule for one training: it remembers nothing yet."""
        return copy.deepcopy(self.optimizer) if self.optimizer is not None else SGD(self.learning_rate, self.momentum)
