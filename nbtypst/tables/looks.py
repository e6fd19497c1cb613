"""Alignments, colours and weights of a table's cells, as HTML and its style attributes give them."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from math import inf

from lxml.html import HtmlElement

from ..common.css import bar, colour, declarations_in, ink, legible, length, sides
from .grid import Cell, Grid

NUMBER = re.compile(
    r"[(\[]?[-+−–±~<>≈$€£¥]*\s?(?:\d+(?:[,.'_\u202f\u00a0 ]\d+)*\.?|\.\d+)(?:[eE][-+−]?\d+)?"
    r"\s?(?:%|‰|j|[kMGTB]i?B?|[*†]{1,3})?[)\]]?|[-+]?inf|-?∞|nan|n/a|na|nat|none|<na>|null|[-–—.…⋮⋯⋱]*",
    re.IGNORECASE,
)
BLANK = re.compile(r"[-–—.…⋮⋯⋱\s]*|n/?an?|nat|none|<na>|null", re.IGNORECASE)
STROKE = re.compile(r'(\w+): (\(paint: (?:rgb\("[^"]*"\)|\w+), thickness: ([\d.]+)pt(?:, dash: "\w+")?\))')
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
    align = found.get("text-align", "").lower() or None
    return align, ground, ink(found), bold, italic, sides(found) if "border" in style else None


@lru_cache(maxsize=4096)
def _wide(style: str) -> float:
    """How wide a style asks a cell to be, in em."""
    return min(900.0, length(declarations_in(style).get("width"), inf, EM) or 0.0) / EM if "width" in style else 0.0


def take_looks(grid: Grid, element: HtmlElement) -> None:
    """Give the cells of `grid` the alignments and colours of the `table` element, and its columns their alignments."""
    _style_rows(grid, element, is_frame="dataframe" in (element.get("class") or "").split())
    _align_columns(grid)
    _settle_borders(grid)


def _settle_borders(grid: Grid) -> None:
    """Where two cells meet, the wider border holds, and of two the first cell's, as in CSS."""
    bordered = [cell for cell in grid.cells() if cell.stroke]
    if len(bordered) < 2:
        return
    strokes = {
        id(cell): {side: (line, float(wide)) for side, line, wide in STROKE.findall(cell.stroke)} for cell in bordered
    }
    at = {(row, column): cell for cell in bordered for row, column in _slots(cell)}
    for cell in bordered:
        for side, other_side, down, right in (("bottom", "top", 1, 0), ("right", "left", 0, 1)):
            for row, column in _slots(cell):
                other = at.get((row + down, column + right))
                if other is None or other is cell:
                    continue
                own, its = strokes[id(cell)].get(side), strokes[id(other)].get(other_side)
                if own and its and own != its:
                    strokes[id(cell)][side] = strokes[id(other)][other_side] = max(own, its, key=lambda line: line[1])
    for cell in bordered:
        cell.stroke = f"({', '.join(f'{side}: {line}' for side, (line, _) in strokes[id(cell)].items())})"


def _slots(cell: Cell) -> Iterator[tuple[int, int]]:
    for row in range(cell.row, cell.row + cell.rowspan):
        for column in range(cell.column, cell.column + cell.colspan):
            yield row, column


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
            for number_of_look, (align, fill, letters, bold, italic, stroke) in enumerate(looks):
                if align in ALIGNS and cell.align is None and not (is_frame and number < grid.head):
                    cell.align = ALIGNS[align]
                cell.fill, cell.ink = cell.fill or fill, cell.ink or letters
                if number_of_look == 0 and cell.element.attrib:
                    cell.stroke, cell.wide = stroke, _wide(cell.element.get("style") or "")
                cell.bold, cell.italic = cell.bold or bold, cell.italic or italic
            cell.ink = cell.ink if cell.fill else legible(cell.ink)


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
    grid.numeric = [
        number > 0 and (number > word if grid.head else number >= 9 * word)
        for number, word in zip(numbers, words, strict=True)
    ]
    for column in range(grid.columns):
        usual = "right" if grid.numeric[column] else "left"
        grid.aligns.append(said[column].most_common(1)[0][0] if said[column] else usual)
