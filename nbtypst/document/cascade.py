"""Rules of style sheets -> style attributes of the elements that they match, such as the cells of a frame.

CSS's cascade decides, as in a browser: `!important`, then an element's own declarations, then names, classes and tags
of the selector, then what comes last. Selectors with states, siblings or attributes, @media and the like are left out.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import lxml.html
from lxml.html import HtmlElement

from ..common.css import declared
from .letters import clean

DRAWN = "data-drawing"  # marks what stands for a drawing
PROPERTIES = re.compile(
    r"background(?:-color|-image)?|color|text-(?:align|decoration|transform)|font-(?:weight|style)|display|visibility"
    r"|opacity|white-space|direction|(?:max-)?width|height|position|overflow|list-style(?:-type)?|content"
    r"|border(?:-(?:top|right|bottom|left))?(?:-(?:style|width|color))?|(?:page-)?break-(?:before|after)"
)
COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
AT_RULE = re.compile(r"@[^{};]*(?:\{(?:[^{}]|\{[^{}]*\})*\}|;)")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
STATE = r":nth-child\((?:even|odd)\)|:not\(:(?:first|last)-child\)|:(?:first|last)-child"
COMPOUND = re.compile(rf"(\*|[a-zA-Z][\w-]*)?((?:#[\w-]+|\.[\w-]+|{STATE})*)(?:::?(before|after))?")
PART = re.compile(rf"[#.][\w-]+|{STATE}")
WORDS = re.compile(r"""(["'])((?:(?!\1)[^\\]|\\.){1,40})\1""", re.DOTALL)  # of `content`, short ones
CODE_POINT = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")


@dataclass(frozen=True)
class Compound:
    """One step of a selector: what an element must be; `child` if its parent must match the step before."""

    tag: str | None
    identifier: str | None
    classes: frozenset[str]
    states: tuple[str, ...] = ()  # ":first-child" and the like
    child: bool = False
    pseudo: str | None = None  # "before", "after": words beside those of the element are meant

    def matches(self, element: HtmlElement, place: int, count: int) -> bool:
        """Whether `element` alone is such an element, being at a `place`, from 1, among `count` beside each other."""
        if self.tag and self.tag != element.tag and not (self.tag == "svg" and element.get(DRAWN)):
            return False
        if self.identifier and self.identifier != element.get("id"):
            return False
        if self.classes and not self.classes.issubset((element.get("class") or "").split()):
            return False
        return all(_is_in(state, place, count) for state in self.states)


def _is_in(state: str, place: int, count: int) -> bool:
    if "nth" in state:
        return place % 2 == ("odd" in state)
    return (place == (1 if "first" in state else count)) != ("not" in state)


@dataclass(frozen=True)
class Rule:
    """Declarations for the elements that `steps` match; of two, the one with the greater `weight` holds."""

    steps: tuple[Compound, ...]
    declarations: dict[str, str]
    important: dict[str, str]
    weight: tuple[int, int, int, int]


def rules_of(sheet: str) -> list[Rule]:
    """The rules of a style sheet that say how words or cells look, by tags, names, classes and what they stand in.

    Rules with other selectors, within @media and the like are left out.
    """
    rules = []
    for selectors, body in RULE.findall(AT_RULE.sub("", COMMENT.sub("", sheet))):
        declarations, important = _declarations(body)
        if not declarations and not important:
            continue
        for selector in selectors.split(","):
            if steps := _steps(selector):
                names = sum(step.identifier is not None for step in steps)
                classes = sum(len(step.classes) + len(step.states) for step in steps)
                tags = sum(step.tag is not None for step in steps)
                rules.append(Rule(steps, declarations, important, (names, classes, tags, len(rules))))
    return rules


def _declarations(body: str) -> tuple[dict[str, str], dict[str, str]]:
    """Those that say how things look, and of them those that are `!important`, by property."""
    found: tuple[dict[str, str], dict[str, str]] = ({}, {})
    adds = "content" in body
    for name, value, important in declared(body):
        if value and (PROPERTIES.fullmatch(name) or (adds and name == "padding")):
            found[important][name] = value
    return found


def _steps(selector: str) -> tuple[Compound, ...]:
    steps: list[Compound] = []
    child = False
    for word in selector.replace(">", " > ").split():
        if word == ">":
            child = True
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
                tuple(part for part in parts if part[0] == ":"),
                child,
                found[3],
            )
        )
        child = False
    return tuple(steps)


