"""Looks that HTML gives to words and blocks, by elements and by style attributes, as calls of Typst functions."""

import re

from lxml.html import HtmlElement
from tinycss2.color4 import Color, parse_color

from . import markup

BOLD = {"b", "strong", "summary"}
CALLS = {  # of elements whose look is one call
    "b": "strong",
    "strong": "strong",
    "summary": "strong",
    "em": "emph",
    "i": "emph",
    "cite": "emph",
    "var": "emph",
    "dfn": "emph",
    "address": "emph",
    "u": "underline",
    "ins": "underline",
    "del": "strike",
    "s": "strike",
    "strike": "strike",
    "sub": "sub",
    "sup": "super",
    "mark": "highlight",
    "small": "smaller",
    "big": "larger",
}
FONT_SIZES = {"1": 0.7, "2": 0.85, "4": 1.15, "5": 1.4, "6": 1.7, "7": 2.2}  # of <font size>, in em
NAMED_SIZES = {
    "x-small": 0.7,
    "small": 0.85,
    "smaller": 0.85,
    "larger": 1.2,
    "large": 1.2,
    "x-large": 1.5,
    "xx-large": 2,
}
CASES = {"uppercase": "upper", "lowercase": "lower"}
ALERTS = ("success", "info", "warning", "danger")
GRADIENT = re.compile(r"linear-gradient\(\s*(?:90deg|to right)\s*,(.*)\)", re.DOTALL | re.IGNORECASE)
STOPS = re.compile(r"(?<![#\w])([#\w]++(?:\([^()]*\))?)\s+(\d{1,3}(?:\.\d+)?)%")
PIXELS = 0.75  # points
BORDER = re.compile(r"border(?:-(top|right|bottom|left))?(?:-(style|width|color))?")
STYLES = {"none", "hidden", "solid", "dotted", "dashed", "double", "groove", "ridge", "inset", "outset"}
THICK = {"thin": 0.75, "medium": 2.25, "thick": 3.75}
DASHES = {"dotted": ', dash: "dotted"', "dashed": ', dash: "dashed"'}
FUNCTION_BLANKS = re.compile(r"(?<=[,(])\s++|(?<!\s)\s++(?=[,)])")
PALE = 0.82  # relative luminance from which on letters would not be seen on white paper
ANSI = {
    "black": "3e424d", "red": "c0302b", "green": "00752d", "yellow": "8a6a10", "blue": "1a66a8", "magenta": "9b3f96",
    "cyan": "1d7a80", "white": "6f7680", "black-intense": "282c36", "red-intense": "b22b31",
    "green-intense": "007427", "yellow-intense": "8f5b12", "blue-intense": "0065ca", "magenta-intense": "a03196",
    "cyan-intense": "258f8f", "white-intense": "5f666f",
}  # fmt: skip


def declarations(element: HtmlElement) -> dict[str, str]:
    """The declarations of an element's style attribute, by property, in small letters."""
    found = {}
    for declaration in element.get("style", "").split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            found[name.strip().lower()] = value.replace("!important", "").strip()
    return found


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


def display(element: HtmlElement) -> str:
    """How an element stands beside others, where its style says so; "" if it does not."""
    style = element.get("style")
    return declarations(element).get("display", "").lower() if style and "display" in style else ""


def _luminance(typst_colour: str) -> float:
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


def bar(value: str | None) -> str | None:
    """A gradient from left to right, such as the bars in the cells of a frame, as Typst's; None if it is none."""
    found = GRADIENT.fullmatch(value.strip()) if value else None
    stops = []
    for stop in STOPS.findall(found[1])[:50] if found else ():
        at = max(stops[-1][1] if stops else 0.0, min(100.0, float(stop[1])))
        stops.append((colour(stop[0]) or 'rgb("#ffffff")', at))
    if len(stops) < 2:
        return None
    stops = [(stops[0][0], 0.0), *stops, (stops[-1][0], 100.0)]  # beyond its ends a gradient is as it is there
    return f"gradient.linear({', '.join(f'({paint}, {at:g}%)' for paint, at in stops)})"


def sides(style: dict[str, str]) -> str | None:
    """The borders that a style gives, as Typst's strokes by side; None if it gives none."""
    strokes = {}
    for side in ("top", "right", "bottom", "left"):
        words: dict[str, str] = {}
        for name, value in style.items():
            found = BORDER.fullmatch(name)
            if not found or found[1] not in (None, side):
                continue
            if found[2]:
                words[found[2]] = value
            else:
                words = {_part(word): word for word in FUNCTION_BLANKS.sub("", value).split()}
        if words.get("style", "none") not in ("none", "hidden"):
            wide = THICK.get(words.get("width", "medium")) or min(6.0, PIXELS * _number(words.get("width", "3px")))
            dash = DASHES.get(words["style"], "")
            paint = colour(words.get("color", "black")) or "black"
            if wide:
                strokes[side] = f"(paint: {paint}, thickness: {wide:g}pt{dash})"
    return f"({', '.join(f'{side}: {stroke}' for side, stroke in strokes.items())})" if strokes else None


