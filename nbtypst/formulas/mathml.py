"""MathML as pandoc writes it, put right as TeX would set it; and MathML of notebooks, which browsers show, as TeX."""

import re
from collections.abc import Sequence
from html import unescape

from lxml import etree
from lxml.etree import _Element

from .pandoc import ask

THIN = "0.167em"
WITH_SCRIPTS = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}
FIXED = WITH_SCRIPTS | {"mfrac", "mroot"}  # no space between their parts
APPLY = "\u2061"
FORMULA = re.compile(r'<span\s+class="math (?:inline|display)">\\[(\[](.*?)\\[)\]]</span>', re.DOTALL)


def tex_of(elements: Sequence[_Element], seconds: float) -> list[str | None]:
    """The `math` elements of HTML as TeX, by their own notes of it or else by pandoc; None for what it cannot read."""
    found: dict[int, str] = {}
    for number, element in enumerate(elements):
        for note in element.iter("annotation"):
            if note.get("encoding") == "application/x-tex":
                found[number] = note.text or ""
    asked = [number for number in range(len(elements)) if number not in found]
    if asked:
        written = (
            etree.tostring(elements[number], encoding="unicode", method="html", with_tail=False) for number in asked
        )
        text = "\n".join(f"<p>{one}</p>" for one in written)
        answer = ask(["--sandbox", "-f", "html", "-t", "html", "--mathjax", "--wrap=none"], text, seconds)
        paragraphs = answer.text.split("</p>")
        for number, paragraph in zip(asked, paragraphs, strict=False):
            if shown := FORMULA.search(paragraph):
                found[number] = unescape(shown[1])
    return [found.get(number) for number in range(len(elements))]


def repaired_mathml(content: str) -> str:
    """Thin spaces about functions; norms without any; equations in rows at full size."""
    root = etree.fromstring(f"<root>{_without_entities(content)}</root>")
    for parent in list(root.iter()):
        if parent.tag not in FIXED:
            _space_functions(parent)
    written = "".join(etree.tostring(child, encoding="unicode", method="html") for child in root)
    written = re.sub(r"<mo[^>]*>∥</mo>", '<mo lspace="0" rspace="0" stretchy="false">‖</mo>', written)
    return re.sub(r'<mtable>(<mtr><mtd columnalign="right")', r'<mtable displaystyle="true">\1', written)


def _without_entities(content: str) -> str:
    return content.replace("&#8289;", APPLY).replace("&nbsp;", "\u00a0")


def _space_functions(parent: _Element) -> None:
    parts = list(parent)
    for index, part in enumerate(parts):
        if not _is_function(part):
            continue
        before = parts[index - 1] if index else None
        after = parts[index + 1] if index + 1 < len(parts) else None
        if before is not None and _takes_space(before) and not _is_function(before):
            part.addprevious(_thin())
        if after is not None and _takes_space(after):
            part.addnext(_thin())


def _thin() -> _Element:
    return etree.Element("mspace", width=THIN)


def _is_function(node: _Element) -> bool:
    """exp, max, and either with its scripts."""
    if node.tag in WITH_SCRIPTS:
        return len(node) > 0 and _is_function(node[0])
    if node.tag == "mrow":
        return len(node) == 2 and node[1].text == APPLY
    return node.tag == "mi" and bool(re.match(r"[A-Za-z]{2}", node.text or ""))


def _takes_space(node: _Element) -> bool:
    return node.tag not in ("mo", "mspace")
