"""What style attributes say: declarations, and their colours, sizes, lengths and borders, as Typst writes them."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from math import inf

from lxml.html import HtmlElement
from tinycss2.color4 import Color, parse_color

NAMED_SIZES = {
    "x-small": 0.7, "small": 0.85, "smaller": 0.85, "larger": 1.2, "large": 1.2, "x-large": 1.5, "xx-large": 2,
}  # fmt: skip
GRADIENT = re.compile(r"linear-gradient\(\s*(?:90deg|to right)\s*,(.*)\)[^()]*", re.DOTALL | re.IGNORECASE)
STOPS = re.compile(r"(?<![#\w])([#\w]++(?:\([^()]*\))?)\s+(\d{1,3}(?:\.\d+)?)%")
PIXEL = 0.75  # points
PALE, WHITE = 0.82, 0.96  # luminances from which on letters would hardly, and would not be seen on white paper
SEEN = 0.74  # luminance of pale letters
BLACK, CLEAR = 'rgb("#000000")', 'rgb("#00000000")'
CLEARED = re.compile(
    r"\s*(?:transparent|(?:rgb|hsl)a\([^()]*[,/]\s*0(?:\.0*)?%?\s*\)|#(?:[0-9a-f]{3}0|[0-9a-f]{6}00))\s*", re.IGNORECASE
)
OPACITY = re.compile(r"\s*([\d.]{1,9})\s*(%?)\s*")
POINTS = {"mm": 72 / 25.4, "cm": 720 / 25.4, "in": 72.0, "pt": 1.0}
UNITS = {"": PIXEL, "px": PIXEL, "pc": 12.0, **POINTS}
RELATIVE = {"em": 1.0, "rem": 1.0, "ex": 0.5, "ch": 0.5}  # to the size of letters
LENGTH = re.compile(r"\s*([\d.]+)\s*(px|pt|pc|em|rem|ex|ch|cm|mm|in|%)?\s*")
BORDER = re.compile(r"border(?:-(top|right|bottom|left))?(?:-(style|width|color))?")
STYLES = {"none", "hidden", "solid", "dotted", "dashed", "double", "groove", "ridge", "inset", "outset"}
SIDES = ("top", "right", "bottom", "left")
THICK = {"thin": 0.75, "medium": 2.25, "thick": 3.75}
DASHES = {"dotted": ', dash: "dotted"', "dashed": ', dash: "dashed"'}
FUNCTION_BLANKS = re.compile(r"(?<=[,(])\s++|(?<!\s)\s++(?=[,)])")


def declarations(element: HtmlElement) -> dict[str, str]:
    """The declarations of an element's style attribute, by property, in small letters."""
    return declarations_in(element.get("style", ""))


def declarations_in(style: str) -> dict[str, str]:
    """The declarations of a style attribute."""
    return {name: value for name, value, _ in declared(style)}


def declared(style: str) -> Iterator[tuple[str, str, bool]]:
    """(property in small letters, value, whether it is `!important`) of a style attribute or the body of a rule."""
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            value, important, _ = value.partition("!important")
            yield name.strip().lower(), value.strip(), bool(important)


def colour(value: str | None) -> str | None:
    """A CSS colour as Typst's; None if it is none, or fully transparent."""
    if value and value.lower().startswith("var("):  # whose variable is the browser's: what is to be without it
        value = value[4:].partition(",")[2].strip().removesuffix(")")
    parsed = parse_color(value) if value else None
    if not isinstance(parsed, Color):
        return None
    try:
        red, green, blue, alpha = (float(part or 0) for part in (*parsed.to("srgb").coordinates, parsed.alpha))
    except (TypeError, ValueError, NotImplementedError):
        return None
    if alpha == 0:
        return None
    digits = "".join(f"{round(255 * min(1, max(0, part))):02x}" for part in (red, green, blue))
    return f'rgb("#{digits}{f"{round(255 * alpha):02x}" if alpha < 1 else ""}")'


def ink(style: dict[str, str], given: str | None = None) -> str | None:
    """The colour of words, `given` by an attribute or by `style`, and paler by `opacity`; None if it is not said."""
    value = style.get("color") or given
    found = CLEAR if CLEARED.fullmatch(value or "") else colour(value)
    share = OPACITY.fullmatch(style.get("opacity", ""))
    if not share or not share[1].strip(".") or found == CLEAR:
        return found
    seen = min(1.0, float(share[1]) / (100 if share[2] else 1))
    return _blended(found or BLACK, lambda part: 255 - seen * (255 - part)) if seen < 1 else found


