"""A document's structure: its title, the levels of its headings, footnotes, where links lead."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from lxml.html import HtmlElement
from lxml.html.builder import SPAN

LEVELS = {f"h{level}": level for level in range(1, 7)}
GIVEN_NAME = re.compile(r"(?<!\s)\s*+\{#([\w:.-]++)[^{}]*+\}\s*+$")  # of a heading: "## Title {#name}"
LONG = 8  # pages from which on a document gets a table of contents by itself
BEFORE_TITLE = 120  # letters that may stand before the title
MOST_CALLS = 20  # of one note in a cell, each of which shows it
LEADING_ON = re.compile(r"https?:|ftp:|mailto:|tel:", re.IGNORECASE)  # to pages, letters and calls; to no program
ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
Remark = Callable[[str, str], None]  # of a sentence and a place


@dataclass
class Part:
    """What one cell shows: `place` for messages, the number of its notebook from 0, and its elements below `tree`."""

    place: str
    notebook: int
    tree: HtmlElement


def headings(parts: Sequence[Part]) -> Iterator[tuple[Part, HtmlElement]]:
    """All headings in order, with their parts."""
    for part in parts:
        for element in part.tree.iter(*LEVELS):
            yield part, element


def words_of(element: HtmlElement) -> str:
    """An element's text with its white space folded."""
    return " ".join(element.text_content().split())


def take_title(parts: Sequence[Part], own: str | None, other: str | None, remark: Remark) -> str | None:
    """The document's title: `other` if there is one, or else its `own`, from the metadata or its first words.

    Its first words are its title if they are a heading of level 1, and the metadata say nothing else; they are taken
    out of the text. The only such heading may stand in its cell behind a few words.
    """
    first = _first_heading(parts)
    if first is not None and first.tag == "h1":  # of several, one behind other words begins a chapter
        words = words_of(first)
        if words and (own is None or words == own):
            if not other and any("\\" in (formula.text or "") for formula in first.find_class("math")):
                remark("formulas in the title are shown as their sources", parts[0].place)
            _leave_names(first)
            own = words
    return other or own


def _first_heading(parts: Sequence[Part]) -> HtmlElement | None:
    """The heading that stands first, or in its cell behind a few words, such as a name or a date."""
    before, count = 0, sum(1 for _, heading in headings(parts) if heading.tag == "h1")
    for child in next(filter(None, ([*_contents(part)] for part in parts)), []):
        if not isinstance(child, str) and child.tag in LEVELS:
            return child if count == 1 or not before else None
        before += len(child if isinstance(child, str) else child.text_content())
        if before > BEFORE_TITLE or (not isinstance(child, str) and child.tag in ("pre", "figure", "table")):
            return None
    return None


def _leave_names(title: HtmlElement) -> None:
    """Take the heading out that is the title; marks of its names stay, since links may lead to it."""
    inner = [name for one in title.iter() if (name := one.get("id") or (one.get("name") if one.tag == "a" else None))]
    for name in dict.fromkeys([*inner, *_names_of(words_of(title))]):
        title.addprevious(SPAN({"id": name}))
    title.drop_tree()


def _names_of(words: str) -> tuple[str, str]:
    """What JupyterLab, and what GitHub calls a heading of these words."""
    return words.replace(" ", "-"), re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")


def _contents(part: Part) -> Iterator[str | HtmlElement]:
    """What a part shows at its top level, without marks that only name a place."""
    if (part.tree.text or "").strip():
        yield part.tree.text
    yield from (child for child in part.tree if child.tag != "a" or child.text_content().strip())


def is_long(parts: Sequence[Part]) -> bool:
    """Whether a document has headings enough, and about as many pages, that a table of contents is of use."""
    letters = lines = pictures = 0
    for part in parts:
        letters += len(part.tree.text_content())
        lines += sum((element.text_content()).count("\n") for element in part.tree.iter("pre"))
        pictures += sum(1 for _ in part.tree.iter("img"))
    count: list[HtmlElement] = [heading for _, heading in headings(parts) if heading.tag in ("h1", "h2")]
    return len(count) > 3 and letters / 2800 + lines / 80 + pictures / 3 > LONG


def arrange_headings(parts: Sequence[Part]) -> None:
    """Raise all headings so that the highest level is 1, and none skips a level; those before the first are `front`."""
    found = [heading for _, heading in headings(parts) if words_of(heading) or len(heading)]
    least = min((LEVELS[heading.tag] for heading in found), default=1)
    begun, open_levels = False, []
    for heading in found:
        level = LEVELS[heading.tag] - least + 1
        if not begun and level > 1:
            heading.classes.add("front")
            heading.tag = "h1"
            continue
        begun = True
        while open_levels and open_levels[-1] >= level:
            open_levels.pop()
        open_levels.append(level)
        heading.tag = f"h{len(open_levels)}"


