"""Selectors of style sheets: which elements a rule means.

Known are tags, names, classes, attributes, an element's place among its siblings, and `:not` of one of these. Selectors
with other states, such as `:hover`, mean nothing on paper and are left out.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

from lxml.html import HtmlElement

DRAWN = "data-drawing"  # marks what stands for a drawing
ATTRIBUTE = r"""\[\s*[\w-]+\s*(?:[~|^$*]?=\s*(?:"[^"]*"|'[^']*'|[\w-]+)\s*)?\]"""
AMONG = r":(?:nth-(?:last-)?(?:child|of-type)\([\w\s+-]{1,20}\)|(?:first|last|only)-(?:child|of-type))"
SIMPLE = rf"\.[\w-]+|{AMONG}|{ATTRIBUTE}"
STATE = rf"{AMONG}|:not\(\s*(?:{SIMPLE})\s*\)|{ATTRIBUTE}"
COMPOUND = re.compile(rf"(\*|[a-zA-Z][\w-]*)?((?:#[\w-]+|\.[\w-]+|{STATE})*)(?:::?(before|after))?")
PART = re.compile(rf"[#.][\w-]+|{STATE}")
NOT = re.compile(r":not\(\s*(.*?)\s*\)", re.DOTALL)
COMMA = re.compile(r",(?![^][]{0,200}\])")
STEP = re.compile(r"[>+~]|(?:\[[^][]{0,200}\]|\((?:[^()]|\([^()]{0,40}\)){0,200}\)|[^\s>+~])+")
PLACES = re.compile(r"(?:([+-]?\d{0,6})n)?\s*([+-]?\s*\d{1,6})?", re.IGNORECASE)  # "2n + 1"
EVEN_AND_ODD = {"even": "2n", "odd": "2n+1"}


class Position(NamedTuple):
    """Where an element stands, from 1, among how many beside it, and the same among those of its tag."""

    place: int = 1
    count: int = 1
    place_of_type: int = 1
    count_of_type: int = 1


@dataclass(frozen=True)
class Compound:
    """One step of a selector: what an element must be, and by `by` which other one must match the step before."""

    tag: str | None
    identifier: str | None
    classes: frozenset[str]
    states: tuple[str, ...] = ()  # ":first-child", "[href]" and the like
    by: str = " "  # one above; ">": its parent; "+": the one before it; "~": any before it
    pseudo: str | None = None  # "before", "after": words beside those of the element are meant

    def matches(self, element: HtmlElement, position: Position) -> bool:
        """Whether `element`, at a place among its siblings, is such an element itself."""
        if self.tag and self.tag != element.tag and not (self.tag == "svg" and element.get(DRAWN)):
            return False
        if self.identifier and self.identifier != element.get("id"):
            return False
        if self.classes and not self.classes.issubset(_classes(element)):
            return False
        return all(_is_in(element, state, position) for state in self.states)


def steps_of(selector: str) -> tuple[Compound, ...]:
    """The steps of a selector, the element meant last; none if it asks for what is not known here."""
    steps: list[Compound] = []
    by = " "
    for word in STEP.findall(selector):
        if word in (">", "+", "~"):
            by = word
            continue
        found = COMPOUND.fullmatch(word)
        if not found:
            return ()
        parts = PART.findall(found[2])
        steps.append(
            Compound(
                None if found[1] in (None, "*") else found[1].lower(),
                next((part[1:] for part in parts if part[0] == "#"), None),
                frozenset(part[1:] for part in parts if part[0] == "."),
                tuple(part for part in parts if part[0] in ":["),
                by,
                found[3],
            )
        )
        by = " "
    return tuple(steps)


def _classes(element: HtmlElement) -> list[str]:
    return (element.get("class") or "").split()


def _is_in(element: HtmlElement, state: str, position: Position) -> bool:
    if refused := NOT.fullmatch(state):
        return not _is_in(element, refused[1], position)
    if state[0] == ".":
        return state[1:] in _classes(element)
    if state[0] == "[":
        return _has(element, *re.split(r"([~|^$*]?=)", state[1:-1], maxsplit=1))
    place, count = position[2:] if "of-type" in state else position[:2]
    if "only" in state:
        return count == 1
    name, _, places = state.rstrip(")").partition("(")
    return _is_one_of(count + 1 - place if "last" in name else place, places or "1")


def _is_one_of(place: int, places: str) -> bool:
    """Whether a place is one of `an + b`, for n from 0."""
    places = places.strip().lower()
    found = PLACES.fullmatch(EVEN_AND_ODD.get(places, places))
    if not found or not found[0]:
        return False
    step = 0 if found[1] is None else int(found[1] + "1" if found[1] in ("", "+", "-") else found[1])
    rest = place - int((found[2] or "0").replace(" ", ""))
    return rest == 0 if step == 0 else rest % step == 0 and rest // step >= 0


def _has(element: HtmlElement, name: str, sign: str = "", wanted: str = "") -> bool:
    """Whether an attribute is there, or its value is, holds, begins or ends with what is wanted."""
    value, wanted = element.get(name.strip().lower()), wanted.strip().strip("\"'")
    if value is None or not sign:
        return value is not None
    part = {"~=": wanted in value.split(), "|=": f"{value}-".startswith(f"{wanted}-"), "*=": wanted in value}
    part |= {"^=": value.startswith(wanted), "$=": value.endswith(wanted)}
    return value == wanted if sign == "=" else bool(wanted) and part[sign]
