"""What networks of many sizes cost: a model of a step's CPU time, fitted to a few, and times on many cores."""

import heapq
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from joblib import cpu_count
from joblib.externals.loky import get_reusable_executor
from scipy.optimize import nnls
from threadpoolctl import threadpool_limits

from ..data.mnist import Dataset, Split, load_mnist
from ..network.training import train
from .experiment import num_parameters
from .table import MOMENTUM

Sizes = tuple[int, ...]  # units of each hidden layer

# The networks whose steps are timed to fit the costs of all; with the steps, so that each takes a third of a second.
CALIBRATION = {
    (16,): 2_000,
    (64,): 1_500,
    (128,): 1_000,
    (512,): 200,
    (1_024,): 100,
    (16,) * 5: 1_500,
    (64,) * 10: 600,
    (256,) * 5: 150,
    (512,) * 3: 80,
    (1_024,) * 2: 30,
    (1_024,) * 5: 10,
}
ROUNDS = 5
WEIGHTS_IN_CACHE = 600_000  # about; a step also needs their update and velocity, and beyond that it waits for memory


@dataclass(frozen=True)
class CostModel:
    """CPU seconds as sums of a constant and parts that grow with layers, units and weights.

    step, validation: `(5,)` what a gradient step, and a validation of 10,000 images, take of each of `_sizes`.
    loading: what a training takes to read and split the data. error: largest relative error in the fit.
    """

    step: np.ndarray
    validation: np.ndarray
    loading: float
    error: float

    @classmethod
    def measured(cls) -> "CostModel":
        """Time a few networks for half a minute or so, on all cores at once since they share caches, and fit."""
        executor = get_reusable_executor(max_workers=cpu_count())
        rounds, loading = zip(*executor.map(_calibrated, [CALIBRATION] * cpu_count()), strict=True)
        steps, validations = np.median(np.concatenate(rounds), axis=0).T
        sizes = np.array([_sizes(layers) for layers in CALIBRATION])
        fits = [_fitted(sizes, measured) for measured in (steps, validations)]
        errors = [sizes @ fit / measured - 1 for fit, measured in zip(fits, (steps, validations), strict=True)]
        return cls(*fits, float(np.median(loading)), float(np.abs(errors).max()))

    def training(self, layers: Sizes, steps: int, validations: int) -> float:
        """Return the CPU seconds of `train`."""
        return float(_sizes(layers) @ (steps * self.step + validations * self.validation))

    def trial(self, layers: Sizes, steps: int, validations: int) -> float:
        """Return the CPU seconds of a training with all around it: the data, and the last look at three splits."""
        return self.loading + self.training(layers, steps, validations + 4)  # 40,000 images


def _sizes(layers: Sizes) -> np.ndarray:
    weights = num_parameters(layers)
    return np.array([1, len(layers), sum(layers), weights, max(0, weights - WEIGHTS_IN_CACHE)], dtype=float)


def _fitted(sizes: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """Return the non-negative factors of the sizes whose sums have the smallest relative squared errors."""
    scale = sizes.max(axis=0)
    factors, _ = nnls(sizes / scale / measured[:, None], np.ones(len(measured)))
    return factors / scale


def _calibrated(networks: dict[Sizes, int]) -> tuple[np.ndarray, float]:
    """Return CPU seconds of step and validation, `(ROUNDS, networks, 2)`, and of loading the data; one BLAS thread."""
    with threadpool_limits(1, user_api="blas"):
        loading = _cpu_seconds(lambda: load_mnist(split_seed=0))
        dataset = load_mnist()
        rounds = [[_timed(dataset, layers, steps) for layers, steps in networks.items()] for _ in range(ROUNDS)]
    return np.array(rounds), loading


def _timed(dataset: Dataset, layers: Sizes, steps: int) -> tuple[float, float]:
    """Return CPU seconds of a gradient step, mean over about `steps` of them, and of a validation of 10,000 images."""
    experiment = MOMENTUM
    batch = experiment.config.batch_size
    few = replace(dataset, validation=Split(dataset.validation.images[:10], dataset.validation.labels[:10]))
    images = min(steps * batch, len(dataset.train))
    few = replace(few, train=Split(dataset.train.images[:images], dataset.train.labels[:images]))
    epochs = -(-steps * batch // images)
    # The learning rate is so small that nothing diverges; the time of a step does not depend on it.
    config = replace(experiment.config, learning_rate=1e-6, max_epochs=epochs, validations_per_epoch=1, patience=None)
    model = replace(experiment, hidden_layers=layers).model(seed=0)
    history = train(model, few, config, seed=0, progress=False)
    validation = _cpu_seconds(lambda: model.evaluate(dataset.validation)) * 10_000 / len(dataset.validation)
    return history.cpu_seconds / len(history.train_loss), validation


def _cpu_seconds(function: Callable[[], object]) -> float:
    start = time.process_time()
    function()
    return time.process_time() - start


def makespan(costs: Sequence[float], cores: int) -> float:
    """Return how long jobs take on so many cores, when each free core takes the longest job that is left."""
    busy = [0.0] * min(cores, len(costs))
    for cost in sorted(costs, reverse=True):
        heapq.heapreplace(busy, busy[0] + cost)
    return max(busy)
