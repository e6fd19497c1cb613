"""How wide the columns of a table are, and how small its letters must be for it to fit."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .extent import NOTHING, extent_of, extent_of_words, in_lines
from .grid import Cell, Grid

SHORT = 6.5  # em: a column of words up to this width is not broken
LONG = 18.0  # em: a column of anything wider than this may be broken
SPANNING = 30.0  # em: of a long cell over several columns, at least, where there is room
COMFORT, BARE = 7.5, 4.0  # em: of a column of prose, at least, where there is room, and where there is little
COMFORT_WORD, BARE_WORD = 16.0, 8.0  # em: words up to this width stay whole
SMALL, SMALLER, TINY = 8.5 / 11, 7.5 / 11, 6.5 / 11  # parts of the text's size
SLACK = 1.03  # what stands in a column may be so much wider than it is thought to be


@dataclass(frozen=True)
class Fit:
    """One way to set a table: letters in parts of the text's size, half the gap between columns in em, and so on."""

    size: float
    inset: float
    header: str  # "natural", "closed": in two lines, "tight": in three, broken within words too
    into_margins: bool = False
    broken: bool = False  # prose in several lines
    word: float = COMFORT_WORD
    least: float = COMFORT
    lines: int = 12  # of a cell of prose, at most


FITS = (
    Fit(9.5 / 11, 0.55, "natural"),
    Fit(9.5 / 11, 0.55, "closed"),
    Fit(SMALL, 0.55, "closed"),
    Fit(SMALL, 0.55, "closed", True),
    Fit(SMALL, 0.45, "tight", True),
    Fit(SMALL, 0.55, "closed", True, True),
    Fit(SMALL, 0.45, "tight", True, True),
    Fit(SMALLER, 0.45, "tight", True, True),
    Fit(SMALLER, 0.4, "tight", True, True, BARE_WORD, 0.7 * COMFORT, 40),
    Fit(TINY, 0.45, "tight", True, True),
    Fit(TINY, 0.4, "tight", True, True, BARE_WORD, BARE, 100),
)
# Of the parts of a split table, which look alike: in small letters, or smaller ones.
OF_PARTS = tuple((Fit(size, 0.45, "tight", True), Fit(size, 0.45, "tight", True, True)) for size in (SMALL, SMALLER))
OF_LAYOUT = (Fit(1.0, 0.5, "natural"), Fit(1.0, 0.4, "natural", False, True, BARE_WORD, BARE, 100))


@dataclass
class Column:
    """Widths of a column in em, without the gap beside it."""

    natural: float = 0.0  # every cell in one line
    closed: float = 0.0  # the header in two lines
    tight: float = 0.0  # the header in three, broken within words too
    word: float = 0.0  # the longest word of the body
    total: float = 0.0  # all its cells in one line
    wish: float = 0.0  # what CSS asks for, given where there is room
    is_prose: bool = False

    def least(self, fit: Fit) -> float:
        """The least width in em that is pleasant in `fit`."""
        if not (fit.broken and self.is_prose):
            return getattr(self, fit.header)
        return min(self.natural, max(min(self.word, fit.word), fit.least, self.natural / fit.lines))


@dataclass
class Plan:
    """How wide a table is set.

    Size of the letters in points, half the gap between columns in em, and of each column in points: the room for what
    stands in it, and its width as Typst takes it, where None leaves it to Typst.
    """

    size: float
    inset: float
    into_margins: bool
    rooms: list[float] = field(default_factory=list)
    widths: list[float | None] = field(default_factory=list)

    @property
    def gap(self) -> float:
        """Points between what stands in two columns."""
        return 2 * self.inset * self.size

    @property
    def total(self) -> float:
        """Points for the whole table."""
        return sum(self.rooms) + self.gap * len(self.rooms)

    def room(self, cell: Cell) -> float:
        """Points for what stands in a cell."""
        rooms = self.rooms[cell.column : cell.column + cell.colspan]
        return sum(rooms) + self.gap * (len(rooms) - 1)


def measure(grid: Grid) -> list[Column]:
    """Measure all cells, and the columns that they make."""
    columns = [Column() for _ in range(grid.columns)]
    bodies = [0.0] * grid.columns
    spanning = []
    for cell in grid.cells():
        if cell.extent is None:
            bold = cell.is_head or cell.bold
            if len(cell.element):
                cell.extent = extent_of(cell.element, bold=bold)
            else:
                cell.extent = extent_of_words(cell.text, bold=bold) if cell.text else NOTHING
        if cell.colspan > 1:
            spanning.append(cell)
        else:
            _add(columns[cell.column], cell, grid.head)
            if cell.row >= grid.head:
                bodies[cell.column] = max(bodies[cell.column], cell.extent.natural)
    for column, body, numeric in zip(columns, bodies, grid.numeric, strict=True):
        column.is_prose = body > (LONG if numeric else SHORT)
    for cell in spanning:
        _spread(columns[cell.column : cell.column + cell.colspan], cell, grid.head)
    return columns


