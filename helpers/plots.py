"""Every figure of the report, each with its caption and its alternative text.

A function `..._figure` returns a `Figure` for a notebook to show. The functions below them draw on axes that they are
given and return them. One network has the same colour and marker in every figure.
"""

import textwrap
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, LogLocator, MaxNLocator, NullLocator

from nbtypst import TEXT_WIDTH_INCHES, Figure, figure_style

from .activations import improved_sigmoid, improved_sigmoid_slope, sigmoid, sigmoid_slope
from .experiments import EXPERIMENTS
from .mnist import NUM_CLASSES, Dataset
from .statistics import (
    CPU_SECONDS,
    FINAL_GAP,
    NOISE,
    SEEDS_FOR_A_VERDICT,
    STEPS_TO_BEST,
    STEPS_TO_CONVERGE,
    TEST_ACCURACY,
    VALIDATION_ACCURACY,
    VALIDATION_LOSS,
    Estimate,
    Results,
    estimate,
    summarise,
)
from .training import History
from .trials import Result

LEGEND_LINE_INCHES = 0.17

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
    "4e": ("#5B3A8C", "p"),
    "4e_no_stopping": ("#9A86BF", "h"),
    "4e_sigmoid": ("#7F7F7F", ">"),
    "4e_uniform": ("#404040", "*"),
}


# A decorator. Without pyplot: its backend, if it were first loaded in here, would be switched off again on leaving, and
# plots that a reader makes afterwards would not show.
in_print_style = mpl.rc_context(figure_style())


def network_label(name: str) -> str:
    """Return how figures and tables call an experiment, for example "3a: + improved weights"."""
    return f"{short_name(name)}: {EXPERIMENTS[name].title}"


def short_name(name: str) -> str:
    """Return the shortest way to say which experiment is meant, for example "3a" or "4d-32"."""
    return name.replace("_no_stopping", " unstopped").replace("_32", "-32").replace("_", " ")


def in_prose(name: str) -> str:
    """Return how a sentence calls an experiment, for example "network 3a (improved weights)"."""
    return f"network {short_name(name)} ({EXPERIMENTS[name].title.removeprefix('+ ')})"


def spread_text(results: Results) -> str:
    """Return what `low` and `high` of an estimate are, for this number of seeds."""
    few = len(next(iter(results.values()))) < SEEDS_FOR_A_VERDICT
    return "range over the seeds" if few else "95 % interval"


def seeds_text(results: Results) -> str:
    """Return for example "10 seeds"."""
    count = len(next(iter(results.values())))
    return f"{count} seed{'s' * (count != 1)}"


