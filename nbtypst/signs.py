"""Signs and the fonts that have them: those that ship, then matplotlib's, then, only where needed, the system's."""

import os
import re
import sys
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

FONTS = Path(__file__).parent / "fonts"
COMMON = frozenset(
    map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x3B1, 0x3CA), 0x2013, 0x2014, 0x2026, 0x21AA])
)
FIRST = ("DejaVuSans.ttf", "STIXGeneral.ttf", "DejaVuSerif.ttf")  # of matplotlib's
PREFERRED = ("noto", "dejavu", "symbola", "unifont", "segoe", "apple", "arial", "wqy", "droid")
# What shows nothing by itself: joiners, marks of direction, variation selectors, tags, the sign before a file.
SILENT = re.compile(
    "[\n\t\r\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
# What neither XML nor a PDF can hold.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
SURROGATE = re.compile("[\ud800-\udfff]")
LONE = re.compile("[\ud800-\udfff\ufdd0\ufdd1\ufdd3-\ufdef\ufffe\uffff]")  # U+FDD0 to U+FDEF are marks of ours


@dataclass(frozen=True)
class Fonts:
    """What a text needs beside the fonts that ship: families to fall back on, files, and the signs without a font."""

    families: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    missing: frozenset[str] = frozenset()


def clean(text: str) -> str:
    """`text` without control characters, and with U+FFFD for what is half a sign."""
    if SURROGATE.search(text):  # two halves that stand together are one sign
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return LONE.sub("\ufffd", FORBIDDEN.sub("", text))


def fonts_for(text: str) -> Fonts:
    """The fonts that `text` needs beside those that ship."""
    wanted = set(SILENT.sub("", "".join(set(text) - COMMON)))
    if not wanted:
        return Fonts()
    wanted -= _shipped()
    files: list[Path] = []
    for folder in (_of_matplotlib, _system_files):
        for file in folder() if wanted else ():
            if found := wanted & coverage(file):
                files.append(file)
                wanted -= found
            if not wanted:
                break
    families = ("DejaVu Sans",) if any(file.name == "DejaVuSans.ttf" for file in files) else ()
    return Fonts(families, tuple(files), frozenset(wanted))


@cache
def coverage(file: Path) -> frozenset[str]:
    """The signs that the font in `file` has; none if it cannot be read."""
    try:
        with TTFont(file, lazy=True, fontNumber=0) as font:
            return frozenset(map(chr, font.getBestCmap() or ()))
    except (OSError, TTLibError, KeyError, ValueError, AssertionError):
        return frozenset()


@lru_cache(maxsize=1)
def _shipped() -> frozenset[str]:
    """The signs of the fonts that ship here or within Typst, one of which matplotlib has too."""
    files = [*FONTS.glob("*.otf"), *(file for file in _matplotlib_files() if file.name == "DejaVuSansMono.ttf")]
    return frozenset().union(*map(coverage, files))


def _matplotlib_files() -> list[Path]:
    spec = find_spec("matplotlib")
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" if spec and spec.origin else None
    return sorted(folder.glob("*.ttf")) if folder and folder.is_dir() else []


def _of_matplotlib() -> list[Path]:
    found = {file.name: file for file in _matplotlib_files()}
    return [found[name] for name in FIRST if name in found]


@lru_cache(maxsize=1)
def _system_files() -> tuple[Path, ...]:
    """Font files of the system, those of wide coverage and of upright letters first, always in the same order."""
    home = Path.home()
    folders = {
        "win32": [Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"],
        "darwin": [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"],
    }.get(sys.platform, [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts"])
    files = [
        file for folder in folders for file in folder.rglob("*") if file.suffix.lower() in (".ttf", ".otf", ".ttc")
    ]

    def rank(file: Path) -> tuple[bool, int, str]:
        name = file.name.lower()
        place = next((index for index, word in enumerate(PREFERRED) if word in name), len(PREFERRED))
        return bool(re.search(r"bold|italic|oblique|light|thin|black|mono|condensed", name)), place, str(file)

    return tuple(sorted(files, key=rank))