def inline_styles(root: HtmlElement) -> None:
    """Give the elements below `root` the rules of the style sheets there, as style attributes; own declarations stay.

    The sheets stay, so this is done once for each root.
    """
    rules = rules_of("\n".join(sheet.text_content() for sheet in root.iter("style")))
    if not rules:
        return
    table = _Table(rules)
    outside = {root, *root.iterancestors()}
    nothing: frozenset[int] = frozenset()
    meant: list[tuple[HtmlElement, list[Rule]]] = []
    stack = [(root.getroottree().getroot(), nothing, nothing, 1, 1)]
    while stack:
        element, parent, above, place, count = stack.pop()
        here = table.found(element, parent, above, place, count)
        if element not in outside:
            meant.append((element, [table.ends[number] for number in here & table.ends.keys()]))
        inside, passed = [inner for inner in element if isinstance(inner.tag, str)], above | here
        stack += [(inner, here, passed, number, len(inside)) for number, inner in enumerate(inside, 1)]
    for element, rules in meant:  # only now, since words that are added change what stands first and last
        if rules:
            _give(element, sorted(rules, key=lambda rule: rule.weight))


class _Table:
    """The steps of all rules, one behind the other, by number: each element is looked at once, from the root down."""

    def __init__(self, rules: list[Rule]):
        self.steps: list[Compound] = []
        self.begins: set[int] = set()
        self.ends: dict[int, Rule] = {}
        self.index: dict[str, list[int]] = defaultdict(list)  # by what a step asks for
        for rule in rules:
            self.begins.add(len(self.steps))
            self.steps += rule.steps
            self.ends[len(self.steps) - 1] = rule
        for number, step in enumerate(self.steps):
            key = f".{min(step.classes)}" if step.classes else step.tag or "*"
            self.index[f"#{step.identifier}" if step.identifier else key].append(number)

    def found(
        self, element: HtmlElement, parent: frozenset[int], above: frozenset[int], place: int, count: int
    ) -> frozenset[int]:
        """The steps that end at `element`, by those that end at its parent, and at any element above it."""
        asked = [number for key in _keys(element) for number in self.index.get(key, ())]
        return frozenset(
            number
            for number in asked
            if (number in self.begins or number - 1 in (parent if self.steps[number].child else above))
            and self.steps[number].matches(element, place, count)
        )


def _keys(element: HtmlElement) -> Iterator[str]:
    yield "*"
    yield "svg" if element.get(DRAWN) else element.tag
    if element.get("id"):
        yield f"#{element.get('id')}"
    for name in set((element.get("class") or "").split()):
        yield f".{name}"


def _give(element: HtmlElement, rules: list[Rule]) -> None:
    given: dict[str | None, dict[str, str]] = {None: {}, "before": {}, "after": {}, "!": {}}
    for rule in rules:
        pseudo = rule.steps[-1].pseudo
        given[pseudo] |= rule.declarations if pseudo is None else rule.declarations | rule.important
        given["!"] |= rule.important if pseudo is None else {}
    own = element.get("style")
    written = [_written(given[None]), own.strip().rstrip(";") if own else "", _written(given["!"])]
    if any(written):
        element.set("style", "; ".join(filter(None, written)))
    for pseudo in ("before", "after"):
        _add_words(element, pseudo, given[pseudo])


def _written(declarations: dict[str, str]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in declarations.items())


def _add_words(element: HtmlElement, pseudo: str, declarations: dict[str, str]) -> None:
    """The words that a sheet puts before or behind those of an element, such as the points between R's numbers."""
    found = WORDS.fullmatch(declarations.get("content", ""))
    if not found or declarations.get("display") == "none" or element.get(DRAWN):
        return
    words = CODE_POINT.sub(lambda code: chr(min(int(code[1], 16), 0xFFFD)), found[2])
    added = lxml.html.Element("span", {"style": _written(declarations)})
    added.text = f" {clean(words)} " if "padding" in declarations else clean(words)
    if pseudo == "before":
        element.text, added.tail = None, element.text
    element.insert(0 if pseudo == "before" else len(element), added)
