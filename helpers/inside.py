"""Figures that look inside a trained network: its weights, its activations, its mistakes."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from matplotlib.ticker import MaxNLocator

from nbtypst import TEXT_WIDTH_INCHES, Figure

from .activations import ACTIVATIONS
from .experiments import EXPERIMENTS
from .mlp import MLP, Buffers
from .mnist import IMAGE_SHAPE, NUM_CLASSES, Dataset, load_mnist
from .plots import LOOKS, in_print_style, new_figure, seeds_text, short_name
from .statistics import Results
from .trials import Result

IMAGES_LOOKED_AT = 1_000  # of the validation split, for the distribution of activations
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@lru_cache(maxsize=1)
def dataset_of(seed: int) -> Dataset:
    """Return the data as the trainings with this seed saw them: their split, normalised by its training part."""
    return load_mnist(split_seed=seed)


def networks(result: Result) -> tuple[MLP, MLP]:
    """Return the network before and after a training."""
    before, after = (EXPERIMENTS[result.experiment].model(dataset_of(result.seed), result.seed) for _ in range(2))
    after.parameters[:] = result.parameters
    return before, after


@in_print_style
def hidden_weights_figure(result: Result, units: int = 12, *, label: str = "fig:weights") -> Figure:
    """Show the weights of some hidden units as images, before and after training."""
    before, after = (model.weights[0] for model in networks(result))
    figure, all_axes = new_figure(2, units, height=0.22 * TEXT_WIDTH_INCHES)
    for weights, row in zip((before, after), np.reshape(all_axes, (2, units)), strict=True):
        limit = np.quantile(np.abs(weights[:-1, :units]), 0.995)
        for unit, axes in enumerate(row):
            picture = weights[:-1, unit].reshape(IMAGE_SHAPE)
            axes.imshow(picture, cmap="RdBu_r", vmin=-limit, vmax=limit, interpolation="nearest")
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
    for axes, name in ((all_axes[0], "before"), (all_axes[units], "after")):
        axes.set_ylabel(name)
    images = dataset_of(result.seed).train.images[:, :-1]
    blank = np.append((images == images[0]).all(axis=0), False)

    def moved(rows: np.ndarray) -> str:
        return f"{np.linalg.norm((after - before)[rows]) / np.linalg.norm(before[rows]):.1f} times"

    lengths = f"The weights moved by {moved(~blank)} their initial norm"
    if blank.any():
        lengths += f", those of the {blank.sum()} pixels in which no training image has ink, biases in effect, by "
        lengths += moved(blank)
    return Figure(
        figure,
        label=label,
        caption=f"Weights of the first {units} hidden units of network {short_name(result.experiment)}, "
        f"seed {result.seed}, as images, before and after training: red excites, blue inhibits; each row has a "
        f"scale of its own. {lengths}.",
        alt=f"Two rows of {units} small square images of weights, the upper before, the lower after training.",
    )


@in_print_style
def activations_figure(results: Results, names: Sequence[str], *, label: str = "fig:activations") -> Figure:
    """Show the distribution of the hidden activations in each layer, before and after training, for one seed."""
    figure, panels = new_figure(1, len(names), height=0.4 * TEXT_WIDTH_INCHES, sharey=True)
    spreads = []
    for axes, name in zip(panels, names, strict=True):
        result = results[name][0]
        images = dataset_of(result.seed).validation.images[:IMAGES_LOOKED_AT]
        before, after = (activation_quantiles(model, images) for model in networks(result))
        layers, colour = np.arange(1, after.shape[1] + 1), LOOKS[name][0]
        axes.fill_between(layers, after[0], after[-1], color=colour, alpha=0.2, linewidth=0)
        axes.fill_between(layers, after[1], after[-2], color=colour, alpha=0.35, linewidth=0)
        axes.plot(layers, after[2], color=colour)
        for quantile in (0, 2, -1):
            axes.plot(layers, before[quantile], "--", color="black", linewidth=0.8)
        widths = " to ".join(f"{quantiles[-1][-1] - quantiles[0][-1]:.2f}" for quantiles in (before, after))
        spreads.append(f"{short_name(name)} {widths}")
        for limit in ACTIVATIONS[EXPERIMENTS[name].activation].limits:
            axes.axhline(limit, color="0.6", linewidth=0.6, linestyle=":")
        axes.set_title(_panel_title(name))
        axes.set_xlabel("hidden layer")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    panels[0].set_ylabel("activation")
    return Figure(
        figure,
        label=label,
        caption=f"Hidden activations on {IMAGES_LOOKED_AT:,} validation images, seed {results[names[0]][0].seed}: "
        "median (line), middle half (dark) and middle nine tenths (light) of all units and images in each layer after "
        "training; dashed: median and middle nine tenths before it; dotted: the values at which the activation "
        f"saturates. Width of the middle nine tenths in the last layer, before to after: {', '.join(spreads)}.",
        alt="Line plots with bands of the activations in each of the hidden layers, before and after training.",
    )


def activation_quantiles(model: MLP, images: np.ndarray) -> np.ndarray:
    """Return quantiles of each hidden layer's activations over units and images, `(len(QUANTILES), layers)`."""
    buffers = Buffers(len(images), model.layer_sizes, model.dtype)
    model.forward_pass(images, buffers)
    return np.array([np.quantile(units, QUANTILES) for units in buffers.activations[:-1]]).T


