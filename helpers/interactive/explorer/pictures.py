"""The explorer's pictures, as PNG bytes.

Drawn without pyplot and its global state, so that a thread can do it; on white, so that every theme shows them alike.
"""

import io
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave
from matplotlib.lines import Line2D

from ...data.mnist_files import IMAGE_SHAPE
from ...experiments.result import Result
from ...figures.curves import Line, plot_curves
from ...figures.style import PALETTE, SPLIT_STYLES, Look
from ...network.history import History
from ...network.mlp import MLP

DPI = 120
MAX_UNITS = 64  # of which the weights are shown
UNITS_A_ROW = 16
ENLARGED = 3  # pixels of the picture for one weight, along each axis
LOOKS = PALETTE[:6]  # of the runs; as many as are kept
STORED_LOOK = Look("#8C8C8C", ".")


class Curve(NamedTuple):
    """A run to be drawn: its name, its look, and its history so far."""

    name: str
    look: Look
    history: History


def curves_png(stored_name: str, stored: Sequence[Result], curves: Sequence[Curve]) -> bytes:
    """Return loss and accuracy of the runs over the mean and the range of the stored results, which may be none."""
    lines, looks = [], {"": STORED_LOOK} | {curve.name: curve.look for curve in curves}
    if histories := [result.history for result in stored if not result.diverged]:
        several = f": mean and range of {len(histories)}" if len(histories) > 1 else ""
        lines.append(Line("", f"{stored_name}, stored{several}", histories, 0, 5))
    lines += [Line(c.name, c.name, [c.history], 0, 5) for c in curves if len(c.history.validation_steps)]
    figure = Figure(figsize=(9.6, 3.4), facecolor="white")
    FigureCanvasAgg(figure)
    figure.subplots_adjust(left=0.085, right=0.99, bottom=0.145, top=0.84, wspace=0.18)  # laid out by hand: faster
    for axes, quantity in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        plot_curves(axes, lines, looks, quantity).spines[["top", "right"]].set_visible(False)
    named = [Line2D([], [], color=looks[line.name].colour, marker=looks[line.name].marker) for line in lines]
    splits = [Line2D([], [], color="0.35", linestyle=style, label=split) for split, style in SPLIT_STYLES.items()]
    look = {"frameon": False, "fontsize": 9}
    if named:
        legend = figure.legend(named, [" "] * len(named), loc="upper left", ncols=-(-len(named) // 2), **look)
        for text, line in zip(legend.get_texts(), lines, strict=True):  # as written: neither hidden nor a formula
            text.set(text=line.label, parse_math=False)
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
