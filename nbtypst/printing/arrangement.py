"""Where figures go: in the order of their numbers, behind what comes before them, and within their section.

A placement is "top" or "bottom" (of a page), or "none" (in the text). A figure only moves on in this order, so that the
search for an arrangement ends.
"""

from collections.abc import Callable, Sequence

STAGES = ["top", "bottom", "none"]
MOST_LAYOUTS = 24  # then all that is still wrong stays in the text

Places = dict[str, list[list[float]]]  # of each figure, of where each begins in the text, of each section: page, height


def arranged(sections: Sequence[int], may_float: Sequence[bool], lay_out: Callable[[list[str]], Places]) -> list[str]:
    """The placement of each figure, of which the number of its section is given, 0 being what stands before the first.

    `lay_out(placements)` says where that puts figures and sections.
    """
    placements = [STAGES[0] if free else "none" for free in may_float]
    if not any(may_float):
        return placements
    for _ in range(MOST_LAYOUTS):
        moved = _misplaced(sections, placements, lay_out(placements))
        if not moved:
            return placements
        for index, placement in moved.items():
            placements[index] = placement
    return ["none" if index in moved else placement for index, placement in enumerate(placements)]


def _misplaced(sections: Sequence[int], placements: list[str], places: Places) -> dict[int, str]:
    """In each section the first figure to be moved, and where to; none where all are right, or as right as can be.

    The bottom of a page on which the next section begins would be in that section, so it is not tried.
    """
    starts = [[0, 0], *places["sections"], [float("inf")]]
    moved: dict[int, int] = {}
    before = [0, 0]
    for index, (section, place, begin) in enumerate(zip(sections, places["figures"], places["begins"], strict=True)):
        wrong = []
        if place < before:  # this one may follow the one before, or else that one comes back
            wrong = [index, index - 1]
        elif place < begin or not starts[section] < place < starts[section + 1]:
            wrong = [index]
        movable = next((figure for figure in wrong if placements[figure] != "none"), None)
        if movable is not None:
            moved.setdefault(section, movable)
        before = place
    tried: dict[int, str] = {}
    for index in sorted(set(moved.values())):
        next_section, begin = starts[sections[index] + 1], places["begins"][index]
        stage = STAGES.index(placements[index]) + 1
        tried[index] = "none" if next_section[0] == begin[0] else STAGES[stage]
    return tried
