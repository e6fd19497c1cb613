"""The explorer's pictures, as PNG bytes.

Drawn without pyplot and its global state, so that a thread can do it; on white, so that every theme shows them alike.
"""

import io
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ...data.mnist_files import IMAGE_SHAPE
from ...experiments.result import Result
from ...figures.curves import band
from ...figures.style import PALETTE, SPLIT_STYLES, Look, dress
from ...network.history import History
from ...network.mlp import MLP

DPI = 120
MAX_UNITS = 64  # of which the weights are shown
UNITS_A_ROW = 16
ENLARGED = 3  # pixels of the picture for one weight, along each axis
SKIPPED = 5  # validations that do not count for the axes' height: the first epoch's, where all losses are high


LOOKS = PALETTE[:6]  # of the runs; as many as are kept


class Curve(NamedTuple):
    """A run to be drawn: its name, its look, and its history so far."""

    name: str
    look: Look
    history: History


def curves_png(stored_name: str, stored: Sequence[Result], curves: Sequence[Curve]) -> bytes:
    """Return loss and accuracy of the runs over the mean and the range of the stored results, which may be none."""
    figure = Figure(figsize=(9.6, 3.4), facecolor="white")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, 2)
    figure.subplots_adjust(left=0.085, right=0.99, bottom=0.145, top=0.84, wspace=0.18)  # laid out by hand: faster
    for axes, quantity in zip(panels, ("loss", "accuracy"), strict=True):
        heights = _draw_stored(axes, quantity, stored_name, stored)
        for curve in curves:
            heights += _draw_run(axes, quantity, curve)
        _finish(axes, quantity, heights)
    splits = [Line2D([], [], color="0.35", linestyle=style, label=split) for split, style in SPLIT_STYLES.items()]
    look = {"frameon": False, "fontsize": 9}
    if lines := panels[0].get_legend_handles_labels()[0]:
        figure.legend(handles=lines, loc="upper left", ncols=-(-len(lines) // 2), **look)
    figure.legend(handles=splits, loc="upper right", **look)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    return buffer.getvalue()


def weights_png(model: MLP, image_shape: tuple[int, int] = IMAGE_SHAPE) -> bytes:
    """Return the weights from the pixels to each of the first units as images: red excites, blue inhibits."""
    units = model.weights[0][:-1, :MAX_UNITS].T.reshape(-1, *image_shape)
    limit = max(float(np.quantile(np.abs(units), 0.995)), np.finfo(np.float32).tiny)
    columns = min(UNITS_A_ROW, len(units))
    rows = -(-len(units) // columns)
    enlarged = units.repeat(ENLARGED, axis=1).repeat(ENLARGED, axis=2)
    tiles = np.full((rows * columns, *np.add(enlarged.shape[1:], 2 * ENLARGED)), np.nan)
    tiles[: len(units), : -2 * ENLARGED, : -2 * ENLARGED] = enlarged
    picture = np.block([list(row) for row in tiles.reshape(rows, columns, *tiles.shape[1:])])
    buffer = io.BytesIO()
    imsave(buffer, np.ma.masked_invalid(picture), cmap="RdBu_r", vmin=-limit, vmax=limit, format="png")
    return buffer.getvalue()


def _draw_stored(axes: Axes, quantity: str, name: str, stored: Sequence[Result]) -> list[np.ndarray]:
    """Draw mean and range over the seeds until the first of them stopped; return what the axes have to show."""
    histories = [result.history for result in stored if not result.diverged]
    if not histories:
        return []
    steps, mean, low, high = band(histories, "validation", quantity)
    axes.fill_between(steps, low, high, color="0.6", alpha=0.35, linewidth=0)
    label = f"{name}, stored: mean and range of {len(histories)}" if len(histories) > 1 else f"{name}, stored"
    axes.plot(steps, mean, color="0.35", linewidth=1.2, label=label, marker="." if len(steps) == 1 else None)
    return [mean[SKIPPED:]]


def _draw_run(axes: Axes, quantity: str, curve: Curve) -> list[np.ndarray]:
    """Draw validation (solid) and training (dashed), with a mark where the validation loss was lowest."""
    name, (colour, marker), history = curve
    steps, validation = history.validation_steps, history.curve("validation", quantity)
    if not len(steps):
        return []
    training = history.curve("training", quantity)
    axes.plot(steps, training, color=colour, linewidth=0.9, linestyle=SPLIT_STYLES["training"], alpha=0.8)
    axes.plot(steps, validation, color=colour, linewidth=1.6, marker=marker, markersize=7, markeredgecolor="white",
              markevery=[history.best], label=name)  # fmt: skip
    return [line[min(SKIPPED, len(line) - 1) :] for line in (validation, training)]


def _finish(axes: Axes, quantity: str, heights: Sequence[np.ndarray]) -> None:
    """Set labels, grid and range; losses are on a log scale, where a margin is a factor and nought has no place."""
    dress(axes, quantity)
    shown = np.concatenate([np.zeros(0), *heights])
    if quantity == "loss":
        shown = np.log(shown[shown > 0])
    if shown.size:
        margin = 0.05 * np.ptp(shown) or 0.01
        low, high = shown.min() - margin, shown.max() + margin
        axes.set_ylim(*(np.exp([low, high]) if quantity == "loss" else (max(low, 0), high)))
    axes.set_xlim(left=0)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.spines[["top", "right"]].set_visible(False)
