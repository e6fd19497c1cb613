"""Where figures go: in the order of their numbers, and between the headings of their own chapter.

A placement is "top" or "bottom" (of a page), or "none" (in the text). A figure only moves on in this order, so that the
search for an arrangement ends.
"""

STAGES = ["top", "bottom", "none"]


def arranged(figures, lay_out):
    """The placement of each of the `figures`, which lua/floats.lua lists with chapter and first placement.

    `lay_out(placements)` says where that puts all: {"figures": [[page, height]], "chapters": [[page, height]]}.
    """
    placements = [figure["placement"] for figure in figures]
    while (moved := _misplaced(figures, placements, lay_out(placements))) is not None:
        placements[moved] = STAGES[STAGES.index(placements[moved]) + 1]
    return placements


def _misplaced(figures, placements, places):
    """The index of the first figure to be moved; None if all are right, or as right as can be."""
    chapters = [[0, 0], *places["chapters"], [float("inf")]]
    before = [0, 0]
    for index, (figure, place) in enumerate(zip(figures, places["figures"], strict=True)):
        chapter, wrong = figure["chapter"], []
        if place < before:  # this one may follow the one before, or else that one comes back
            wrong = [index, index - 1]
        elif not chapters[chapter] < place < chapters[chapter + 1]:
            wrong = [index]
        for moved in wrong:
            if placements[moved] != "none":
                return moved
        before = place
    return None
