"""The look that all figures share: print style, colours and markers, axes, legends."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import cycle
from textwrap import fill
from typing import NamedTuple

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, NullLocator
from matplotlib.transforms import Bbox

from nbtypst import TEXT_WIDTH_INCHES, figure_style

MANTISSAS = (1.2, 1.5, 2, 2.5, 3, 4, 5, 7)  # of the ticks of a logarithmic axis, beside the powers of ten
ACCURACIES = (20, 50, 70, 80, 85, 90, 92, 94, 95, 96, 97, 98, 99, 99.5)  # per cent; the ticks of a stretched axis
TICK_DISTANCE = 0.1  # of the axis; two ticks are not closer
LEGEND_LINE_INCHES = 0.17
LEGEND_LETTERS = 80  # of a line of it
LABEL_POINTS = 8  # size of the letters beside lines
LETTER_WIDTH = 4.2  # points, about, at that size
SPLIT_STYLES = {"validation": "-", "training": (0, (3, 1.5))}
AXIS_LABELS = {"loss": "cross entropy [nats]", "accuracy": "accuracy [%]"}

in_print_style = style.context(["default", figure_style()])


class Look(NamedTuple):
    """A colour, and a marker to tell lines apart without it."""

    colour: str
    marker: str


# Colours of M. Okabe and K. Ito, "Color universal design" (2008), darker ones for more lines than they are.
PALETTE = tuple(
    Look(*pair)
    for pair in zip(
        ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31", "#5B3A8C", "#7F7F7F", "#404040"),
        "osD^vPX<p>",
        strict=True,
    )
)
# Networks of the report that have the same look in every figure; any other gets the next of the palette.
OWN_LOOKS = {
    "baseline": Look("#000000", "o"),
    "weights": Look("#E69F00", "s"),
    "sigmoid": Look("#56B4E9", "^"),
    "momentum": Look("#009E73", "D"),
    "long_step": Look("#0072B2", "H"),
    "narrow": Look("#CC79A7", "v"),
    "wide": Look("#0072B2", "P"),
    "two_layers": Look("#D55E00", "X"),
    "two_thin_layers": Look("#8C6D31", "<"),
    "deep": Look("#5B3A8C", "p"),
    "deep_to_the_end": Look("#9A86BF", "h"),
    "deep_short_step": Look("#B03A5B", "d"),
    "deep_plain": Look("#7F7F7F", ">"),
    "deep_uniform": Look("#404040", "*"),
}


def looks_of(names: Iterable[str]) -> dict[str, Look]:
    """Return a colour and a marker for each name: its own, or the next of the palette that none of them has."""
    names = list(names)
    taken = {OWN_LOOKS[name] for name in names if name in OWN_LOOKS}
    free = cycle([look for look in PALETTE if look.colour not in {look.colour for look in taken}] or PALETTE)
    return {name: OWN_LOOKS.get(name) or next(free) for name in names}


def new_figure(
    rows: int, columns: int, *, height: float, width: float = TEXT_WIDTH_INCHES, **options: object
) -> tuple[MatplotlibFigure, np.ndarray]:
    """Return a figure in print size (inches) and its axes, always as an array; options as those of `subplots`."""
    figure = MatplotlibFigure(figsize=(width, height))
    return figure, figure.subplots(rows, columns, squeeze=False, **options).ravel()


def dress(axes: Axes, quantity: str = "") -> None:
    """Give axes of curves their grid, and their label and numbers where they show a loss or an accuracy."""
    axes.grid(color="0.9", linewidth=0.5)
    if quantity:
        axes.set_xlabel("gradient steps")
        axes.xaxis.set_major_formatter(lambda steps, _: f"{steps:,.0f}")
        axes.set_ylabel(AXIS_LABELS[quantity])
    if quantity == "accuracy":
        axes.yaxis.set_major_formatter(lambda accuracy, _: f"{100 * accuracy:g}")
    if quantity == "loss":
        logarithmic(axes)


def ticks_at(axis: Axis, places: Iterable[float], text: Callable[[float, object], str]) -> None:
    """Give an axis ticks at these places only, and their texts."""
    axis.set_major_locator(FixedLocator(list(places)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(text)


def stretch_towards_all(axes: Axes) -> None:
    """Give room to accuracies [%] that are close to each other, near 100 %."""
    if axes.get_ylim()[1] < 100:
        low, high = (-np.log(100 - end) for end in axes.get_ylim())
        axes.set_yscale("function", functions=(lambda a: -np.log(100 - a), lambda b: 100 - np.exp(-b)))
        places: list[float] = []
        for place in ACCURACIES:
            if not places or np.log((100 - places[-1]) / (100 - place)) > TICK_DISTANCE * (high - low):
                places.append(place)
        axes.yaxis.set_major_locator(FixedLocator(places))


class _InView(FixedLocator):
    """Ticks at fixed places, of which those out of view cost nothing."""

    def __call__(self) -> np.ndarray:
        low, high = sorted(self.axis.get_view_interval())
        return self.locs[(low <= self.locs) & (self.locs <= high)]


def logarithmic(axes: Axes) -> None:
    """Give a vertical axis of losses a logarithmic scale, with more ticks written where it is zoomed in."""

    def text(loss: float, _: object) -> str:
        low, high = axes.get_ylim()
        written = (
            () if high > 50 * low else (2, 5) if high > 5 * low else (1.5, 2, 3, 5) if high > 2 * low else MANTISSAS
        )
        return f"{loss:g}" if float(f"{loss:.3e}".split("e")[0]) in written else ""

    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(lambda loss, _: f"{loss:g}")
    axes.yaxis.set_minor_locator(_InView([digits * 10.0**power for power in range(-6, 4) for digits in MANTISSAS]))
    axes.yaxis.set_minor_formatter(text)


def legend_above(
    figure: MatplotlibFigure, labels: Mapping[str, Look], styles: Mapping[str, object], fills: Mapping[str, str] = {}
) -> None:
    """Name the lines, by colour and marker, the line styles, and the colours of bars, above all panels."""
    handles = [
        Line2D(
            [],
            [],
            color=colour,
            marker=marker,
            markeredgecolor="white",
            markersize=6.5,
            label=fill(label, LEGEND_LETTERS),
        )
        for label, (colour, marker) in labels.items()
    ]
    handles += [Line2D([], [], color="0.3", linestyle=style, label=split) for split, style in styles.items()]
    handles += [Patch(color=colour, label=what) for what, colour in fills.items()]
    if not handles:
        return
    longest = max(len(one.get_label()) for one in handles)
    columns = min(len(handles), 4 if longest < 12 else 3 if longest < 20 else 2 if longest < 36 else 1)
    figure.legend(handles=handles, loc="outside upper center", ncols=columns, handlelength=2.6)
    lines = -(-len(handles) // columns) + sum(one.get_label().count("\n") for one in handles)
    figure.set_figheight(figure.get_figheight() + LEGEND_LINE_INCHES * lines)


def label_ends(axes: Axes, ends: Sequence[tuple[str, float, float, str]]) -> None:
    """Write names beside the ends of lines, over no other name or end and, if it can be, no line.

    ends: name, x, y, colour of each.
    """
    axes.figure.draw_without_rendering()
    points = 72 / axes.figure.dpi
    at = [axes.transData.transform((x, y)) * points for _, x, y, _ in ends]
    taken = [Bbox.from_bounds(x - 4, y - 4, 8, 8) for x, y in at]
    drawn = [axes.transData.transform(line.get_xydata()) * points for line in axes.lines if len(line.get_xydata()) > 2]
    for (name, x, y, colour), (left, middle) in zip(ends, at, strict=True):
        width = LETTER_WIDTH * len(name)
        offsets = [
            (dx, dy) for dy in (0, 9, -9, 18, -18, 27) for dx in (5, -width / 2)
        ]  # beside, above, below, further
        boxes = [Bbox.from_bounds(left + dx, middle + dy - LABEL_POINTS / 2, width, LABEL_POINTS) for dx, dy in offsets]
        covered = [(box.count_overlaps(taken), sum(box.count_contains(line) for line in drawn)) for box in boxes]
        chosen = covered.index(min(covered))
        taken.append(boxes[chosen])
        beside = axes.annotate(name, (x, y), offsets[chosen], textcoords="offset points", va="center",
                               size=LABEL_POINTS, color=colour, annotation_clip=False)  # fmt: skip
        beside.set_in_layout(False)  # it may reach beyond the axes, which stay where they are


def names_at_the_right(axes: Axes, ends: Sequence[tuple[str, float, float, str]]) -> None:
    """Write names in a column right of the axes, in the order of the lines' ends, each with a thin line to its end.

    ends: name, x, y, colour of each.
    """
    axes.figure.draw_without_rendering()
    points, box = 72 / axes.figure.dpi, axes.get_window_extent()
    ends = sorted(ends, key=lambda end: end[2])
    wanted = [axes.transData.transform(end[1:3])[1] * points for end in ends]
    gap, low, high = LABEL_POINTS + 2, box.y0 * points, box.y1 * points
    heights = _spread(wanted, gap, low, high)
    for (name, x, y, colour), height in zip(ends, heights, strict=True):
        axes.annotate(
            name, (x, y), (1.03, (height - low) / (high - low)), textcoords="axes fraction", va="center",
            size=LABEL_POINTS, color=colour,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.5, "shrinkA": 1, "shrinkB": 4},
        )  # fmt: skip


def _spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return ascending heights near the wanted ones, at least a gap apart, between low and high as far as they fit."""
    heights: list[float] = []
    for number, height in enumerate(wanted):
        room_above = high - gap * (len(wanted) - 1 - number)
        heights.append(max(min(height, room_above), heights[-1] + gap if heights else low))
    return heights
