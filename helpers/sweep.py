"""A sweep over width and depth: what it gives, and what it costs on how many cores. `python -m helpers.sweep`.

$UNITS and $DEPTHS choose networks ("16 64"), $SEEDS says how many seeds; $EPOCHS, $SCHEDULER, $RESULTS_DIR and
$MNIST_DIR do what they do for the report. Finished trainings are stored, so an interrupted sweep goes on.
"""

import heapq
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from joblib import Parallel, cpu_count, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, StrMethodFormatter
from scipy.optimize import nnls
from threadpoolctl import threadpool_limits

from . import interrupts
from .experiments import EXPERIMENTS, Results, num_parameters, positive_integer, run_over_seeds
from .mnist import Dataset, Split, load_mnist
from .training import train
from .trials import Experiment, Result

UNITS = (16, 32, 64, 128, 256, 512, 1_024)
DEPTHS = (1, 2, 3, 5, 7, 10)
SEEDS = 20
TRAIN_IMAGES = 20_000  # of every training
CORES = (1, 100, 1_000)
PICTURE = Path(__file__).resolve().parent.parent / "build" / "sweep.png"

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

# Colours and markers of the lines of a panel, as many as there are widths; Okabe and Ito, and one of our own.
LOOKS = tuple(
    zip(("#000000", "#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#0072B2", "#D55E00"), "os^DvPX", strict=True)
)


@dataclass(frozen=True)
class Outcome:
    """What the sweep keeps of a training: accuracies 0..1, gradient steps, validations, CPU seconds of `train`."""

    experiment: str
    seed: int
    validation: float
    test: float
    steps: int
    validations: int
    cpu_seconds: float

    @classmethod
    def of(cls, result: Result) -> "Outcome":
        history = result.history
        counts = len(history.train_loss), len(history.validation_steps)
        return cls(result.experiment, result.seed, result.validation[1], result.test[1], *counts, history.cpu_seconds)


def network(units: int, depth: int) -> Experiment:
    """Return the network of Task 3 with other hidden layers: `depth` of them, of `units` each."""
    layers = (units,) * depth
    return replace(EXPERIMENTS["3c"], name=f"sweep_{units}x{depth}", title=f"{depth} x {units}", hidden_layers=layers)


