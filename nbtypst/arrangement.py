"""Where figures go: in the order of their numbers, and between the headings of their own chapter.

A placement is "top" or "bottom" (of a page), or "none" (in the text). A figure only moves on in this order, so that the
search for an arrangement ends.
"""

from collections.abc import Callable, Sequence

STAGES = ["top", "bottom", "none"]
MOST_LAYOUTS = 24  # then all that is still wrong stays in the text

Places = dict[str, list[list[float]]]  # "figures" and "chapters": [page, height] of each


def arranged(chapters: Sequence[int], may_float: Sequence[bool], lay_out: Callable[[list[str]], Places]) -> list[str]:
    """The placement of each figure, of which the number of its chapter is given, 0 being what stands before the first.

    `lay_out(placements)` says where that puts figures and chapters.
    """
    placements = [STAGES[0] if free else "none" for free in may_float]
    if not any(may_float):
        return placements
    for _ in range(MOST_LAYOUTS):
        moved = _misplaced(chapters, placements, lay_out(placements))
        if not moved:
            return placements
        for index in moved:
            placements[index] = STAGES[STAGES.index(placements[index]) + 1]
    return ["none" if index in moved else placement for index, placement in enumerate(placements)]


def _misplaced(chapters: Sequence[int], placements: list[str], places: Places) -> list[int]:
    """In each chapter the first figure to be moved; none where all are right, or as right as can be."""
    starts = [[0, 0], *places["chapters"], [float("inf")]]
    moved: dict[int, int] = {}
    before = [0, 0]
    for index, (chapter, place) in enumerate(zip(chapters, places["figures"], strict=True)):
        wrong = []
        if place < before:  # this one may follow the one before, or else that one comes back
            wrong = [index, index - 1]
        elif not starts[chapter] < place < starts[chapter + 1]:
            wrong = [index]
        movable = next((figure for figure in wrong if placements[figure] != "none"), None)
        if movable is not None:
            moved.setdefault(chapter, movable)
        before = place
    return sorted(set(moved.values()))
