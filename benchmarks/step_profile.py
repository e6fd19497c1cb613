"""Where the time of a training step goes, line by line: each operation alone, on arrays of the step's shapes."""

import time
from collections.abc import Callable, Sequence
from itertools import cycle

import numpy as np

from helpers.network.activations import ACTIVATIONS
from helpers.network.softmax import cross_entropies, hits, softmax

from . import report, setting
from .floor import MatrixProducts

Line = Callable[[], object]
ROUNDS, CALLS = 5, 1_000  # repetitions of all lines, in turns, and the calls of a line in each
RECORDED_STEPS = 125  # the losses of so many steps are computed at once
RECORD = f"losses and hits, {RECORDED_STEPS} steps at once"
WHOLE_STEP = "the whole step in `train`"
MATRIX_PRODUCTS = ("matrix products, forward", "matrix products, back", "matrix products, weight gradients")


def operations(sizes: Sequence[int]) -> dict[str, Line]:
    """Return the lines of a step, each as a call that does it once for all layers on one mini-batch."""
    images, labels = setting.dataset().train
    targets = np.eye(sizes[-1], dtype=np.float32)[labels]
    batches = cycle(np.random.default_rng(0).permutation(len(labels)).reshape(-1, setting.BATCH_SIZE))
    products = MatrixProducts(sizes, setting.BATCH_SIZE)
    batch_images, batch_targets = images[: setting.BATCH_SIZE].copy(), targets[: setting.BATCH_SIZE].copy()
    hidden, logits = products.activations[:-1], products.activations[-1]
    slopes = [np.empty_like(units) for units in hidden]
    activation = ACTIVATIONS["improved_sigmoid"]
    parameters = np.concatenate([weights.ravel() for weights in products.weights])
    velocity, update = np.zeros_like(parameters), parameters * np.float32(1e-6)
    many_logits = np.tile(logits, (RECORDED_STEPS, 1))
    many_labels = labels[: len(many_logits)]

    def gather():
        batch = next(batches)
        images.take(batch, axis=0, out=batch_images, mode="clip")
        targets.take(batch, axis=0, out=batch_targets, mode="clip")

    def activate():
        for units, result in zip(hidden, slopes, strict=True):
            activation.value(units, out=result)

    def output_deltas():
        deltas = softmax(logits, out=products.deltas[-1])
        deltas -= batch_targets
        deltas *= setting.LEARNING_RATE / setting.BATCH_SIZE

    def multiply_slopes():
        for units, result, deltas in zip(hidden, slopes, products.deltas, strict=False):
            np.multiply(deltas, activation.slope(units, out=result), out=result)

    def update_parameters():
        nonlocal velocity, parameters
        velocity *= setting.MOMENTUM
        velocity += update
        parameters -= velocity

    def record():
        cross_entropies(many_logits, many_labels).reshape(RECORDED_STEPS, -1).mean(axis=1, dtype=np.float64)
        hits(many_logits, many_labels).mean()

    return {
        "gather images and targets": gather,
        MATRIX_PRODUCTS[0]: lambda: products.forward(batch_images),
        "activations": activate,
        "softmax, output deltas": output_deltas,
        MATRIX_PRODUCTS[1]: products.back,
        "slopes": multiply_slopes,
        MATRIX_PRODUCTS[2]: lambda: products.weight_gradients(batch_images),
        "momentum and update": update_parameters,
        RECORD: record,
    }


def profile(network: str, rounds: int, calls: int) -> dict[str, float]:
    """Return wall time [s] of each line in one step, and of the `WHOLE_STEP` in `train`; medians over the rounds."""
    sizes = setting.NETWORKS[network]
    lines = operations(sizes)
    found = [
        {name: _seconds_a_call(line, calls) for name, line in lines.items()} | {WHOLE_STEP: setting.step_seconds(sizes)}
        for _ in range(rounds)
    ]
    medians = {name: float(np.median([seconds[name] for seconds in found])) for name in found[0]}
    medians[RECORD] /= RECORDED_STEPS
    return medians


def _seconds_a_call(line: Line, calls: int) -> float:
    line()
    start = time.perf_counter()
    for _ in range(calls):
        line()
    return (time.perf_counter() - start) / calls


def profile_table(profiles: dict[str, dict[str, float]]) -> str:
    """Return the lines' times in microseconds and their shares of the whole step, for each network."""
    header = ["one step of 32 images", *[cell for network in profiles for cell in (f"{network} [µs]", "share")]]
    columns = []
    for seconds in profiles.values():
        lines = {name: value for name, value in seconds.items() if name != WHOLE_STEP}
        products = sum(lines[name] for name in MATRIX_PRODUCTS)
        rest = seconds[WHOLE_STEP] - sum(lines.values())
        columns.append(lines | {"calls in between, and caches less warm": rest, WHOLE_STEP: seconds[WHOLE_STEP]})
        columns[-1] |= {"of it the matrix products": products}
    rows = [
        [name, *[cell for c in columns for cell in (f"{1e6 * c[name]:.1f}", f"{c[name] / c[WHOLE_STEP]:.0%}")]]
        for name in columns[0]
    ]
    return report.markdown_table(header, rows)


def measured(*, quick: bool) -> report.Section:
    """Measure the lines of a step of each network, in turns; the section has their table."""
    cores, (rounds, calls) = setting.num_cores(), (1, 10) if quick else (ROUNDS, CALLS)
    setting.use_default_blas()
    setting.hold_to_one_core()
    with setting.fresh_process() as process:
        profiles = {n: process.submit(profile, n, rounds, calls).result() for n in setting.NETWORKS}
        machine = process.submit(report.machine, cores).result()
    return report.Section("step", f"{machine}\n\n{profile_table(profiles)}")
