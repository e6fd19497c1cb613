"""How far the same network goes: test errors rung by rung, and digits as they are deformed."""

import math
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation

from nbtypst import TEXT_WIDTH_INCHES, Figure

from ..common.checks import check, is_number
from ..data.mnist import Dataset
from ..data.random_streams import random_stream
from ..evidence.measure import Measure
from ..evidence.measures import measure_of
from ..evidence.numbers import NOT_TRAINED, listed, seeds_text, short_name
from ..evidence.runs import diverged_in, summarise
from ..evidence.statistics import Estimate
from ..experiments.result import Runs
from ..network.deformations import Deformation
from .style import LABEL_POINTS, PALETTE, dress, in_print_style, new_figure, ticks_at

Published = Mapping[str, tuple[float, str]]  # from an experiment's name to the error [%] of its like, and who found it

OWN, THEIRS = PALETTE[0].colour, PALETTE[1].colour
RUNG_INCHES = 0.3
APART = 0.25  # of a rung: so far below its middle stands what was published, and so far above it what was measured
ERRORS = [digit * 10.0**power for power in range(-3, 2) for digit in (1, 2, 3, 5, 7)]  # per cent; places of ticks
GAP = 1 / 7  # of an image, between two


@in_print_style
def ladder_figure(
    results: Runs, names: Sequence[str], published: Published, *, label: str = "fig:ladder", see: str
) -> Figure:
    """Show the test error [%] of experiments, one a row: every seed's, their mean, and what others published.

    published: by the experiment's name, error [%] and source, such as `{"elastic": (0.7, "Simard 2003")}`. Raises
    `ValueError` for one that is of none of the experiments, and for an error that is no number above 0.
    """
    for name, (error, _) in published.items():
        check("published", name, name in names, ", ".join(names) or "nothing")
        check(f"the published error of {name}", error, is_number(error) and error > 0, "a number above 0, in %")
    results = {name: results.get(name) or [] for name in names}
    found, how = {name: summarise(results, name, "test_error") for name in names}, measure_of("test_error")
    figure, (axes,) = new_figure(1, 1, height=0.5 + RUNG_INCHES * len(names))
    sources = [_rung(axes, row, how, found[name], published.get(name)) for row, name in enumerate(names)]
    axes.set_yticks(range(len(names)), [short_name(name) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlabel(how.heading)
    errors = [how.scale * error for one in found.values() for error in one.values]
    errors = np.array([*errors, *(error for error, _ in published.values())], float)
    _plain_per_cent(axes, errors[errors > 0])
    dress(axes)
    _make_room(axes, [source for source in sources if source])
    means = [f"{short_name(name)} {how.text(one.mean)}" for name, one in found.items() if one.count]
    theirs = [f"{short_name(name)} {error:g} ({source})" for name, (error, source) in published.items()]
    return Figure(
        figure,
        label=label,
        caption=f"{see} Test error, on a logarithmic axis: a stroke for each of "
        f"{seeds_text(results, [name for name in names if results[name]] or names)}, a disc for their mean."
        + " Diamonds: errors that others published." * bool(published)
        + _left_out(results, found),
        alt=f"One row for each experiment, test error in % on a log scale. Means: {', '.join(means) or 'none'}. "
        f"Published: {', '.join(theirs) or 'none'}.",
    )


def _rung(axes: Axes, row: int, how: Measure, found: Estimate, theirs: tuple[float, str] | None) -> Annotation | None:
    """Draw one row, what was measured above what was published, and return the published error's source."""
    apart = APART if theirs else 0
    seeds, mean = how.scale * found.values[found.values > 0], how.scale * found.mean
    axes.plot(seeds, np.full(len(seeds), row - apart), "|", color=OWN, markersize=10, alpha=0.6)
    if found.mean > 0:
        axes.plot(mean, row - apart, "o", color=OWN, markersize=5.5, markeredgecolor="white", markeredgewidth=0.6)
    if not found.count:
        why = "every training diverged" if len(found.values) else NOT_TRAINED
        axes.text(0.02, row - apart, why, transform=axes.get_yaxis_transform(), va="center", size=LABEL_POINTS,
                  color="0.4")  # fmt: skip
    if theirs is None:
        return None
    error, source = theirs
    axes.plot(error, row + apart, "D", color=THEIRS, markersize=4.5, markerfacecolor="white", markeredgewidth=1.2)
    text = axes.annotate(source, (error, row + apart), (5, 0), textcoords="offset points", va="center",
                         size=LABEL_POINTS, color=THEIRS, annotation_clip=False)  # fmt: skip
    text.set_in_layout(False)  # the axes stay where they are; `_make_room` sees to it that it is in them
    return text


def _plain_per_cent(axes: Axes, errors: np.ndarray) -> None:
    """Give the axis of errors [%] a logarithmic scale from one tick to another, with ticks in plain numbers."""
    errors = errors if len(errors) else np.array([0.5, 5.0])
    low = max([tick for tick in ERRORS if tick <= 0.95 * errors.min()], default=0.9 * errors.min())
    high = min([tick for tick in ERRORS if tick >= 1.05 * errors.max()], default=1.1 * errors.max())
    written = (1, 2, 3, 5, 7) if high < 20 * low else (1, 2, 5) if high < 200 * low else (1,)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    ticks = [tick for tick in ERRORS if round(tick / 10.0 ** math.floor(math.log10(tick * 1.001))) in written]
    ticks_at(axes.xaxis, [*ticks, 100], lambda error, _: f"{error:g}")


def _make_room(axes: Axes, texts: Sequence[Annotation]) -> None:
    """Stretch a logarithmic axis to the right until all texts are within it."""
    for _ in range(6):
        axes.figure.draw_without_rendering()
        box, (low, high) = axes.get_window_extent(), np.log(axes.get_xlim())
        over = max([text.get_window_extent().x1 - box.x1 for text in texts], default=0)
        if over <= 0:
            break
        axes.set_xlim(np.exp(low), np.exp(high + (high - low) * (over + 2) / box.width))


def _left_out(results: Runs, found: Mapping[str, Estimate]) -> str:
    """Say for a caption what has no mark."""
    diverged, faultless = diverged_in(results, list(found)), []
    for name, one in found.items():
        faultless += [f"{(one.values == 0).sum()} of {short_name(name)}"] if (one.values == 0).any() else []
    missing = [short_name(name) for name in found if not results[name]]
    return (
        (f" Diverged, and in no mean: {diverged.replace('_', ' ')}." if diverged else "")
        + (f" Without a mistake, which no logarithm shows: {listed(faultless)}." if faultless else "")
        + (f" {NOT_TRAINED.capitalize()}: {listed(missing)}." if 0 < len(missing) < len(found) else "")
    )


@in_print_style
def deformed_digits_figure(
    dataset: Dataset,
    deformations: Mapping[str, Deformation],
    *,
    seed: int = 0,
    columns: int = 10,
    label: str = "fig:deformed-digits",
) -> Figure:
    """Show a few training images as they are, and below them what deformations make of them, one a row.

    deformations: by what they are, in a few words. seed: of what is drawn, the same for each row. columns: how many
    images, of as many classes as there are.
    """
    places = [np.flatnonzero(dataset.train.labels == digit)[:columns] for digit in range(dataset.num_classes)]
    chosen = [one for of_rank in zip_longest(*places) for one in of_rank if one is not None][:columns]
    pixels = dataset.pixels_of(dataset.train.images[chosen])
    rows = {"as they are": pixels}
    for words, deformation in deformations.items():
        rows[words] = deformation(pixels, random_stream(seed, "deformed digits"))
    height, width = dataset.image_shape
    pitch = math.ceil(height * (1 + GAP))
    picture = np.zeros((len(rows) * pitch, len(chosen) * width))
    for row, images in enumerate(rows.values()):
        picture[row * pitch :][:height] = np.concatenate(list(images), axis=1)
    figure, (axes,) = new_figure(1, 1, height=1)
    axes.imshow(picture, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    axes.set_yticks([row * pitch + (height - 1) / 2 for row in range(len(rows))], [fill(words, 24) for words in rows])
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    figure.draw_without_rendering()
    beside = max(text.get_window_extent().width for text in axes.get_yticklabels()) / figure.dpi + 0.15
    figure.set_figheight((TEXT_WIDTH_INCHES - beside) * picture.shape[0] / picture.shape[1])
    figure.set_layout_engine("none")
    axes.set_position((beside / TEXT_WIDTH_INCHES, 0, 1 - beside / TEXT_WIDTH_INCHES, 1))
    return Figure(
        figure,
        label=label,
        caption=f"Training images of {dataset.name}, as they are and as deformations change them"
        f"{' (each row with the same random numbers)' * (len(rows) > 2)}: a training sees each image anew every epoch.",
        alt=f"{len(rows)} rows of {len(chosen)} small images, dark on white: {', '.join(rows)}.",
    )
