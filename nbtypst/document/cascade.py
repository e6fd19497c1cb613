"""Rules of style sheets -> style attributes of the elements that they match, such as the cells of a frame.

CSS's cascade decides, as in a browser: `!important`, then an element's own declarations, then names, classes and tags
of the selector, then what comes last. The page is of paper: of @media what is for print holds. Selectors with other
states than the first, last, even and odd child are left out, and so is @supports and the like.
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
AT_RULE = re.compile(r"@([^{};]*)(?:\{((?:[^{}]|\{[^{}]*\})*)\}|;)")
FOR_PRINT = re.compile(r"(?:only\s+)?(?:all|print)|not\s+screen|", re.IGNORECASE)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
STATE = r":nth-child\((?:even|odd)\)|:not\(:(?:first|last)-child\)|:(?:first|last)-child"
ATTRIBUTE = r"""\[\s*[\w-]+\s*(?:[~|^$*]?=\s*(?:"[^"]*"|'[^']*'|[\w-]+)\s*)?\]"""
COMPOUND = re.compile(rf"(\*|[a-zA-Z][\w-]*)?((?:#[\w-]+|\.[\w-]+|{STATE}|{ATTRIBUTE})*)(?:::?(before|after))?")
PART = re.compile(rf"[#.][\w-]+|{STATE}|{ATTRIBUTE}")
COMMA = re.compile(r",(?![^][]{0,200}\])")
STEP = re.compile(r"[>+~]|(?:\[[^][]{0,200}\]|\([^()]{0,200}\)|[^\s>+~])+")
WORDS = re.compile(r"""(["'])((?:(?!\1)[^\\]|\\.){1,40})\1""", re.DOTALL)  # of `content`, short ones
CODE_POINT = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")


@dataclass(frozen=True)
class Compound:
    """One step of a selector: what an element must be, and by `by` which other one must match the step before."""

    tag: str | None
    identifier: str | None
    classes: frozenset[str]
    states: tuple[str, ...] = ()  # ":first-child", "[href]" and the like
    by: str = " "  # one above; ">": its parent; "+": the one before it; "~": any before it
    pseudo: str | None = None  # "before", "after": words beside those of the element are meant

    def matches(self, element: HtmlElement, place: int, count: int) -> bool:
        """Whether `element` alone is such an element, being at a `place`, from 1, among `count` beside each other."""
        if self.tag and self.tag != element.tag and not (self.tag == "svg" and element.get(DRAWN)):
            return False
        if self.identifier and self.identifier != element.get("id"):
            return False
        if self.classes and not self.classes.issubset((element.get("class") or "").split()):
            return False
        return all(_is_in(element, state, place, count) for state in self.states)


def _is_in(element: HtmlElement, state: str, place: int, count: int) -> bool:
    if state[0] == "[":
        return _has(element, *re.split(r"([~|^$*]?=)", state[1:-1], maxsplit=1))
    if "nth" in state:
        return place % 2 == ("odd" in state)
    return (place == (1 if "first" in state else count)) != ("not" in state)


def _has(element: HtmlElement, name: str, sign: str = "", wanted: str = "") -> bool:
    """Whether an attribute is there, or its value is, holds, begins or ends with what is wanted."""
    value, wanted = element.get(name.strip().lower()), wanted.strip().strip("\"'")
    if value is None or not sign:
        return value is not None
    part = {"~=": wanted in value.split(), "|=": f"{value}-".startswith(f"{wanted}-"), "*=": wanted in value}
    part |= {"^=": value.startswith(wanted), "$=": value.endswith(wanted)}
    return value == wanted if sign == "=" else bool(wanted) and part[sign]


@dataclass(frozen=True)
class Rule:
    """Declarations for the elements that `steps` match; of two, the one with the greater `weight` holds."""

    steps: tuple[Compound, ...]
    declarations: dict[str, str]
    important: dict[str, str]
    weight: tuple[int, int, int, int]


def rules_of(sheet: str) -> list[Rule]:
    """The rules of a style sheet that say how words or cells look, by tags, names, classes and what they stand in.

    Rules with other selectors, or for screens alone, are left out.
    """
    rules = []
    for selectors, body in RULE.findall(AT_RULE.sub(_of_media, COMMENT.sub("", sheet))):
        declarations, important = _declarations(body)
        if not declarations and not important:
            continue
        for selector in COMMA.split(selectors):
            if steps := _steps(selector):
                names = sum(step.identifier is not None for step in steps)
                classes = sum(len(step.classes) + len(step.states) for step in steps)
                tags = sum(step.tag is not None for step in steps)
                rules.append(Rule(steps, declarations, important, (names, classes, tags, len(rules))))
    return rules


def _of_media(found: re.Match[str]) -> str:
    name, _, query = found[1].partition(" ")
    return found[2] or "" if name == "media" and _is_for_print(query) else ""


def _is_for_print(query: str) -> bool:
    return any(FOR_PRINT.fullmatch(part.strip()) for part in query.split(","))


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


def inline_styles(root: HtmlElement) -> None:
    """Give the elements below `root` the rules of the style sheets there, as style attributes; own declarations stay.

    The sheets stay, so this is done once for each root.
    """
    sheets = (sheet for sheet in root.iter("style") if _is_for_print(sheet.get("media", "")))
    rules = rules_of("\n".join(sheet.text_content() for sheet in sheets))
    if not rules:
        return
    table = _Table(rules)
    outside = {root, *root.iterancestors()}
    meant: list[tuple[HtmlElement, list[Rule]]] = []
    top = root.getroottree().getroot()
    stack = [(top, table.found(top, {}, 1, 1), frozenset[int]())]
    while stack:
        element, here, above = stack.pop()
        if element not in outside:
            meant.append((element, [table.ends[number] for number in here & table.ends.keys()]))
        seen = {">": here, " ": above | here, "+": frozenset(), "~": frozenset()}
        inside = [inner for inner in element if isinstance(inner.tag, str)]
        for place, inner in enumerate(inside, 1):
            seen["+"] = table.found(inner, seen, place, len(inside))
            seen["~"] |= seen["+"]
            stack.append((inner, seen["+"], seen[" "]))
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

    def found(self, element: HtmlElement, seen: dict[str, frozenset[int]], place: int, count: int) -> frozenset[int]:
        """The steps that end at `element`, by those that end at its parent, above it, and before it."""
        asked = [number for key in _keys(element) for number in self.index.get(key, ())]
        return frozenset(
            number
            for number in asked
            if (number in self.begins or number - 1 in seen.get(self.steps[number].by, ()))
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
