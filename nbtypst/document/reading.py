"""HTML of a cell -> a tree of elements that all writers know: pictures resolved, formulas marked, nothing that runs.

What the tree may hold, beside ordinary elements of text, lists and tables:

- `span.math` (with class `display` where it stands for itself): TeX;
- `pre.code` with `data-lang`; `pre.output` and `pre.error`, in them spans of class `ansi-...`;
- `img` with `data-file`, a file in the document's folder of pictures;
- `span.box`: words in place of what cannot be shown;
- `figure` with `figcaption`; `a.reference` to a label; `span.cite` of works, see references.py.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from urllib.parse import unquote

import lxml.html
from lxml.html import HtmlElement

from ..formulas import DOLLAR, formulas_in, tex_of
from ..formulas import math as math_element
from ..pictures import Collected, PictureError, from_bytes, from_source
from . import controls
from .cascade import inline_styles
from .controls import CONTROLS
from .parsing import DEEPEST, parsed
from .seen import blank_invisible, drop_covered, is_hidden, keep_lines, prefer_plain_text

DROPPED = {
    "script", "style", "head", "meta", "link", "title", "template", "noscript", "base", "param", "source", "track",
    "datalist",
}  # fmt: skip
FOREIGN = {  # shown as a box that says what it was
    "iframe": "a page from elsewhere",
    "video": "a video",
    "audio": "a sound",
    "object": "an embedded object",
    "embed": "an embedded object",
    "applet": "a program",
    "canvas": "a drawing made by a script",
}
VERBATIM = {"pre", "code", "kbd", "samp", "tt", "style", "textarea", "math"}
ATTRIBUTES = re.compile(r"\s*\{([^{}]*)\}")  # pandoc's, right after a picture, a heading or a caption
ATTRIBUTE = re.compile(r'(\w+)=(?:"(.*?)"(?=\s+(?:\w+=|[#.])|\s*$)|([^\s"]+))')


@dataclass
class Origin:
    """Where HTML comes from: the notebook's folder, the cell's attachments, and what collects remarks and pictures.

    `root` is a further folder in which pictures may lie.
    """

    folder: Path
    collected: Collected
    attachments: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    root: Path | None = None


def read(html: str, source: Origin) -> HtmlElement:
    """The tree of `html`, a `body` element."""
    body, drawings, was_deep = parsed(html)
    if was_deep:
        source.collected.remark(f"what is nested deeper than {DEEPEST} elements is shown as words")
    prefer_plain_text(body, source.collected.remark)
    inline_styles(body)
    drop_covered(body)
    _complete_tables(body)
    _drop(body, source.collected)
    blank_invisible(body)
    for pre in body.iter("pre"):  # its first line break shows nothing
        if not pre.get("class") and (pre.text or "").startswith("\n"):
            pre.text = pre.text[1:]
    keep_lines(body)
    _read_mathml(body, source.collected)
    _mark_formulas(body)
    for image in list(body.iter("img")):
        _resolve(image, drawings, source)
    for element in body.iter():
        if element.text and DOLLAR in element.text:
            element.text = element.text.replace(DOLLAR, "$")
        if element.tail and DOLLAR in element.tail:
            element.tail = element.tail.replace(DOLLAR, "$")
    return body


def _complete_tables(body: HtmlElement) -> None:
    """Cells that stand in a table without a row get one, as browsers give them."""
    for cell in list(body.iter("td", "th")):
        parent = cell.getparent()
        if parent.tag not in ("table", "tbody", "thead", "tfoot"):
            continue
        row = lxml.html.Element("tr")
        parent.replace(cell, row)
        row.append(cell)
        following = row.getnext()
        while following is not None and following.tag in ("td", "th"):
            row.append(following)
            following = row.getnext()


def _drop(body: HtmlElement, collected: Collected) -> None:
    """Take out what shows nothing, and put a box in the place of what only a browser could show."""
    for element in list(body.iter()):
        if element.getparent() is None or element is body:
            continue
        is_element = isinstance(element.tag, str)  # no comment, and no instruction to a program
        if not is_element or element.tag in DROPPED or is_hidden(element):
            element.drop_tree()
        elif element.tag == "pre" and element.get("data-lang") == "mermaid":
            collected.remark("a diagram (mermaid) is shown as its source")
        elif element.tag in FOREIGN:
            _replace(element, _foreign_box(element, collected))
        elif element.tag == "textarea":
            element.tag = "pre"
        elif element.tag in CONTROLS:
            _replace(element, controls.shown(element) or "<span></span>")


def _foreign_box(element: HtmlElement, collected: Collected) -> str:
    address = next((found.get("src") for found in element.iter() if found.get("src")), element.get("data"))
    is_link = bool(address) and re.match(r"(https?:)?//", address)
    what, link = FOREIGN[element.tag], address if is_link else None
    if within := element.get("srcdoc"):
        what = "an interactive map" if "leaflet" in within else "a page within the page"
    return collected.box(f"{what} is not shown", f"{what}: {address[:200]}" if is_link else what, link)


def _replace(element: HtmlElement, html: str) -> HtmlElement:
    """Put the element that `html` makes in the place of `element`; it is returned."""
    new = lxml.html.fragment_fromstring(html)
    new.tail = element.tail
    element.getparent().replace(element, new)
    return new


def text_places(body: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """(element, "text" or "tail") of all words that are no code and no formula."""
    stack = [body]
    while stack:
        element = stack.pop()
        verbatim = element.tag in VERBATIM or "math" in element.classes
        if element.text and not verbatim:
            yield element, "text"
        if element.tail and element is not body:
            yield element, "tail"
        if not verbatim:
            stack.extend(reversed(element))


def replace_words(
    body: HtmlElement, find: Callable[[str], Iterable[re.Match[str]]], make: Callable[[re.Match[str]], list]
) -> None:
    """Replace what `find` finds within one piece of text by the words and elements that `make` gives, if any."""
    for element, where in list(text_places(body)):
        words, pieces, end = getattr(element, where), [], 0
        for found in find(words):
            if new := make(found):
                pieces += [words[end : found.start()], *new]
                end = found.end()
        if pieces:
            insert_markup(element, where, [*pieces, words[end:]])


def insert_markup(element: HtmlElement, where: str, pieces: list[str | HtmlElement]) -> None:
    """Replace an element's text or tail by `pieces`, words and elements in turn."""
    parent, index = (element, 0) if where == "text" else (element.getparent(), element.getparent().index(element) + 1)
    last: HtmlElement | None = None
    setattr(element, where, "")
    for piece in pieces:
        if isinstance(piece, str):
            holder, name = (element, where) if last is None else (last, "tail")
            setattr(holder, name, (getattr(holder, name) or "") + piece)
        else:
            parent.insert(index, piece)
            index, last = index + 1, piece


