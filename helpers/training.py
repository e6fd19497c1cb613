"""Mini-batch gradient descent with momentum and early stopping."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from threadpoolctl import threadpool_limits

from .mlp import MLP, Buffers, cross_entropies, hits
from .mnist import Dataset, Split
from .progress import progress_bar
from .random_streams import random_stream


@dataclass(frozen=True)
class TrainingConfig:
    """How to train. Raises `ValueError` for a setting out of range.

    patience: validations without a lower validation loss before training stops; `None`: never stop early.
    validations_per_epoch: spread evenly over the epoch's steps, at most one a step.
    """

    learning_rate: float = 0.1
    momentum: float = 0.0
    batch_size: int = 32
    max_epochs: int = 50
    validations_per_epoch: int = 5
    patience: int | None = 50
    shuffle: bool = True

    def __post_init__(self) -> None:
        def check(name: str, fits: bool, allowed: str) -> None:
            if not fits:
                raise ValueError(f"{name} is {getattr(self, name)!r}; allowed: {allowed}")

        def is_count(value: object) -> bool:
            return isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 1

        def is_number(value: object) -> bool:
            return isinstance(value, int | float | np.number) and not isinstance(value, bool) and math.isfinite(value)

        check(
            "learning_rate",
            is_number(self.learning_rate) and self.learning_rate > 0,
            "a positive, finite number",
        )
        check("momentum", is_number(self.momentum) and 0 <= self.momentum < 1, "from 0 up to, not including, 1")
        for name in ("batch_size", "max_epochs", "validations_per_epoch"):
            check(name, is_count(getattr(self, name)), "an integer from 1")
        check("patience", self.patience is None or is_count(self.patience), "an integer from 1, or None")
        check("shuffle", isinstance(self.shuffle, bool), "True or False")


@dataclass(frozen=True)
class History:
    """What a training went through. A step is one mini-batch; losses are mean cross entropies [nats].

    train_loss: `(steps,)`, of each mini-batch before its update.
    validation_steps: `(validations,)`, the number of steps taken at each validation.
    validation_loss, validation_accuracy: `(validations,)`, over the whole validation split.
    train_accuracy: `(validations,)`, mean over the mini-batches since the validation before.
    best_step: the step of the lowest validation loss, the earliest of equals (0 before the first validation).
    stopped_early, interrupted: whether patience ran out, or the user stopped it.
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

    @property
    def best(self) -> int:
        """Index of the validation at `best_step`, for example `history.validation_loss[history.best]`."""
        return int(np.searchsorted(self.validation_steps, self.best_step))

    def __repr__(self) -> str:
        if not len(self.validation_steps):
            return "History(no validation yet)"
        ending = "interrupted" if self.interrupted else "stopped early" if self.stopped_early else "complete"
        return (
            f"History({self.validation_steps[-1]:,} steps, {ending}; best validation loss "
            f"{self.validation_loss[self.best]:.4f}, accuracy {self.validation_accuracy[self.best]:.2%}, "
            f"at step {self.best_step:,}; {self.wall_seconds:.1f} s)"
        )


# Nats. A loss above it is as good as infinite: the right class has, on average, a probability that float32 cannot
# hold. Saturated units keep a network that was trained with far too large a learning rate at some such finite loss.
DIVERGED_LOSS = 100


class TrainingDiverged(ArithmeticError):  # noqa: N818, the public name
    """The loss is no longer finite, or beyond 100 nats on validation. `history` holds what came before."""

    def __init__(self, message: str, history: History):
        super().__init__(message)
        self.history = history

    def __reduce__(self):  # both arguments, so that it crosses to another process
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
        return self.patience is not None and self.waited >= self.patience


