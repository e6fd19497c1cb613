"""A table with too many columns -> several tables with fewer, each with the columns that name the rows."""

from collections.abc import Sequence
from dataclasses import replace

from .grid import Cell, Grid
from .plan import SLACK, Column, Fit

MOST_OF_INDEX = 0.45  # of the room, for the columns that every part repeats


def parts_of(grid: Grid, columns: Sequence[Column], fit: Fit, room: float) -> list[list[int]]:
    """The numbers of the columns of each part, about equally wide; `room` in em of the letters in `fit`."""
    wide = [min(SLACK * column.least(fit), room) + 2 * fit.inset for column in columns]
    index = _index(grid, wide, room)
    rest = room - sum(wide[number] for number in index)
    data = [number for number in range(grid.columns) if number not in index]
    count = len(_filled(data, wide, rest, rest))
    even = sum(wide[number] for number in data) / max(1, count)
    for share in (1.0, 1.05, 1.1, 1.2, 1.35):  # so that the last part is not much narrower than the others
        filled = _filled(data, wide, rest, min(rest, share * even))
        if len(filled) <= count:
            return [index + part for part in filled]
    return [index + part for part in _filled(data, wide, rest, rest)]


def _index(grid: Grid, wide: Sequence[float], room: float) -> list[int]:
    """The columns that name the rows, as far as they leave room for others."""
    names_rows = grid.index or not grid.numeric[0] or grid.head
    for count in (grid.index or int(bool(names_rows)), 1):
        if sum(wide[:count]) <= MOST_OF_INDEX * room and names_rows:
            return list(range(count))
    return []


def _filled(data: Sequence[int], wide: Sequence[float], room: float, enough: float) -> list[list[int]]:
    """Columns in groups of at most `room`, and of about `enough`; at least one in each."""
    groups: list[list[int]] = []
    used = room
    for number in data:
        if not groups or used + wide[number] > room or used + 0.5 * wide[number] > enough:
            groups.append([])
            used = 0.0
        groups[-1].append(number)
        used += wide[number]
    return groups


def selected(grid: Grid, numbers: Sequence[int]) -> Grid:
    """The grid of some columns, in order; cells that span others too span those that are there."""
    place = {number: index for index, number in enumerate(numbers)}
    rows = [[kept for cell in row if (kept := _selected(cell, place)) is not None] for row in grid.rows]
    return replace(
        grid,
        rows=[sorted(row, key=lambda cell: cell.column) for row in rows],
        columns=len(numbers),
        index=sum(number < grid.index for number in numbers),
        aligns=[grid.aligns[number] for number in numbers],
        numeric=[grid.numeric[number] for number in numbers],
        caption=None,
    )


def _selected(cell: Cell, place: dict[int, int]) -> Cell | None:
    if cell.colspan == 1:
        return replace(cell, column=place[cell.column]) if cell.column in place else None
    columns = [place[number] for number in range(cell.column, cell.column + cell.colspan) if number in place]
    return replace(cell, column=columns[0], colspan=len(columns)) if columns else None