def _read_mathml(body: HtmlElement, collected: Collected) -> None:
    elements = list(body.iter("math"))
    for element, tex in zip(elements, tex_of(elements, collected.seconds) if elements else [], strict=True):
        if tex is None:
            collected.remark("MathML is shown as its words")
        else:
            _replace(element, math_element(tex, display=element.get("display") == "block"))


def _mark_formulas(body: HtmlElement) -> None:
    """Formulas in HTML, which Markdown's renderer has not seen, as MathJax finds them."""

    def formula(found: re.Match[str]) -> list[str | HtmlElement]:
        tex = next(found[name] for name in "abcde" if found[name] is not None)
        html = math_element(tex, display=found["b"] is None and found["d"] is None)
        return [lxml.html.fragment_fromstring(html)]

    for element in body.xpath(".//*[contains(@class, 'tex2jax_ignore')]"):
        for inner in element.iter():
            inner.text = (inner.text or "").replace("$", DOLLAR)
            inner.tail = (inner.tail or "").replace("$", DOLLAR) if inner is not element else inner.tail
    replace_words(body, formulas_in, formula)
    for element, where in text_places(body):
        words = getattr(element, where)
        if "\\" in words:  # \$ is a dollar to MathJax, too, after Markdown has made it of \\$
            setattr(element, where, words.replace("\\$", "$").replace(f"\\{DOLLAR}", "$"))


def _resolve(image: HtmlElement, drawings: list[str], source: Origin) -> None:
    """Look up a picture's content; a box with its name takes its place if there is none."""
    _read_attributes(image)
    if image.get("data-file") in source.collected.pictures:  # an output's
        return
    address, alt, drawing = image.get("src", ""), image.get("alt"), image.get("data-drawing", "")
    try:
        if drawing.isdecimal() and int(drawing) < len(drawings):
            picture = from_bytes(drawings[int(drawing)].encode())
        else:
            picture = from_source(address, source.folder, source.attachments, source.root)
    except PictureError as problem:
        words = f"{alt}: {problem}" if alt and alt not in str(problem) else ""
        _replace(image, source.collected.box(str(problem), words, problem.link))
        return
    source.collected.keep(picture)
    image.set("data-file", picture.name)
    if not alt:
        name = unquote(address) if address and not address.startswith("data:") else "a picture"
        source.collected.remark(f"{'the picture ' if name != 'a picture' else ''}{name} has no alternative text")


def _read_attributes(image: HtmlElement) -> None:
    """`![caption](file){#fig:label alt="text" width=80%}`: then what stands in brackets is the caption."""
    found = ATTRIBUTES.match(image.tail or "")
    if not found:
        return
    given = {name: quoted or bare for name, quoted, bare in ATTRIBUTE.findall(found[1])}
    label = re.search(r"#([\w:.-]+)", ATTRIBUTE.sub("", found[1]))
    if not given and not label:
        return
    image.tail = image.tail[found.end() :]
    if given.get("width"):
        image.set("width", given["width"])
    if "alt" in given or label:
        image.set("title", image.get("data-caption") or escape(image.get("alt", "")))
        image.set("alt", given.get("alt", ""))
    if label:
        image.set("data-label", label[1])
