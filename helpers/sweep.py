"""The sweep over width and depth, `make sweep`: the networks of Task 3 in other sizes, a picture, and accuracies."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, StrMethodFormatter

from .common.display import markdown_table
from .common.files import check_folder
from .experiments.experiment import Experiment, num_parameters
from .experiments.result import Result
from .experiments.runner import run_experiments
from .experiments.table import MOMENTUM
from .figures.style import PALETTE, Look
from .settings import build_directory, setting

UNITS = (16, 32, 64, 128, 256, 512, 1_024)
DEPTHS = (1, 2, 3, 5, 7, 10)
SEEDS = 20


class Outcome(NamedTuple):
    """What the sweep keeps of a training: accuracies 0..1, and after how many epochs it stopped."""

    validation: float
    test: float
    epochs: float

    @classmethod
    def of(cls, result: Result) -> "Outcome":
        """Return what is kept of a result."""
        epochs = len(result.history.validation_steps) / result.experiment.config.validations_per_epoch
        return cls(result.validation[1], result.test[1], epochs)


Outcomes = Mapping[str, Sequence[Outcome]]


def network(units: int, depth: int) -> Experiment:
    """Return the network of Task 3 with other hidden layers: `depth` of them, of `units` each."""
    experiment = MOMENTUM.variant(f"sweep_{units}x{depth}", hidden_layers=(units,) * depth)
    return replace(experiment, title=f"{depth} x {units}")


def run_sweep() -> Path | None:
    """Train the networks that UNITS, DEPTHS and SEEDS choose; draw, and print what they reach.

    Returns the picture's path; `None` if the user interrupted it.
    """
    units, depths, seeds = setting("UNITS") or UNITS, setting("DEPTHS") or DEPTHS, setting("SEEDS") or SEEDS
    networks = [network(n, depth) for depth in depths for n in units]
    whole = f"the whole sweep: {len(UNITS) * len(DEPTHS)} networks, {SEEDS} seeds"
    print(f"networks: {len(networks)}, seeds: {seeds} ({whole})", flush=True)
    results = run_experiments(networks, seeds, keep=Outcome.of)
    if results.interrupted:
        return None
    drawn = build_directory() / "sweep.png"
    check_folder(drawn.parent, "BUILD_DIR")
    max_epochs = setting("EPOCHS") or MOMENTUM.config.max_epochs
    picture(results, units, depths, max_epochs).savefig(drawn, dpi=150)
    print(accuracy_table(results, units, depths))
    print(f"epochs of a training, mean: {np.mean([run.epochs for runs in results.values() for run in runs]):.1f}")
    print(f"picture: {drawn}")
    return drawn


def accuracy_table(results: Outcomes, units: Sequence[int], depths: Sequence[int]) -> str:
    """Return the mean test accuracy [%] over the seeds of every network."""
    rows = [
        [f"{n:,}", *(f"{100 * np.mean([run.test for run in results[network(n, depth).name]]):.2f}" for depth in depths)]
        for n in units
    ]
    heads = ["units", *(f"{depth} layer{'s' * (depth > 1)}" for depth in depths)]
    return f"Test accuracy [%], mean over the seeds\n\n{markdown_table(heads, rows, 'r' * len(rows[0]))}"


def picture(results: Outcomes, units: Sequence[int], depths: Sequence[int], max_epochs: int) -> Figure:
    """Draw validation and test accuracy against parameters and against depth: means, and the range over the seeds."""
    figure = Figure(figsize=(10, 7.5), layout="constrained")
    panels = figure.subplots(2, 2, sharex="col", sharey=True)
    for row, split in zip(panels, ("validation", "test"), strict=True):
        for depth, look in zip(depths, _looks(len(depths)), strict=True):
            of_depth = [(num_parameters((n,) * depth), results[network(n, depth).name]) for n in units]
            _draw(row[0], of_depth, split, look, f"{depth}")
        for n, look in zip(units, _looks(len(units)), strict=True):
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


def _looks(lines: int) -> list[Look]:
    """Return a colour and a marker for each line; they begin anew when there are no more."""
    return [PALETTE[number % len(PALETTE)] for number in range(lines)]


def _draw(axes: Axes, points: Sequence[tuple], split: str, look: Look, label: str) -> None:
    x = [at for at, _ in points]
    accuracies = [100 * np.array([getattr(run, split) for run in runs]) for _, runs in points]
    middle = np.array([values.mean() for values in accuracies])
    ends = [middle - [v.min() for v in accuracies], [v.max() for v in accuracies] - middle]
    colour, marker = look
    axes.errorbar(x, middle, np.abs(ends), color=colour, marker=marker, markersize=5, capsize=2, lw=1, label=label)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
