"""A planned table -> Typst markup."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from lxml.html import HtmlElement

from .grid import Cell, Grid
from .plan import Plan

Writer = Callable[[HtmlElement, float, float], str]

LONG = 8  # lines from which on a figure may break over pages
WHOLE = 14  # lines up to which a table without a caption, or a row, stays on one page
LINE = 1.45  # em from line to line, with the space between rows
MOST_HEAD = 0.35  # of the page's height, for header rows that are repeated
UNREPEATED = {"img", "table", "pre"}  # what header rows do not hold if they are repeated


@dataclass(frozen=True)
class TypstTable:
    """A table as Typst markup; `block` writes it whole.

    `markup`: an expression, for "#" or for `figure`; "" for a table without cells. `lines`: how many lines it takes,
    about. `note`: None, or what was done to it: "split into 3 parts".
    """

    markup: str
    lines: int
    note: str | None = None

    def block(self, caption: str = "", label: str = "") -> str:
        """The table as a block of markup; with a caption, as a figure with its label, such as " <name>"."""
        if not self.markup:
            return ""
        written = f"#{self.markup}"
        if caption:
            written = f"#figure(kind: table, caption: [{caption}], {self.markup}){label}"
            if self.lines > LONG:
                written = f"#long-table[{written}]"
        return written


@dataclass(frozen=True)
class Task:
    """What all parts of a table have in common; lengths in points."""

    write: Writer
    height: float  # of the page's text
    reach: float  # into each side margin
    size: float
    room: float
    wide: float
    is_inner: bool
    left: float | None = None  # of all parts, from the left edge of `wide`; None: in the middle


def lines_of(grid: Grid, found: Plan) -> list[int]:
    """Of each row, how many lines it takes, about."""
    counts = []
    for row in grid.rows:
        tallest = 1
        for cell in row:
            extent, room = cell.extent, found.room(cell) if cell.colspan > 1 else found.rooms[cell.column]
            if extent.natural * found.size > room or extent.lines > 1:
                filled = max(0.35 * room, room - found.size, 0.1)  # of a line, on average
                lines = max(extent.lines, ceil(extent.total * found.size / filled))
                tallest = max(tallest, ceil(lines / cell.rowspan))
        counts.append(tallest)
    return counts


def table_markup(task: Task, grid: Grid, found: Plan) -> TypstTable:
    """A table as planned, in Typst."""
    lines = lines_of(grid, found)
    head = grid.head if _is_repeatable(task, grid, found, lines) else 0
    arguments = [f"size: {found.size:.2f}pt", f"inset: {found.inset:.3f}em"]
    if task.is_inner:
        arguments.append("at: left")
    elif task.left is not None:
        arguments += ["at: left", f"reach: {(task.wide - task.room) / 2 - task.left:.2f}pt"]
    elif found.into_margins:
        arguments.append(f"reach: {task.reach:.2f}pt")
    if grid.is_layout:
        arguments.append("ruled: false")
    if sum(lines) <= _most_lines(task, found) and all(cell.extent.is_plain for cell in grid.cells()):
        arguments.append("breakable: false")
    if grid.caption is not None and (words := task.write(grid.caption, task.room, task.size)):
        arguments.append(f"caption: [{words}]")
        if re.search(r"caption-side\s*:\s*bottom", grid.caption.get("style", "")):
            arguments.append("below: true")
    arguments.append(f"head: {grid.head}")
    arguments.append(f"columns: ({', '.join('auto' if wide is None else f'{wide:.2f}pt' for wide in found.widths)},)")
    arguments.append(f"align: ({', '.join(grid.aligns)},)")
    rows = _rows(task, grid, found, lines)
    if head:
        arguments.append(f"table.header({', '.join(filter(None, rows[:head]))})")
    body = "".join(f"\n  {row}," for row in rows[head:] if row)  # a row may consist of cells from above
    return TypstTable(f"data-table({', '.join(arguments)},{body}\n)", sum(lines))


def _is_repeatable(task: Task, grid: Grid, found: Plan, lines: list[int]) -> bool:
    """Whether the header rows are low enough to stand on every page, and hold nothing that may be high."""
    if sum(lines[: grid.head]) * LINE * found.size > MOST_HEAD * task.height:
        return False
    cells = (cell.element for row in grid.rows[: grid.head] for cell in row if len(cell.element))
    return not any(inner.tag in UNREPEATED for cell in cells for inner in cell.iter())


def _most_lines(task: Task, found: Plan) -> float:
    """How many lines may be kept on one page, of a table or of rows."""
    return min(WHOLE, 0.4 * task.height / (LINE * found.size))


def _kept(grid: Grid, lines: list[int], most: float) -> list[tuple[bool, bool]]:
    """Of each row: whether its cells are each kept on one page, and whether those are that span further rows.

    Rows that cells span are kept together, or else may part; then no cell may need more lines than its rows have.
    """
    kept: list[tuple[bool, bool]] = []
    while len(kept) < len(grid.rows):
        start = end = len(kept)
        cells: list[Cell] = []
        while end == start or (end < len(grid.rows) and any(cell.row + cell.rowspan > end for cell in cells)):
            cells += grid.rows[end]
            end += 1
        is_plain = all(cell.extent.is_plain for cell in cells)
        together = is_plain and sum(lines[start:end]) <= most
        apart = is_plain and end > start + 1 and max(lines[start:end]) == 1
        kept += [(together or apart, together)] * (end - start)
    return kept


def _rows(task: Task, grid: Grid, found: Plan, lines: list[int]) -> list[str]:
    """The cells of each row; slots without one are blank."""
    free = [0] * grid.columns  # the first row that no cell from above reaches, by column
    written = []
    for number, (row, kept) in enumerate(zip(grid.rows, _kept(grid, lines, _most_lines(task, found)), strict=True)):
        blank_cell = "[]" if kept[0] else "table.cell(breakable: true, [])"
        cells, column = [], 0
        for cell in row:
            cells += [blank_cell] * sum(free[blank] <= number for blank in range(column, cell.column))
            column = cell.column + cell.colspan
            if cell.rowspan > 1:
                free[cell.column : column] = [number + cell.rowspan] * cell.colspan
            cells.append(_cell(task, grid, found, cell, kept[cell.rowspan > 1]))
        cells += [blank_cell] * sum(free[blank] <= number for blank in range(column, grid.columns))
        written.append(", ".join(cells))
    return written


def _cell(task: Task, grid: Grid, found: Plan, cell: Cell, stays: bool) -> str:
    """One cell; one that `stays` is kept on one page."""
    room = found.room(cell) if cell.colspan > 1 else found.rooms[cell.column]
    body = f"[{task.write(cell.element, room, found.size)}]"
    if cell.ink:
        body = f"text(fill: {cell.ink}){body}"
    if cell.italic:
        body = f"emph{body}" if body[0] == "[" else f"emph({body})"
    if cell.is_head or cell.bold:
        body = f"table-head{body}" if body[0] == "[" else f"table-head({body})"
    arguments = _arguments(grid, cell, stays)
    return f"table.cell({arguments}, {body})" if arguments else body


def _arguments(grid: Grid, cell: Cell, stays: bool) -> str:
    arguments = []
    if cell.colspan > 1:
        arguments.append(f"colspan: {cell.colspan}")
    if cell.rowspan > 1:
        arguments.append(f"rowspan: {cell.rowspan}")
    align = cell.align or ("center" if cell.colspan > 1 and cell.row < grid.head else None)
    if align and align != grid.aligns[cell.column]:
        arguments.append(
            f"align: {align} + {'bottom' if cell.row < grid.head else 'horizon' if grid.is_layout else 'top'}"
        )
    if cell.fill:
        arguments.append(f"fill: {cell.fill}")
    if cell.stroke:
        arguments.append(f"stroke: {cell.stroke}")
    if not stays:
        arguments.append("breakable: true")
    return ", ".join(arguments)