def train(
    model: MLP,
    dataset: Dataset,
    config: TrainingConfig,
    *,
    seed: int | None = None,
    progress: str | bool = "auto",
    callback: Callable[[History], None] | None = None,
) -> History:
    """Train the model in place by mini-batch gradient descent and return what happened.

    Each step draws the next mini-batch and updates `v <- momentum * v + gradient`,
    `w <- w - learning_rate * v`, with the gradient of the mean cross entropy. The last incomplete mini-batch of
    an epoch is dropped. With `patience` set, the model ends with the weights of the lowest validation loss.

    seed: of the order of the images; `None` draws a new one each time.
    progress: "auto" shows a bar where somebody watches; `False` never. It does not change the result.
    callback: called with the history so far after every validation.

    An interrupt (Ctrl-C, a kernel's stop button) ends the training with `interrupted=True` and what was learnt.
    Raises `TrainingDiverged` when a loss is no longer finite or, on validation, above 100 nats; the model then has
    the weights of the lowest validation loss, if there was one and `patience` is set, else those that diverged.
    Raises `ValueError` where model, data and settings do not fit together. Runs on one BLAS thread: faster at this
    size, and the same bits on any number of cores.
    """
    for name, value, kind in (("model", model, MLP), ("dataset", dataset, Dataset), ("config", config, TrainingConfig)):
        if not isinstance(value, kind):
            raise ValueError(f"{name} is of type {type(value).__name__}; expected {kind.__name__}")
    if callback is not None and not callable(callback):
        raise ValueError(f"callback is {callback!r}; allowed: a function of the history, or None")
    if config.batch_size > len(dataset.train):
        raise ValueError(
            f"batch_size is {config.batch_size:,}; allowed: at most the {len(dataset.train):,} training images"
        )
    with threadpool_limits(1, user_api="blas"), np.errstate(over="ignore", invalid="ignore"):  # the losses tell
        return _Training(model, dataset, config, seed).run(progress, callback)