def _add(column: Column, cell: Cell, head: int) -> None:
    natural, least, total, *_ = cell.extent
    column.total += total
    column.wish = max(column.wish, cell.wide)
    column.natural = max(column.natural, natural)
    if cell.row >= head:
        column.closed, column.tight = max(column.closed, natural), max(column.tight, natural)
        column.word = max(column.word, least)
    else:
        closed, tight = (natural, natural) if len(cell.element) else _of_header(cell.text)
        column.closed, column.tight = max(column.closed, closed), max(column.tight, tight)
        column.word = max(column.word, tight)


def _of_header(text: str) -> tuple[float, float]:
    return in_lines(text, 2, in_words=False), in_lines(text, 3, in_words=True)


def _spread(columns: Sequence[Column], cell: Cell, head: int) -> None:
    """Make columns wide enough, together, for a cell that spans them; a long one is broken."""
    natural, least, total, *_ = cell.extent
    closed, tight = (least, least) if cell.row >= head or len(cell.element) else _of_header(cell.text)
    if cell.row >= head:
        closed = tight = natural if natural <= SHORT else max(least, min(natural, SPANNING))
    gap = 2 * FITS[-1].inset * (len(columns) - 1)
    for name, wide in (("natural", natural), ("closed", closed), ("tight", tight)):
        more = (min(wide, 3 * LONG) - gap - sum(getattr(column, name) for column in columns)) / len(columns)
        for column in columns:
            setattr(column, name, getattr(column, name) + max(0.0, more))
    for column in columns:
        column.total += total / len(columns)


def plan(columns: Sequence[Column], fits: Sequence[Fit], size: float, room: float, wide: float) -> Plan | None:
    """The first of `fits` in which the columns fit into `room` points, or `wide` if it reaches into the margins.

    `size` is the text's, in points. None if none does.
    """
    for fit in fits:
        available = (wide if fit.into_margins else room) / (fit.size * size) - 2 * fit.inset * len(columns)
        if sum(column.least(fit) for column in columns) * SLACK <= available:
            widths = _shared(columns, fit, available / SLACK)
            more = [max(0.0, column.wish - wide) for column, wide in zip(columns, widths, strict=True)]
            share = min(1.0, (available / SLACK - sum(widths)) / (sum(more) or 1.0))
            widths = [wide + share * extra for wide, extra in zip(widths, more, strict=True)]
            return _planned(columns, widths, fit, size)
    return None


def squeezed(columns: Sequence[Column], fit: Fit, size: float, room: float) -> Plan:
    """A plan that fits at all costs: the widest columns are made narrower, and what stands in them is broken."""
    fit = Fit(fit.size, min(fit.inset, 0.1 * room / len(columns) / (fit.size * size)), "tight", True, True)
    available = max(0.1, room / (fit.size * size) - 2 * fit.inset * len(columns)) / SLACK
    wished = [column.natural if column.is_prose else column.tight for column in columns]
    least = [min(wish, column.least(fit)) for wish, column in zip(wished, columns, strict=True)]
    if sum(least) <= available:
        widths = _shared(columns, fit, available)
    else:
        cap = _cap(least, available)
        widths = [min(wish, cap) for wish in least]
    return _planned(columns, widths, fit, size)


def _cap(widths: Sequence[float], available: float) -> float:
    """The width to which the widest must be cut down for the sum of all to be `available`."""
    rest, left = available, len(widths)
    for wide in sorted(widths):
        if wide * left >= rest:
            return rest / left
        rest, left = rest - wide, left - 1
    return max(widths, default=0.0)


def _planned(columns: Sequence[Column], widths: list[float], fit: Fit, size: float) -> Plan:
    letters = fit.size * size
    planned = Plan(letters, fit.inset, fit.into_margins)
    for column, wide in zip(columns, widths, strict=True):
        room = SLACK * letters * wide
        planned.rooms.append(room)
        natural = wide >= column.natural - 0.01 and column.wish <= column.natural
        planned.widths.append(None if natural else room + planned.gap)
    return planned


def _shared(columns: Sequence[Column], fit: Fit, available: float) -> list[float]:
    """Widths in em: to each column its least, and what is left to columns of prose."""
    widths = [column.least(fit) for column in columns]
    prose = [number for number, column in enumerate(columns) if fit.broken and column.is_prose]
    _share_by_words(columns, widths, prose, available - sum(widths))
    return widths


def _share_by_words(columns: Sequence[Column], widths: list[float], numbers: list[int], rest: float) -> None:
    """Add `rest` em to columns of prose by the amount of their words, to none more than it needs."""
    while rest > 0.1 and numbers:
        words = sum(columns[number].total + 0.1 for number in numbers)
        given = 0.0
        for number in numbers:
            more = min(rest * (columns[number].total + 0.1) / words, columns[number].natural - widths[number])
            widths[number] += more
            given += more
        rest -= given
        numbers = [number for number in numbers if columns[number].natural - widths[number] > 0.05]