def _part(word: str) -> str:
    """What a word of a border says: its "style", "width" or "color"."""
    if word in STYLES:
        return "style"
    return "width" if word[0].isdigit() or word[0] == "." or word in THICK else "color"


def _number(length: str) -> float:
    found = re.match(r"\d*\.?\d+|\d+", length)
    return float(found[0]) * (1 / PIXELS if "pt" in length else 14 if "em" in length else 1) if found else 0.0


def calls_of(element: HtmlElement) -> list[str]:
    """The calls that give words an element's look, outermost first: "strong", "text(fill: red)"."""
    style, found = declarations(element), []
    if element.tag in CALLS:
        found.append(CALLS[element.tag])
    arguments = []
    ground = colour(style.get("background-color") or style.get("background") or element.get("bgcolor"))
    ink = colour(style.get("color") or (element.get("color") if element.tag == "font" else None))
    if ink and (ground or _luminance(ink) < PALE):
        arguments.append(f"fill: {ink}")
    factor = size(style.get("font-size")) or (
        FONT_SIZES.get(element.get("size", "")) if element.tag == "font" else None
    )
    if factor and factor != 1:
        arguments.append(f"size: {factor:.2f}em")
    if (case := style.get("text-transform")) in CASES:
        found.append(CASES[case])
    if element.tag not in BOLD and re.match(r"bold|[6-9]00", style.get("font-weight", "")):
        arguments.append('weight: "bold"')
    if style.get("font-style") in ("italic", "oblique"):
        found.append("emph")
    decoration = style.get("text-decoration", "")
    found += [call for name, call in (("underline", "underline"), ("line-through", "strike")) if name in decoration]
    if ground and _luminance(ground) < 0.995 and element.tag not in BLOCK_GROUND:
        found.append(f"highlight(fill: {ground})" if "text" not in element.tag else "")
    if arguments:
        found.append(f"text({', '.join(arguments)})")
    return [call for call in found if call]


BORDERED = {"div", "p", "section", "blockquote", "center"}
BLOCK_GROUND = {"div", "p", "section", "blockquote", "td", "th", "tr", "table", "center"}


def block_calls_of(element: HtmlElement) -> list[str]:
    """The calls that give a block its look: alignment, coloured ground, Jupyter's alert boxes."""
    style, found = declarations(element), []
    alert = next((kind for kind in ALERTS if f"alert-{kind}" in element.classes), None)
    if alert or "alert" in element.classes:
        found.append(f"alert({markup.string(alert or 'info')})")
    ground = colour(style.get("background-color") or style.get("background") or element.get("bgcolor"))
    if ground and element.tag in BLOCK_GROUND and _luminance(ground) < 0.995:
        found.append(f"block(width: 100%, inset: 0.6em, fill: {ground})")
    if element.tag in BORDERED and "border" in element.get("style", "") and (border := sides(style)):
        found.append(f"block(width: 100%, inset: 0.5em, stroke: {border})")
    if (style.get("direction") or element.get("dir", "")).lower() == "rtl":
        found.append("text(dir: rtl)")
    align = "center" if element.tag == "center" else (style.get("text-align") or element.get("align", "")).lower()
    if align in ("center", "right"):
        found.append(f"align({align})")
    return found


def terminal_style(element: HtmlElement) -> tuple[str, ...]:
    """Arguments of `text` for a span of terminal output, and behind a "#" the calls around it."""
    arguments = []
    style = declarations(element)
    for name in element.classes:
        found = re.fullmatch(r"ansi-([a-z-]+)-fg", name)
        if found and found[1] in ANSI:
            arguments.append(f'fill: rgb("#{ANSI[found[1]]}")')
        ground = re.fullmatch(r"ansi-([a-z-]+)-bg", name)
        if ground and ground[1] in ANSI:
            arguments.append(f'#highlight(fill: rgb("#{ANSI[ground[1]]}").lighten(70%))')
    if "ansi-default-inverse-bg" in element.classes:
        arguments.append("#highlight(fill: luma(205))")
    ink, shade = colour(style.get("color")), colour(style.get("background-color"))
    if shade:  # with letters of their own, or dark ones; colours that are given together are seen together
        as_given = ink or not element.text_content().strip()
        arguments.append(f"#highlight(fill: {shade})" if as_given else f"#highlight(fill: {shade}.lighten(60%))")
    if "ansi-underline" in element.classes:
        arguments.append("#underline")
    if "ansi-bold" in element.classes or style.get("font-weight") == "bold" or element.tag in ("b", "strong"):
        arguments.append('weight: "bold"')
    if ink and (shade or _luminance(ink) < PALE):
        arguments.append(f"fill: {ink}")
    return tuple(arguments)
