"""Looks that HTML gives to words and blocks, by elements and by style attributes, as calls of Typst functions.

CSS decides what stands beside each other: children of a `flex` row, and neighbours that are `inline`, `inline-block` or
`float`, stand in a row as long as they fit, and else below each other.
"""

import re
from collections.abc import Callable, Collection, Iterator
from itertools import takewhile
from math import inf

from lxml.html import HtmlElement

from ..common.css import colour, declarations, ink, legible, length, luminance, sides, size
from . import markup

FLOWING = {"article", "body", "div", "footer", "header", "html", "main", "nav", "section"}
BREAKS = {"always", "page", "left", "right", "recto", "verso"}  # of CSS, that begin a new page
NEW_PAGE = "\n\n#pagebreak(weak: true)\n\n"
MOST = 8  # in a row
IN_ROW = ("inline", "inline-block", "inline-table", "inline-flex", "inline-grid")
BOLD = {"b", "strong", "summary"}
CALLS = {  # of elements whose look is one call
    "b": "strong", "strong": "strong", "summary": "strong", "em": "emph", "i": "emph", "cite": "emph", "var": "emph",
    "dfn": "emph", "address": "emph", "u": "underline", "ins": "underline", "del": "strike", "s": "strike",
    "strike": "strike", "sub": "sub", "sup": "super", "mark": "highlight", "small": "smaller", "big": "larger",
}  # fmt: skip
FONT_SIZES = {"1": 0.7, "2": 0.85, "4": 1.15, "5": 1.4, "6": 1.7, "7": 2.2}  # of <font size>, in em
RAISED = {"super": "super", "sub": "sub"}
CASES = {"uppercase": "upper", "lowercase": "lower", "capitalize": "capitalised"}
ALERTS = ("success", "info", "warning", "danger")
ANSI = {
    "black": "3e424d", "red": "c0302b", "green": "00752d", "yellow": "8a6a10", "blue": "1a66a8", "magenta": "9b3f96",
    "cyan": "1d7a80", "white": "6f7680", "black-intense": "282c36", "red-intense": "b22b31",
    "green-intense": "007427", "yellow-intense": "8f5b12", "blue-intense": "0065ca", "magenta-intense": "a03196",
    "cyan-intense": "258f8f", "white-intense": "5f666f",
}  # fmt: skip


def display(element: HtmlElement) -> str:
    """How an element stands beside others, where its style says so; "" if it does not."""
    style = element.get("style")
    return declarations(element).get("display", "").lower() if style and "display" in style else ""


def calls_of(element: HtmlElement) -> list[str]:
    """The calls that give words an element's look, outermost first: "strong", "text(fill: red)"."""
    style, found = declarations(element), []
    painted = style.get("background-color") or style.get("background") or element.get("bgcolor")
    raised = RAISED.get(style.get("vertical-align", ""))
    if element.tag in CALLS and not (element.tag == "mark" and painted):
        found.append(CALLS[element.tag])
    elif raised:
        found.append(raised)
    arguments = []
    ground = colour(painted)
    letters = ink(style, element.get("color") if element.tag == "font" else None)
    if letters := letters if ground else legible(letters):
        arguments.append(f"fill: {letters}")
    factor = size(style.get("font-size")) or (
        FONT_SIZES.get(element.get("size", "")) if element.tag == "font" else None
    )
    if factor and factor != 1 and not (factor < 1 and (raised or element.tag in ("sub", "sup"))):  # small already
        arguments.append(f"size: {factor:.2f}em")
    if (case := style.get("text-transform")) in CASES:
        found.append(CASES[case])
    if element.tag not in BOLD and re.match(r"bold|[6-9]00", style.get("font-weight", "")):
        arguments.append('weight: "bold"')
    if style.get("font-weight") in ("normal", "400"):
        arguments.append('weight: "regular"')
    if style.get("font-style") in ("italic", "oblique"):
        found.append("emph")
    if "small-caps" in style.get("font-variant", ""):
        found.append("smallcaps")
    found += _lines_of(style)
    if ground and luminance(ground) < 0.995 and element.tag not in BLOCK_GROUND:
        found.append(f"highlight(fill: {ground})" if "text" not in element.tag else "")
    if arguments:
        found.append(f"text({', '.join(arguments)})")
    return [call for call in found if call]


def _lines_of(style: dict[str, str]) -> list[str]:
    decoration = style.get("text-decoration", "")
    return [call for name, call in (("underline", "underline"), ("line-through", "strike")) if name in decoration]


def cell_calls_of(cell: HtmlElement) -> list[str]:
    """The calls that give a cell's words what it, its row, section or table says of letters and lines through them.

    Colours, weights and borders are the table's own affair.
    """
    found: list[str] = []
    around = [cell, *takewhile(lambda element: element.tag not in ("td", "th"), cell.iterancestors())][:4]
    styles = [declarations(element) for element in around if "text-" in element.get("style", "")]
    cases = [case for style in styles if (case := style.get("text-transform"))]
    if cases and cases[0] in CASES:
        found.append(CASES[cases[0]])
    for style in styles:
        found += _lines_of(style)
    if indent := indent_of(declarations(cell)) if "-" in cell.get("style", "") else 0.0:
        found.append(f"pad(left: {indent:.1f}pt)")
    return list(dict.fromkeys(found))


INSET = 0.6  # em, between a border and what stands in it
NARROW, LEAST_INDENT, MOST_INDENT = 280.0, 8.0, 120.0  # points
SHARE = re.compile(r"\s*(\d{1,2}(?:\.\d{1,3})?%|100%)\s*")  # of the width that there is
BORDERED = {"div", "p", "section", "blockquote", "center"}
BLOCK_GROUND = {"div", "p", "section", "blockquote", "td", "th", "tr", "table", "center"}


