"""Those that are timed: each is built once for a network and then run again and again from the same start.

A builder takes the units of each layer and returns `run(epochs, seed)`, which trains from the initial weights with
the images in an order drawn from the seed, and returns the losses [nats] it read back, equally many an epoch.
"""

import time
import warnings
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np

from helpers.network.training import TrainingConfig, train

from . import peers, setting
from .floor import MatrixProducts

Run = Callable[[int, int], np.ndarray]

FLOOR, OURS, IN_ORDER = "bare matrix products (the floor)", "ours", "ours, images in order"
JAX, TORCH, TORCH_COMPILED = "JAX, epoch compiled", "PyTorch, eager", "PyTorch, step compiled"
SCIKIT_LEARN, KERAS = "scikit-learn¹", "Keras on JAX²"
EVALUATE, EVALUATE_FLOOR = "MLP.evaluation_pass", "bare matrix products"


def build_floor(sizes: Sequence[int]) -> Run:
    """The matrix products of each step, on images as they lie in memory; nothing is learnt."""
    images, products = setting.dataset().train.images, MatrixProducts(sizes, setting.BATCH_SIZE)

    def run(epochs: int, seed: int) -> np.ndarray:
        for _ in range(epochs):
            products.epoch(images)
        return np.full(epochs, np.nan)

    return run


def build_ours(sizes: Sequence[int], shuffle: bool = True) -> Run:
    """This project's `train`, with one validation an epoch, over ten images."""
    data = setting.with_few_validation_images(setting.dataset())

    def run(epochs: int, seed: int) -> np.ndarray:
        config = TrainingConfig(
            learning_rate=setting.LEARNING_RATE,
            momentum=setting.MOMENTUM,
            batch_size=setting.BATCH_SIZE,
            max_epochs=epochs,
            validations_per_epoch=1,
            patience=None,
            shuffle=shuffle,
        )
        return train(setting.new_model(sizes), data, config, seed=seed, progress=False).train_loss

    return run


def build_ours_in_order(sizes: Sequence[int]) -> Run:
    return build_ours(sizes, shuffle=False)


def build_evaluation(sizes: Sequence[int]) -> Run:
    """What a training does to validate, over 10,000 images; an epoch is one evaluation."""
    model, split = setting.new_model(sizes), setting.dataset().validation
    return lambda epochs, seed: np.array([model.evaluation_pass(*split)[0] for _ in range(epochs)])


def build_evaluation_floor(sizes: Sequence[int]) -> Run:
    """The matrix products of it in the same blocks."""
    images, products = setting.dataset().validation.images, MatrixProducts(sizes, setting.EVALUATION_BLOCK)

    def run(epochs: int, seed: int) -> np.ndarray:
        for _ in range(epochs):
            products.evaluation(images)
        return np.full(epochs, np.nan)

    return run


BUILDERS = {
    FLOOR: build_floor,
    OURS: build_ours,
    IN_ORDER: build_ours_in_order,
    JAX: peers.build_jax,
    TORCH: peers.build_torch_eager,
    TORCH_COMPILED: peers.build_torch_compiled,
    SCIKIT_LEARN: peers.build_scikit_learn,
    KERAS: peers.build_keras,
    EVALUATE: build_evaluation,
    EVALUATE_FLOOR: build_evaluation_floor,
}
TRAININGS = (FLOOR, OURS, IN_ORDER, JAX, TORCH, TORCH_COMPILED, SCIKIT_LEARN, KERAS)
VALIDATIONS = (EVALUATE, EVALUATE_FLOOR)
SAME_START = (JAX, TORCH, TORCH_COMPILED, KERAS)  # peers with our initial weights: they must reach our loss


@cache
def prepared(name: str, network: str) -> Run:
    """Return a contender that is built, compiled and has run once. Raises `RuntimeError`, in one line, if it cannot."""
    try:
        with warnings.catch_warnings(action="ignore"):
            run = BUILDERS[name](setting.NETWORKS[network])
            run(1, 0)
    except Exception as error:
        lines = str(error).strip().splitlines() or [""]
        raise RuntimeError(f"{type(error).__name__}: {lines[0][:120]}") from None
    return run


def prepare(name: str, network: str) -> None:
    """Make ready what `measure` times, so that nothing is built or compiled there."""
    prepared(name, network)


def measure(name: str, network: str, epochs: int, seed: int) -> tuple[float, float]:
    """Return wall time [s] of an epoch, mean over `epochs` of them, and the mean loss [nats] of the last."""
    run = prepared(name, network)
    with warnings.catch_warnings(action="ignore"):
        start = time.perf_counter()
        losses = run(epochs, seed)
        seconds = time.perf_counter() - start
    return seconds / epochs, float(np.mean(losses[-(len(losses) // epochs) :]))
