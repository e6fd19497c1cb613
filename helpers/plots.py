"""Every figure of the report, each with its caption and its alternative text.

A function `..._figure` returns a `Figure` for a notebook to show. The functions below them draw on axes that they are
given and return them. One network has the same colour and marker in every figure.
"""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from .activations import improved_sigmoid, improved_sigmoid_slope, sigmoid, sigmoid_slope
from .experiments import EXPERIMENTS
from .mnist import NUM_CLASSES, Dataset
from .report import TEXT_WIDTH_INCHES, Figure, figure_style
from .statistics import Results
from .trials import Result

# Colours of M. Okabe and K. Ito, "Color universal design" (2008), and a marker to tell them apart without colour.
LOOKS = {
    "2c": ("#000000", "o"),
    "3a": ("#E69F00", "s"),
    "3b": ("#56B4E9", "^"),
    "3c": ("#009E73", "D"),
    "4a": ("#CC79A7", "v"),
    "4b": ("#0072B2", "P"),
    "4d": ("#D55E00", "X"),
    "4d_32": ("#8C6D31", "<"),
    "4e": ("#5B3A8C", "*"),
    "4e_no_stopping": ("#9A86BF", "h"),
    "4e_sigmoid": ("#7F7F7F", ">"),
    "4e_uniform": ("#404040", "p"),
}


_in_print_style = plt.rc_context(figure_style())  # a decorator


def network_label(name: str) -> str:
    """Return how figures and tables call an experiment, for example "3a: + improved weights"."""
    return f"{short_name(name)}: {EXPERIMENTS[name].title}"


def short_name(name: str) -> str:
    """Return the shortest way to say which experiment is meant, for example "3a" or "4d 32"."""
    return name.replace("_no_stopping", " unstopped").replace("_", " ")


def seeds_text(results: Results) -> str:
    """Return for example "10 seeds"."""
    count = len(next(iter(results.values())))
    return f"{count} seed{'s' * (count != 1)}"