def legible(typst_colour: str | None) -> str | None:
    """A colour of words so dark that they are seen on white paper: darker if it is pale, none if it is white."""
    light = luminance(typst_colour) if typst_colour else 0.0
    if light < PALE:
        return typst_colour
    return _blended(typst_colour, lambda part: SEEN / light * part) if light < WHITE else None


def _blended(typst_colour: str, blend: Callable[[int], float]) -> str:
    parts = (int(typst_colour[at : at + 2], 16) for at in (6, 8, 10))
    return f'rgb("#{"".join(f"{round(blend(part)):02x}" for part in parts)}")'


@lru_cache(maxsize=4096)
def luminance(typst_colour: str) -> float:
    """How light an opaque colour is, from 0 to 1."""
    digits = typst_colour[6:12]
    return sum(part * int(digits[at : at + 2], 16) / 255 for part, at in ((0.2126, 0), (0.7152, 2), (0.0722, 4)))


def size(value: str | None) -> float | None:
    """A font size in em; None if it is none that makes sense."""
    if not value:
        return None
    found = re.fullmatch(r"([\d.]+)(px|pt|em|rem|%)", value.strip())
    try:
        factor = (
            float(found[1]) * {"px": 1 / 14, "pt": 1 / 10.5, "em": 1, "rem": 1, "%": 0.01}[found[2]] if found else 0
        )
    except ValueError:
        return None
    factor = factor or NAMED_SIZES.get(value.strip().lower(), 0)
    return min(2.5, max(0.6, factor)) if factor else None


def length(value: str | None, whole: float, em: float = 11.0) -> float | None:
    """A length of HTML or CSS in points; a percentage is of `whole`, an `em` the size of the text around it."""
    found = LENGTH.fullmatch(value or "")
    try:
        number = float(found[1]) if found else 0.0
    except ValueError:
        return None
    if not number:
        return None
    if found[2] == "%":
        return number / 100 * whole if whole < inf else None
    return number * (RELATIVE[found[2]] * em if found[2] in RELATIVE else UNITS[found[2] or ""])


def bar(value: str | None, behind: str | None = None) -> str | None:
    """A gradient from left to right, such as the bars in the cells of a frame, as Typst's; None if it is none.

    `behind` is the colour that shows where the gradient is transparent, white unless given.
    """
    found = GRADIENT.fullmatch(value.strip()) if value else None
    stops = []
    for stop in STOPS.findall(found[1])[:50] if found else ():
        at = max(stops[-1][1] if stops else 0.0, min(100.0, float(stop[1])))
        stops.append((colour(stop[0]) or behind or 'rgb("#ffffff")', at))
    if len(stops) < 2:
        return None
    stops = [(stops[0][0], 0.0), *stops, (stops[-1][0], 100.0)]  # beyond its ends a gradient is as it is there
    return f"gradient.linear({', '.join(f'({paint}, {at:g}%)' for paint, at in stops)})"


def sides(style: dict[str, str]) -> str | None:
    """The borders that a style gives, as Typst's strokes by side; None if it gives none."""
    strokes = {}
    for side in SIDES:
        words: dict[str, str] = {}
        for name, value in style.items():
            found = BORDER.fullmatch(name)
            if not found or found[1] not in (None, side):
                continue
            if found[2]:
                words[found[2]] = _of_side(value, side)
            else:
                words = {_part(word): word for word in FUNCTION_BLANKS.sub("", value).split()}
        if words.get("style", "none") not in ("none", "hidden"):
            given = words.get("width", "medium")
            wide = THICK.get(given) or min(6.0, length(given, inf) or 0.0)
            dash = DASHES.get(words["style"], "")
            paint = colour(words.get("color", "black")) or "black"
            if wide:
                strokes[side] = f"(paint: {paint}, thickness: {wide:g}pt{dash})"
    return f"({', '.join(f'{side}: {stroke}' for side, stroke in strokes.items())})" if strokes else None


def _of_side(value: str, side: str) -> str:
    """What `0 0 2px 0` says of one side."""
    parts = FUNCTION_BLANKS.sub("", value).split() or [""]
    while len(parts) < len(SIDES):
        parts.append(parts[max(0, len(parts) - 2)])
    return parts[SIDES.index(side)]


def _part(word: str) -> str:
    """What a word of a border says: its "style", "width" or "color"."""
    if word in STYLES:
        return "style"
    return "width" if word[0].isdigit() or word[0] == "." or word in THICK else "color"
