"""How much a drawing comes to once its copies are drawn, so that one of no end is refused."""

import re

from lxml.etree import _Element

LARGEST = 2_000_000  # elements, copies, patterns, masks and the like counted as often as they are drawn
DEEPEST = 150  # elements in each other
OWN = re.compile(r"url\(\s*['\"]?#([^'\")\s]+)")
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"


class EndlessError(ValueError):
    """A drawing is nested too deep, or its copies of copies have no end."""


def check_end(root: _Element) -> None:
    """Raise EndlessError for a drawing that nobody can draw."""
    order = [root]  # every element behind its parent
    depths = {root: 0}
    for element in order:
        order += element
        depths.update(dict.fromkeys(element, depths[element] + 1))
        if depths[element] > DEEPEST:
            raise EndlessError("its elements are nested too deep")
    named = {element.get("id"): element for element in order if element.get("id")}
    links = {element: [named[name] for name in _names(element) if name in named] for element in order}
    if not any(links.values()):
        return
    total: dict[_Element, int] = {}
    stack, visited = [(root, False)], set()
    while stack:
        element, is_done = stack.pop()
        inner = [*element, *links[element]]
        if is_done:
            total[element] = min(LARGEST, 1 + sum(total.get(one, 0) for one in inner))  # a circle is not drawn
        elif element not in visited:
            visited.add(element)
            stack.append((element, True))
            stack += [(one, False) for one in inner if one not in visited]
    if total[root] >= LARGEST:
        raise EndlessError("its copies have no end")


def _names(element: _Element) -> list[str]:
    """The elements that are drawn with this one."""
    address = element.get("href") or element.get(XLINK_HREF) or ""
    found = [address[1:]] if address.startswith("#") else []
    return found + [name for value in element.attrib.values() if "url(" in value for name in OWN.findall(value)]
