"""Figures and tables that carry label, caption and alternative text from a notebook onto the page.

Both are shown by being the last line of a cell, or with `display`. Jupyter and the stock exporters see the figure or
table and, below it, its caption; what prints it reads both from the output's metadata. Neither needs pyplot.
"""

import base64
import io
import os
import re
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure

FONTS = Path(__file__).parent / "fonts"
TEXT_WIDTH_INCHES = 122 / 25.4  # the measure of the default page, see common/page.py
FAMILY = "Libertinus Serif"
PNG_DPI = 200
KINDS = {"fig": "Figure", "tbl": "Table", "eq": "Equation"}
SVG_LIMIT = 2_000_000  # letters; a larger drawing (thousands of points) is shown as PNG alone
CELL_WIDTH = (
    1000  # CSS pixels for a figure as wide as the measure: about a cell of JupyterLab, which shrinks wider ones
)


class Figure:
    """A matplotlib figure with `label` ("fig:..."), `caption` (inline Markdown) and `alt` text.

    `width` is its width in percent of the measure. The figure is closed, so that it is shown only here.
    Raises ValueError for a label, caption, alternative text or width that could not be printed.
    """

    def __init__(self, figure: "MatplotlibFigure", *, label: str, caption: str, alt: str, width: float = 100) -> None:
        _check_label(label, "fig")
        self.caption = _one_line(caption, "caption", label)
        self.alt = _one_line(alt, "alt", label)
        if not 0 < width <= 100:
            raise ValueError(f"{label}: width is {width}, expected percent of the measure, above 0 up to 100")
        self.figure, self.label, self.width = figure, label, width
        if "matplotlib.pyplot" in sys.modules:  # then it may have made the figure, and would show it again
            sys.modules["matplotlib.pyplot"].close(figure)

    def __repr__(self) -> str:
        return f"Figure({self.label!r})"

    def _ipython_display_(self) -> None:
        width = round(self.figure.get_figwidth() / TEXT_WIDTH_INCHES * CELL_WIDTH)
        height = round(width * self.figure.get_figheight() / self.figure.get_figwidth())
        svg = _saved(self.figure, "svg", metadata={"Date": None}).decode()
        svg = re.sub(
            r'(<svg [^>]*?)width="[^"]*" height="[^"]*"', rf'\1width="{width}" height="{height}"', svg, count=1
        )
        self.figure.set_layout_engine("none")  # it is laid out now, and looks the same in every format
        data = {"image/svg+xml": svg, "text/plain": repr(self)}
        if len(svg) > SVG_LIMIT:
            data = {"image/png": self._png(), "text/plain": repr(self)}
        elif os.environ.get("FIGURE_FORMATS") != "svg":  # set where notebooks are run for print, which needs no other
            pdf = _saved(self.figure, "pdf", metadata={"CreationDate": None})  # or else LaTeX's way needs Inkscape
            data |= {"image/png": self._png(), "application/pdf": base64.b64encode(pdf).decode()}
        shown = {"kind": "figure", "label": self.label, "caption": self.caption, "alt": self.alt}
        _publish(data, {"nbtypst": shown | {"width": self.width}, "image/png": {"width": width}})
        _publish_caption("Figure", self.label, self.caption)

    def _png(self) -> str:
        return base64.b64encode(_saved(self.figure, "png", metadata={"Software": None}, dpi=PNG_DPI)).decode()


class Table:
    """A table of strings in inline Markdown, `$mathematics$` included, with `label` ("tbl:...") and `caption`.

    `align` is one letter a column: l, r or c; by default the first column is set left and the others right.
    `metadata`: what else the output carries, for programs that read the notebook.
    Raises ValueError for ragged rows, cells that Markdown cannot hold, or a bad label, caption or alignment.
    """

    def __init__(
        self,
        header: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        label: str,
        caption: str,
        align: str | None = None,
        metadata: dict[str, object] | None = None,
    ) -> None:
        _check_label(label, "tbl")
        self.metadata = metadata or {}
        self.label, self.caption = label, _one_line(caption, "caption", label)
        self.header, self.rows = list(header), [list(row) for row in rows]
        self.align = align or "l" + "r" * (len(self.header) - 1)
        if len(self.align) != len(self.header) or set(self.align) - set("lrc"):
            raise ValueError(f"{label}: align is {align!r}, expected {len(self.header)} letters of l, r, c")
        for row in [self.header, *self.rows]:
            self._check_row(row)

    def _check_row(self, row: list[str]) -> None:
        if len(row) != len(self.header):
            raise ValueError(f"{self.label}: {len(row)} cells in {row}, expected {len(self.header)}")
        for cell in row:
            if not isinstance(cell, str) or "\n" in cell or re.search(r"(?<!\\)\|", cell):
                raise ValueError(
                    f"{self.label}: cell {cell!r}, expected a string without line break or '|' "
                    r"(write \vert in mathematics, \| in text)"
                )

    def __repr__(self) -> str:
        return f"Table({self.label!r})"

    def shown(self) -> tuple[dict[str, str], dict[str, object]]:
        """Data and metadata of the output that shows the table."""
        rules = [{"l": ":--", "r": "--:", "c": ":-:"}[letter] for letter in self.align]
        lines = ["| " + " | ".join(row) + " |" for row in [self.header, rules, *self.rows]]
        carried = {"nbtypst": {"kind": "table", "label": self.label, "caption": self.caption}, **self.metadata}
        return {"text/markdown": "\n".join(lines), "text/plain": repr(self)}, carried

    def _ipython_display_(self) -> None:
        _publish(*self.shown())
        _publish_caption("Table", self.label, self.caption)


