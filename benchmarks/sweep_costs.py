"""What `make sweep` costs: a step's CPU time after a model fitted to a few networks, and times on many cores."""

import heapq
import multiprocessing
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from helpers.common.display import markdown_table
from helpers.data.mnist_files import NUM_CLASSES
from helpers.experiments.experiment import num_parameters
from helpers.experiments.table import MOMENTUM
from helpers.sweep import DEPTHS, SEEDS, UNITS

from . import report, setting

Sizes = tuple[int, ...]  # units of each hidden layer

# The networks that are timed, with their steps, so that each takes a third of a second.
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
WEIGHTS_IN_CACHE = 600_000  # about; a step also needs their update and velocity, and beyond that it waits for memory
CORES = (1, 100, 1_000)
ROUNDS = 5  # repetitions of each network on each core
MEAN_EPOCHS = 18.5  # after which the trainings of the README's picture stopped, on average


@dataclass(frozen=True)
class CostModel:
    """CPU seconds as sums of a constant and parts that grow with layers, units and weights.

    step, validation: `(5,)` what a gradient step, and an evaluation of 10,000 images, take of each of `sizes_of`.
    """

    step: np.ndarray
    validation: np.ndarray

    def training(self, layers: Sizes, epochs: float) -> float:
        """Return the CPU seconds of a training of so many epochs, with the last look at three splits, 40,000 images."""
        steps, validations = epochs * setting.STEPS_PER_EPOCH, epochs * MOMENTUM.config.validations_per_epoch + 4
        return float(sizes_of(layers) @ (steps * self.step + validations * self.validation))


def sizes_of(layers: Sizes) -> np.ndarray:
    """Return what costs grow with, `(5,)`: a constant, layers, units, weights, and weights that no cache holds."""
    weights = num_parameters(layers)
    return np.array([1, len(layers), sum(layers), weights, max(0, weights - WEIGHTS_IN_CACHE)], dtype=float)


def fitted(networks: Sequence[Sizes], seconds: np.ndarray) -> np.ndarray:
    """Return the non-negative factors of `sizes_of` whose sums have the smallest relative squared errors."""
    sizes = np.array([sizes_of(layers) for layers in networks])
    scale = np.maximum(sizes.max(axis=0), 1)
    factors, _ = nnls(sizes / scale / seconds[:, None], np.ones(len(seconds)))
    return factors / scale


def time_networks(networks: dict[Sizes, int]) -> list[tuple[float, float]]:
    """Return the CPU seconds of a step, and of an evaluation of 10,000 images, for each network and its steps."""
    found = []
    for layers, steps in networks.items():
        sizes = (setting.NUM_INPUTS, *layers, NUM_CLASSES)
        found.append((setting.step_seconds(sizes, num_steps=steps, clock="cpu"), evaluation_seconds(sizes)))
    return found


def evaluation_seconds(sizes: Sequence[int]) -> float:
    """Return the CPU seconds of an evaluation of the validation images, 10,000."""
    model, validation = setting.new_model(sizes), setting.dataset().validation
    start = time.process_time()
    model.evaluate(validation)
    return time.process_time() - start


def fitted_model(rounds: int, networks: dict[Sizes, int]) -> tuple[CostModel, float]:
    """Return the fitted model, and its largest relative error: all cores at once are timed, since they share caches."""
    os.environ.update(setting.ONE_THREAD)
    cores = setting.num_cores()
    with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn")) as processes:
        times = list(processes.map(time_networks, [networks] * (cores * rounds)))
    seconds = np.median(times, axis=0).T
    model = CostModel(*(fitted(list(networks), each) for each in seconds))
    sums = [[sizes_of(layers) @ factors for layers in networks] for factors in (model.step, model.validation)]
    return model, float(np.abs(sums / seconds - 1).max())


def makespan(costs: Sequence[float], cores: int) -> float:
    """Return how long jobs take on so many cores, when each free core takes the longest job that is left."""
    busy = [0.0] * min(cores, len(costs))
    for cost in sorted(costs, reverse=True):
        heapq.heapreplace(busy, busy[0] + cost)
    return max(busy)


def cost_table(model: CostModel, epochs: Sequence[float]) -> str:
    """Return what the whole sweep costs on 1, 100 and 1,000 cores like this one, where trainings last so long."""
    whole = [(units,) * depth for units in UNITS for depth in DEPTHS]
    rows = []
    for length in epochs:
        jobs = [model.training(layers, length) for layers in whole for _ in range(SEEDS)]
        times = [duration(makespan(jobs, cores)) for cores in CORES]
        rows.append([f"{length:g}", duration(sum(jobs)), *times, duration(max(jobs))])
    heads = ["epochs of each", "CPU time", *(f"{cores:,} core{'s' * (cores > 1)}" for cores in CORES), "longest"]
    return markdown_table(heads, rows, "r" * len(heads))


def duration(seconds: float) -> str:
    """Return for example "2.4 days" or "17 s"."""
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def measured(*, quick: bool) -> report.Section:
    """Fit the model to quick measurements; the section has what the sweep costs after it."""
    networks = dict.fromkeys(((4,), (16,), (4, 4), (16,) * 5, (64,)), 10) if quick else CALIBRATION
    model, error = fitted_model(1 if quick else ROUNDS, networks)
    text = (
        f"The model is within {error:.0%} of each of the {len(networks)} networks that it was fitted to.\n"
        f"{len(UNITS) * len(DEPTHS)} networks, {SEEDS} seeds:\n\n"
    )
    return report.Section("sweep", text + cost_table(model, (MOMENTUM.config.max_epochs, MEAN_EPOCHS)))