@_in_print_style
def digits_figure(dataset: Dataset, columns: int = 10) -> Figure:
    """Show the first training images of each class, one row for each class."""
    pixels, labels = dataset.pixels(dataset.train), dataset.train.labels
    rows = [pixels[np.flatnonzero(labels == digit)[:columns]] for digit in range(NUM_CLASSES)]
    picture = np.concatenate([np.concatenate(list(row), axis=1) for row in rows])
    height = TEXT_WIDTH_INCHES * 0.5
    figure, (axes,) = _new_figure(1, 1, width=height * columns / NUM_CLASSES, height=height)
    axes.imshow(picture, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    axes.set_axis_off()
    return Figure(
        figure,
        label="fig:digits",
        caption=f"The first {columns} training images of each class of {dataset.name}, 28 × 28 pixels, undone from "
        "their normalisation. The same digit is written in many ways; some sevens are close to ones.",
        alt=f"Ten rows of {columns} handwritten digits, dark on white: zeros in the first row, nines in the last.",
        width=50,
    )


@_in_print_style
def curves_figure(
    results: Results,
    names: Sequence[str],
    quantities: Sequence[str] = ("loss", "accuracy"),
    *,
    label: str,
    see: str,
    training: bool = True,
    first_epoch: float = 1,
) -> Figure:
    """Show loss, accuracy, or both side by side, of some experiments against gradient steps.

    see: the sentence of the caption that says what to see. training: also draw the training curves, thin and dashed.
    first_epoch: the axes are zoomed to what follows this many epochs.
    """
    figure, panels = _new_figure(1, len(quantities), height=0.55 * TEXT_WIDTH_INCHES)
    for axes, quantity in zip(panels, quantities, strict=True):
        plot_curves(axes, results, names, quantity, training=training, first_epoch=first_epoch)
    _legend_above(figure, panels[0], columns=2)
    diverged = sum(result.diverged for name in names for result in results[name])
    listed = ", ".join(network_label(name) for name in names)
    return Figure(
        figure,
        label=label,
        caption=f"{see} Lines: mean over {seeds_text(results)} until the first of them stopped; bands: lowest to "
        "highest seed; marks: the step of the lowest validation loss (median)."
        + (" Dashed: training, in the mini-batches since the last validation." if training else "")
        + (f" {diverged} diverged trainings are not drawn." if diverged else ""),
        alt=f"Line plot of {' and '.join(quantities)} against gradient steps for: {listed}. {_ends(results, names)}",
    )


def plot_curves(
    axes: Axes,
    results: Results,
    names: Sequence[str],
    quantity: str,
    *,
    training: bool = True,
    first_epoch: float = 1,
) -> Axes:
    """Draw the "loss" or the "accuracy" of experiments over gradient steps: mean and range over seeds."""
    shown = []
    for name in names:
        runs = [result for result in results[name] if not result.diverged]
        if not runs:
            continue
        steps = min((run.history.validation_steps for run in runs), key=len)
        validation = np.array([_validation_curve(run, quantity)[: len(steps)] for run in runs])
        colour, marker = LOOKS[name]
        axes.fill_between(steps, validation.min(0), validation.max(0), color=colour, alpha=0.2, linewidth=0)
        mean = validation.mean(0)
        axes.plot(steps, mean, color=colour, label=network_label(name) + (", validation" if training else ""))
        best = int(np.searchsorted(steps, np.median([run.history.best_step for run in runs])).clip(0, len(steps) - 1))
        axes.plot(steps[best], mean[best], marker, color=colour, markeredgecolor="white", markersize=6.5, zorder=5)
        after = steps >= first_epoch * 5 * steps[0]
        shown.append(validation[:, after])
        if training:
            means = np.mean([_training_curve(run, quantity)[: len(steps)] for run in runs], axis=0)
            axes.plot(
                steps,
                means,
                color=colour,
                linestyle=(0, (3, 1.5)),
                linewidth=0.8,
                label=f"{short_name(name)}, training",
            )
            shown.append(means[None, after])
    if shown and all(part.size for part in shown):
        low, high = min(part.min() for part in shown), max(part.max() for part in shown)
        margin = 0.04 * (high - low)
        axes.set_ylim(max(low - margin, 0), high + margin)
    axes.set_xlim(left=0)
    axes.set_xlabel("gradient steps")
    axes.xaxis.set_major_formatter(lambda steps, _: f"{steps:,.0f}")
    axes.xaxis.set_major_locator(plt.MaxNLocator(5))
    axes.set_ylabel("cross entropy [nats]" if quantity == "loss" else "accuracy [%]")
    if quantity == "accuracy":
        axes.yaxis.set_major_formatter(lambda accuracy, _: f"{100 * accuracy:g}")
    axes.grid(color="0.9", linewidth=0.5)
    return axes


@_in_print_style
def sigmoids_figure() -> Figure:
    """Show both activation functions and their slopes."""
    x = np.linspace(-4, 4, 401)
    figure, (left, right) = _new_figure(1, 2, height=0.42 * TEXT_WIDTH_INCHES)
    looks = (("sigmoid", "0.0", "--"), ("improved sigmoid", LOOKS["3b"][0], "-"))
    values = (sigmoid(x), improved_sigmoid(x))
    slopes = (sigmoid_slope(values[0]), improved_sigmoid_slope(values[1]))
    for (name, colour, style), value, slope in zip(looks, values, slopes, strict=True):
        left.plot(x, value, style, color=colour, label=name)
        right.plot(x, slope, style, color=colour)
    for axes, name in ((left, "$f(z)$"), (right, "$f\\,'(z)$")):
        axes.set_xlabel("$z$")
        axes.set_ylabel(name)
        axes.grid(color="0.9", linewidth=0.5)
    _legend_above(figure, left, columns=2)
    return Figure(
        figure,
        label="fig:sigmoids",
        caption="The plain sigmoid and the improved one (left) and their slopes (right). The improved sigmoid is odd, "
        f"passes through ±1 at ±1, and is up to {slopes[1].max() / slopes[0].max():.1f} times as steep.",
        alt="Left: two S-shaped curves, the plain sigmoid from 0 to 1, the improved sigmoid from about -1.7 to 1.7 "
        "through the origin. Right: their slopes, bell-shaped, peaks at z = 0 of 0.25 and about 1.14.",
    )


@_in_print_style
def gradients_figure(results: Results, names: Sequence[str], *, label: str = "fig:gradients") -> Figure:
    """Show the size of the gradient in each layer, before training and at its end."""
    figure, panels = _new_figure(1, 2, height=0.5 * TEXT_WIDTH_INCHES, sharey=True)
    for axes, moment, title in zip(panels, (0, 1), ("before training", "after training"), strict=True):
        for name in names:
            plot_gradients(axes, results[name], moment, name)
        axes.set_title(title)
        axes.set_xlabel("layer, from the input")
    panels[0].set_ylabel("root mean square of $\\partial C/\\partial w$")
    _legend_above(figure, panels[0], columns=2)
    ratios = {name: _layer_ratio(results[name]) for name in names}
    listed = "; ".join(f"{network_label(name)}: {ratio:.2g}" for name, ratio in ratios.items())
    return Figure(
        figure,
        label=label,
        caption="Size of the gradient in each layer over 1,000 training images (log scale), "
        f"mean and range over {seeds_text(results)}. A slope to the left is a gradient that vanishes on its "
        "way back to the input.",
        alt="Two line plots on a log scale of the gradient's root mean square for each layer, before and after "
        f"training. Ratio of first to last layer before training: {listed}.",
    )


def plot_gradients(axes: Axes, runs: Sequence[Result], moment: int, name: str) -> Axes:
    """Draw the gradient's size over the layers, before (`moment` 0) or after (1) training."""
    sizes = np.array([run.gradient_rms[moment] for run in runs if not run.diverged])
    if not sizes.size:
        return axes
    layers = np.arange(1, sizes.shape[1] + 1)
    colour, marker = LOOKS[name]
    middle = np.exp(np.log(sizes).mean(0))
    axes.fill_between(layers, sizes.min(0), sizes.max(0), color=colour, alpha=0.2, linewidth=0)
    axes.plot(layers, middle, marker=marker, markersize=4, color=colour, label=network_label(name))
    axes.set_yscale("log")
    axes.grid(color="0.9", linewidth=0.5)
    axes.xaxis.set_major_locator(plt.MaxNLocator(integer=True))
    return axes


def _new_figure(rows: int, columns: int, *, height: float, width: float = TEXT_WIDTH_INCHES, sharey: bool = False):
    """Return a figure in print size and its axes, always as an array."""
    figure, axes = plt.subplots(rows, columns, figsize=(width, height), sharey=sharey, squeeze=False)
    return figure, axes.ravel()


def _legend_above(figure, axes: Axes, columns: int) -> None:
    """Put the legend of one panel above all of them."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=min(columns, len(labels)), handlelength=2.4)


def _validation_curve(run: Result, quantity: str) -> np.ndarray:
    return run.history.validation_loss if quantity == "loss" else run.history.validation_accuracy


def _training_curve(run: Result, quantity: str) -> np.ndarray:
    """Return the training loss or accuracy since the last validation, at each validation."""
    history = run.history
    if quantity == "accuracy":
        return history.train_accuracy
    starts = np.concatenate([[0], history.validation_steps[:-1]])
    return np.add.reduceat(history.train_loss, starts) / np.diff(history.validation_steps, prepend=0)


def _layer_ratio(runs: Sequence[Result]) -> float:
    """Gradient of the first layer over that of the last, before training, mean over seeds."""
    return float(np.mean([run.gradient_rms[0][0] / run.gradient_rms[0][-1] for run in runs]))


def _ends(results: Results, names: Sequence[str]) -> str:
    """Say in words where each validation curve is lowest, for who cannot see it."""

    def best(name: str) -> str:
        losses = [run.history.validation_loss.min() for run in results[name] if not run.diverged]
        return f"{short_name(name)} {np.mean(losses):.3f}" if losses else f"{short_name(name)} none"

    return f"Lowest validation loss, mean over seeds: {', '.join(map(best, names))}."