class _Training:
    """The state of one training: the weights' velocity, the images' order and the records so far."""

    def __init__(self, model: MLP, dataset: Dataset, config: TrainingConfig, seed: int | None):
        self.model, self.config = model, config
        self.images, labels = model.checked_batch(*dataset.train)
        self.labels, self.targets = labels, model.one_hot(labels)
        self.validation = Split(*model.checked_batch(*dataset.validation))
        self.order_stream = random_stream(seed, "batch order")
        self.early_stopping = EarlyStopping(config.patience)

        self.steps_per_epoch = len(labels) // config.batch_size
        validations = min(config.validations_per_epoch, self.steps_per_epoch)
        self.validate_after = np.linspace(0, self.steps_per_epoch, validations + 1).round().astype(int)
        longest = int(np.diff(self.validate_after).max())

        self.buffers = Buffers(config.batch_size, model.layer_sizes, model.dtype)
        self.batch_images = np.empty((config.batch_size, self.images.shape[1]), model.dtype)
        self.logits = np.empty((longest, config.batch_size, model.layer_sizes[-1]), model.dtype)
        self.update = np.empty_like(model.parameters)
        self.update_views = model.layers_of(self.update)
        self.velocity = np.zeros_like(model.parameters)

        self.steps, self.validations = 0, 0
        self.train_loss = np.empty(config.max_epochs * self.steps_per_epoch)
        self.validation_records = np.empty((4, config.max_epochs * validations))
        self.interrupted = False
        self.validated = 0, self._norms()
        self.started = time.perf_counter(), time.process_time()

    def run(self, progress: str | bool, callback: Callable[[History], None] | None) -> History:
        total = self.config.max_epochs * self.steps_per_epoch
        with progress_bar(total, "training", progress, unit="step") as bar:
            try:
                for epoch in range(self.config.max_epochs):
                    self._train_epoch(epoch, bar, callback)
                    if self.early_stopping.out_of_patience:
                        break
            except KeyboardInterrupt:
                self.interrupted = True
            finally:  # also when the training diverged: nothing that was learnt is lost
                if self.config.patience is not None and self.early_stopping.best_parameters is not None:
                    self.model.parameters[:] = self.early_stopping.best_parameters
        return self.history()

    def _train_epoch(self, epoch: int, bar, callback: Callable[[History], None] | None) -> None:
        rows = np.arange(len(self.labels))
        if self.config.shuffle:
            self.order_stream.shuffle(rows)
        batches = rows[: self.steps_per_epoch * self.config.batch_size].reshape(self.steps_per_epoch, -1)
        for first, last in zip(self.validate_after, self.validate_after[1:], strict=False):
            targets = self.targets[batches[first:last]]
            for batch, batch_targets, logits in zip(batches[first:last], targets, self.logits, strict=False):
                self._step(batch, batch_targets, logits)
            self._record(batches[first:last])
            bar.update(int(last - first))
            bar.set_postfix(
                epoch=epoch + 1,
                loss=f"{self.validation_records[1, self.validations - 1]:.3f}",
                accuracy=f"{self.validation_records[2, self.validations - 1]:.2%}",
            )
            if callback is not None:
                callback(self.history())
            if self.early_stopping.out_of_patience:
                return

    def _step(self, batch: np.ndarray, targets: np.ndarray, logits: np.ndarray) -> None:
        """Update the weights by one mini-batch, given by its row numbers; leave its logits for the records.

        `velocity` holds learning_rate * v: the scale goes into the few deltas instead of the many weights.
        """
        images = self.images.take(batch, axis=0, out=self.batch_images, mode="clip")
        self.buffers.activations[-1] = logits
        self.model.forward_pass(images, self.buffers)
        scale = self.config.learning_rate / self.config.batch_size
        self.model.backward_pass(images, targets, self.buffers, self.update_views, scale)
        if self.config.momentum:
            self.velocity *= self.config.momentum
            self.velocity += self.update
            self.model.parameters -= self.velocity
        else:
            self.model.parameters -= self.update

    def _record(self, batches: np.ndarray) -> None:
        """Record the mini-batches since the last validation, then validate."""
        labels = self.labels[batches].ravel()
        logits = self.logits[: len(batches)].reshape(len(labels), -1)
        losses = cross_entropies(logits, labels).reshape(batches.shape).mean(axis=1, dtype=np.float64)
        if not np.isfinite(losses).all():
            self._diverged("training loss is no longer finite", self.steps + 1 + int(np.argmin(np.isfinite(losses))))
        self.train_loss[self.steps : self.steps + len(batches)] = losses
        self.steps += len(batches)
        validation_loss, validation_accuracy = self.model.evaluation_pass(*self.validation)
        if not validation_loss < DIVERGED_LOSS:
            self._diverged(f"validation loss is {validation_loss:.3g} nats", self.steps)
        record = self.steps, validation_loss, validation_accuracy, hits(logits, labels).mean()
        self.validation_records[:, self.validations] = record
        self.validations += 1
        self.early_stopping.update(self.steps, validation_loss, self.model.parameters)
        self.validated = self.steps, self._norms()

    def _diverged(self, what: str, step: int) -> None:
        validated_step, validated_norms = self.validated
        raise TrainingDiverged(
            f"the {what} at step {step:,}, with learning rate "
            f"{self.config.learning_rate:g}; the weights' norms were {_listed(validated_norms)} at the validation "
            f"before (step {validated_step:,}) and are {_listed(self._norms())} now. Try a smaller learning rate",
            self.history(),
        )

    def _norms(self) -> list[float]:
        """Euclidean norm of each weight matrix."""
        return [float(np.linalg.norm(weights.astype(np.float64))) for weights in self.model.weights]

    def history(self) -> History:
        steps, loss, accuracy, train_accuracy = self.validation_records[:, : self.validations].copy()
        wall_start, cpu_start = self.started
        return History(
            train_loss=self.train_loss[: self.steps].copy(),
            validation_steps=steps.astype(np.int64),
            validation_loss=loss,
            validation_accuracy=accuracy,
            train_accuracy=train_accuracy,
            best_step=self.early_stopping.best_step,
            stopped_early=self.early_stopping.out_of_patience,
            interrupted=self.interrupted,
            wall_seconds=time.perf_counter() - wall_start,
            cpu_seconds=time.process_time() - cpu_start,
        )


def _listed(norms: list[float]) -> str:
    return ", ".join(f"{norm:.3g}" for norm in norms)


HISTORY_ARRAYS = tuple(f.name for f in fields(History) if f.type is np.ndarray)
