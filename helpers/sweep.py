"""The sweep over width and depth, `make sweep`: a picture, accuracies, and what the whole of it costs."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .common.display import markdown_table
from .experiments.costs import CostModel, makespan
from .experiments.experiment import Experiment, num_parameters
from .experiments.runner import run_experiments
from .experiments.sweep import DEPTHS, SEEDS, UNITS, Outcome, network
from .experiments.table import MOMENTUM
from .figures.sweep import Outcomes, picture
from .settings import setting

TRAIN_IMAGES = 20_000  # of every training
CORES = (1, 100, 1_000)
PICTURE = Path(__file__).resolve().parents[1] / "build" / "sweep.png"


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


def _duration(seconds: float) -> str:
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
