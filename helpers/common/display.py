"""What a notebook shows of an object: a table as HTML and as Markdown, with a small picture below it."""

import base64
import html
import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

STRIP_HEIGHT = 42  # pixels on the screen
CURVE_SIZE = (240, 70)  # likewise
CURVE_COLOUR = "#2E86C1"  # readable on white and on black

Bundle = dict[str, str]


def bundle(shown: object, header: Sequence[str], rows: Sequence[Sequence[str]], picture: str = "") -> Bundle:
    """Return a table as HTML, with a picture below it, as Markdown, and the `repr` as text."""
    cells = [[f"<td>{html.escape(cell)}</td>" for cell in row] for row in rows]
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in header)
    body = "".join(f"<tr>{''.join(row)}</tr>" for row in cells)
    return {
        "text/plain": repr(shown),
        "text/markdown": markdown_table(header, rows),
        "text/html": f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{picture}",
    }


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]], align: str = "") -> str:
    """Return a Markdown table, padded so that a terminal shows it well too. align: "l" or "r" for each column."""
    widths = [max(len(row[column]) for row in (header, *rows)) for column in range(len(header))]
    align = align or "l" * len(header)
    lines = [
        [f"{cell:{'>' if side == 'r' else '<'}{width}}" for cell, side, width in zip(row, align, widths, strict=True)]
        for row in (header, *rows)
    ]
    rule = [
        f"{'-' * max(2, width - 1)}{':' if side == 'r' else '-'}" for side, width in zip(align, widths, strict=True)
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], rule, *lines[1:])) + "\n"


def strip_of_images(pixels: np.ndarray, alt: str) -> str:
    """Return grey values 0..255, `(images, height, width)`, side by side as a picture in HTML: dark on light."""
    side_by_side = np.concatenate(list(255 - pixels), axis=1).clip(0, 255).astype(np.uint8)
    with io.BytesIO() as file:
        Image.fromarray(side_by_side).save(file, format="png")
        return _picture("png", file.getvalue(), alt)


def small_curve(steps: np.ndarray, losses: np.ndarray, marked: int, alt: str) -> str:
    """Return a line through the losses, with a mark at one of them, as a small picture in HTML."""
    width, height = CURVE_SIZE
    x = 6 + (width - 12) * (steps - steps[0]) / np.ptp(steps)
    y = 6 + (height - 12) * (losses.max() - losses) / (np.ptp(losses) or 1)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<polyline points="{points}" fill="none" stroke="{CURVE_COLOUR}" stroke-width="2"/>'
        f'<circle cx="{x[marked]:.1f}" cy="{y[marked]:.1f}" r="4" fill="{CURVE_COLOUR}"/></svg>'
    )
    return _picture("svg+xml", drawing.encode(), alt)


def _picture(kind: str, content: bytes, alt: str) -> str:
    data = base64.b64encode(content).decode()
    return f'<img alt="{html.escape(alt)}" height="{STRIP_HEIGHT}" src="data:image/{kind};base64,{data}">'
