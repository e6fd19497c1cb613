"""What all measurements share: the task, the data, and a process held to one core and one thread."""

import math
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache

import numpy as np

from helpers.data.mnist import Dataset, Split, load_mnist
from helpers.data.mnist_files import NUM_CLASSES
from helpers.network.mlp import MLP
from helpers.network.training import TrainingConfig, train

BATCH_SIZE = 32
LEARNING_RATE = 0.02
MOMENTUM = 0.9
AMPLITUDE, STEEPNESS = 1.7159, 2 / 3  # of the improved sigmoid, for the peers
EVALUATION_BLOCK = 1_000  # images that the floor of an evaluation takes at once, as `MLP.evaluation_pass` does
NUM_INPUTS = 785  # 28 x 28 pixels and a column of ones
STEPS_PER_EPOCH = 20_000 // BATCH_SIZE

NETWORKS = {
    "785-64-10": (NUM_INPUTS, 64, NUM_CLASSES),
    "ten hidden layers of 64": (NUM_INPUTS, *[64] * 10, NUM_CLASSES),
}

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NPROC": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "TORCHINDUCTOR_COMPILE_THREADS": "1",
}


@cache
def dataset() -> Dataset:
    """Return 20,000 training and 10,000 validation images, float32."""
    return load_mnist()


def with_few_validation_images(data: Dataset, num_images: int = 10) -> Dataset:
    """Return the data with a validation so small that it takes no time."""
    return replace(data, validation=Split(data.validation.images[:num_images], data.validation.labels[:num_images]))


def new_model(sizes: Sequence[int]) -> MLP:
    """Return the network that all contenders start from; the initial weights are the same each time."""
    return MLP(sizes, activation="improved_sigmoid", weight_init="improved", seed=0)


def initial_weights(sizes: Sequence[int]) -> list[np.ndarray]:
    """Return copies of the matrices `(fan_in, fan_out)` float32 that `new_model` starts with."""
    return [weights.copy() for weights in new_model(sizes).weights]


def step_seconds(
    sizes: Sequence[int], batch_size: int = BATCH_SIZE, num_steps: int = STEPS_PER_EPOCH, *, clock: str = "wall"
) -> float:
    """Return time [s] of a step of `train`, its shuffling and records included; mean over about `num_steps`.

    clock: "wall", or "cpu" where other processes compute too.
    The learning rate is tiny, so that no network diverges; the time of a step does not depend on it.
    """
    data = with_few_validation_images(dataset())
    num_images = min(len(data.train), batch_size * num_steps)
    data = replace(data, train=Split(data.train.images[:num_images], data.train.labels[:num_images]))
    epochs = math.ceil(num_steps * batch_size / num_images)
    config = TrainingConfig(
        learning_rate=1e-5,
        momentum=MOMENTUM,
        batch_size=batch_size,
        max_epochs=epochs,
        validations_per_epoch=1,
        patience=None,
    )
    history = train(new_model(sizes), data, config, seed=0, progress=False)
    return vars(history)[f"{clock}_seconds"] / len(history.train_loss)


def use_default_blas() -> None:
    """Let processes started from now on choose their BLAS kernel by themselves."""
    for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
        os.environ.pop(name, None)


def hold_to_one_core() -> None:
    """Hold this process and those started from now on to one core, where the system can, and to one thread."""
    os.environ.update(ONE_THREAD)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


@cache
def num_cores() -> int:
    """Return how many cores this process might use when it was first asked."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fresh_process() -> ProcessPoolExecutor:
    """Return one new process that runs what is submitted; it has imported nothing before."""
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
