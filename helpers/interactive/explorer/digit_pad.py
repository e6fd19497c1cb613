"""A canvas on which a digit is drawn, and how a drawing becomes an image like those of MNIST."""

from collections.abc import Sequence
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from ...data.mnist_files import NUM_CLASSES
from ..photo import BOX, centred

PEN = 0.09  # width of the stroke, as a part of the canvas's side
SAMPLES = 4  # points at which each pixel is looked at, along each axis
MAX_POINTS = 10_000  # minutes of drawing, which take some seconds to become an image

Strokes = Sequence[Sequence[Sequence[float]]]  # each a line of points (x, y), 0 to 1 from the canvas's upper left


def as_mnist_image(strokes: Strokes) -> np.ndarray | None:
    """Return the drawing as grey values 0..255 `(28, 28)`, 255 = ink; `None` where nothing is drawn.

    Done as MNIST was: the digit is scaled into a box of 20 x 20 pixels with its proportions kept, with grey levels
    where an edge crosses a pixel, and moved by whole pixels until its centre of mass lies at the image's centre
    (Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database"). The pen's width is scaled with the digit.
    Raises `ValueError` for what is no drawing.
    """
    lines = _lines(strokes)
    if not lines:
        return None
    points = np.concatenate(lines)
    low, high = points.min(axis=0) - PEN / 2, points.max(axis=0) + PEN / 2
    scale = BOX / (high - low).max()
    origin = low - (BOX / scale - (high - low)) / 2  # the shorter side lies in the middle of the box
    ink = _ink([(line - origin) * scale for line in lines], radius=PEN * scale / 2)
    return centred(ink)


def _lines(strokes: Strokes) -> list[np.ndarray]:
    """Return the points of each stroke that has any, `(N, 2)`, or raise `ValueError`."""
    try:
        lines = [np.asarray(stroke, float) for stroke in strokes if len(stroke)]
        fits = all(line.shape == (len(line), 2) and ((line >= 0) & (line <= 1)).all() for line in lines)
    except (TypeError, ValueError, OverflowError):
        fits = False
    if not fits or sum(map(len, lines)) > MAX_POINTS:
        raise ValueError(f"strokes are no drawing; allowed: lines of points (x, y) from 0 to 1, {MAX_POINTS:,} in all")
    return lines


def _ink(lines: Sequence[np.ndarray], radius: float) -> np.ndarray:
    """Return how much of each pixel of the box lies under a round pen, 0..1 `(20, 20)`; points in pixels."""
    ticks = (np.arange(BOX * SAMPLES) + 0.5) / SAMPLES
    covered = np.zeros((len(ticks), len(ticks)), bool)
    for line in lines:
        for start, end in zip(line, [*line[1:], line[-1]], strict=True):
            low, high = np.minimum(start, end) - radius, np.maximum(start, end) + radius
            columns, rows = (slice(*np.searchsorted(ticks, ends)) for ends in zip(low, high, strict=True))
            grid = np.stack(np.meshgrid(ticks[columns], ticks[rows]), axis=-1)
            covered[rows, columns] |= _distance(grid, start, end) <= radius
    return covered.reshape(BOX, SAMPLES, BOX, SAMPLES).mean(axis=(1, 3))


def _distance(grid: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the distance of each point of the grid `(..., 2)` from a straight line between two points."""
    along = end - start
    length = along @ along
    position = np.clip((grid - start) @ along / length, 0, 1) if length else np.zeros(grid.shape[:-1])
    return np.linalg.norm(grid - start - position[..., None] * along, axis=-1)


class DigitPad(anywidget.AnyWidget):
    """A canvas for mouse, pen and finger; beside it the image that the network gets, and a bar a class.

    strokes: what is drawn, as lines of points; set by the page, and emptied by its button.
    drawing: what `as_mnist_image` makes of them; image: its grey values row by row; probabilities: of the classes.
        Empty where there is nothing to show.
    reader: which network reads the digit. label_names: of the classes, as their bars are called.
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")
    strokes = traitlets.List([]).tag(sync=True)
    image = traitlets.List([]).tag(sync=True)
    probabilities = traitlets.List([]).tag(sync=True)
    reader = traitlets.Unicode("").tag(sync=True)
    pen = traitlets.Float(PEN).tag(sync=True)
    label_names = traitlets.List(list(map(str, range(NUM_CLASSES)))).tag(sync=True)
    drawing: np.ndarray | None = None

    def show_reading(self, name: str, probabilities: Sequence[float]) -> None:
        """Show what a network makes of the drawing; nothing where its weights, and so these, are not finite."""
        reads = np.isfinite(probabilities).all()
        self.reader = f"What {name} reads" if reads else f"{name} reads nothing: its weights are not finite"
        self.probabilities = list(probabilities) if reads else []

    @traitlets.validate("strokes")
    def _refuse_what_is_no_drawing(self, proposal: traitlets.Bunch) -> Strokes:
        try:
            _lines(proposal.value)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from error
        return proposal.value

    @traitlets.observe("strokes")
    def _show_as_the_network_gets_it(self, change: traitlets.Bunch) -> None:
        self.drawing = as_mnist_image(change.new)
        self.image = [] if self.drawing is None else self.drawing.round().astype(int).ravel().tolist()
