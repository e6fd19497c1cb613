"""Mini-batch gradient descent: forward, backward, update, as in Task 1b; the losses, and early stopping."""

import warnings
from collections.abc import Callable, Iterator
from itertools import pairwise, repeat

import numpy as np

from ..common.checks import called, check
from ..common.progress import progress_bar
from ..common.threads import one_blas_thread
from ..data.mnist import Dataset, Split, normalise
from ..data.random_streams import random_stream
from .buffers import Buffers
from .config import Augmentation, TrainingConfig
from .history import History
from .losses import LOSSES
from .mlp import MLP
from .optimizers import add_scaled
from .record import Record

CHANGED_AT_ONCE = 64  # images: what changes them is worked out in the processor's cache
STOP = "stop"  # what a callback returns to end the training

Callback = Callable[[History], str | None]


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
    `w <- w - learning_rate * v`, with the gradient of the mean cross entropy, unless the config says otherwise. The
    last incomplete mini-batch of an epoch is dropped. With `patience` set, the model ends with the weights of the
    lowest validation loss; without validation images it trains to its end, and a warning says so.

    seed: of the order of the images, of dropout and of augmentation; `None` draws new ones each time.
    progress: "auto" shows a bar where somebody watches; `False` never. It does not change the result.
    callback: called with the history so far after every validation; the training ends where it returns `STOP`.

    An interrupt (Ctrl-C, a kernel's stop button, a callback's `STOP`) ends the training with `interrupted=True` and
    what was learnt; the config's `stop` with its name in `stopped_by`.
    Raises `TrainingDiverged` when a loss is no longer finite or, on validation, above 100 nats; the model then has
    the weights of the lowest validation loss, if there was one and `patience` is set, else those that diverged.
    Raises `ValueError` where model, data and settings do not fit together. Runs on one BLAS thread: faster at this
    size, and the same bits on any number of cores.
    """
    for name, value, kind in (("model", model, MLP), ("dataset", dataset, Dataset), ("config", config, TrainingConfig)):
        if not isinstance(value, kind):
            raise ValueError(f"{name} is of type {type(value).__name__}; expected {kind.__name__}")
    check("callback", callback, callback is None or callable(callback), "a function of the history, or None")
    images, labels = model.checked_batch(*dataset.train)
    check(
        "batch_size",
        config.batch_size,
        config.batch_size <= len(images),
        f"at most the {len(images):,} training images",
    )
    if not len(dataset.validation):
        validation = dataset.validation
        if config.patience is not None:
            warnings.warn("there are no validation images: no early stopping, all epochs are trained", stacklevel=2)
    else:
        validation = Split(*model.checked_batch(*dataset.validation))
    model.normalisation = dataset.mean, dataset.std
    ticks = _validation_ticks(config, len(images) // config.batch_size)
    # Numbers too large are told by the losses.
    with one_blas_thread(), np.errstate(over="ignore", invalid="ignore"):
        record = Record(model, config, labels, validation, longest=int(np.diff(ticks).max()))
        _run(record, _descend(record, images, dataset, ticks, seed), progress, callback)
    return record.history()


def _run(
    record: Record, descent: Iterator[tuple[int, np.ndarray]], progress: str | bool, callback: Callback | None
) -> None:
    """Validate wherever the descent pauses, until it ends or there is a reason to stop."""
    stop = record.config.stop
    with progress_bar(len(record.train_loss), "training", progress, unit="step") as bar:
        try:
            for epoch, batches in descent:
                last = record.validate(batches)
                bar.update(len(batches))
                bar.set_postfix(epoch=epoch, loss=f"{last.loss:.3f}", accuracy=f"{last.accuracy:.2%}")
                if callback is not None and _says_stop(callback(record.history())):
                    record.interrupted = True
                elif stop is not None and stop(record.history()):
                    record.stopped_by = called(stop)
                if record.interrupted or record.stopped_by or record.early_stopping.out_of_patience:
                    break
        except KeyboardInterrupt:
            record.interrupted = True
        finally:  # also when the training diverged: nothing that was learnt is lost
            record.keep_the_best()


def _descend(
    record: Record, images: np.ndarray, dataset: Dataset, ticks: np.ndarray, seed: int | None
) -> Iterator[tuple[int, np.ndarray]]:
    """Do the steps; pause with the epoch and the mini-batches' rows `(steps, batch_size)` when it is time to validate.

    A step needs only the slope of its loss: the losses of all mini-batches since the last validation are worked out
    at once from their logits, in `Record.validate`, which saves a tenth of the time.
    """
    model, config = record.model, record.config
    parameters, targets = model.parameters, model.one_hot(record.labels)
    gradient = np.empty_like(parameters)
    gradients = model.layers_of(gradient)
    rule, loss = config.rule(), LOSSES[config.loss] if isinstance(config.loss, str) else config.loss
    buffers = Buffers(config.batch_size, model.layer_sizes, model.dtype, config.dropout)
    inputs, wanted = np.empty((config.batch_size, images.shape[1]), model.dtype), np.empty_like(record.logits[0])
    order, dropped = random_stream(seed, "batch order"), random_stream(seed, "dropout")
    for epoch, shown in enumerate(_images_of_each_epoch(images, dataset, config, seed), start=1):
        rows = np.arange(len(shown))
        if config.shuffle:
            order.shuffle(rows)
        for first, last in pairwise(ticks):
            batches = rows[first * config.batch_size : last * config.batch_size].reshape(last - first, -1)
            for step, batch in enumerate(batches):
                x = shown.take(batch, axis=0, out=inputs, mode="clip")
                t = targets.take(batch, axis=0, out=wanted, mode="clip")
                if config.dropout:
                    buffers.drop(dropped)
                record.logits[step] = model.forward_pass(x, buffers)
                model.backward_pass(x, t, buffers, gradients, loss)
                if config.weight_decay:
                    add_scaled(gradient, config.weight_decay, parameters)
                if config.schedule:
                    done = (record.steps + step) / len(record.train_loss)
                    rule.learning_rate = config.learning_rate * config.schedule(done)
                rule.update(parameters, gradient)
            yield epoch, batches


def _images_of_each_epoch(
    images: np.ndarray, dataset: Dataset, config: TrainingConfig, seed: int | None
) -> Iterator[np.ndarray]:
    """Yield the training images of one epoch after the other, as they are or changed anew."""
    if config.augmentation is None:
        yield from repeat(images, config.max_epochs)
        return
    pixels, stream = dataset.pixels_of(images), random_stream(seed, "augmentation")
    pixels.flags.writeable = False
    shown = np.empty_like(images)
    parts = [slice(start, start + CHANGED_AT_ONCE) for start in range(0, len(images), CHANGED_AT_ONCE)]
    for _ in range(config.max_epochs):
        for part in parts:
            changed = _changed(pixels[part], config.augmentation, stream)
            normalise(changed, dataset.mean, dataset.std, images.dtype, out=shown[part])
        yield shown


def _changed(pixels: np.ndarray, augmentation: Augmentation, stream: np.random.Generator) -> np.ndarray:
    """Return images as a function of one's own changed them. Raises `ValueError` for what are no such images."""
    changed, what = np.asarray(augmentation(pixels, stream)), f"augmentation {called(augmentation)}"
    if changed.shape != pixels.shape or not np.issubdtype(changed.dtype, np.number):
        made = f"{changed.dtype} {changed.shape} of images {pixels.shape}"
        raise ValueError(f"{what} made {made}; allowed: numbers of the same shape")
    if not np.isfinite(changed).all():
        raise ValueError(f"{what} made numbers that are not finite; allowed: grey values from 0 to 255")
    return changed


def _validation_ticks(config: TrainingConfig, steps_per_epoch: int) -> np.ndarray:
    """Return after how many steps of an epoch to validate, with a leading 0."""
    validations = min(config.validations_per_epoch, steps_per_epoch)
    return np.linspace(0, steps_per_epoch, validations + 1).round().astype(int)


def _says_stop(answer: object) -> bool:
    return isinstance(answer, str) and answer == STOP
