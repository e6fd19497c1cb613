"""MathML as pandoc writes it, put right as TeX would set it."""

import re

from lxml import etree
from lxml.etree import _Element

THIN = "0.167em"
WITH_SCRIPTS = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}
FIXED = WITH_SCRIPTS | {"mfrac", "mroot"}  # no space between their parts
APPLY = "\u2061"


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
