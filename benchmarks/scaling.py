"""Time of a step against units, depth and batch size, and of a sweep against workers: `make bench-scaling`."""

import time
from collections.abc import Sequence
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np
from joblib.externals.loky import get_reusable_executor
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, StrMethodFormatter

from helpers.data.mnist_files import NUM_CLASSES
from helpers.experiments.runner import run_experiments
from helpers.experiments.store import Store

from . import report, setting
from .floor import MatrixProducts

UNITS = tuple(2**n for n in range(4, 12))
DEPTHS = (1, 2, 3, 5, 7, 10, 14, 20)
BATCH_SIZES = tuple(2**n for n in range(11))
ROUNDS = 5  # repetitions of each size
MIN_STEPS = 200  # of each measurement
POWERS_OF_TWO = ("hidden units", "batch size")
SWEEP = {"names": ("baseline", "momentum", "narrow", "wide"), "seeds": 2, "max_epochs": 2}
QUICK_SWEEP = {"names": ("narrow",), "seeds": 1, "max_epochs": 1}
ALT = "Four panels: time of a step against hidden units, depth and batch size, and of a sweep against workers."
METHOD = """\
A step is one of `train`, with shuffling, update and losses; the floor is its matrix products alone. One core, one
thread; medians over {rounds} rounds, ratios within a round. The sweep is eight short trainings, four experiments with
two seeds. Its time includes the start of the workers; its floor is the time of one worker divided by their number."""

Timings = list[tuple[int, float, float, float]]  # size, seconds of a step, of its floor, ratio


def sweeps() -> dict[str, dict[int, tuple[tuple[int, ...], int]]]:
    """Return (units of each layer, batch size) by size, for each quantity that is varied."""
    first, last = setting.NUM_INPUTS, NUM_CLASSES
    return {
        "hidden units": {n: ((first, n, last), setting.BATCH_SIZE) for n in UNITS},
        "hidden layers of 64 units": {n: ((first, *[64] * n, last), setting.BATCH_SIZE) for n in DEPTHS},
        "batch size": {n: ((first, 64, last), n) for n in BATCH_SIZES},
    }


def time_step(sizes: Sequence[int], batch_size: int, rounds: int) -> tuple[float, float, float]:
    """Return wall time [s] of a step of `train`, of its floor, and their ratio; medians over the rounds."""
    num_steps = max(MIN_STEPS, 6_400 // batch_size)
    setting.step_seconds(sizes, batch_size, 2)  # to warm up
    products = MatrixProducts(sizes, batch_size)
    pairs = [
        (setting.step_seconds(sizes, batch_size, num_steps), floor_seconds(products, batch_size, num_steps))
        for _ in range(rounds)
    ]
    ours, floor = np.array(pairs).T
    return float(np.median(ours)), float(np.median(floor)), float(np.median(ours / floor))


def floor_seconds(products: MatrixProducts, batch_size: int, num_steps: int) -> float:
    """Return wall time [s] of a step's matrix products, mean over about `num_steps` steps on contiguous images."""
    images = setting.dataset().train.images[: batch_size * num_steps]
    epochs = -(-num_steps * batch_size // len(images))
    start = time.perf_counter()
    for _ in range(epochs):
        products.epoch(images)
    return (time.perf_counter() - start) / (epochs * (len(images) // batch_size))


def time_sweep(workers: int, sweep: dict) -> float:
    """Return wall time [s] of a few short trainings into an empty store."""
    with TemporaryDirectory() as directory:
        start = time.perf_counter()
        run_experiments(**sweep, workers=workers, store=Store(directory), progress=False)
        seconds = time.perf_counter() - start
    if workers > 1:
        get_reusable_executor().shutdown()  # else its workers wait minutes for more, and this process for them
    return seconds


def measure_workers(cores: int, sweep: dict) -> Timings:
    """Return the sweep's time for 1, 2, 4, ... workers up to one for each core, each in a process of its own."""
    counts = sorted({2**n for n in range(cores.bit_length())} | {cores})
    seconds = {}
    for count in counts:
        print(f"workers: {count}", flush=True)
        with setting.fresh_process() as process:
            seconds[count] = process.submit(time_sweep, count, sweep).result()
    return [(count, s, seconds[1] / count, s * count / seconds[1]) for count, s in seconds.items()]


def measure_steps(rounds: int, only_every: int) -> tuple[dict[str, Timings], str]:
    """Return the timings of a step by quantity, and the sentence on the machine."""
    cores, timings = setting.num_cores(), {}
    setting.hold_to_one_core()
    with setting.fresh_process() as process:
        for quantity, sizes in sweeps().items():
            print(quantity, flush=True)
            chosen = list(sizes.items())[::only_every]
            timings[quantity] = [(n, *process.submit(time_step, *s, rounds).result()) for n, s in chosen]
        return timings, process.submit(report.machine, cores).result()


def timing_table(quantity: str, timings: Timings) -> str:
    """Return a table of a step's time [ms], or of the sweep's time [s], against one quantity."""
    unit, factor = ("s", 1) if quantity == "workers" else ("ms", 1_000)
    rows = [[f"{n:,}", f"{factor * s:.3f}", f"{factor * floor:.3f}", f"{ratio:.2f}"] for n, s, floor, ratio in timings]
    return report.markdown_table([quantity, f"ours [{unit}]", f"floor [{unit}]", "ratio"], rows)


def draw(axes: Axes, quantity: str, timings: Timings) -> None:
    """Draw measured times and their floor; sizes that are powers of two on logarithmic axes, others on plain ones."""
    sizes, seconds, floor, _ = zip(*timings, strict=True)
    of, unit, factor = ("sweep", "s", 1) if quantity == "workers" else ("step", "ms", 1_000)
    axes.plot(sizes, factor * np.array(seconds), "o-", color=report.OURS_COLOUR, label="ours")
    axes.plot(sizes, factor * np.array(floor), "s--", color=report.FLOOR_COLOUR, label="floor")
    if quantity in POWERS_OF_TWO:
        axes.set(xscale="log", yscale="log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    else:
        axes.set_ylim(bottom=0)
    axes.set(xlabel=quantity, ylabel=f"time of a {of} [{unit}]")
    axes.set_xticks(sizes, [f"{n:,}" for n in sizes])
    axes.minorticks_off()
    axes.legend()
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)


def measured(*, quick: bool) -> report.Section:
    """Measure steps of all sizes, and a sweep by all numbers of workers; the section has tables and four panels."""
    rounds, only_every, sweep = (1, 20, QUICK_SWEEP) if quick else (ROUNDS, 1, SWEEP)
    setting.use_default_blas()
    workers = measure_workers(setting.num_cores(), sweep)
    steps, machine = measure_steps(rounds, only_every)
    timings = steps | {"workers": workers}
    figure, panels = plt.subplots(2, 2, figsize=(10, 7.5), layout="constrained")
    for axes, item in zip(panels.flat, timings.items(), strict=True):
        draw(axes, *item)
    tables = [timing_table(*item) for item in timings.items()]
    return report.Section("scaling", "\n\n".join([machine, METHOD.format(rounds=rounds), *tables]), figure, ALT)
