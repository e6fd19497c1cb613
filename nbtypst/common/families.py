"""Fonts by the names of their families."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from .fonts import DAMAGED, _matplotlib_files, _system_files, fonts_in

AT_HAND = {  # here or within Typst
    "dejavu sans mono", "libertinus math", "libertinus serif", "new computer modern", "new computer modern math",
}  # fmt: skip


def files_of(families: Iterable[str], folder: Path | None = None) -> dict[str, list[Path]]:
    """The files of fonts by the names of their families, in small letters, but of those that ship.

    They are looked for in `folder`, then among matplotlib's, then in the system; a name that is nowhere is left out.
    """
    wanted = {family.lower() for family in families} - AT_HAND
    found: dict[str, list[Path]] = {}
    for place in (lambda: fonts_in([folder] if folder else []), _matplotlib_files, _system_files):
        for file in place() if wanted else ():
            for name in _names_of(file) & wanted:
                found.setdefault(name, []).append(file)
        wanted -= found.keys()
    return found


def regular(files: Sequence[Path]) -> Path | None:
    """The font of upright letters of usual weight among the files of a family, or the first of them."""
    plain = (file for file in files if not re.search("bold|italic|oblique|light|thin|black|medium", file.name.lower()))
    return next(plain, files[0] if files else None)


@cache
def _names_of(file: Path) -> frozenset[str]:
    """What the family of the font in `file` is called, in small letters; nothing if it cannot be read."""
    try:
        with TTFont(file, lazy=True, fontNumber=0) as font:
            return frozenset(str(font["name"].getDebugName(number) or "").lower() for number in (1, 16)) - {""}
    except DAMAGED:
        return frozenset()
