"""How much room what stands in a cell of a table takes: words, formulas, pictures, lists, code, other tables."""

import re
from math import inf
from typing import NamedTuple

from lxml.html import HtmlElement

from ..common.css import declarations, length
from ..common.fonts import BOLD, parts_of, width

CODE = 0.86  # size of code within a line, in parts of the text's
PRE = 0.8  # of code that stands for itself
USUAL_SIZE = 9.5  # points: what an em is taken for where lengths in points are compared with words
PICTURE, LEAST_PICTURE = 200.0, 24.0  # points: of a picture that does not say how wide it is
INDENT = 1.8  # em, of a list
CELL = 1.1  # em between the columns of a table within a cell
LEAST_TABLE = 8.0  # em
DEEPEST = 6
BLANK = 0.25  # em
MOST_PARTS = 16  # of a header that is set in lines with care
MONO = {"code", "kbd", "samp", "tt"}
LINES = {
    "address", "blockquote", "caption", "center", "dd", "div", "dl", "dt", "figcaption", "figure", "form", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section", "summary", "table", "tr", "ul",
}  # fmt: skip
UNSEEN = {"style", "script", "template"}
COMMAND = re.compile(
    r"\\(?:left|right|big|Big|mathrm|mathbf|text|operatorname|,|;|!)|[{}^_$]|\\begin\{\w+\*?\}|\\end\{\w+\*?\}"
)
SIGN = re.compile(r"\\[a-zA-Z]+|\\.")


class Extent(NamedTuple):
    """Widths in em: in one line, of the longest word, of all words together; least lines; whether words are all."""

    natural: float
    least: float
    total: float
    lines: int = 1
    is_plain: bool = True


NOTHING = Extent(0.0, 0.0, 0.0)


def extent_of_words(text: str, *, bold: bool = False) -> Extent:
    """The room that words alone take."""
    natural = width(text, 1.0, bold=bold)
    least = max(width(word, 1.0, bold=bold) for word in text.split()) if " " in text else natural
    return Extent(natural, least, natural)


def extent_of(element: HtmlElement, *, bold: bool = False, depth: int = 0) -> Extent:
    """The room that all that stands in `element` takes, about."""
    measured = _Measured(depth)
    measured.words(element.text, bold, mono=False)
    measured.children(element, bold, mono=False)
    return measured.result()


def in_lines(text: str, count: int, *, in_words: bool) -> float:
    """The least width in em in which the bold words of a header take at most `count` lines.

    With `in_words`, they may break within words too, at the places where `breakable` prefers to.
    """
    pieces = text.split()
    if in_words:
        pieces = [part for word in pieces for part in parts_of(word)]
    widths = [BOLD * width(piece, 1.0) for piece in pieces]
    whole = sum(widths) + BLANK * (len(widths) - 1)
    if len(widths) < 2 or len(widths) > MOST_PARTS:
        return max(whole, 0.0)
    runs = (sum(widths[i:j]) + BLANK * (j - i - 1) for j in range(len(widths) + 1) for i in range(j))
    return next(limit for limit in sorted(runs) if limit >= max(widths) and _line_count(widths, limit) <= count)


def _line_count(widths: list[float], limit: float) -> int:
    lines, used = 1, -BLANK
    for wide in widths:
        if used + BLANK + wide > limit + 1e-9:
            lines, used = lines + 1, -BLANK
        used += BLANK + wide
    return lines


class _Measured:
    """What has been measured so far: lines that are done, the line and the word that are not."""

    def __init__(self, depth: int):
        self.depth, self.is_plain = depth, True
        self.done: list[float] = []
        self.line = self.word = self.least = self.indent = 0.0

    def words(self, text: str | None, bold: bool, *, mono: bool) -> None:
        """Words in the present line."""
        if not text:
            return
        scale = CODE if mono else 1.0
        for piece in re.split(r"(\s+)", text):
            if piece.isspace():
                self.line += BLANK if self.line else 0.0
                self.word = 0.0
            elif piece:
                self.put(width(piece, scale, bold=bold, mono=mono))

    def put(self, natural: float, least: float | None = None) -> None:
        """Something in the present line."""
        self.line += natural
        self.word += natural if least is None else least
        self.least = max(self.least, self.word + self.indent)

    def end_line(self) -> None:
        """The next words begin a new line."""
        if self.line:
            self.done.append(self.line + self.indent)
        self.line = self.word = 0.0

    def children(self, element: HtmlElement, bold: bool, *, mono: bool) -> None:
        """All that stands in an element, but its first words."""
        for child in element:
            if isinstance(child.tag, str) and child.tag not in UNSEEN:
                self._child(child, bold or child.tag in ("b", "strong", "th"), mono or child.tag in MONO)
            self.words(child.tail, bold, mono=mono)

    def _child(self, child: HtmlElement, bold: bool, mono: bool) -> None:
        if child.tag == "br":
            self.end_line()
        elif child.tag == "img":
            self.is_plain = False
            natural = picture_width(child)
            self.put((natural or PICTURE) / USUAL_SIZE, min(natural or PICTURE, LEAST_PICTURE) / USUAL_SIZE)
        elif "math" in (child.get("class") or "").split():
            self.is_plain = False
            self.put(width(SIGN.sub("m", COMMAND.sub("", child.text or "")).replace(" ", ""), 1.1) + 0.3)
        elif child.tag in LINES:
            self._block(child, bold, mono)
        else:
            self.words(child.text, bold, mono=mono)
            self.children(child, bold, mono=mono)

    def _block(self, child: HtmlElement, bold: bool, mono: bool) -> None:
        self.end_line()
        self.is_plain = False
        if child.tag == "table":
            self._table(child)
        elif child.tag == "pre":
            lines = [width(line, PRE, mono=True) for line in child.text_content().split("\n")]
            self.done += lines
            self.least = max([self.least, min(20.0, max(lines))])
        else:
            indent = INDENT if child.tag in ("ul", "ol", "dd", "blockquote") else 0.0
            self.indent += indent
            self.words(child.text, bold, mono=mono)
            self.children(child, bold, mono=mono)
            self.end_line()
            self.indent -= indent
        self.end_line()

    def _table(self, table: HtmlElement) -> None:
        """A table within: as wide as its widest columns together, which may all be broken."""
        columns: dict[int, float] = {}
        for row in table.iter("tr"):
            tallest = 1
            for number, cell in enumerate(row.iterchildren("td", "th")):
                shallow = self.depth < DEEPEST
                found = extent_of(cell, bold=cell.tag == "th", depth=self.depth + 1) if shallow else NOTHING
                columns[number] = max(columns.get(number, 0.0), found.natural)
                tallest = max(tallest, found.lines)
            self.done += [0.0] * tallest
        natural = sum(columns.values()) + CELL * len(columns)
        self.done.append(natural)
        self.least = max(self.least, min(natural, LEAST_TABLE))

    def result(self) -> Extent:
        """The room that all takes."""
        self.end_line()
        lines = self.done or [0.0]
        return Extent(max(lines), min(self.least, max(lines)), sum(lines), len(lines), self.is_plain)


def picture_width(image: HtmlElement) -> float | None:
    """The width in points that HTML gives a picture; None where it gives none."""
    style = declarations(image)
    given = (style.get("width"), style.get("max-width"), image.get("width"))
    return next(filter(None, (length(one, inf, USUAL_SIZE) for one in given)), None)