def block_calls_of(element: HtmlElement) -> list[str]:
    """The calls that give a block its look: alignment, coloured ground, Jupyter's alert boxes."""
    style, found = declarations(element), []
    alert = next((kind for kind in ALERTS if f"alert-{kind}" in element.classes), None)
    if alert or "alert" in element.classes:
        found.append(f"alert({markup.string(alert or 'info')})")
    if painted := _painted(element, style):
        found.append(f"block(width: {_wide(style)}, inset: {INSET}em, {', '.join(painted)})")
    elif (indent := indent_of(style)) and element.tag in BORDERED:
        found.append(f"pad(left: {indent:.1f}pt)")
    if (style.get("direction") or element.get("dir", "")).lower() == "rtl":
        found.append("text(dir: rtl)")
    align = "center" if element.tag == "center" else (style.get("text-align") or element.get("align", "")).lower()
    if element.tag == "img" and "auto" in style.get("margin", style.get("margin-left", "")):
        align = "center" if "auto" in style.get("margin", style.get("margin-right", "")) else "right"
    if align in ("center", "right"):
        found.append(f"align({align})")
    return found


def _painted(element: HtmlElement, style: dict[str, str]) -> list[str]:
    """The arguments of `block` for the ground and the borders of an element."""
    found = []
    ground = colour(style.get("background-color") or style.get("background") or element.get("bgcolor"))
    if ground and element.tag in BLOCK_GROUND and luminance(ground) < 0.995:
        found.append(f"fill: {ground}")
    if element.tag in BORDERED and "border" in element.get("style", "") and (border := sides(style)):
        found.append(f"stroke: {border}")
    return found


def narrower(element: HtmlElement, room: float, letters: float) -> float:
    """How many points what stands in a block has less than its place has."""
    style = declarations(element)
    if not style or element.tag not in BORDERED:
        return 0.0
    if _painted(element, style):
        return room - min(room, length(style.get("width"), room, letters) or room) + 2 * INSET * letters
    return indent_of(style)


def _wide(style: dict[str, str]) -> str:
    """How wide a block is, as Typst says it: as wide as its place unless its style says less."""
    if share := SHARE.fullmatch(style.get("width", "")):
        return share[1]
    points = length(style.get("width"), inf)
    return f"{points:.1f}pt" if points and points < NARROW else "100%"


def indent_of(style: dict[str, str]) -> float:
    """How far words stand from the left, in points, where that says that they are below something."""
    given = [length(style.get(name), inf) or 0.0 for name in ("margin-left", "padding-left", "text-indent")]
    return min(sum(given), MOST_INDENT) if sum(given) > LEAST_INDENT else 0.0


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
    letters, shade = ink(style), colour(style.get("background-color"))
    if shade:  # with letters of their own, or dark ones; colours that are given together are seen together
        as_given = letters or not element.text_content().strip()
        arguments.append(f"#highlight(fill: {shade})" if as_given else f"#highlight(fill: {shade}.lighten(60%))")
    lines = _lines_of(style)
    if "underline" in lines or "ansi-underline" in element.classes or element.tag in ("u", "ins"):
        arguments.append("#underline")
    if "strike" in lines or element.tag in ("s", "del", "strike"):
        arguments.append("#strike")
    if "ansi-bold" in element.classes or style.get("font-weight") == "bold" or element.tag in ("b", "strong"):
        arguments.append('weight: "bold"')
    if letters := letters if shade else legible(letters):
        arguments.append(f"fill: {letters}")
    return tuple(arguments)


def rows_of(
    element: HtmlElement, is_block: Callable[[HtmlElement], bool], linked: Collection[str]
) -> Iterator[list[HtmlElement]]:
    """Children of an element that stand beside each other; none to which links lead."""
    if len(element) < 2:
        return
    style = declarations(element) if "flex" in element.get("style", "") else {}
    all_of_them = "flex" in style.get("display", "") and "column" not in style.get("flex-direction", "")
    row: list[HtmlElement] = []
    for child in element:
        is_card = child.tag in BORDERED and (child.find("br") is not None or "border" in child.get("style", ""))
        if (all_of_them or _is_in_row(child)) and (is_block(child) or is_card):
            row.append(child)
        if row and (row[-1] is not child or (child.tail or "").strip() or child.getnext() is None):
            if 2 <= len(row) <= MOST and not any(inner.get("id") in linked for one in row for inner in one.iter()):
                yield row
            row = []


def _is_in_row(element: HtmlElement) -> bool:
    given = element.get("style", "")
    if "inline" not in given and "float" not in given:
        return False
    style = declarations(element)
    return style.get("display", "").lower() in IN_ROW or style.get("float", "") in ("left", "right")


def page_breaks(element: HtmlElement) -> tuple[str, str]:
    """What begins a new page before and behind an element, where CSS asks for one."""
    if "break-" not in element.get("style", "") or any(map(_holds, element.iterancestors())):
        return "", ""
    style = declarations(element)
    asked = [style.get(f"break-{side}") or style.get(f"page-break-{side}") for side in ("before", "after")]
    before, after = (NEW_PAGE if value in BREAKS else "" for value in asked)
    return before, after


def _holds(element: HtmlElement) -> bool:
    """Whether what is in an element stands in a box, in which no page can begin."""
    return element.tag not in FLOWING or bool(block_calls_of(element) or calls_of(element))