def chosen(name: str, default: Sequence[int]) -> tuple[int, ...]:
    """Return the integers of an environment variable, without repetitions. Raises `ValueError` for anything else."""
    words = os.environ.get(name, "").split() or map(str, default)
    return tuple(dict.fromkeys(positive_integer(name, word) for word in words))


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
        timed = Parallel(n_jobs=cpu_count())(delayed(_calibrated)(CALIBRATION) for _ in range(cpu_count()))
        rounds, loading = zip(*timed, strict=True)
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
    experiment = EXPERIMENTS["3c"]
    batch = experiment.config.batch_size
    few = replace(dataset, validation=Split(dataset.validation.images[:10], dataset.validation.labels[:10]))
    images = min(steps * batch, len(dataset.train))
    few = replace(few, train=Split(dataset.train.images[:images], dataset.train.labels[:images]))
    epochs = -(-steps * batch // images)
    # The learning rate is so small that nothing diverges; the time of a step does not depend on it.
    config = replace(experiment.config, learning_rate=1e-6, max_epochs=epochs, validations_per_epoch=1, patience=None)
    model = replace(experiment, hidden_layers=layers).model(dataset, seed=0)
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


def check_table(costs: CostModel, results: Results, networks: Sequence[Experiment]) -> str:
    """Return the trainings' CPU seconds as measured and, for their numbers of steps, as predicted."""
    rows, totals = [], np.zeros(2)
    for experiment in networks:
        runs = results[experiment.name]
        measured = sum(run.cpu_seconds for run in runs)
        predicted = sum(costs.training(experiment.hidden_layers, run.steps, run.validations) for run in runs)
        totals += measured, predicted
        rows.append([experiment.title, *_compared(measured, predicted)])
    rows.append(["all", *_compared(*totals)])
    title = (
        "CPU seconds of `train`, of stored trainings on the machine and under the load of then; the model is within "
        f"{costs.error:.0%} of each network it was fitted to"
    )
    return f"{title}\n\n{_table(['network', 'measured', 'predicted', 'ratio'], rows)}"


def _compared(measured: float, predicted: float) -> list[str]:
    return [f"{measured:.1f}", f"{predicted:.1f}", f"{predicted / measured:.2f}"]


def cost_table(costs: CostModel, results: Results) -> str:
    """Return what the whole sweep costs on 1, 100 and 1,000 cores like this one."""
    config = EXPERIMENTS["3c"].config
    steps = TRAIN_IMAGES // config.batch_size * config.max_epochs
    whole = [network(units, depth).hidden_layers for units in UNITS for depth in DEPTHS]
    finished = [run.steps / steps for runs in results.values() for run in runs]
    rows = []
    for share, text in ((1.0, f"{config.max_epochs} epochs"), (np.mean(finished), "as here")):
        validations = share * config.max_epochs * config.validations_per_epoch
        jobs = [costs.trial(layers, share * steps, validations) for layers in whole for _ in range(SEEDS)]
        times = [_duration(makespan(jobs, cores)) for cores in CORES]
        rows.append([f"{text} ({share * config.max_epochs:.1f})", _duration(sum(jobs)), *times, _duration(max(jobs))])
    heads = ["epochs of each", "CPU time", *(f"{cores:,} core{'s' * (cores > 1)}" for cores in CORES), "longest"]
    results_size = 4 * SEEDS * sum(map(num_parameters, whole)) / 1e9
    title = (
        f"The whole sweep: {len(whole)} networks, {SEEDS} seeds, {len(jobs)} trainings. No number of cores is faster "
        f"than the longest training. Not in it: the start of the workers, and {results_size:.1f} GB of results to fetch"
    )
    return f"{title}\n\n{_table(heads, rows)}"


def accuracy_table(results: Results, units: Sequence[int], depths: Sequence[int]) -> str:
    """Return the mean test accuracy [%] over the seeds of every network."""
    rows = [
        [f"{n:,}", *(f"{100 * np.mean([run.test for run in results[network(n, depth).name]]):.2f}" for depth in depths)]
        for n in units
    ]
    heads = ["units", *(f"{depth} layer{'s' * (depth > 1)}" for depth in depths)]
    return f"Test accuracy [%], mean over the seeds\n\n{_table(heads, rows)}"


def picture(results: Results, units: Sequence[int], depths: Sequence[int], max_epochs: int) -> Figure:
    """Draw validation and test accuracy against parameters and against depth: means, and the range over the seeds."""
    figure = Figure(figsize=(10, 7.5), layout="constrained")
    panels = figure.subplots(2, 2, sharex="col", sharey=True)
    for row, split in zip(panels, ("validation", "test"), strict=True):
        for depth, look in zip(depths, _looks(depths), strict=True):
            of_depth = [(num_parameters((n,) * depth), results[network(n, depth).name]) for n in units]
            _draw(row[0], of_depth, split, look, f"{depth}")
        for n, look in zip(units, _looks(units), strict=True):
            of_width = [(depth, results[network(n, depth).name]) for depth in depths]
            _draw(row[1], of_width, split, look, f"{n:,}")
        row[0].set_ylabel(f"{split} accuracy [%]")
        row[0].set_xscale("log")
        row[1].set_xticks(depths)
        row[0].minorticks_off()
    panels[1, 0].xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    panels[1, 0].xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    panels[1, 0].set_xlabel("parameters")
    panels[1, 1].set_xlabel("hidden layers")
    for axes, title in zip(panels[0], ("hidden layers", "units of each layer"), strict=True):
        axes.legend(title=title, fontsize="small", loc="lower center", bbox_to_anchor=(0.5, 1), ncols=7, frameon=False)
    count = len(next(iter(results.values())))
    figure.suptitle(
        f"networks: {len(results)}, seeds: {count} (the whole sweep: {len(UNITS) * len(DEPTHS)} and {SEEDS}), "
        f"at most {max_epochs} epochs; means, and the range over the seeds",
        fontsize="medium",
    )
    return figure


def _looks(lines: Sequence[int]) -> list[tuple[str, str]]:
    """Return a colour and a marker for each line; they begin anew when there are no more."""
    return [LOOKS[number % len(LOOKS)] for number in range(len(lines))]


def _draw(axes: Axes, points: Sequence[tuple], split: str, look: tuple[str, str], label: str) -> None:
    x = [at for at, _ in points]
    accuracies = [100 * np.array([getattr(run, split) for run in runs]) for _, runs in points]
    middle = np.array([values.mean() for values in accuracies])
    ends = [middle - [v.min() for v in accuracies], [v.max() for v in accuracies] - middle]
    colour, marker = look
    axes.errorbar(x, middle, np.abs(ends), color=colour, marker=marker, markersize=5, capsize=2, lw=1, label=label)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table, its columns aligned to the right for a terminal too."""
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
    lines = [[f"{word:>{width}}" for word, width in zip(row, widths, strict=True)] for row in (heads, *rows)]
    lines.insert(1, [f"{'-' * (width - 1)}:" for width in widths])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _duration(seconds: float) -> str:
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"


def main() -> int:
    """Return the exit status."""
    try:
        interrupts.raise_from_now_on()
        units, depths = chosen("UNITS", UNITS), chosen("DEPTHS", DEPTHS)
        seeds = positive_integer("SEEDS", os.environ.get("SEEDS", str(SEEDS)))
        networks = [network(n, depth) for depth in depths for n in units]
        whole = f"the whole sweep: {len(UNITS) * len(DEPTHS)} networks, {SEEDS} seeds"
        print(f"networks: {len(networks)}, seeds: {seeds} ({whole})", flush=True)
        results = run_over_seeds(networks, seeds, keep=Outcome.of)
        if results.interrupted:
            return interrupts.EXIT_STATUS
        max_epochs = positive_integer("EPOCHS", os.environ.get("EPOCHS", str(EXPERIMENTS["3c"].config.max_epochs)))
        PICTURE.parent.mkdir(exist_ok=True)
        picture(results, units, depths, max_epochs).savefig(PICTURE, dpi=150)
        print(accuracy_table(results, units, depths))
        print("fitting the cost model to quick measurements", flush=True)
        costs = CostModel.measured()
        print(check_table(costs, results, networks))
        print(cost_table(costs, results))
        print(f"picture: {PICTURE}")
    except KeyboardInterrupt:
        print("interrupted; what is trained is stored", file=sys.stderr)
        return interrupts.EXIT_STATUS
    except MemoryError as error:
        print(f"the sweep was not finished: {error}; choose fewer UNITS or DEPTHS", file=sys.stderr)
        return 1
    except (TerminatedWorkerError, ValueError, OSError) as error:
        print(f"the sweep was not finished: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
