"""HTML -> a tree of elements, whatever it is: none deeper than can be written, none that pretends to be ours."""

import re
from collections.abc import Iterator
from html import escape, unescape

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from .letters import FORBIDDEN, clean

PARSER = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_blank_text=False)
DEEPEST = 60  # elements in each other; what is deeper is shown as words
LOST = 2000  # from about where the parser reads no further
VOID = re.compile(
    r"<(source|track|wbr|param|embed|mspace|mprescripts)\b([^<>]*?)/?>", re.IGNORECASE
)  # never have content; lxml: may have
DRAWING = re.compile(r"<svg\b", re.IGNORECASE)
LOOKS = re.compile(r"""\s(class|style|aria-label)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
DRAWN = re.compile(r"</svg\s*>", re.IGNORECASE)
UNSEEN = ("script", "style", "template")
TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)[^<>]*>")
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
LATER_CLASSES = {"reference", "cite", "front", "prose", "scroll"}  # given to elements of the tree, so no notebook's own
LATER_ATTRIBUTES = {"data-number", "data-numbers", "data-formula", "data-form", "data-side"}


def parsed(html: str) -> tuple[HtmlElement, list[str], bool]:
    """(the `body` of `html`; its drawings, for which `img` with `data-drawing` stand; whether it was too deep)."""
    text, drawings = _drawings_aside(VOID.sub(r"<\1\2></\1>", clean(html)))
    body = _body(text)
    depth = _flatten(body)
    if depth > LOST:
        body = _body("".join(_shallow(text)))
        _flatten(body)
    return body, drawings, depth > DEEPEST


def _body(text: str) -> HtmlElement:
    return lxml.html.document_fromstring(f"<html><body>{text}</body></html>".encode(), parser=PARSER).find("body")


def _drawings_aside(html: str) -> tuple[str, list[str]]:
    """lxml would write attributes of SVG in small letters. A drawing without an end is none: its tag goes."""
    pieces, drawings, at, ends = [], [], 0, True
    while found := DRAWING.search(html, at):
        pieces.append(html[at : found.start()])
        inside = at = html.find(">", found.end()) + 1
        if not at:
            return "".join(pieces), drawings
        closing = DRAWN.search(html, at) if ends and html[at - 2] != "/" else None
        ends = ends and (closing is not None or html[at - 2] == "/")
        if closing or html[at - 2] == "/":
            at = closing.end() if closing else at
            pieces.append(f'<img data-drawing="{len(drawings)}"{_looks_of(html[found.end() : inside])}>')
            drawings.append(html[found.start() : at])
    return "".join([*pieces, html[at:]]), drawings


def _looks_of(tag: str) -> str:
    """What the tag of a drawing says of its size and whether it is seen, which style sheets may change."""
    given = (f'{name}="{escape(unescape(double or single))}"' for name, double, single in LOOKS.findall(tag[:5000]))
    return "".join(f" {one.replace('aria-label', 'alt')}" for one in given)


def _shallow(text: str) -> Iterator[str]:
    """`text` without tags that stand deeper than elements are read at all."""
    at = depth = 0
    for found in TAG.finditer(text):
        if found[2].lower() in EMPTY:
            continue
        depth = max(0, depth - 1) if found[1] else depth
        if depth >= 2 * DEEPEST:
            yield text[at : found.start()]
            at = found.end()
        depth += not found[1]
    yield text[at:]


def _flatten(body: HtmlElement) -> int:
    """Let words alone stand where elements are too deep, and mark nothing as ours that is not; how deep it was."""
    level, depth = [body], 0
    while level:
        inner = [child for element in level for child in element if isinstance(child.tag, str)]
        if depth == DEEPEST:
            for element in level:
                etree.strip_elements(element, *UNSEEN, with_tail=False)
                words = "".join(element.itertext())
                element[:] = []
                element.text = words
        elif depth < DEEPEST:
            for element in inner:
                _disown(element)
        level, depth = inner, depth + 1
    return depth


def _disown(element: HtmlElement) -> None:
    """Classes parted by single blanks, no marks that are made later, and nothing that XML cannot hold."""
    if element.text and FORBIDDEN.search(element.text):
        element.text = clean(element.text)
    if element.tail and FORBIDDEN.search(element.tail):
        element.tail = clean(element.tail)
    if len(element.attrib):
        for name, value in element.attrib.items():
            if FORBIDDEN.search(value):
                element.set(name, clean(value))
        for name in LATER_ATTRIBUTES & set(element.attrib):
            del element.attrib[name]
        if given := element.get("class"):
            element.set("class", " ".join(name for name in given.split() if name not in LATER_CLASSES))


def fragment(html: str, tag: str) -> HtmlElement:
    """An element `tag` with what `html` holds beside pictures; nothing in it runs, or is a style sheet."""
    body, _, _ = parsed(html)
    etree.strip_elements(body, etree.Comment, etree.ProcessingInstruction, *UNSEEN, "img", with_tail=False)
    body.tag = tag
    return body.__copy__() if tag != "body" else body