@in_print_style
def digits_figure(dataset: Dataset, columns: int = 10) -> Figure:
    """Show the first training images of each class, one row for each class."""
    pixels, labels = dataset.pixels(dataset.train), dataset.train.labels
    rows, size = [pixels[np.flatnonzero(labels == digit)[:columns]] for digit in range(NUM_CLASSES)], pixels.shape[1]
    picture = np.zeros((NUM_CLASSES * size, columns * size))  # white where a class has fewer images
    for digit, row in enumerate(rows):
        for column, image in enumerate(row):
            picture[digit * size :, column * size :][:size, :size] = image
    height = TEXT_WIDTH_INCHES * 0.44
    figure, (axes,) = new_figure(1, 1, width=height * columns / NUM_CLASSES, height=height)
    axes.imshow(picture, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    axes.set_axis_off()
    return Figure(
        figure,
        label="fig:digits",
        caption=f"The first {columns} training images of each class of {dataset.name}, 28 × 28 pixels, with the "
        "normalisation undone; one class a row. What the images of a row share is what a network has to find.",
        alt=f"Ten rows of {columns} small images of {dataset.name}, dark on white: class 0 in the first row, class 9 "
        "in the last.",
        width=44,
    )


@in_print_style
def curves_figure(
    results: Results,
    names: Sequence[str],
    panels: Sequence[str] = ("loss", "accuracy"),
    *,
    label: str,
    see: str,
    like: str = "",
    skip_epochs: float = 1,
    log_steps: bool = False,
) -> Figure:
    """Show how some experiments' loss and accuracy develop with the gradient steps.

    panels: "loss" or "accuracy" for both splits together, or one split, such as "training loss".
    see: the sentence of the caption that says what to see.
    like: the label of a figure of this kind whose caption explains the lines.
    skip_epochs: the vertical axes are zoomed to what follows this many epochs. log_steps: steps on a log scale.
    """
    rows = -(-len(panels) // 2)
    figure, all_axes = new_figure(rows, -(-len(panels) // rows), height=0.4 * rows * TEXT_WIDTH_INCHES)
    for axes, panel in zip(all_axes, panels, strict=True):
        plot_curves(axes, results, names, panel, skip_epochs=skip_epochs, log_steps=log_steps)
        axes.set_title(panel if " " in panel else "")
    _legend_above(figure, names, _SPLIT_STYLES if any(" " not in panel for panel in panels) else {})
    diverged = sum(result.diverged for name in names for result in results[name])
    listed = ", ".join(network_label(name) for name in names)
    lines = (
        "bands, of validation: lowest to highest; marks: where the validation loss of each seed is lowest, mean at the "
        "median step. Dashed: training, over the batches since the last validation."
    )
    return Figure(
        figure,
        label=label,
        caption=f"{see} Mean over {seeds_text(results)} until the first of them stopped; "
        + (f"lines as in [@{like}]." if like else lines)
        + (f" {diverged} diverged trainings are not drawn." if diverged else ""),
        alt=f"Line plots of {' and '.join(panels)} against gradient steps for: {listed}. {_ends(results, names)}",
    )


_SPLIT_STYLES = {"validation": "-", "training": (0, (3, 1.5))}


def plot_curves(
    axes: Axes,
    results: Results,
    names: Sequence[str],
    panel: str,
    *,
    skip_epochs: float = 1,
    log_steps: bool = False,
) -> Axes:
    """Draw one panel of `curves_figure`: the mean over the seeds and, for validation, their range."""
    *one_split, quantity = panel.split(" ")
    shown = []
    for name in names:
        runs = [result for result in results[name] if not result.diverged]
        if not runs:
            continue
        steps = min((run.history.validation_steps for run in runs), key=len)
        skip = round(skip_epochs * EXPERIMENTS[name].config.validations_per_epoch)
        colour, marker = LOOKS[name]
        for split in one_split or _SPLIT_STYLES:
            curves = np.array([curve(run.history, split, quantity)[: len(steps)] for run in runs])
            width = 1.4 if split == "validation" else 0.9
            axes.plot(steps, curves.mean(0), color=colour, linestyle=_SPLIT_STYLES[split], linewidth=width)
            if split == "validation":
                axes.fill_between(steps, curves.min(0), curves.max(0), color=colour, alpha=0.2, linewidth=0)
                shown += [curves.min(0)[skip:], curves.max(0)[skip:]]
            if split == "validation" or one_split:
                lowest = np.mean([curve(run.history, split, quantity)[run.history.best] for run in runs])
                axes.plot(
                    np.median([run.history.best_step for run in runs]),
                    lowest,
                    marker,
                    color=colour,
                    markeredgecolor="white",
                    markersize=6.5,
                    zorder=5,
                )
                shown.append(np.array([lowest]))
            shown.append(curves.mean(0)[skip:])
    if panel == "training loss":
        axes.set_yscale("log")
    elif shown and all(part.size for part in shown):
        low, high = min(part.min() for part in shown), max(part.max() for part in shown)
        margin = 0.05 * (high - low)
        axes.set_ylim(max(low - margin, 0), high + margin)
    axes.set_xlabel("gradient steps")
    if log_steps:
        axes.set_xscale("log")
    else:
        axes.set_xlim(left=0)
        axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(lambda steps, _: f"{steps:,.0f}")
    axes.set_ylabel("cross entropy [nats]" if quantity == "loss" else "accuracy [%]")
    if quantity == "accuracy":
        axes.yaxis.set_major_formatter(lambda accuracy, _: f"{100 * accuracy:g}")
    axes.grid(color="0.9", linewidth=0.5)
    return axes


@in_print_style
def sigmoids_figure() -> Figure:
    """Show both activation functions and their slopes."""
    x = np.linspace(-4, 4, 401)
    figure, (left, right) = new_figure(1, 2, height=0.42 * TEXT_WIDTH_INCHES)
    looks = (("sigmoid", "0.0", "--"), ("improved sigmoid", LOOKS["3b"][0], "-"))
    values = (sigmoid(x), improved_sigmoid(x))
    slopes = (sigmoid_slope(values[0]), improved_sigmoid_slope(values[1]))
    for (name, colour, style), value, slope in zip(looks, values, slopes, strict=True):
        left.plot(x, value, style, color=colour, label=name)
        right.plot(x, slope, style, color=colour)
    for axes, name in ((left, "$f(x)$"), (right, "$f\\,'(x)$")):
        axes.set_xlabel("$x$")
        axes.set_ylabel(name)
        axes.grid(color="0.9", linewidth=0.5)
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return Figure(
        figure,
        label="fig:sigmoids",
        caption="The plain sigmoid and the improved one (left) and their slopes (right). The improved sigmoid is odd, "
        f"passes through ±1 at ±1, and is up to {slopes[1].max() / slopes[0].max():.1f} times as steep.",
        alt="Left: two S-shaped curves, the plain sigmoid from 0 to 1, the improved sigmoid from about -1.7 to 1.7 "
        "through the origin. Right: their slopes, bell-shaped, peaks at x = 0 of 0.25 and about 1.14.",
    )


@in_print_style
def tradeoff_figure(results: Results, names: Sequence[str], *, label: str = "fig:tradeoff") -> Figure:
    """Show test accuracy against the number of parameters and against the CPU time of a training."""
    figure, (left, right) = new_figure(1, 2, height=0.41 * TEXT_WIDTH_INCHES, sharey=True)
    for name in names:
        colour, marker = LOOKS[name]
        accuracy = summarise(results, name, TEST_ACCURACY)
        seconds = summarise(results, name, CPU_SECONDS)
        look = {"marker": marker, "color": colour, "markersize": 6, "markeredgecolor": "white", "capsize": 2}
        error = [[100 * (accuracy.mean - accuracy.low)], [100 * (accuracy.high - accuracy.mean)]]
        parameters = results[name][0].parameters.size
        same = [other for other in names if results[other][0].parameters.size == parameters]
        parameters *= 1.04 ** (same.index(name) - (len(same) - 1) / 2)
        left.errorbar(parameters, 100 * accuracy.mean, error, **look)
        spread = [[seconds.mean - seconds.low], [seconds.high - seconds.mean]]
        right.errorbar(seconds.mean, 100 * accuracy.mean, error, spread, **look)
    left.set(xlabel="parameters", ylabel="test accuracy [%]")
    right.set_xlabel("CPU time of a training [s]")
    left.xaxis.set_major_formatter(lambda count, _: f"{count:,.0f}")
    left.xaxis.set_major_locator(MaxNLocator(4))
    for axes in (left, right):
        axes.grid(color="0.9", linewidth=0.5)
    if left.get_ylim()[1] < 100:  # room for the networks that are close to each other, at the top
        left.set_yscale("function", functions=(lambda a: -np.log(100 - a), lambda b: 100 - np.exp(-b)))
        left.yaxis.set_major_locator(FixedLocator([20, 50, 70, 80, 85, 90, 92, 94, 95, 96, 97, 98, 99, 99.5]))
    _legend_above(figure, names, {})
    listed = "; ".join(
        f"{network_label(name)}: {TEST_ACCURACY.text(summarise(results, name, TEST_ACCURACY).mean)} %" for name in names
    )
    return Figure(
        figure,
        label=label,
        caption="Test accuracy (stretched towards 100 %) against the number of parameters (left; equal ones side by "
        f"side) and the computing that a training took (right). Mean over {seeds_text(results)}, bars: "
        f"{spread_text(results)}.",
        alt=f"Two scatter plots of test accuracy, against parameters and against CPU seconds. {listed}.",
    )


@in_print_style
def seeds_figure(results: Results, names: Sequence[str], *, label: str = "fig:seeds") -> Figure:
    """Show every seed's value of eight measures, one panel a measure and one line a network."""
    measures = (
        VALIDATION_ACCURACY,
        TEST_ACCURACY,
        VALIDATION_LOSS,
        STEPS_TO_CONVERGE,
        STEPS_TO_BEST,
        FINAL_GAP,
        NOISE,
        CPU_SECONDS,
    )
    figure, panels = new_figure(2, 4, height=0.78 * TEXT_WIDTH_INCHES, sharey=True)
    for axes, measure in zip(panels, measures, strict=True):
        for line, name in enumerate(names):
            found = summarise(results, name, measure)
            seeds, mean, low, high = (measure.scale * n for n in (found.values, found.mean, found.low, found.high))
            colour, marker = LOOKS[name]
            axes.plot(seeds, np.full(len(seeds), line), "|", color=colour, markersize=7, alpha=0.7)
            if found.count:
                axes.errorbar(
                    mean,
                    line + 0.32,
                    xerr=[[mean - low], [high - mean]],
                    fmt=marker,
                    color=colour,
                    markersize=4,
                    capsize=2,
                )
        title = measure.name if measure.unit == "steps" else f"{measure.name} [{measure.unit}]"
        axes.set_title(textwrap.fill(title, 19), size=8)
        axes.set_yticks(range(len(names)), [short_name(name) for name in names])
        axes.xaxis.set_major_locator(MaxNLocator(2))
        if measure.unit == "steps":
            axes.set_xscale("log")
            axes.xaxis.set_major_locator(LogLocator(subs=(1,)))
            axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(lambda number, _: f"{number:,.6g}")
        axes.grid(color="0.9", linewidth=0.5)
    panels[0].invert_yaxis()
    spread = "; ".join(
        f"{short_name(name)} {VALIDATION_ACCURACY.text(found.low)} to {VALIDATION_ACCURACY.text(found.high)}"
        for name in names
        for found in [summarise(results, name, VALIDATION_ACCURACY)]
    )
    return Figure(
        figure,
        label=label,
        caption=f"Every training of {len(names)} networks with {seeds_text(results)}: a stroke for each seed, below it "
        f"the mean with its {spread_text(results)}. The tests use the differences between networks within a seed, "
        "which strokes do not show.",
        alt="Eight panels, one for each measure, with a line of strokes for each network. Validation accuracy in %, "
        f"{spread_text(results)}: {spread}.",
    )


@in_print_style
def gradients_figure(results: Results, names: Sequence[str], *, label: str = "fig:gradients") -> Figure:
    """Show the size of the gradient in each layer, before training and at its end."""
    figure, panels = new_figure(1, 2, height=0.41 * TEXT_WIDTH_INCHES, sharey=True)
    for axes, moment, title in zip(panels, (0, 1), ("before training", "with the weights kept"), strict=True):
        for name in names:
            plot_gradients(axes, results[name], moment, name)
        axes.set_title(title)
        axes.set_xlabel("layer, from the input")
    panels[0].set_ylabel("rms of $\\partial C/\\partial w$")
    _legend_above(figure, names, {})
    ratios = {name: layer_ratios(results[name], 0).mean for name in names}
    listed = "; ".join(f"{network_label(name)}: {ratio:.2g}" for name, ratio in ratios.items())
    return Figure(
        figure,
        label=label,
        caption="Size of the gradient in each layer over 1,000 training images (log scale), "
        f"geometric mean and range over {seeds_text(results)}. A line that falls towards the left is a gradient that "
        "vanishes on its way back to the input.",
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
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return axes


def new_figure(rows: int, columns: int, *, height: float, width: float = TEXT_WIDTH_INCHES, sharey: bool = False):
    """Return a figure in print size and its axes, always as an array."""
    figure = MatplotlibFigure(figsize=(width, height))
    return figure, figure.subplots(rows, columns, sharey=sharey, squeeze=False).ravel()


def _legend_above(figure, names: Sequence[str], styles: dict[str, object]) -> None:
    """Name the networks, by colour and marker, and the line styles, above all panels."""
    networks = [
        Line2D([], [], color=colour, marker=marker, markeredgecolor="white", markersize=6.5, label=network_label(name))
        for name, (colour, marker) in ((name, LOOKS[name]) for name in names)
    ]
    splits = [Line2D([], [], color="0.3", linestyle=style, label=split) for split, style in styles.items()]
    handles = networks + splits
    columns = min(len(handles), 2 if max(len(line.get_label()) for line in handles) < 46 else 1)
    figure.legend(handles=handles, loc="outside upper center", ncols=columns, handlelength=2.6)
    figure.set_figheight(figure.get_figheight() + LEGEND_LINE_INCHES * -(-len(handles) // columns))


def curve(history: History, split: str, quantity: str) -> np.ndarray:
    """Return a split's loss or accuracy at each validation; in training, since the validation before."""
    if split == "validation":
        return history.validation_loss if quantity == "loss" else history.validation_accuracy
    if quantity == "accuracy":
        return history.train_accuracy
    starts = np.concatenate([[0], history.validation_steps[:-1]])
    return np.add.reduceat(history.train_loss, starts) / np.diff(history.validation_steps, prepend=0)


def layer_ratios(runs: Sequence[Result], moment: int) -> Estimate:
    """Return the gradient of the first layer over that of the last, before (0) or after (1) training."""
    return estimate(run.gradient_rms[moment][0] / run.gradient_rms[moment][-1] for run in runs)


def _ends(results: Results, names: Sequence[str]) -> str:
    """Say in words where each validation curve is lowest."""

    def best(name: str) -> str:
        losses = [run.history.validation_loss.min() for run in results[name] if not run.diverged]
        return f"{short_name(name)} {np.mean(losses):.3f}" if losses else f"{short_name(name)} none"

    return f"Lowest validation loss: {', '.join(map(best, names))} nats."
