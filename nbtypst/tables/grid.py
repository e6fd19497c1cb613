"""A table of HTML -> a grid of cells that do not overlap, with its header rows and index columns."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from .extent import Extent

MOST_SPANNED = 1000  # columns, as in HTML
MOST_COLUMNS = 4000  # beyond which no cell spans further ones
MOST_SLOTS = 100_000  # of a grid that is set as a table
SECTIONS = {"thead": 0, "tbody": 1, "tr": 1, "tfoot": 2}
BLOCKS = {
    "table", "img", "ul", "ol", "dl", "pre", "p", "div", "figure", "blockquote", "h1", "h2", "h3", "h4", "h5", "hr",
}  # fmt: skip


class TooLargeError(ValueError):
    """A table has more cells than can be set."""


@dataclass(slots=True, eq=False)
class Cell:
    """A cell: its element, its place in the grid, and its look, where HTML gives it one (None: as all are)."""

    element: HtmlElement
    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    is_head: bool = False  # th
    text: str = ""  # of a cell of words alone, white space folded
    align: str | None = None
    fill: str | None = None  # Typst's colours
    ink: str | None = None
    stroke: str | None = None
    bold: bool = False
    italic: bool = False
    wide: float = 0.0  # em, at least, where there is room
    extent: Extent | None = None  # once measured


@dataclass
class Grid:
    """Cells by row, in order; slots without a cell are blank. The first `head` rows are headers."""

    rows: list[list[Cell]]
    columns: int
    head: int = 0
    index: int = 0  # leading columns of th cells
    caption: HtmlElement | None = None
    is_layout: bool = False  # places things on the page; no table of data
    aligns: list[str] = field(default_factory=list)  # of the body's columns
    numeric: list[bool] = field(default_factory=list)

    def cells(self) -> Iterator[Cell]:
        """All cells, row by row."""
        for row in self.rows:
            yield from row


def grid_of(element: HtmlElement) -> Grid:
    """The grid of a `table` element, by HTML's own way of placing cells.

    Spans end where their section of the table or another cell begins; rows and columns in which no cell begins go.
    Raises TooLargeError for more than `MOST_SLOTS` places for cells.
    """
    sections = _sections(element)
    rows, columns, head = _placed(sections)
    grid = Grid(rows, columns, head, caption=next(element.iterchildren("caption"), None))
    _close_up(grid)
    if grid.columns * len(grid.rows) > MOST_SLOTS:
        raise TooLargeError(f"a table of {len(grid.rows)} rows and {grid.columns} columns")
    if not grid.head:
        grid.head = _leading_heads(grid)
    elif not any(cell.text or len(cell.element) for row in grid.rows[: grid.head] for cell in row):
        _drop_head(grid)
    grid.index = _index_columns(grid)
    _fold_names(grid)
    has_heads = any(cell.is_head for cell in grid.cells())
    grid.is_layout = not has_heads and (grid.columns * len(grid.rows) == 1 or _holds_blocks(grid))
    return grid


def _sections(element: HtmlElement) -> list[tuple[bool, list[HtmlElement]]]:
    """(is it a header, its rows) of all sections: headers first, footers last."""
    sections: list[tuple[int, list[HtmlElement]]] = []
    loose: list[HtmlElement] | None = None
    for child in element:
        if child.tag == "tr":
            if loose is None:
                loose = []
                sections.append((1, loose))
            loose.append(child)
        elif child.tag in SECTIONS:
            loose = None
            sections.append((SECTIONS[child.tag], [row for row in child if row.tag == "tr"]))
    return [(order == 0, rows) for order, rows in sorted(sections, key=lambda section: section[0])]


def _placed(sections: list[tuple[bool, list[HtmlElement]]]) -> tuple[list[list[Cell]], int, int]:
    """Rows of placed cells, number of columns, number of header rows."""
    placed: list[list[Cell]] = []
    columns = head = 0
    for is_head, rows in sections:
        taken: dict[int, int] = {}  # column -> the first row below the cell that reaches down there
        last = len(placed) + len(rows)
        for element in rows:
            row, column, cells = len(placed), 0, []
            for child in element:
                if child.tag not in ("td", "th"):
                    continue
                while taken.get(column, 0) > row:
                    column += 1
                cell = _cell(child, row, column, last, taken)
                if cell.rowspan > 1:
                    taken.update(dict.fromkeys(range(column, column + cell.colspan), row + cell.rowspan))
                column += cell.colspan
                cells.append(cell)
            columns = max(columns, column)
            placed.append(cells)
        head += len(rows) if is_head else 0
    return placed, columns, head


def _cell(element: HtmlElement, row: int, column: int, last: int, taken: dict[int, int]) -> Cell:
    cell = Cell(element, row, column, is_head=element.tag == "th")
    if len(element.attrib):
        spanned = _span(element.get("rowspan"))
        cell.rowspan = last - row if spanned == 0 else min(max(1, spanned), last - row)
        wide = max(1, min(MOST_SPANNED, MOST_COLUMNS - column, _span(element.get("colspan")) or 1))
        cell.colspan = next((step for step in range(1, wide) if taken.get(column + step, 0) > row), wide)
    words = element.text_content() if len(element) else element.text
    cell.text = " ".join(words.split()) if words else ""
    return cell


def _span(value: str | None) -> int:
    return int(value.strip()) if value and value.strip().isdecimal() and len(value.strip()) < 6 else 1


def _close_up(grid: Grid) -> None:
    """Leave out rows and columns in which no cell begins, and make the cells that span them smaller."""
    keep_rows = [bool(row) for row in grid.rows]
    begun = {cell.column for cell in grid.cells()}
    keep_columns = [column in begun for column in range(grid.columns)]
    if not all(keep_rows) or not all(keep_columns):
        row_at, column_at = _counts(keep_rows), _counts(keep_columns)
        for cell in grid.cells():
            below = row_at[min(cell.row + cell.rowspan, len(keep_rows))]
            right = column_at[min(cell.column + cell.colspan, grid.columns)]
            cell.row, cell.column = row_at[cell.row], column_at[cell.column]
            cell.rowspan, cell.colspan = below - cell.row, right - cell.column
        grid.head, grid.columns = row_at[grid.head], column_at[-1]
        grid.rows = [row for row in grid.rows if row]


def _counts(kept: list[bool]) -> list[int]:
    """How many are kept before each place, and at the end, of all."""
    counts = [0]
    for keep in kept:
        counts.append(counts[-1] + keep)
    return counts


def _leading_heads(grid: Grid) -> int:
    """How many of the first rows are headers where HTML does not say so: rows of th alone, no span leading out."""
    head = 0
    while head < len(grid.rows) and all(cell.is_head for cell in grid.rows[head]):
        head += 1
    if head == len(grid.rows):
        head = min(1, len(grid.rows) - 1)
    while head and any(cell.row + cell.rowspan > head for row in grid.rows[:head] for cell in row):
        head -= 1
    return head


def _drop_head(grid: Grid) -> None:
    for row in grid.rows[grid.head :]:
        for cell in row:
            cell.row -= grid.head
    grid.rows, grid.head = grid.rows[grid.head :], 0
    _close_up(grid)


def _index_columns(grid: Grid) -> int:
    """How many leading columns hold th cells in every row of the body."""
    body = [row for row in grid.rows[grid.head :] if row]
    if not body:
        return 0
    plain = min((cell.column for row in body for cell in row if not cell.is_head), default=grid.columns)
    return plain if plain < grid.columns else 0


def _fold_names(grid: Grid) -> None:
    """Where frames write the names of the index in a header row of their own, write them in the blanks above."""
    if grid.head < 2:
        return
    upper, names = grid.rows[grid.head - 2 : grid.head]
    simple = all(cell.rowspan == cell.colspan == 1 and not len(cell.element) for cell in names + upper[: grid.index])
    blank = not any(cell.text for cell in names[grid.index :]) and not any(cell.text for cell in upper[: grid.index])
    whole = len(names) == grid.columns and [cell.column for cell in upper[: grid.index]] == list(range(grid.index))
    if simple and blank and whole:
        grid.rows[grid.head - 2 : grid.head] = [names[: grid.index] + upper[grid.index :]]
        grid.head -= 1
        for number, row in enumerate(grid.rows):
            for cell in row:
                cell.row = number


def _holds_blocks(grid: Grid) -> bool:
    return any(child.tag in BLOCKS for cell in grid.cells() if len(cell.element) for child in cell.element.iter())
