"""Alignments, colours and weights of a table's cells, as HTML and its style attributes give them."""

import re
from collections import Counter
from functools import lru_cache
from math import inf

from lxml.html import HtmlElement

from ..common.css import PALE, bar, colour, declarations_in, length, luminance, sides
from .grid import Grid

NUMBER = re.compile(
    r"[(\[]?[-+−–±~<>≈$€£¥]*\s?(?:\d+(?:[,.'_\u202f\u00a0 ]\d+)*\.?|\.\d+)(?:[eE][-+−]?\d+)?"
    r"\s?(?:%|‰|j|[kMGTB]i?B?|[*†]{1,3})?[)\]]?|[-+]?inf|-?∞|nan|n/a|na|nat|none|<na>|null|[-–—.…]*",
    re.IGNORECASE,
)
BLANK = re.compile(r"[-–—.…\s]*|n/?an?|nat|none|<na>|null", re.IGNORECASE)
EM = 9.0  # points of the letters in Jupyter's tables
ALIGNS = {"left": "left", "right": "right", "center": "center", "start": "left", "end": "right", "justify": "left"}


@lru_cache(maxsize=4096)
def _look(style: str) -> tuple[str | None, str | None, str | None, bool, bool, str | None]:
    """Alignment, ground, ink, bold, italic, borders of a style attribute."""
    found = declarations_in(style)
    bold = re.match(r"bold|[6-9]00", found.get("font-weight", "")) is not None
    plain = colour(found.get("background-color") or found.get("background"))
    ground = bar(found.get("background") or found.get("background-image"), plain) or plain
    italic = found.get("font-style") in ("italic", "oblique")
    align, ink = found.get("text-align", "").lower() or None, colour(found.get("color"))
    return align, ground, ink, bold, italic, sides(found) if "border" in style else None


@lru_cache(maxsize=4096)
def _wide(style: str) -> float:
    """How wide a style asks a cell to be, in em."""
    return min(900.0, length(declarations_in(style).get("width"), inf, EM) or 0.0) / EM if "width" in style else 0.0


def take_looks(grid: Grid, element: HtmlElement) -> None:
    """Give the cells of `grid` the alignments and colours of the `table` element, and its columns their alignments."""
    _style_rows(grid, element, is_frame="dataframe" in (element.get("class") or "").split())
    _align_columns(grid)


def _style_rows(grid: Grid, table: HtmlElement, *, is_frame: bool) -> None:
    """Take over the looks of cells from their attributes, or else from those of their rows, sections and table.

    Frames align headers, and whole rows, without regard to what the columns hold; that is not taken over.
    """
    for number, row in enumerate(grid.rows):
        outer = row[0].element.getparent()
        above = [element for element in (outer, outer.getparent(), table) if element is not None and element.attrib]
        inherited = [_own_look(element) for element in dict.fromkeys(above)]
        if is_frame:
            inherited = [("", *look[1:]) for look in inherited]
        for cell in row:
            looks = [_own_look(cell.element), *inherited] if cell.element.attrib else inherited
            for number_of_look, (align, fill, ink, bold, italic, stroke) in enumerate(looks):
                if align in ALIGNS and cell.align is None and not (is_frame and number < grid.head):
                    cell.align = ALIGNS[align]
                cell.fill, cell.ink = cell.fill or fill, cell.ink or ink
                if number_of_look == 0 and cell.element.attrib:
                    cell.stroke, cell.wide = stroke, _wide(cell.element.get("style") or "")
                cell.bold, cell.italic = cell.bold or bold, cell.italic or italic
            if cell.ink and not cell.fill and luminance(cell.ink) >= PALE:
                cell.ink = None


def _own_look(element: HtmlElement) -> tuple[str | None, str | None, str | None, bool, bool, str | None]:
    align, fill, *others = _look(element.get("style") or "")
    return align or (element.get("align") or "").lower(), fill or colour(element.get("bgcolor")), *others


def _align_columns(grid: Grid) -> None:
    """The alignment of each column: what most of its cells say, or else right for numbers and left for words."""
    said: list[Counter[str]] = [Counter() for _ in range(grid.columns)]
    numbers, words = [0] * grid.columns, [0] * grid.columns
    for row in grid.rows[grid.head :]:
        for cell in row:
            if cell.colspan > 1:
                continue
            if cell.align:
                said[cell.column][cell.align] += 1
            if NUMBER.fullmatch(cell.text):
                numbers[cell.column] += not BLANK.fullmatch(cell.text)
            else:
                words[cell.column] += 1
    grid.numeric = [number > 0 and number >= 9 * word for number, word in zip(numbers, words, strict=True)]
    for column in range(grid.columns):
        usual = "right" if grid.numeric[column] else "left"
        grid.aligns.append(said[column].most_common(1)[0][0] if said[column] else usual)
