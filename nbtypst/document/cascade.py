"""Rules of style sheets -> style attributes of the elements that they match, such as the cells of a frame.

CSS's cascade decides, as in a browser: `!important`, then an element's own declarations, then names, classes and tags
of the selector, then what comes last. The page is of paper: of @media what is for print holds, and of @supports what
asks for something, since what is known here is as good as anywhere; other rules with an @ are left out.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import lxml.html
from lxml.html import HtmlElement

from ..common.css import declared
from .letters import clean
from .selectors import COMMA, DRAWN, Compound, Position, steps_of

PROPERTIES = re.compile(
    r"background(?:-color|-image)?|color|text-(?:align|decoration|transform)|font-(?:weight|style)|display|visibility"
    r"|opacity|white-space|direction|vertical-align|(?:margin|padding)-left|text-indent|(?:max-)?width|height|position"
    r"|overflow|list-style(?:-type)?|content|caption-side"
    r"|border(?:-(?:top|right|bottom|left))?(?:-(?:style|width|color))?|(?:page-)?break-(?:before|after)"
)
CUSTOM = re.compile(r"(?<![\w-])(--[\w-]+)\s*:\s*([^;{}]+)")
VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,[^()]*(?:\([^()]*\)[^()]*)*)?\)")
COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
AT_RULE = re.compile(r"@([^{};]*)(?:\{((?:[^{}]|\{[^{}]*\})*)\}|;)")
FOR_PRINT = re.compile(r"(?:only\s+)?(?:all|print)|not\s+screen|", re.IGNORECASE)
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
WORDS = re.compile(r"""(["'])((?:(?!\1)[^\\]|\\.){1,40})\1""", re.DOTALL)  # of `content`, short ones
CODE_POINT = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")


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
    rules, own = [], dict(CUSTOM.findall(sheet))
    sheet = VARIABLE.sub(lambda found: own.get(found[1], found[0]), sheet)
    for selectors, body in RULE.findall(AT_RULE.sub(_of_media, COMMENT.sub("", sheet))):
        declarations, important = _declarations(body)
        if not declarations and not important:
            continue
        for selector in COMMA.split(selectors):
            if steps := steps_of(selector):
                names = sum(step.identifier is not None for step in steps)
                classes = sum(len(step.classes) + len(step.states) for step in steps)
                tags = sum(step.tag is not None for step in steps)
                rules.append(Rule(steps, declarations, important, (names, classes, tags, len(rules))))
    return rules


def _of_media(found: re.Match[str]) -> str:
    name, _, query = found[1].partition(" ")
    holds = (name == "supports" and not query.strip().startswith("not")) or (name == "media" and _is_for_print(query))
    return found[2] or "" if holds else ""


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
    stack = [(top, table.found(top, {}, Position()), frozenset[int]())]
    while stack:
        element, here, above = stack.pop()
        if element not in outside:
            meant.append((element, [table.ends[number] for number in here & table.ends.keys()]))
        seen = {">": here, " ": above | here, "+": frozenset(), "~": frozenset()}
        inside = [inner for inner in element if isinstance(inner.tag, str)]
        of_type, before = Counter(inner.tag for inner in inside), Counter[str]()
        for place, inner in enumerate(inside, 1):
            before[inner.tag] += 1
            position = Position(place, len(inside), before[inner.tag], of_type[inner.tag])
            seen["+"] = table.found(inner, seen, position)
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

    def found(self, element: HtmlElement, seen: dict[str, frozenset[int]], position: Position) -> frozenset[int]:
        """The steps that end at `element`, by those that end at its parent, above it, and before it."""
        asked = [number for key in _keys(element) for number in self.index.get(key, ())]
        return frozenset(
            number
            for number in asked
            if (number in self.begins or number - 1 in seen.get(self.steps[number].by, ()))
            and self.steps[number].matches(element, position)
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
    still = {name: value for name, value, important in declared(own or "") if important}  # goes before all sheets
    written = [_written(given[None]), own.strip().rstrip(";") if own else "", _written(given["!"] | still)]
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
