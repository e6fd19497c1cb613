"""Widths of words in the fonts that ship, and where a word too long for its place may break."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent / "fonts"
TEXT_FONT = "LibertinusSerif-Regular.otf"
WIDE, UNKNOWN = 1.0, 0.6  # of letters that the font lacks, in em: Chinese, Japanese and Korean ones, and others
BOLD, MONO = 1.06, 0.602  # of bold letters, in parts of regular ones; of letters of DejaVu Sans Mono, in em
ZERO_WIDTH_SPACE = "\u200b"
SAFETY = 0.98  # kerning and other weights may add a little to the sum of the letters' widths
# After one of these signs, or between "camel" and "Case", a word breaks best.
PREFERRED = re.compile(r"(?<=[/._\-&=?,;:|\\@+])(?![/._\-&=?,;:|\\@+])|(?<=[a-z0-9])(?=[A-Z])|(?<=[)\]}])(?=\w)")
SHORTEST = 3  # letters of a part that stands in a line alone
NEVER_FIRST = {"\u200d", "\ufe0e", "\ufe0f", *map(chr, range(0x1F3FB, 0x1F400))}  # parts of an emoji, with those before
JOINER = "\u200d"


class _Widths(dict[str, float]):
    """Width in em by letter; filled from the font, and then as letters are asked for."""

    def __missing__(self, letter: str) -> float:
        if unicodedata.combining(letter) or letter in NEVER_FIRST or unicodedata.category(letter) in ("Cf", "Mn", "Cc"):
            found = 0.0
        else:
            found = WIDE if unicodedata.east_asian_width(letter) in "WF" else UNKNOWN
        self[letter] = found
        return found


@lru_cache(maxsize=1)
def _widths() -> _Widths:
    """The text font's widths, read at the first call."""
    with TTFont(FONTS / TEXT_FONT, lazy=True) as font:
        return _widths_of(font)


def _widths_of(font: TTFont) -> _Widths:
    # With names made up, the outlines need not be read, which would take ten times as long.
    font.setGlyphOrder([str(number) for number in range(font["maxp"].numGlyphs)])
    advances, em = font["hmtx"].metrics, font["head"].unitsPerEm
    return _Widths({chr(code): advances[glyph][0] / em for code, glyph in font.getBestCmap().items()})


def width(text: str, size: float, *, bold: bool = False, mono: bool = False) -> float:
    """The width of `text` in one line, in points, at a font `size` in points; kerning is not counted."""
    widths = _widths()
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
