"""The page: how much room text, code and tables have on it."""

import re
from dataclasses import dataclass
from math import inf

from .css import POINTS, length
from .errors import NotebookError

PAPERS = {"a4": (595.28, 841.89), "us-letter": (612.0, 792.0)}  # points
MEASURE = 122 * POINTS["mm"]  # of the default margins: about 74 letters a line
MARGIN_Y = 21 * POINTS["mm"]
OVERHANG = 13 * POINTS["mm"]  # how far code reaches into the right margin, where there is room
EDGE = 8 * POINTS["mm"]  # no nearer to the edge of the paper
CODE_SIZE = 7.2 / 11  # of code, in parts of the text's size
MONO_WIDTH = 1233 / 2048  # of a letter of DejaVu Sans Mono, in parts of its size


@dataclass(frozen=True)
class Page:
    """A page of `paper`, text of `font_size` points, margins in points (None: a measure of 122 mm, ends of 21 mm)."""

    paper: str = "a4"
    font_size: float = 11.0
    margin_x: float | None = None
    margin_y: float | None = None

    def __post_init__(self) -> None:
        if self.paper not in PAPERS:
            raise NotebookError(f"the paper is {self.paper!r}; allowed: {', '.join(PAPERS)}")
        if not 6 <= self.font_size <= 24:
            raise NotebookError(f"the font size is {self.font_size:g} pt; allowed: 6 to 24")
        if self.measure < 150 or self.height < 150:
            raise NotebookError("the margins leave no room for text; give smaller ones, such as 25mm")

    @property
    def sides(self) -> float:
        """Left and right margin in points."""
        return (PAPERS[self.paper][0] - MEASURE) / 2 if self.margin_x is None else self.margin_x

    @property
    def ends(self) -> float:
        """Upper and lower margin in points."""
        return MARGIN_Y if self.margin_y is None else self.margin_y

    @property
    def measure(self) -> float:
        """Width of the text in points."""
        return PAPERS[self.paper][0] - 2 * self.sides

    @property
    def height(self) -> float:
        """Height of the text in points."""
        return PAPERS[self.paper][1] - 2 * self.ends

    @property
    def overhang(self) -> float:
        """How far code may reach into the right margin, in points."""
        return max(0.0, min(OVERHANG, self.sides - EDGE))

    @property
    def reach(self) -> float:
        """How far a wide table may reach into each side margin, in points."""
        return max(0.0, min(14 * POINTS["mm"], self.sides - EDGE))

    @property
    def code_size(self) -> float:
        """Size of code in points."""
        return CODE_SIZE * self.font_size

    @property
    def code_columns(self) -> int:
        """Letters in a line of code."""
        return int((self.measure + self.overhang) / (MONO_WIDTH * self.code_size))


def page_of(paper: str = "a4", margins: str = "", font_size: float = 11.0) -> Page:
    """The page of an exporter's options; `margins` is one length for all sides or two, "21mm 44mm": ends, sides."""
    lengths = [_points(margin) for margin in margins.split()]
    if len(lengths) > 2:
        raise NotebookError(
            f"the margins are {margins!r}; give one length for all sides, or two: above and below, sides"
        )
    return Page(
        paper.lower().replace("letter", "us-letter") if "us" not in paper.lower() else paper.lower(),
        font_size,
        lengths[-1] if lengths else None,
        lengths[0] if lengths else None,
    )


def _points(margin: str) -> float:
    if not re.fullmatch(r"(?:\d+\.?\d*|\.\d+)(?:mm|cm|in|pt)", margin):
        raise NotebookError(f"the margin {margin!r} is no length; give one such as 25mm, 2cm or 1in")
    return length(margin, inf) or 0.0