def confusion_matrix(model: MLP, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return how often each class (row) was taken for each (column), `(num_classes, num_classes)` integers."""
    counts = np.zeros((NUM_CLASSES, NUM_CLASSES), int)
    np.add.at(counts, (labels, model.predict(images)), 1)
    return counts


@in_print_style
def confusion_figure(results: Results, name: str, *, label: str = "fig:confusion") -> Figure:
    """Show which classes of test images a network takes for which, summed over the seeds."""
    tested = [run for run in results[name] if not run.diverged]
    matrices = [confusion_matrix(networks(run)[1], *dataset_of(run.seed).test) for run in tested]
    counts = sum(matrices, np.zeros((NUM_CLASSES, NUM_CLASSES), int))
    mistakes = counts - np.diag(np.diag(counts))
    figure, (axes,) = new_figure(1, 1, width=0.5 * TEXT_WIDTH_INCHES, height=0.45 * TEXT_WIDTH_INCHES)
    axes.imshow(mistakes, cmap="Blues")
    for row in range(NUM_CLASSES):
        for column in range(NUM_CLASSES):
            if row != column and mistakes[row, column]:
                dark = mistakes[row, column] > mistakes.max() / 2
                axes.text(
                    column,
                    row,
                    mistakes[row, column],
                    ha="center",
                    va="center",
                    size=7,
                    color="white" if dark else "0.2",
                )
    axes.set(xticks=range(NUM_CLASSES), yticks=range(NUM_CLASSES), xlabel="taken for", ylabel="class")
    digit, taken = np.unravel_index(mistakes.argmax(), mistakes.shape)
    rate = mistakes.sum() / max(counts.sum(), 1)
    return Figure(
        figure,
        label=label,
        caption=f"Mistakes of network {short_name(name)} on the test images, summed over {seeds_text(results)} "
        f"({100 * rate:.2f}\N{NO-BREAK SPACE}% of all); right answers are left out. "
        f"Most often, {mistakes[digit, taken]} times, class {digit} is taken for {taken}.",
        alt=f"Ten by ten table of counts, class against what it was taken for. Largest: {digit} taken for {taken}.",
        width=50,
    )


@in_print_style
def mistakes_figure(result: Result, count: int = 10, *, label: str = "fig:mistakes") -> Figure:
    """Show the test images on which a network is most confidently wrong."""
    _, model = networks(result)
    dataset = dataset_of(result.seed)
    images, labels = dataset.test
    probabilities = model.forward(images)
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != labels)
    worst = wrong[np.argsort(-confidence[wrong])[:count]]
    figure, panels = new_figure(1, count, height=0.19 * TEXT_WIDTH_INCHES)
    for axes in panels:
        axes.set_axis_off()
    pixels = dataset.pixels(dataset.test)
    for axes, row in zip(panels, worst, strict=False):
        axes.imshow(pixels[row], cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
        certainty = ">99.9 %" if confidence[row] >= 0.9995 else f"{100 * confidence[row]:.1f} %"
        axes.set_title(f"{labels[row]}: {predicted[row]}\n{certainty}", size=8)
    listed = ", ".join(f"{labels[row]} taken for {predicted[row]}" for row in worst)
    return Figure(
        figure,
        label=label,
        caption=f"The {len(worst)} test images on which network {short_name(result.experiment)}, seed {result.seed}, "
        "is most confidently wrong: label, answer, and the probability that it gives its answer.",
        alt=f"{len(worst)} test images: {listed}.",
    )


def _panel_title(name: str) -> str:
    experiment = EXPERIMENTS[name]
    activation = "improved sigmoid" if experiment.activation == "improved_sigmoid" else "sigmoid"
    return f"{activation},\n{experiment.weight_init} weights"
