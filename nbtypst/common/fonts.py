"""Fonts: which of them have a sign, how wide words are, and where a word too long for its place may break.

Signs are looked for in the fonts that ship, then in matplotlib's, then, only where needed, in the system's.
"""

import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

FONTS = Path(__file__).parent.parent / "fonts"
COMMON = frozenset(
    map(chr, [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x3B1, 0x3CA), 0x2013, 0x2014, 0x2026, 0x21AA])
)
FIRST = ("DejaVuSans.ttf", "STIXGeneral.ttf", "DejaVuSerif.ttf")  # of matplotlib's
OF_SYSTEM = ("noto", "dejavu", "symbola", "unifont", "segoe", "apple", "arial", "wqy", "droid")
# What shows nothing by itself: joiners, marks of direction, variation selectors, tags, the sign before a file.
SILENT = re.compile(
    "[\n\t\r\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
TEXT_FONT = "LibertinusSerif-Regular.otf"
DAMAGED = (OSError, TTLibError, KeyError, ValueError, AssertionError)  # what a font may be, when it is read
WIDE, UNKNOWN = 1.0, 0.6  # of letters that the font lacks, in em: Chinese, Japanese and Korean ones, and others
BOLD, MONO = 1.06, 0.602  # of bold letters, in parts of regular ones; of letters of DejaVu Sans Mono, in em
ZERO_WIDTH_SPACE = "\u200b"
SAFETY = 0.98  # kerning and other weights may add a little to the sum of the letters' widths
# After one of these signs, or between "camel" and "Case", a word breaks best.
PREFERRED = re.compile(r"(?<=[/._\-&=?,;:|\\@+])(?![/._\-&=?,;:|\\@+])|(?<=[a-z0-9])(?=[A-Z])|(?<=[)\]}])(?=\w)")
SHORTEST = 3  # letters of a part that stands in a line alone
NEVER_FIRST = {"\u200d", "\ufe0e", "\ufe0f", *map(chr, range(0x1F3FB, 0x1F400))}  # parts of an emoji, with those before
JOINER = "\u200d"


@dataclass(frozen=True)
class Fonts:
    """What a text needs beside the fonts that ship: families to fall back on, files, and the signs without a font."""

    families: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    missing: frozenset[str] = frozenset()


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
    except DAMAGED:
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
    files = fonts_in(folders)

    def rank(file: Path) -> tuple[bool, int, str]:
        name = file.name.lower()
        place = next((index for index, word in enumerate(OF_SYSTEM) if word in name), len(OF_SYSTEM))
        return bool(re.search(r"bold|italic|oblique|light|thin|black|mono|condensed", name)), place, str(file)

    return tuple(sorted(files, key=rank))


def fonts_in(folders: Iterable[Path]) -> list[Path]:
    """All files of fonts in these folders and those below them, in order."""
    return sorted(file for one in folders for file in one.rglob("*") if file.suffix.lower() in (".ttf", ".otf", ".ttc"))


class _Widths(dict[str, float]):
    """Width in em by letter; filled from the font, and then as letters are asked for."""

    def __missing__(self, letter: str) -> float:
        if unicodedata.combining(letter) or letter in NEVER_FIRST or unicodedata.category(letter) in ("Cf", "Mn", "Cc"):
            found = 0.0
        else:
            found = WIDE if unicodedata.east_asian_width(letter) in "WF" else UNKNOWN
        self[letter] = found
        return found


_measured: ContextVar[Path] = ContextVar("measured", default=FONTS / TEXT_FONT)


@contextmanager
def measured_by(file: Path | None) -> Iterator[None]:
    """Within it `width` is that of the font in `file`; None is the text font that ships."""
    before = _measured.set(file or FONTS / TEXT_FONT)
    try:
        yield
    finally:
        _measured.reset(before)


@lru_cache(maxsize=4)
def _widths(file: Path) -> _Widths:
    """The widths of a font, read at the first call; those of the text font that ships if it is damaged."""
    try:
        with TTFont(file, lazy=True, fontNumber=0) as font:
            return _widths_of(font)
    except DAMAGED:
        return _widths(FONTS / TEXT_FONT)


def _widths_of(font: TTFont) -> _Widths:
    # With names made up, the outlines need not be read, which would take ten times as long.
    font.setGlyphOrder([str(number) for number in range(font["maxp"].numGlyphs)])
    advances, em = font["hmtx"].metrics, font["head"].unitsPerEm
    return _Widths({chr(code): advances[glyph][0] / em for code, glyph in font.getBestCmap().items()})


def width(text: str, size: float, *, bold: bool = False, mono: bool = False) -> float:
    """The width of `text` in one line, in points, at a font `size` in points; kerning is not counted."""
    widths = _widths(_measured.get())
    if mono:
        return size * sum(WIDE if widths[letter] and _is_wide(letter) else MONO for letter in text)
    return size * (BOLD if bold else 1.0) * sum(map(widths.__getitem__, text))


def _is_wide(letter: str) -> bool:
    return letter > "\u02ff" and unicodedata.east_asian_width(letter) in "WF"


def breakable(word: str, room: float, size: float, *, bold: bool = False, mono: bool = False) -> str:
    """`word` with zero width spaces where it may break, so that no part is wider than `room` points.

    A word that fits is left as it is. Others break after signs such as / . _ - and before the capitals of camelCase,
    and between other letters only where what lies between two such places is still too wide.
    """
    limit = SAFETY * room
    if width(word, size, bold=bold, mono=mono) <= limit:
        return word
    pieces = []
    for part in parts_of(word):
        pieces += _cut(part, limit, size, bold, mono)
    return ZERO_WIDTH_SPACE.join(pieces)


def parts_of(word: str) -> list[str]:
    """The parts of a word between which it breaks best; hardly any of one or two letters."""
    parts: list[str] = []
    for part in PREFERRED.split(word):
        is_short = len(part) < SHORTEST and (len(parts[-1]) < 2 * SHORTEST or not part.isalpha()) if parts else False
        if parts and (is_short or len(parts[-1]) < SHORTEST):
            parts[-1] += part
        else:
            parts.append(part)
    return parts


def _cut(word: str, limit: float, size: float, bold: bool, mono: bool) -> list[str]:
    """`word` in pieces of at most `limit` points, or of one letter; accents stay with their letters."""
    pieces, piece, used = [], "", 0.0
    for letter in word:
        wide = width(letter, size, bold=bold, mono=mono)
        stays = letter in NEVER_FIRST or unicodedata.combining(letter) or piece.endswith(JOINER)
        if piece and used + wide > limit and not stays:
            pieces.append(piece)
            piece, used = "", 0.0
        piece += letter
        used += wide
    return [*pieces, piece]