def _publish(data: dict[str, str], metadata: dict[str, object]) -> None:
    from IPython.display import publish_display_data  # only where something is shown, as matplotlib

    publish_display_data(data, metadata)


def _saved(figure: "MatplotlibFigure", file_format: str, **options: object) -> bytes:
    """The figure as a file's bytes: the same for the same figure, opaque white, text as outlines."""
    import matplotlib as mpl  # only where there is a figure, since it takes long to import

    buffer = io.BytesIO()
    with mpl.rc_context(figure_style()):
        figure.savefig(buffer, format=file_format, facecolor="white", transparent=False, **options)
    return buffer.getvalue()


def _publish_caption(kind: str, label: str, caption: str) -> None:
    """Show the caption below, where each reference names the figure, table or equation by its label."""
    caption = re.sub(
        r"\[@(\w+):([\w-]+)\]", lambda found: f"{KINDS.get(found[1], '')} `{found[1]}:{found[2]}`", caption
    )
    _publish(
        {"text/markdown": f"**{kind}** (`{label}`). {caption}", "text/plain": caption},
        {"nbtypst": {"kind": "caption"}},
    )


def _check_label(label: str, prefix: str) -> None:
    if not re.fullmatch(rf"{prefix}:[a-z0-9-]+", label):
        raise ValueError(f"label is {label!r}, expected {prefix}: and small letters, digits or hyphens")


def _one_line(text: str, name: str, label: str) -> str:
    """`text` with its white space folded; ValueError if it is empty or its brackets are not balanced."""
    folded = " ".join(text.split())
    if not folded:
        raise ValueError(f"{label}: {name} is empty, expected a sentence on what is to be seen")
    bare = re.sub(r"\\.|\$[^$]*\$", "", folded)
    if name == "caption" and bare.count("[") != bare.count("]"):
        raise ValueError(rf"{label}: {name} has an odd bracket; write a lone one as \[ or \]: {folded}")
    return folded


@cache
def register_fonts() -> None:
    """Make the text font of the page known to matplotlib, once per process."""
    from matplotlib import font_manager  # only where there is a figure, since it takes long to import

    for file in sorted(FONTS.glob("LibertinusSerif-*.otf")):
        font_manager.fontManager.addfont(file)


def figure_style() -> dict[str, object]:
    """rcParams for a figure in print: text of 8-9 pt in the page's font, opaque white, full measure.

    Use it as `plt.rcParams.update(figure_style())` or `with plt.rc_context(figure_style()):`. Sizes are true
    when the figure is as wide as its place on the page: TEXT_WIDTH_INCHES at 100 %.
    """
    register_fonts()
    return {
        "font.family": FAMILY,
        "font.size": 9,
        "axes.titlesize": 9,
        "axes.labelsize": 9,
        "legend.fontsize": 8.5,
        "xtick.labelsize": 8.5,
        "ytick.labelsize": 8.5,
        "mathtext.fontset": "custom",
        "mathtext.rm": FAMILY,
        "mathtext.it": f"{FAMILY}:italic",
        "mathtext.bf": FAMILY,
        "mathtext.cal": FAMILY,
        "mathtext.fallback": "stix",
        "text.usetex": False,  # the page has no TeX
        "figure.figsize": (TEXT_WIDTH_INCHES, 0.5 * TEXT_WIDTH_INCHES),
        "figure.constrained_layout.use": True,
        "figure.facecolor": "white",
        "axes.facecolor": "white",
        "savefig.facecolor": "white",
        "savefig.transparent": False,
        "savefig.bbox": None,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.6,
        "lines.linewidth": 1.2,
        "legend.frameon": False,
        "svg.fonttype": "path",
        "svg.hashsalt": "nbtypst",
    }
