"""Seconds an epoch of this project and of other libraries, in ratio to bare matrix products: `make bench`."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import ttest_ind

from . import report, setting
from .contenders import (
    EVALUATE,
    EVALUATE_FLOOR,
    FLOOR,
    IN_ORDER,
    JAX,
    OURS,
    SAME_START,
    TORCH,
    TRAININGS,
    VALIDATIONS,
    measure,
    prepare,
)

ROUNDS, EPOCHS = 7, 2  # repetitions of each contender, in turns, and the epochs of each
EVALUATIONS_PER_ROUND = 10
SAME_LOSS_P = 0.001  # a difference from our loss counts when noise gives a larger one less often than this
SMALL, DEEP = setting.NETWORKS
GOALS = (  # network, contender, compared with, at most how many times its time
    (SMALL, IN_ORDER, FLOOR, 1.5),
    (DEEP, IN_ORDER, FLOOR, 1.7),
    (SMALL, OURS, JAX, 0.7),
    (DEEP, OURS, JAX, 1.0),
    (SMALL, OURS, TORCH, 0.3),
    (DEEP, OURS, TORCH, 0.3),
    (SMALL, EVALUATE, EVALUATE_FLOOR, 1.4),
    (DEEP, EVALUATE, EVALUATE_FLOOR, 1.4),
)
NOTES = """\
Seconds are medians over the rounds, with the lowest and the highest; ratios are taken within a round, then their
median. Loss: mean cross entropy [nats] over the mini-batches of the last epoch; mean over the rounds, which differ in
their order of the images, ± standard deviation. "As ours": whether it differs from ours by no more than noise (Welch's
t-test, p ≥ 0.001), for those that start from the same weights.

¹ with biases, tanh in place of 1.7159 tanh(2z/3) and initial weights of its own; reads one loss an epoch.
² 125 steps a call, its quickest form; reads one loss an epoch."""

ALT = "Bars of seconds an epoch for each contender, one panel for each network, with the floor as a dashed line."

Measurements = dict[str, np.ndarray | str]  # by contender: (rounds, 2) seconds and loss, or why there are none


def measure_rounds(
    pools: Mapping[str, ProcessPoolExecutor], names: Sequence[str], network: str, rounds: int, epochs: int
) -> Measurements:
    """Prepare the contenders, then measure them in turns: A B C, A B C, and so on."""
    measured: dict[str, list | str] = {}
    for name in names:
        print(f"{network}: {name}", flush=True)
        try:
            pools[name].submit(prepare, name, network).result()
            measured[name] = []
        except Exception as error:  # whatever keeps a peer from running is said in its row
            measured[name] = f"not available: {error}"
    for seed in range(rounds):
        for name, results in measured.items():
            if isinstance(results, list):
                results.append(pools[name].submit(measure, name, network, epochs, seed).result())
    return {name: results if isinstance(results, str) else np.array(results) for name, results in measured.items()}


def ratio(measurements: Measurements, name: str, reference: str) -> float:
    """Return how many times the reference's seconds it took, median over rounds; nan where one did not run."""
    ours, theirs = measurements.get(name), measurements.get(reference)
    if not isinstance(ours, np.ndarray) or not isinstance(theirs, np.ndarray):
        return np.nan
    return float(np.median(ours[:, 0] / theirs[:, 0]))


def training_table(measurements: Measurements) -> str:
    """Return the table of one network's contenders."""
    header = ["", "seconds an epoch", "to the floor", "to JAX", "to PyTorch eager", "loss", "as ours"]
    return report.markdown_table(header, [_training_row(measurements, name) for name in measurements])


def _training_row(measurements: Measurements, name: str) -> list[str]:
    results = measurements[name]
    if isinstance(results, str):
        return [name, results, *[""] * 5]
    seconds, losses = results.T
    ratios = [f"{ratio(measurements, name, reference):.2f}" for reference in (FLOOR, JAX, TORCH)]
    loss = "" if name == FLOOR else f"{losses.mean():.4f} ± {losses.std():.4f}"
    return [name, _spread(seconds), *ratios, loss, _as_ours(measurements, name)]


