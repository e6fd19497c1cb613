"""A table of HTML, or blocks beside each other, as Typst markup that fits on the page, whatever it holds."""

import copy
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import lxml.html
from lxml.html import HtmlElement

from .grid import Grid, grid_of
from .looks import take_looks
from .markup import Task, TypstTable, Writer, table_markup
from .plan import FITS, OF_LAYOUT, OF_PARTS, Column, Plan, measure, plan, squeezed
from .split import parts_of, selected

if TYPE_CHECKING:
    from ..common.page import Page

INLINE = re.compile(r"\bdisplay\s*:\s*inline-block\s*;?")
LEAST_ROOM = 2.2  # em of a column of what is only laid out in columns, at least


def table(
    element: HtmlElement,
    write: Writer,
    page: "Page",
    *,
    room: float | None = None,
    size: float | None = None,
) -> TypstTable:
    """The markup of a `table` element.

    `write(cell, width, size)` gives the markup of what stands in a cell, and of a `caption` element: no word and no
    picture in it wider than `width` points, words of `size` points. It may be called twice for one cell.

    `room` is the width for the table in points: the page's measure by default, less within lists and cells; then it
    does not reach into the margins. `size` is that of the text around it, by default the page's.

    The document imports tables.typ: `data-table`, `table-head` and `table-parts`, and for `TypstTable.block` also
    `long-table`. Write `result.block()`, or `result.block(caption, label)` for a figure; or `"#" + result.markup`.
    """
    grid = grid_of(element)
    take_looks(grid, element)
    room = page.measure if room is None else max(1.0, room)
    # A cell of a table that reaches into the margins is wider than the measure, perhaps.
    is_inner = room < page.measure - 0.5 or next(element.iterancestors("td", "th"), None) is not None
    wide = room if is_inner else room + 2 * page.reach
    task = Task(write, page.height, page.reach, size or page.font_size, room, wide, is_inner)
    if not grid.columns:
        return _only_caption(task, grid)
    columns = measure(grid)
    if found := _whole(task, grid, columns):
        return table_markup(task, grid, found)
    return _split(task, grid, columns)


def _only_caption(task: Task, grid: Grid) -> TypstTable:
    words = task.write(grid.caption, task.room, task.size) if grid.caption is not None else ""
    return TypstTable(f"block[{words}]" if words else "", int(bool(words)))


def _whole(task: Task, grid: Grid, columns: list[Column]) -> Plan | None:
    """The plan of a table that need not be split; None if it must."""
    if found := plan(columns, OF_LAYOUT if grid.is_layout else FITS, task.size, task.room, task.wide):
        return found
    if len(columns) > 2 and not grid.is_layout:
        return None
    found = squeezed(columns, OF_LAYOUT[-1] if grid.is_layout else FITS[5], task.size, task.wide)
    legible = len(columns) < 3 or min(found.rooms) >= LEAST_ROOM * found.size
    return found if legible else None


def _split(task: Task, grid: Grid, columns: list[Column]) -> TypstTable:
    """Tables below each other, of some columns each."""
    fits, numbers = min(
        ((fits, parts_of(grid, columns, fits[-1], task.wide / (fits[-1].size * task.size))) for fits in OF_PARTS),
        key=lambda found: len(found[1]),
    )
    parts = [selected(grid, part) for part in numbers]
    parts[0].caption = grid.caption
    plans = []
    for part in parts:
        its = measure(part)
        found = plan(its, fits, task.size, task.room, task.wide)
        plans.append(found or squeezed(its, fits[-1], task.size, task.wide))
    # All begin where the widest does, which stands in the middle.
    task = replace(task, left=max(0.0, task.wide - max(found.total for found in plans)) / 2)
    made = [table_markup(task, part, found) for part, found in zip(parts, plans, strict=True)]
    if len(made) == 1:
        return made[0]
    lines = sum(part.lines for part in made)
    written = ",\n  ".join(part.markup for part in made)
    return TypstTable(f"table-parts({written})", lines, f"split into {len(made)} parts")


def beside(row: list[HtmlElement], write: Writer, page: "Page", *, room: float, size: float) -> str:
    """Markup of blocks beside each other; "" if they are too wide for that."""
    cells = lxml.html.Element("tr")
    for one in row:
        cell = lxml.html.Element("td")
        cell.append(copy.deepcopy(one))
        cell[0].tail = None
        if style := cell[0].get("style"):
            cell[0].set("style", INLINE.sub("", style))  # it is a block of its cell
        cells.append(cell)
    layout = lxml.html.Element("table")
    layout.append(cells)
    grid = grid_of(layout)
    take_looks(grid, layout)
    if not grid.is_layout or plan(measure(grid), OF_LAYOUT[:1], size, room, room) is None:
        return ""
    return table(layout, write, page, room=room - 1, size=size).block()
