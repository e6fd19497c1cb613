"""Simple rules of style sheets -> style attributes of the elements that they match, such as the cells of a frame."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

READ = "data-read"  # marks a sheet whose rules the elements already have
PROPERTIES = {"background-color", "background", "color", "text-align", "font-weight", "font-style", "text-decoration"}
COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
AT_RULE = re.compile(r"@[^{};]*(?:\{(?:[^{}]|\{[^{}]*\})*\}|;)")
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
COMPOUND = re.compile(r"(\*|[a-zA-Z][\w-]*)?((?:#[\w-]+|\.[\w-]+|:nth-child\((?:even|odd)\))*)")
PART = re.compile(r"[#.][\w-]+|:nth-child\((?:even|odd)\)")


@dataclass(frozen=True)
class Compound:
    """One step of a selector: what an element must be; `child` if its parent must match the step before."""

    tag: str | None
    identifier: str | None
    classes: frozenset[str]
    rows: int | None = None  # of :nth-child(odd), (even): 1, 0
    child: bool = False

    def matches(self, element: HtmlElement) -> bool:
        """Whether `element` alone is such an element."""
        if (self.tag or element.tag) != element.tag or (self.identifier or element.get("id")) != element.get("id"):
            return False
        if self.classes and not self.classes.issubset((element.get("class") or "").split()):
            return False
        return self.rows is None or (element.getparent().index(element) + 1) % 2 == self.rows


@dataclass(frozen=True)
class Rule:
    """Declarations for the elements that `steps` match; of two, the one with the greater `weight` holds."""

    steps: tuple[Compound, ...]
    declarations: dict[str, str]
    weight: tuple[int, int, int, int]

    def matches(self, element: HtmlElement) -> bool:
        """Whether `element`, with what it stands in, is meant."""
        return self.steps[-1].matches(element) and _inside(element.getparent(), self.steps[:-1], self.steps[-1].child)


def _inside(element: HtmlElement | None, steps: tuple[Compound, ...], child: bool) -> bool:
    while steps and element is not None:
        if steps[-1].matches(element) and _inside(element.getparent(), steps[:-1], steps[-1].child):
            return True
        if child:
            return False
        element = element.getparent()
    return not steps


def rules_of(sheet: str) -> list[Rule]:
    """The rules of a style sheet that say how words or cells look, by tags, names, classes and what they stand in.

    Rules with other selectors, within @media and the like are left out.
    """
    rules = []
    for selectors, body in RULE.findall(AT_RULE.sub("", COMMENT.sub("", sheet))):
        declarations = _declarations(body)
        if not declarations:
            continue
        for selector in selectors.split(","):
            if steps := _steps(selector):
                names = sum(step.identifier is not None for step in steps)
                classes = sum(len(step.classes) + (step.rows is not None) for step in steps)
                tags = sum(step.tag is not None for step in steps)
                rules.append(Rule(steps, declarations, (names, classes, tags, len(rules))))
    return rules


def _declarations(body: str) -> dict[str, str]:
    pairs = (declaration.partition(":") for declaration in body.split(";"))
    found = {name.strip().lower(): value.replace("!important", "").strip() for name, _, value in pairs}
    return {name: value for name, value in found.items() if name in PROPERTIES and value}


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
                next((int("odd" in part) for part in parts if part[0] == ":"), None),
                child,
            )
        )
        child = False
    return tuple(steps)


def inline_styles(root: HtmlElement) -> None:
    """Give the elements below `root` the rules of the style sheets there, as style attributes; own declarations stay.

    Each sheet is read once: `data-read` marks those that are done.
    """
    sheets = [sheet for sheet in root.iter("style") if sheet.get(READ) is None]
    rules = rules_of("\n".join(sheet.text_content() for sheet in sheets))
    for sheet in sheets:
        sheet.set(READ, "")
    if not rules:
        return
    index: dict[str, list[Rule]] = defaultdict(list)  # by what the last step asks for
    for rule in rules:
        last = rule.steps[-1]
        index[
            f"#{last.identifier}" if last.identifier else f".{min(last.classes)}" if last.classes else last.tag or "*"
        ].append(rule)
    for element in root.iterdescendants():
        if isinstance(element.tag, str):
            found = [rule for key in _keys(element) for rule in index.get(key, ()) if rule.matches(element)]
            if found:
                _give(element, sorted(found, key=lambda rule: rule.weight))


def _keys(element: HtmlElement) -> Iterator[str]:
    yield "*"
    yield element.tag
    if element.get("id"):
        yield f"#{element.get('id')}"
    for name in set((element.get("class") or "").split()):
        yield f".{name}"


def _give(element: HtmlElement, rules: list[Rule]) -> None:
    declarations: dict[str, str] = {}
    for rule in rules:
        declarations |= rule.declarations
    given = "; ".join(f"{name}: {value}" for name, value in declarations.items())
    own = element.get("style")
    element.set("style", f"{given}; {own}" if own else given)
