"""What committees read: the test images that one still gets wrong, and photos, read by two."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from IPython.display import Markdown

from nbtypst import TEXT_WIDTH_INCHES, Figure

from ..common.checks import check
from ..data.mnist import Dataset
from ..evidence.committee import Committee
from ..evidence.numbers import counted
from .ladder import GAP
from .style import LABEL_POINTS, in_print_style, new_figure

MOST_MISTAKES = 120


@in_print_style
def committee_mistakes_figure(
    committee: Committee, dataset: Dataset, *, label: str = "fig:committee-mistakes"
) -> Figure | Markdown:
    """Show all test images that a committee gets wrong, the surest first: at most 120, with label and answer.

    dataset: the data that the committee was tested on. Raises `ValueError` for another.
    """
    same = Path(dataset.directory).resolve() == committee.directory
    check("dataset", dataset, same, f"the one that the committee was tested on, of {committee.directory}")
    sure = committee.test_probabilities.max(axis=1)
    shown = committee.wrong[np.argsort(-sure[committee.wrong], kind="stable")][:MOST_MISTAKES]
    if not len(shown):
        return Markdown(f"A committee of {committee.title} reads every test image as what it is.")
    names, answers = dataset.label_names, committee.answers
    words = [
        f"{names[dataset.test.labels[one]]} → {names[answers[one]]}\n"
        + (">99 %" if sure[one] >= 0.995 else f"{100 * sure[one]:.0f} %")
        for one in shown
    ]
    figure, width = _grid(dataset.pixels_of(dataset.test.images[shown]), words)
    total = len(committee.wrong)
    which = "The " if total == len(shown) else f"The surest {len(shown)} of the "
    read = ", ".join(text.replace("\n", " with ") for text in words[:10])
    return Figure(
        figure,
        label=label,
        caption=f"{which}{counted(total, 'test image')} that a committee of {committee.title} gets wrong "
        f"({committee.test_error} of all), the surest first: what each is → what it is read as, and the mean "
        "probability of that answer.",
        alt=f"{len(shown)} test images that are read wrongly, the surest first: {read}{', …' * (len(shown) > 10)}.",
        width=width,
    )


@in_print_style
def photos_figure(
    pixels: np.ndarray, labels: np.ndarray, readers: Mapping[str, Committee], *, label: str = "fig:photos"
) -> Figure:
    """Show photos as `read_photos` gives them, `(N, rows, columns)` and `(N,)`, with what two committees read.

    readers: two committees, by what they are called.
    """
    check("readers", list(readers), len(readers) == 2, "two committees, by name")
    answers = [reader.probabilities(pixels).argmax(axis=1) for reader in readers.values()]
    words = ["\n".join(str(one) if one == is_ else f"not {one}" for one in read)
             for *read, is_ in zip(*answers, labels, strict=True)]  # fmt: skip
    figure, width = _grid(pixels, words)
    wrong = [f"{name} {int((answer != labels).sum())}" for name, answer in zip(readers, answers, strict=True)]
    first, second = readers
    return Figure(
        figure,
        label=label,
        caption=f"{counted(len(labels), 'photo')} of digits as a network sees them. Below each: what it is read as, "
        f"first by the committee of {first}, then by that of {second}; not, where that is wrong.",
        alt=f"{len(labels)} small images of digits. Wrongly read: {', '.join(wrong)}.",
        width=width,
    )


def _grid(pixels: np.ndarray, words: Sequence[str]) -> tuple[object, float]:
    """Return a figure of images `(N, rows, columns)` with two lines of text below each, and its width in percent."""
    count, height, width = pixels.shape
    most = 10 if count <= 80 else 12
    columns, across = min(count, most), math.ceil(max(width, height) * (1 + GAP))
    points = 72 * TEXT_WIDTH_INCHES / most / across  # of a pixel
    down = height + math.ceil((2 * LABEL_POINTS + 9) / points)
    picture = np.zeros((math.ceil(count / columns) * down, columns * across))
    share = columns / most
    size = share * TEXT_WIDTH_INCHES
    figure, (axes,) = new_figure(1, 1, width=size, height=size * picture.shape[0] / picture.shape[1])
    figure.set_layout_engine("none")
    axes.set_position((0, 0, 1, 1))
    axes.set_axis_off()
    for number, (image, text) in enumerate(zip(pixels, words, strict=True)):
        top, left = number // columns * down, number % columns * across + (across - width) // 2
        picture[top : top + height, left : left + width] = image
        axes.text(left + width / 2, top + height + 2 / points, text, ha="center", va="top", size=LABEL_POINTS,
                  linespacing=0.95)  # fmt: skip
    axes.imshow(picture, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    return figure, 100 * share
