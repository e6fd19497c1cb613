"""What of HTML is seen: what styles hide, which lines and blanks they keep, and what needs a browser to be laid out.

CSS decides, as in a browser: `display` goes before `hidden`, an element that is not displayed takes all in it along,
one that is invisible or without size does not show what is in it. Of estimators and data sets, which are laid out in a
way that a page has not, the plain text is shown that they hold for that.
"""

import re
from collections.abc import Callable

from lxml.html import HtmlElement
from lxml.html.builder import BR

from ..common.css import declarations

HIDING = re.compile(r"display|visibility|opacity|height|width", re.IGNORECASE)
NOTHING = re.compile(r"[+-]?(?:0{1,9}\.?|\.)0{0,9}(?:px|pt|em|rem|ex|ch|cm|mm|in|vh|vw|%)?")
KEPT = {"pre": True, "pre-wrap": True, "break-spaces": True, "pre-line": False}  # whether blanks are kept, too
OF_TABLES = {"table", "thead", "tbody", "tfoot", "tr", "colgroup"}  # in which no words stand
OF_BLOCKS = OF_TABLES | {"div", "p", "ul", "ol", "pre", "blockquote", "section"}  # between which blanks are nothing
FALLBACK = "-text-repr-fallback"


def is_hidden(element: HtmlElement) -> bool:
    """Whether nothing of an element is seen, nor of what is in it."""
    given = element.get("style")
    if element.tag == "dialog" and element.get("open") is None:
        return True
    if not given or not HIDING.search(given):
        return element.get("hidden") is not None
    style = declarations(element)
    if style.get("display", "none" if element.get("hidden") is not None else "") == "none":
        return True
    if style.get("visibility") in ("hidden", "collapse"):
        return not any("visible" in inner.get("style", "") for inner in element.iterdescendants())
    if "opacity" in style and NOTHING.fullmatch(style["opacity"]):
        return True
    sizes = [style[name] for name in ("width", "height") if name in style]
    flat = any(map(NOTHING.fullmatch, sizes))
    return flat and (element.tag == "img" or style.get("overflow", "visible") != "visible")


def blank_invisible(body: HtmlElement) -> None:
    """Take the words out of what is invisible but holds something visible, which stays."""
    for element in body.xpath(".//*[contains(@style, 'visibility')]"):
        if declarations(element).get("visibility") != "hidden":
            continue
        stack = [element]
        while stack:
            blank = stack.pop()
            blank.text = None
            for child in blank:
                child.tail = None
                if declarations(child).get("visibility") != "visible":
                    stack.append(child)


def keep_lines(body: HtmlElement) -> None:
    """Lines and blanks stay where `white-space` says so."""
    for element in list(body.iter()):
        if "white-space" in element.get("style", "") and element.tag != "pre":
            value = declarations(element).get("white-space", "").lower()
            if value in KEPT:
                _keep_lines(element, blanks=KEPT[value])


def _keep_lines(root: HtmlElement, *, blanks: bool) -> None:
    """Lines of `root`, and of what is in it up to elements with a rule of their own."""
    stack = [root]
    if root.text:  # no line is blank for the sake of the source alone
        root.text = root.text.lstrip("\n") if len(root) else root.text.strip("\n")
    if len(root) and root[-1].tail:
        root[-1].tail = root[-1].tail.rstrip("\n")
    while stack:
        element = stack.pop()
        inner = [child for child in element if isinstance(child.tag, str)]
        if element.tag not in OF_TABLES and not any(child.tag in OF_BLOCKS for child in inner):
            for child in list(element):
                _in_lines(child, "tail", blanks=blanks)
            _in_lines(element, "text", blanks=blanks)
        stack += [child for child in inner if child.tag != "pre" and "white-space" not in child.get("style", "")]


def _in_lines(element: HtmlElement, where: str, *, blanks: bool) -> None:
    words = getattr(element, where)
    if not words:
        return
    lines = words.split("\n")
    if blanks:
        lines = [re.sub(r"^ | (?= )", "\u00a0", line.expandtabs(8)) for line in lines]
    new = [BR() for _ in lines[1:]]
    for line, mark in zip(lines[1:], new, strict=True):
        mark.tail = line
    setattr(element, where, None)
    if where == "text":
        element[:0] = new
    else:
        for mark in reversed(new):
            element.addnext(mark)
    setattr(element, where, lines[0])


def drop_covered(body: HtmlElement) -> None:
    """Take out what a page that fills its holder lies on, such as the words below a map that may not be shown."""
    for page in list(body.iter("iframe")):
        holder, style = page.getparent(), declarations(page)
        fills = style.get("position") == "absolute" and style.get("width") == style.get("height") == "100%"
        if fills and holder is not None and declarations(holder).get("position") in ("relative", "absolute"):
            holder.text, holder[:], page.tail = None, [page], None


def prefer_plain_text(body: HtmlElement, remark: Callable[[str], None]) -> None:
    """Let the plain text stand alone that estimators and data sets hold beside what a style sheet lays out."""
    for fallback in body.xpath(f".//*[contains(@class, '{FALLBACK}')]"):
        holder = fallback.getparent()
        pre = fallback if fallback.tag == "pre" else fallback.find("pre")
        if holder is None or pre is None or not any(name.endswith(FALLBACK) for name in fallback.classes):
            continue
        pre.attrib.clear()
        pre.tail = None
        holder.text, holder[:] = None, [pre]
        remark("a diagram of HTML is shown as its plain text")