def _as_ours(measurements: Measurements, name: str) -> str:
    """Return "yes" or "no" for a peer that starts from our weights, nothing for others or with too few rounds."""
    if name not in SAME_START or len(measurements[name]) < 2:
        return ""
    p = ttest_ind(measurements[name][:, 1], measurements[OURS][:, 1], equal_var=False).pvalue
    return "yes" if p >= SAME_LOSS_P else f"no (p = {p:.0e})"


def _spread(seconds: np.ndarray) -> str:
    return f"{np.median(seconds):.3f} ({seconds.min():.3f}-{seconds.max():.3f})"


def validation_table(results: Mapping[str, Measurements]) -> str:
    """Return the table of evaluations over 10,000 images, a row for each network."""
    rows = [
        [
            network,
            *[_spread(1_000 * measurements[name][:, 0]) for name in VALIDATIONS],
            f"{ratio(measurements, EVALUATE, EVALUATE_FLOOR):.2f}",
        ]
        for network, measurements in results.items()
    ]
    return report.markdown_table(["10,000 images [ms]", "`MLP.evaluation_pass`", EVALUATE_FLOOR, "ratio"], rows)


def goals_table(results: Mapping[str, Measurements]) -> str:
    """Return the ratios that were aimed at beside the ratios that were measured."""
    rows = []
    for network, name, reference, goal in GOALS:
        found = ratio(results[network], name, reference)
        verdict = "not measured" if np.isnan(found) else "reached" if found <= goal else "not reached"
        rows.append([f"{network}: {name} to {reference}", f"{goal:.1f}", f"{found:.2f}", verdict])
    return report.markdown_table(["goal", "at most", "measured", ""], rows)


def bar_chart(trainings: Mapping[str, Measurements]) -> plt.Figure:
    """Return bars of seconds an epoch, one panel for each network, with the floor as a line through all of them."""
    figure, panels = plt.subplots(1, len(trainings), figsize=(11, 3.8), sharey=True, layout="constrained")
    for axes, (network, measurements) in zip(panels, trainings.items(), strict=True):
        seconds = {name: np.median(r[:, 0]) for name, r in measurements.items() if isinstance(r, np.ndarray)}
        floor = seconds.pop(FLOOR)
        colours = [report.OURS_COLOUR if name.startswith(OURS) else report.PEER_COLOUR for name in seconds]
        bars = axes.barh([name.rstrip("¹²") for name in seconds], list(seconds.values()), color=colours)
        axes.bar_label(bars, fmt="%.2f", padding=3)
        axes.axvline(floor, color=report.FLOOR_COLOUR, linestyle="--", label=f"bare matrix products: {floor:.2f}")
        axes.set(title=network, xlabel="seconds an epoch (625 steps of 32 images)")
        axes.margins(x=0.12)
        axes.legend(loc="upper right")
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].invert_yaxis()
    return figure


def measure_all(rounds: int, epochs: int) -> tuple[dict[str, Measurements], dict[str, Measurements], str]:
    """Return the trainings and the evaluations by network, and the sentence on the machine."""
    cores = setting.num_cores()
    setting.use_default_blas()
    setting.hold_to_one_core()
    pools = {name: setting.fresh_process() for name in (*TRAININGS, *VALIDATIONS)}
    trainings = {n: measure_rounds(pools, TRAININGS, n, rounds, epochs) for n in setting.NETWORKS}
    evaluations = {n: measure_rounds(pools, VALIDATIONS, n, rounds, EVALUATIONS_PER_ROUND) for n in setting.NETWORKS}
    machine = pools[FLOOR].submit(report.machine, cores).result()
    for pool in pools.values():
        pool.shutdown()
    return trainings, evaluations, machine


def measured(*, quick: bool) -> report.Section:
    """Measure all contenders in turns; the section has their tables and bars."""
    rounds, epochs = (1, 1) if quick else (ROUNDS, EPOCHS)
    trainings, evaluations, machine = measure_all(rounds, epochs)
    results = {network: trainings[network] | evaluations[network] for network in setting.NETWORKS}
    tables = [f"### {network}\n\n{training_table(found)}" for network, found in trainings.items()]
    method = f"{machine} One core, one thread; {rounds} rounds of {epochs} epochs."
    validation = f"### Validation\n\n{validation_table(evaluations)}"
    text = "\n\n".join([method, *tables, NOTES, validation, f"### Goals\n\n{goals_table(results)}"])
    return report.Section("frameworks", text, bar_chart(trainings), ALT)
