"""What a training has gone through so far: losses, validations, the best weights, and whether it diverged."""

import time
from typing import NamedTuple, NoReturn

import numpy as np

from ..data.mnist import Split
from .config import TrainingConfig
from .history import EarlyStopping, History, TrainingDiverged
from .mlp import MLP
from .softmax import cross_entropies, hits

# Nats. A loss above it is as good as infinite: the right class has, on average, a probability that float32 cannot
# hold. Saturated units keep a network that was trained with far too large a learning rate at some such finite loss.
DIVERGED_LOSS = 100


class Validation(NamedTuple):
    """What one validation gave: steps taken, loss [nats] and accuracy of the validation split, training accuracy."""

    step: int
    loss: float
    accuracy: float
    train_accuracy: float


class Record:
    """Of one training. logits: `(steps, batch_size, num_classes)`, to be filled between two validations."""

    def __init__(self, model: MLP, config: TrainingConfig, labels: np.ndarray, validation: Split, longest: int):
        self.model, self.config, self.labels = model, config, labels
        self.validation_split = validation
        self.early_stopping = EarlyStopping(config.patience)
        self.logits = np.empty((longest, config.batch_size, model.layer_sizes[-1]), model.dtype)
        self.train_loss = np.empty(config.max_epochs * (len(labels) // config.batch_size))
        self.steps = 0
        self.validations: list[Validation] = []
        self.interrupted, self.stopped_by = False, ""
        self.validated_norms = self._norms()
        self.started = time.perf_counter(), time.process_time()

    def validate(self, batches: np.ndarray) -> Validation:
        """Record the losses of the mini-batches `(steps, batch_size)` since the last validation, then validate."""
        labels = self.labels[batches].ravel()
        logits = self.logits[: len(batches)].reshape(len(labels), -1)
        losses = cross_entropies(logits, labels).reshape(batches.shape).mean(axis=1, dtype=np.float64)
        if not np.isfinite(losses).all():
            self._diverged("training loss is no longer finite", self.steps + 1 + int(np.argmin(np.isfinite(losses))))
        self.train_loss[self.steps : self.steps + len(batches)] = losses
        self.steps += len(batches)
        loss, accuracy = np.nan, np.nan
        if len(self.validation_split):
            loss, accuracy = self.model.evaluation_pass(*self.validation_split)
            if not loss < DIVERGED_LOSS:
                self._diverged(f"validation loss is {loss:.3g} nats", self.steps)
            self.early_stopping.update(self.steps, loss, self.model.parameters)
        self.validations.append(Validation(self.steps, loss, accuracy, float(hits(logits, labels).mean())))
        self.validated_norms = self._norms()
        return self.validations[-1]

    def _diverged(self, what: str, step: int) -> NoReturn:
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

    def keep_the_best(self) -> None:
        """Give the network the weights of the lowest validation loss, if it looks for them and there are any."""
        if self.config.patience is not None and self.early_stopping.best_parameters is not None:
            self.model.parameters[:] = self.early_stopping.best_parameters

    def history(self) -> History:
        """Return what happened so far."""
        steps, loss, accuracy, train_accuracy = zip(*self.validations, strict=True) if self.validations else [()] * 4
        wall_start, cpu_start = self.started
        return History(
            train_loss=self.train_loss[: self.steps].copy(),
            validation_steps=np.array(steps, np.int64),
            validation_loss=np.array(loss, float),
            validation_accuracy=np.array(accuracy, float),
            train_accuracy=np.array(train_accuracy, float),
            best_step=self.early_stopping.best_step if len(self.validation_split) else self.steps,
            stopped_early=self.early_stopping.out_of_patience,
            interrupted=self.interrupted,
            stopped_by=self.stopped_by,
            wall_seconds=time.perf_counter() - wall_start,
            cpu_seconds=time.process_time() - cpu_start,
        )
