"""What a sweep over width and depth gives: a picture, accuracies, and what the whole of it costs."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, StrMethodFormatter

from ..experiments.costs import CostModel, makespan
from ..experiments.experiment import Experiment, num_parameters
from ..experiments.runner import run_experiments
from ..experiments.sweep import DEPTHS, SEEDS, UNITS, Outcome, network
from ..experiments.table import MOMENTUM
from ..network.display import markdown_table
from ..settings import setting
from .style import PALETTE, Look

TRAIN_IMAGES = 20_000  # of every training
CORES = (1, 100, 1_000)
PICTURE = Path(__file__).resolve().parents[2] / "build" / "sweep.png"

Outcomes = Mapping[str, Sequence[Outcome]]


def run_sweep() -> Path | None:
    """Train the networks that UNITS, DEPTHS and SEEDS choose; draw, and print what they reach and cost.

    Returns the picture's path; `None` if the user interrupted it.
    """
    units, depths, seeds = setting("UNITS") or UNITS, setting("DEPTHS") or DEPTHS, setting("SEEDS") or SEEDS
    networks = [network(n, depth) for depth in depths for n in units]
    whole = f"the whole sweep: {len(UNITS) * len(DEPTHS)} networks, {SEEDS} seeds"
    print(f"networks: {len(networks)}, seeds: {seeds} ({whole})", flush=True)
    results = run_experiments(networks, seeds, keep=Outcome.of)
    if results.interrupted:
        return None
    PICTURE.parent.mkdir(exist_ok=True)
    max_epochs = setting("EPOCHS") or MOMENTUM.config.max_epochs
    picture(results, units, depths, max_epochs).savefig(PICTURE, dpi=150)
    print(accuracy_table(results, units, depths))
    print("fitting the cost model to quick measurements", flush=True)
    costs = CostModel.measured()
    print(check_table(costs, results, networks))
    print(cost_table(costs, results))
    print(f"picture: {PICTURE}")
    return PICTURE


def check_table(costs: CostModel, results: Outcomes, networks: Sequence[Experiment]) -> str:
    """Return the trainings' CPU seconds as measured and, for their numbers of steps, as predicted."""
    rows, totals = [], np.zeros(2)
    for experiment in networks:
        runs = results[experiment.name]
        measured = sum(run.cpu_seconds for run in runs)
        predicted = sum(costs.training(experiment.hidden_layers, run.steps, run.validations) for run in runs)
        totals += measured, predicted
        rows.append([experiment.summary, *_compared(measured, predicted)])
    rows.append(["all", *_compared(*totals)])
    title = (
        "CPU seconds of `train`, of stored trainings on the machine and under the load of then; the model is within "
        f"{costs.error:.0%} of each network it was fitted to"
    )
    return f"{title}\n\n{markdown_table(['network', 'measured', 'predicted', 'ratio'], rows, 'r' * len(rows[0]))}"


def _compared(measured: float, predicted: float) -> list[str]:
    return [f"{measured:.1f}", f"{predicted:.1f}", f"{predicted / measured:.2f}"]


def cost_table(costs: CostModel, results: Outcomes) -> str:
    """Return what the whole sweep costs on 1, 100 and 1,000 cores like this one."""
    config = MOMENTUM.config
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
    return f"{title}\n\n{markdown_table(heads, rows, 'r' * len(rows[0]))}"


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


def _duration(seconds: float) -> str:
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
