"""A look inside a trained network: its weights, and its mistakes."""

import numpy as np
from IPython.display import Markdown

from nbtypst import TEXT_WIDTH_INCHES, Figure

from ..evidence.numbers import line_label, seeds_text, short_name
from ..experiments.result import Result, Runs
from ..network.mlp import MLP
from .style import in_print_style, new_figure


def first_usable(results: Runs, name: str) -> Result | None:
    """Return the first training of a network that did not diverge, if there is one."""
    return next((run for run in results[name] if not run.diverged), None)


def _nothing_of(name: str) -> Markdown:
    return Markdown(f"There is no trained network {short_name(name)} to look at: every training diverged.")


@in_print_style
def hidden_weights_figure(
    results: Runs, name: str, units: int = 12, *, label: str = "fig:weights"
) -> Figure | Markdown:
    """Show the weights of some hidden units of the first trained network as images, before and after training."""
    result = first_usable(results, name)
    if result is None:
        return _nothing_of(name)
    before, after = result.initial_model().weights[0], result.model().weights[0]
    dataset = result.dataset()
    figure, all_axes = new_figure(2, units, height=0.22 * TEXT_WIDTH_INCHES)
    for weights, row in zip((before, after), np.reshape(all_axes, (2, units)), strict=True):
        limit = np.quantile(np.abs(weights[:-1, :units]), 0.995)
        for unit, axes in enumerate(row):
            picture = weights[:-1, unit].reshape(dataset.image_shape)
            axes.imshow(picture, cmap="RdBu_r", vmin=-limit, vmax=limit, interpolation="nearest")
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
    for axes, name in ((all_axes[0], "before"), (all_axes[units], "after")):
        axes.set_ylabel(name)
    images = dataset.train.images[:, :-1]
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
        caption=f"Weights of the first {units} hidden units of {line_label(result.experiment)}, "
        f"seed {result.seed}, as images, before and after training: red excites, blue inhibits; each row has a "
        f"scale of its own. {lengths}.",
        alt=f"Two rows of {units} small square images of weights, the upper before, the lower after training.",
    )


def confusion_matrix(model: MLP, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return how often each class (row) was taken for each (column), `(num_classes, num_classes)` integers."""
    counts = np.zeros((model.layer_sizes[-1],) * 2, int)
    np.add.at(counts, (labels, model.predict(images)), 1)
    return counts


@in_print_style
def confusion_figure(results: Runs, name: str, *, label: str = "fig:confusion") -> Figure | Markdown:
    """Show which classes of test images a network takes for which, summed over the seeds."""
    tested = [run for run in results[name] if not run.diverged]
    if not tested:
        return _nothing_of(name)
    counts = sum(confusion_matrix(run.model(), *run.dataset().test) for run in tested)
    mistakes, names = counts - np.diag(np.diag(counts)), tested[0].dataset().label_names
    classes, size = range(len(names)), 0.5 if len(names) <= 12 else 0.9
    figure, (axes,) = new_figure(1, 1, width=size * TEXT_WIDTH_INCHES, height=0.9 * size * TEXT_WIDTH_INCHES)
    axes.imshow(mistakes, cmap="Blues")
    for row, column in np.argwhere(mistakes) if len(names) <= 12 else ():
        dark = mistakes[row, column] > mistakes.max() / 2
        look = {"ha": "center", "va": "center", "size": 8, "color": "white" if dark else "0.2"}
        axes.text(column, row, mistakes[row, column], **look)
    axes.set(xlabel="taken for", ylabel="class")
    axes.set_xticks(classes, names)
    axes.set_yticks(classes, names)
    worst = np.unravel_index(mistakes.argmax(), mistakes.shape)
    digit, taken = (names[number] for number in worst)
    most = "No class is taken for another."
    if mistakes.any():
        most = f"Most often, {mistakes[worst]} times, class {digit} is taken for {taken}."
    return Figure(
        figure,
        label=label,
        caption=f"Mistakes of {line_label(tested[0].experiment)} on the test images, summed over "
        f"{seeds_text(results, [name])} "
        f"({100 * mistakes.sum() / counts.sum():.2f}\N{NO-BREAK SPACE}% of all); right answers are left out. "
        f"{most}",
        alt=f"{len(names)} by {len(names)} table of counts, class against what it was taken for. {most}",
        width=100 * size,
    )


@in_print_style
def mistakes_figure(results: Runs, name: str, count: int = 10, *, label: str = "fig:mistakes") -> Figure | Markdown:
    """Show the test images on which the first trained network is most confidently wrong."""
    result = first_usable(results, name)
    if result is None:
        return _nothing_of(name)
    model, dataset = result.model(), result.dataset()
    images, labels = dataset.test
    probabilities = model.forward(images)
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != labels)
    if not len(wrong):
        return Markdown(f"Network {short_name(name)} reads every test image as what it is.")
    worst = wrong[np.argsort(-confidence[wrong])[:count]]
    figure, panels = new_figure(1, count, height=0.22 * TEXT_WIDTH_INCHES)
    for axes in panels:
        axes.set_axis_off()
    names = dataset.label_names
    for axes, row, pixels in zip(panels, worst, dataset.pixels_of(images[worst]), strict=False):
        axes.imshow(pixels, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
        certainty = ">99.9 %" if confidence[row] >= 0.9995 else f"{100 * confidence[row]:.1f} %"
        axes.set_title(f"{names[labels[row]]} read\nas {names[predicted[row]]}\n{certainty}", size=8)
    listed = ", ".join(f"{names[labels[row]]} read as {names[predicted[row]]}" for row in worst)
    return Figure(
        figure,
        label=label,
        caption=f"The {len(worst)} test images on which {line_label(result.experiment)}, seed {result.seed}, "
        "is most confidently wrong: what each is, what it is read as, and the probability that it gives its answer.",
        alt=f"{len(worst)} test images: {listed}.",
    )
