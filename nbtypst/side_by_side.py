"""Blocks that stand beside each other.

CSS decides: children of a `flex` row, and neighbours that are `inline`, `inline-block` or `float`, stand in a row as
long as they fit, and else below each other.
"""

import copy
from collections.abc import Callable, Collection, Iterator

import lxml.html
from lxml.html import HtmlElement

from .page import Page
from .styles import declarations
from .table_grid import grid_of
from .table_looks import take_looks
from .table_markup import Writer
from .table_plan import OF_LAYOUT, measure, plan
from .tables import table

MOST = 8  # in a row
IN_ROW = ("inline", "inline-block", "inline-table", "inline-flex", "inline-grid")


def rows_of(
    element: HtmlElement, is_block: Callable[[HtmlElement], bool], linked: Collection[str]
) -> Iterator[list[HtmlElement]]:
    """Children of an element that stand beside each other; none to which links lead."""
    if len(element) < 2:
        return
    style = declarations(element) if "flex" in element.get("style", "") else {}
    all_of_them = "flex" in style.get("display", "") and "column" not in style.get("flex-direction", "")
    row: list[HtmlElement] = []
    for child in element:
        if (all_of_them or _is_in_row(child)) and is_block(child):
            row.append(child)
        if row and (row[-1] is not child or (child.tail or "").strip() or child.getnext() is None):
            if 2 <= len(row) <= MOST and not any(inner.get("id") in linked for one in row for inner in one.iter()):
                yield row
            row = []


def _is_in_row(element: HtmlElement) -> bool:
    given = element.get("style", "")
    if "inline" not in given and "float" not in given:
        return False
    style = declarations(element)
    return style.get("display", "").lower() in IN_ROW or style.get("float", "") in ("left", "right")


def beside(row: list[HtmlElement], write: Writer, page: Page, *, room: float, size: float) -> str:
    """Markup of blocks beside each other; "" if they are too wide for that."""
    cells = lxml.html.Element("tr")
    for one in row:
        cell = lxml.html.Element("td")
        cell.append(copy.deepcopy(one))
        cell[0].tail = None
        cells.append(cell)
    layout = lxml.html.Element("table")
    layout.append(cells)
    grid = grid_of(layout)
    take_looks(grid, layout)
    if not grid.is_layout or plan(measure(grid), OF_LAYOUT[:1], size, room, room) is None:
        return ""
    return table(layout, write, page, room=room - 1, size=size).block()
