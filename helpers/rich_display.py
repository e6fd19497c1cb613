"""How networks, data, histories and results show themselves in a notebook: as HTML, and as Markdown in a report.

Elsewhere they are the text of their `repr`. Registered with IPython when `helpers` is imported there, so that the
modules they belong to know nothing of it.
"""

import base64
import html
import io
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.figure import Figure as MatplotlibFigure
from matplotlib.image import imsave

from .mlp import MLP
from .mnist import NUM_CLASSES, Dataset
from .training import History
from .trials import Result

STRIP_HEIGHT = 42  # pixels on the screen
CURVE_INCHES = (2.4, 0.7)
CURVE_COLOUR = "#2E86C1"  # readable on white and on black


def register(shell) -> None:
    """Let an IPython shell show these types by the functions below."""
    formatter = shell.display_formatter.mimebundle_formatter
    for shown, bundle in BUNDLES.items():
        formatter.for_type(shown, bundle)


def model_bundle(model: MLP, **_: object) -> dict[str, str]:
    """A table of the layers with shapes and parameter counts."""
    rows = [
        [str(number), f"{fan_in} × {fan_out}", f"{fan_in * fan_out:,}", model.activation.replace("_", " ")]
        for number, (fan_in, fan_out) in enumerate(pairwise(model.layer_sizes), start=1)
    ]
    rows[-1][-1] = "softmax"
    rows.append(["", "together", f"{model.num_parameters:,}", f"{model.weight_init} weights"])
    return _bundle(model, ["layer", "weights", "parameters", "activation"], rows)


def dataset_bundle(dataset: Dataset, **_: object) -> dict[str, str]:
    """A table of the splits' sizes and classes, and a strip with one image of each class."""
    names = ("train", "validation", "test")
    rows = [
        [name, f"{len(split):,}", " ".join(f"{count:,}" for count in np.bincount(split.labels, minlength=NUM_CLASSES))]
        for name, split in ((name, getattr(dataset, name)) for name in names)
    ]
    firsts = [np.flatnonzero(dataset.train.labels == label)[:1] for label in range(NUM_CLASSES)]
    pixels = dataset.pixels(dataset.train)[np.concatenate(firsts)]
    strip = _image(_png(np.concatenate(list(pixels), axis=1)), f"One image of each class of {dataset.name}")
    return _bundle(dataset, ["split", "images", f"of class 0 to {NUM_CLASSES - 1}"], rows, strip)


def history_bundle(history: History, **_: object) -> dict[str, str]:
    """The final figures, and a small curve of the validation loss."""
    if not len(history.validation_steps):
        return {"text/plain": repr(history), "text/markdown": repr(history)}
    ending = "interrupted" if history.interrupted else "stopped early" if history.stopped_early else "complete"
    rows = [
        ["steps", f"{history.validation_steps[-1]:,}, {ending}"],
        ["lowest validation loss", f"{history.validation_loss[history.best]:.4f} nats at step {history.best_step:,}"],
        ["validation accuracy there", f"{history.validation_accuracy[history.best]:.2%}"],
        ["time", f"{history.wall_seconds:.1f} s"],
    ]
    return _bundle(history, ["training", ""], rows, small_curve(history))


def result_bundle(result: Result, **_: object) -> dict[str, str]:
    """The final figures of one training of an experiment, and its curve."""
    if result.diverged:
        rows = [["all splits", "diverged", "diverged"]]
    else:
        rows = [
            [name, f"{loss:.4f}", f"{accuracy:.2%}"]
            for name, (loss, accuracy) in zip(
                ("train", "validation", "test"), (result.train, result.validation, result.test), strict=True
            )
        ]
    header = [f"{result.experiment}, seed {result.seed}", "loss [nats]", "accuracy"]
    return _bundle(result, header, rows, small_curve(result.history))


def small_curve(history: History) -> str:
    """Return the validation loss over the steps as a small picture in HTML; nothing for a single validation."""
    if len(history.validation_steps) < 2:
        return ""
    figure = MatplotlibFigure(figsize=CURVE_INCHES)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.plot(history.validation_steps, history.validation_loss, color=CURVE_COLOUR, linewidth=1.5)
    axes.plot(history.best_step, history.validation_loss[history.best], "o", color=CURVE_COLOUR, markersize=4)
    axes.margins(0.03, 0.12)
    axes.set_axis_off()
    with io.BytesIO() as file:
        figure.savefig(file, format="png", dpi=200, transparent=True, metadata={"Software": None})
        png = file.getvalue()
    return _image(png, f"Validation loss, from {history.validation_loss[0]:.3f} to {history.validation_loss[-1]:.3f}")


BUNDLES: dict[type, Callable[..., dict[str, str]]] = {
    MLP: model_bundle,
    Dataset: dataset_bundle,
    History: history_bundle,
    Result: result_bundle,
}


def _bundle(shown: object, header: Sequence[str], rows: Sequence[Sequence[str]], picture: str = "") -> dict[str, str]:
    """Return a table as HTML, with a picture below it, as Markdown, and the `repr` as text."""
    lines = [header, ["---"] * len(header), *rows]
    cells = [[f"<td>{html.escape(cell)}</td>" for cell in row] for row in rows]
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in header)
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in cells)
    return {
        "text/plain": repr(shown),
        "text/markdown": "\n".join("| " + " | ".join(line) + " |" for line in lines),
        "text/html": f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{picture}",
    }


def _png(pixels: np.ndarray) -> bytes:
    """Return grey values 0..255, `(height, width)`, as a PNG: dark on light."""
    with io.BytesIO() as file:
        imsave(file, pixels, cmap="gray_r", vmin=0, vmax=255, format="png")
        return file.getvalue()


def _image(png: bytes, alt: str) -> str:
    data = base64.b64encode(png).decode()
    return f'<img alt="{html.escape(alt)}" height="{STRIP_HEIGHT}" src="data:image/png;base64,{data}">'
