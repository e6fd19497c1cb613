"""Mini-batch gradient descent with early stopping: forward, loss, backward, update."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from ..common.checks import check, check_count, is_integer, is_number
from ..common.progress import progress_bar
from ..data.mnist import Dataset, Split
from ..data.random_streams import random_stream
from .buffers import Buffers
from .history import EarlyStopping, History, TrainingDiverged
from .mlp import MLP
from .sgd import SGD
from .softmax import cross_entropies, hits

# Nats. A loss above it is as good as infinite: the right class has, on average, a probability that float32 cannot
# hold. Saturated units keep a network that was trained with far too large a learning rate at some such finite loss.
DIVERGED_LOSS = 100

STOP = "stop"  # what a callback returns to end the training

Callback = Callable[[History], str | None]


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
        rate, momentum = self.learning_rate, self.momentum
        check("learning_rate", rate, is_number(rate) and rate > 0, "a positive, finite number")
        check("momentum", momentum, is_number(momentum) and 0 <= momentum < 1, "from 0 up to, not including, 1")
        for name in ("batch_size", "max_epochs", "validations_per_epoch"):
            check_count(name, getattr(self, name))
        fits = self.patience is None or is_integer(self.patience)
        check("patience", self.patience, fits, "an integer from 1, or None")
        check("shuffle", self.shuffle, isinstance(self.shuffle, bool), "True or False")


def train(
    model: MLP,
    dataset: Dataset,
    config: TrainingConfig,
    *,
    seed: int | None = None,
    progress: str | bool = "auto",
    callback: Callback | None = None,
) -> History:
    """Train the model in place by mini-batch gradient descent and return what happened.

    Each step draws the next mini-batch and updates `v <- momentum * v + gradient`,
    `w <- w - learning_rate * v`, with the gradient of the mean cross entropy. The last incomplete mini-batch of
    an epoch is dropped. With `patience` set, the model ends with the weights of the lowest validation loss.

    seed: of the order of the images; `None` draws a new one each time.
    progress: "auto" shows a bar where somebody watches; `False` never. It does not change the result.
    callback: called with the history so far after every validation; the training ends where it returns `STOP`.

    An interrupt (Ctrl-C, a kernel's stop button, a callback's `STOP`) ends the training with `interrupted=True` and
    what was learnt.
    Raises `TrainingDiverged` when a loss is no longer finite or, on validation, above 100 nats; the model then has
    the weights of the lowest validation loss, if there was one and `patience` is set, else those that diverged.
    Raises `ValueError` where model, data and settings do not fit together. Runs on one BLAS thread: faster at this
    size, and the same bits on any number of cores.
    """
    for name, value, kind in (("model", model, MLP), ("dataset", dataset, Dataset), ("config", config, TrainingConfig)):
        if not isinstance(value, kind):
            raise ValueError(f"{name} is of type {type(value).__name__}; expected {kind.__name__}")
    check("callback", callback, callback is None or callable(callback), "a function of the history, or None")
    images = len(dataset.train)
    check("batch_size", config.batch_size, config.batch_size <= images, f"at most the {images:,} training images")
    with threadpool_limits(1, user_api="blas"), np.errstate(over="ignore", invalid="ignore"):  # the losses tell
        model.normalisation = dataset.mean, dataset.std
        return _Training(model, dataset, config, seed).run(progress, callback)


class Validation(NamedTuple):
    """What one validation gave: steps taken, loss [nats] and accuracy of the validation split, training accuracy."""

    step: int
    loss: float
    accuracy: float
    train_accuracy: float


class _Training:
    """The state of one training: the images' order, the update rule and the records so far."""

    def __init__(self, model: MLP, dataset: Dataset, config: TrainingConfig, seed: int | None):
        self.model, self.config = model, config
        self.images, labels = model.checked_batch(*dataset.train)
        self.labels, self.targets = labels, model.one_hot(labels)
        self.validation_split = Split(*model.checked_batch(*dataset.validation))
        self.order_stream = random_stream(seed, "batch order")
        self.early_stopping = EarlyStopping(config.patience)
        self.optimizer = SGD(config.learning_rate, config.momentum, model.parameters)

        self.steps_per_epoch = len(labels) // config.batch_size
        validations = min(config.validations_per_epoch, self.steps_per_epoch)
        self.validate_after = np.linspace(0, self.steps_per_epoch, validations + 1).round().astype(int)

        longest = int(np.diff(self.validate_after).max())
        self.buffers = Buffers(config.batch_size, model.layer_sizes, model.dtype)
        self.batch_images = np.empty((config.batch_size, self.images.shape[1]), model.dtype)
        self.batch_targets = np.empty((config.batch_size, model.layer_sizes[-1]), model.dtype)
        self.logits = np.empty((longest, config.batch_size, model.layer_sizes[-1]), model.dtype)
        self.gradient = np.empty_like(model.parameters)
        self.gradients = model.layers_of(self.gradient)

        self.steps = 0
        self.train_loss = np.empty(config.max_epochs * self.steps_per_epoch)
        self.validations: list[Validation] = []
        self.interrupted = False
        self.validated_norms = self._norms()
        self.started = time.perf_counter(), time.process_time()

    def run(self, progress: str | bool, callback: Callback | None) -> History:
        total = self.config.max_epochs * self.steps_per_epoch
        with progress_bar(total, "training", progress, unit="step") as bar:
            try:
                for epoch, batches in self._batches_between_validations():
                    for step, batch in enumerate(batches):
                        self._step(batch, self.logits[step])
                    self._validate(batches)
                    bar.update(len(batches))
                    _, loss, accuracy, _ = self.validations[-1]
                    bar.set_postfix(epoch=epoch, loss=f"{loss:.3f}", accuracy=f"{accuracy:.2%}")
                    self.interrupted = callback is not None and _says_stop(callback(self.history()))
                    if self.interrupted or self.early_stopping.out_of_patience:
                        break
            except KeyboardInterrupt:
                self.interrupted = True
            finally:  # also when the training diverged: nothing that was learnt is lost
                if self.config.patience is not None and self.early_stopping.best_parameters is not None:
                    self.model.parameters[:] = self.early_stopping.best_parameters
        return self.history()

    def _batches_between_validations(self) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the epoch and the row numbers `(batches, batch_size)` of the mini-batches to the next validation."""
        for epoch in range(1, self.config.max_epochs + 1):
            rows = np.arange(len(self.labels))
            if self.config.shuffle:
                self.order_stream.shuffle(rows)
            batches = rows[: self.steps_per_epoch * self.config.batch_size].reshape(self.steps_per_epoch, -1)
            for first, last in zip(self.validate_after, self.validate_after[1:], strict=False):
                yield epoch, batches[first:last]

    def _step(self, batch: np.ndarray, kept_logits: np.ndarray) -> None:
        """Update the weights by one mini-batch, given by its row numbers.

        Its logits are kept: the losses of all batches since the last validation are worked out at once, which is
        faster, and the update needs only their gradient.
        """
        images = self.images.take(batch, axis=0, out=self.batch_images, mode="clip")
        kept_logits[:] = self.model.forward_pass(images, self.buffers)
        targets = self.targets.take(batch, axis=0, out=self.batch_targets, mode="clip")
        self.model.backward_pass(images, targets, self.buffers, self.gradients)
        self.optimizer.update(self.model.parameters, self.gradient)

    def _validate(self, batches: np.ndarray) -> None:
        """Record the losses of the mini-batches since the last validation, then validate."""
        labels = self.labels[batches].ravel()
        logits = self.logits[: len(batches)].reshape(len(labels), -1)
        losses = cross_entropies(logits, labels).reshape(batches.shape).mean(axis=1, dtype=np.float64)
        if not np.isfinite(losses).all():
            self._diverged("training loss is no longer finite", self.steps + 1 + int(np.argmin(np.isfinite(losses))))
        self.train_loss[self.steps : self.steps + len(batches)] = losses
        self.steps += len(batches)
        loss, accuracy = self.model.evaluation_pass(*self.validation_split)
        if not loss < DIVERGED_LOSS:
            self._diverged(f"validation loss is {loss:.3g} nats", self.steps)
        self.validations.append(Validation(self.steps, loss, accuracy, float(hits(logits, labels).mean())))
        self.early_stopping.update(self.steps, loss, self.model.parameters)
        self.validated_norms = self._norms()

    def _diverged(self, what: str, step: int) -> None:
        last_step = self.validations[-1].step if self.validations else 0
        raise TrainingDiverged(
            f"the {what} at step {step:,}, with learning rate {self.config.learning_rate:g}; the weights' norms were "
            f"{self.validated_norms} at the validation before (step {last_step:,}) and are {self._norms()} now. "
            "Try a smaller learning rate",
            self.history(),
        )

    def _norms(self) -> str:
        """Return the Euclidean norm of each weight matrix, listed."""
        return ", ".join(f"{np.linalg.norm(weights.astype(np.float64)):.3g}" for weights in self.model.weights)

    def history(self) -> History:
        steps, loss, accuracy, train_accuracy = zip(*self.validations, strict=True) if self.validations else [()] * 4
        wall_start, cpu_start = self.started
        return History(
            train_loss=self.train_loss[: self.steps].copy(),
            validation_steps=np.array(steps, np.int64),
            validation_loss=np.array(loss, float),
            validation_accuracy=np.array(accuracy, float),
            train_accuracy=np.array(train_accuracy, float),
            best_step=self.early_stopping.best_step,
            stopped_early=self.early_stopping.out_of_patience,
            interrupted=self.interrupted,
            wall_seconds=time.perf_counter() - wall_start,
            cpu_seconds=time.process_time() - cpu_start,
        )


def _says_stop(answer: object) -> bool:
    return isinstance(answer, str) and answer == STOP
