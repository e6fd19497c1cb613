"""What a training went through, and what it keeps: its history, the best weights, and how it can fail."""

import math
from dataclasses import dataclass

import numpy as np

from ..common.display import Bundle, bundle, small_curve


@dataclass(frozen=True)
class History:
    """What a training went through. A step is one mini-batch; losses are mean cross entropies [nats].

    train_loss: `(steps,)`, of each mini-batch before its update.
    validation_steps: `(validations,)`, the number of steps taken at each validation.
    validation_loss, validation_accuracy: `(validations,)`, over the whole validation split.
    train_accuracy: `(validations,)`, mean over the mini-batches since the validation before.
    best_step: the step of the lowest validation loss, the earliest of equals (0 before the first validation).
    stopped_early, interrupted: whether patience ran out, or the user, or a callback, stopped it.
    stopped_by: the name of the config's `stop`, where that ended it.
    wall_seconds, cpu_seconds: of the training with its validations.
    """

    train_loss: np.ndarray
    validation_steps: np.ndarray
    validation_loss: np.ndarray
    validation_accuracy: np.ndarray
    train_accuracy: np.ndarray
    best_step: int = 0
    stopped_early: bool = False
    interrupted: bool = False
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    stopped_by: str = ""

    @property
    def best(self) -> int:
        """Index of the validation at `best_step`, for example `history.validation_loss[history.best]`."""
        return int(np.searchsorted(self.validation_steps, self.best_step))

    @property
    def ending(self) -> str:
        """How it ended: "interrupted", "stopped by ...", "stopped early" or "complete"."""
        if self.interrupted or self.stopped_by:
            return "interrupted" if self.interrupted else f"stopped by {self.stopped_by}"
        return "stopped early" if self.stopped_early else "complete"

    def curve(self, split: str, quantity: str) -> np.ndarray:
        """Return loss [nats] or accuracy (0 to 1) at each validation, `(validations,)`.

        split: "validation", or "training": the mean over the mini-batches since the validation before.
        quantity: "loss" or "accuracy". A training that was stopped or diverged has steps after its last validation;
        they are left out.
        """
        if split == "validation":
            return self.validation_loss if quantity == "loss" else self.validation_accuracy
        if quantity == "accuracy" or not len(self.validation_steps):
            return self.train_accuracy
        starts = np.concatenate([[0], self.validation_steps[:-1]])
        losses = self.train_loss[: self.validation_steps[-1]]
        return np.add.reduceat(losses, starts) / np.diff(self.validation_steps, prepend=0)

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        """Show the final figures, and a small curve of the validation loss."""
        if not len(self.validation_steps):
            return {"text/plain": repr(self), "text/markdown": repr(self)}
        rows = [
            ["steps", f"{self.validation_steps[-1]:,}, {self.ending}"],
            ["lowest validation loss", f"{self.validation_loss[self.best]:.4f} nats at step {self.best_step:,}"],
            ["validation accuracy there", f"{self.validation_accuracy[self.best]:.2%}"],
            ["time", f"{self.wall_seconds:.1f} s"],
        ]
        return bundle(self, ["training", ""], rows, self.picture())

    def picture(self) -> str:
        """Return the validation loss over the steps as a small picture in HTML; nothing for a single validation."""
        losses = self.validation_loss
        if len(losses) < 2:
            return ""
        alt = f"Validation loss, from {losses[0]:.3f} to {losses[-1]:.3f}"
        return small_curve(self.validation_steps, losses, self.best, alt)

    def __repr__(self) -> str:
        if not len(self.validation_steps):
            return "History(no validation yet)"
        return (
            f"History({self.validation_steps[-1]:,} steps, {self.ending}; best validation loss "
            f"{self.validation_loss[self.best]:.4f}, accuracy {self.validation_accuracy[self.best]:.2%}, "
            f"at step {self.best_step:,}; {self.wall_seconds:.1f} s)"
        )


class TrainingDiverged(ArithmeticError):  # noqa: N818, the public name
    """The loss is no longer finite, or beyond 100 nats on validation. `history` holds what came before."""

    def __init__(self, message: str, history: History):
        super().__init__(message)
        self.history = history

    def __reduce__(self) -> tuple[type, tuple[str, History]]:  # both arguments, so that it crosses to another process
        return type(self), (str(self), self.history)


class EarlyStopping:
    """Keeps the weights of the lowest validation loss; says when patience has run out.

    Only a loss lower than the lowest before counts; an equal one does not, so the earliest of equals is kept.
    """

    def __init__(self, patience: int | None):
        self.patience = patience
        self.best_loss = math.inf
        self.best_step = 0
        self.best_parameters: np.ndarray | None = None
        self.waited = 0

    def update(self, step: int, validation_loss: float, parameters: np.ndarray) -> None:
        """Take note of a validation; the parameters are copied where they are the best so far."""
        if validation_loss < self.best_loss:
            self.best_loss, self.best_step, self.waited = validation_loss, step, 0
            if self.best_parameters is None:
                self.best_parameters = parameters.copy()
            else:
                self.best_parameters[:] = parameters
        else:
            self.waited += 1

    @property
    def out_of_patience(self) -> bool:
        """Whether the loss has not fallen for so long that training is to stop."""
        return self.patience is not None and self.waited >= self.patience