def move_footnotes(part: Part, remark: Remark) -> None:
    """Where Markdown's renderer refers to a note at the end of the cell, a `span.footnote` now holds its text."""
    notes = {}
    calls: Counter[str] = Counter()
    for section in part.tree.find_class("footnotes"):
        for item in section.iter("li"):
            for back in item.find_class("footnote"):
                back.drop_tree()
            notes[item.get("id")] = item
        section.drop_tree()
    for mark in list(part.tree.find_class("footnote-ref")):
        link = mark.find("a")
        name = (link.get("href") or "")[1:] if link is not None else ""
        if (item := notes.get(name)) is None:
            continue
        calls[name] += 1
        if calls[name] > MOST_CALLS:
            remark(f"a note is shown at the first {MOST_CALLS} of its marks", part.place)
            link.drop_tag()
            continue
        note = SPAN({"class": "footnote"})
        only = item[0] if len(item) == 1 and item[0].tag == "p" else item  # else it is of several blocks
        note.text = only.text
        note.extend([*map(_copied, only)])
        note.tail = mark.tail
        mark.getparent().replace(mark, note)


def _copied(element: HtmlElement) -> HtmlElement:
    copy = element.__copy__()
    copy.tail = element.tail
    return copy


class Links:
    """Targets by name, and links that are made to lead to them: within the notebook, to another one, or elsewhere."""

    def __init__(self, parts: Sequence[Part], names: Sequence[str]):
        self.parts, self.names = parts, list(names)
        self.targets: list[dict[str, str]] = [{} for _ in names]  # of each notebook: name -> identifier in the document
        self.taken: dict[str, int] = {}  # by name, how many want it
        self.used: set[str] = set()
        for part in parts:
            self._name_targets(part)

    def _name_targets(self, part: Part) -> None:
        targets = self.targets[part.notebook]
        for element in part.tree.iter():
            if element.tag in LEVELS:
                self._name_heading(element, targets)
            elif name := element.get("id") or (element.get("name") if element.tag == "a" else None):
                element.set("id", self._unique(name, targets))

    def _name_heading(self, heading: HtmlElement, targets: dict[str, str]) -> None:
        given = GIVEN_NAME.search(_last_words(heading))
        if given:
            _set_last_words(heading, _last_words(heading)[: given.start()])
        words = words_of(heading)
        name = given[1] if given else heading.get("id") or words.replace(" ", "-")
        identifier = self._unique(name or "section", targets)
        heading.set("id", identifier)
        for other in _names_of(words):
            targets.setdefault(other, identifier)

    def _unique(self, name: str, targets: dict[str, str]) -> str:
        identifier, count = name, self.taken.get(name, -1)
        while identifier in self.taken:
            count += 1
            identifier = f"{name}-{count}" if count else name
        self.taken[name] = count
        self.taken.setdefault(identifier, 0)
        targets.setdefault(name, identifier)
        return identifier

    def resolve(self, remark: Remark) -> None:
        """Give every link its target, or leave its words alone where there is none, with a remark."""
        for part in self.parts:
            for link in list(part.tree.iter("a")):
                if "reference" not in link.classes and link.get("href") is not None:
                    self._resolve(part, link, remark)

    def _resolve(self, part: Part, link: HtmlElement, remark: Remark) -> None:
        address = link.get("href").strip()
        if ELSEWHERE.match(address):
            link.set("href", f"https:{address}" if address.startswith("//") else address)
            if not LEADING_ON.match(link.get("href")):
                del link.attrib["href"]
            return
        file, _, name = unquote(address).partition("#")
        if file.startswith("./"):
            file = file[2:]
        if file and file not in self.names:
            del link.attrib["href"]  # a file beside the notebook, which the reader does not have
            return
        target = self._target(self.names.index(file) if file else part.notebook, name, is_other=bool(file))
        if target is None:
            del link.attrib["href"]
            if name:
                remark(f"a link leads to #{name}, which is not there", part.place)
            return
        link.set("href", f"#{target}")
        self.used.add(target)

    def _target(self, notebook: int, name: str, *, is_other: bool) -> str | None:
        if not name:
            return f"notebook-{notebook + 1}" if is_other else None
        others = [targets for index, targets in enumerate(self.targets) if index != notebook]
        for targets in [self.targets[notebook], *others]:
            if found := targets.get(name) or targets.get(name.replace(" ", "-")):
                return found
        return None


def _last_words(element: HtmlElement) -> str:
    return (element[-1].tail if len(element) else element.text) or ""


def _set_last_words(element: HtmlElement, words: str) -> None:
    if len(element):
        element[-1].tail = words
    else:
        element.text = words
