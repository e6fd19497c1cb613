"""The picture of the sweep over width and depth."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, StrMethodFormatter

from ..experiments.experiment import num_parameters
from ..experiments.sweep import DEPTHS, SEEDS, UNITS, Outcome, network
from .style import PALETTE, Look

Outcomes = Mapping[str, Sequence[Outcome]]


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
