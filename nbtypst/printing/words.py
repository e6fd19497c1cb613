"""Words, formulas and pictures within a line as Typst markup."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from ..common.fonts import ZERO_WIDTH_SPACE, breakable
from . import markup
from .drawn import picture_size, swatch
from .looks import calls_of

WORD = re.compile(r"\S{18,}")  # that may be too long for a line
SHORT_WORD = re.compile(r"\S{3,}")  # that may be too long for a column
TAGS = "#tags.at"  # stands in a formula with a number in each row
WIDE_MATRIX = 12  # columns, from which on a matrix stands for itself, where it can be set smaller


@dataclass(frozen=True)
class Place:
    """Where elements are written: `room` and font `size` in points, whether `inside` other blocks, or in a table.

    `depth` counts the lists, quotations and tables around it.
    """

    room: float
    size: float
    depth: int = 0
    inside: bool = False
    in_table: bool = False

    def inner(self, less: float = 0.0) -> "Place":
        """A place within a block here; within a list or quotation it is `less` points narrower."""
        return replace(self, room=max(30.0, self.room - less), depth=self.depth + bool(less), inside=True)


class WordsWriter:
    """Writes what stands within a line; formulas and pictures that Typst refused before are shown in another way.

    The writer of blocks, which is made of it, has all that it needs.
    """

    def inlines(self, run: Sequence[str | HtmlElement], place: Place) -> str:
        """Words and elements within a line."""
        return "".join(self.words(part, place) if isinstance(part, str) else self.inline(part, place) for part in run)

    def words(self, text: str, place: Place) -> str:
        """Words that show themselves; one too long for its place may break anywhere."""
        if len(text) > 17 or place.in_table:
            text = (SHORT_WORD if place.in_table else WORD).sub(
                lambda found: breakable(found[0], place.room, place.size), text
            )
        written = markup.text(text)
        if self.missing and not self.missing.isdisjoint(written):
            written = "".join(
                f'#missing-sign("U+{ord(sign):04X}");' if sign in self.missing else sign for sign in written
            )
        return written

    def shown(self, text: str) -> str:
        """Verbatim text in which signs without a font are their code points."""
        if self.missing and not self.missing.isdisjoint(text):
            return "".join(f"[U+{ord(sign):04X}]" if sign in self.missing else sign for sign in text)
        return text

    def inline(self, element: HtmlElement, place: Place) -> str:
        """One element within a line."""
        if "math" in element.classes:
            return self.formula(element, place)
        if "footnote" in element.classes and element.tag == "span":
            return f"#footnote[{self.blocks(element, place.inner()).strip()}];"
        name = f"inline_{element.tag}"
        if hasattr(self, name):
            body = getattr(self, name)(element, place)
        else:
            body = self.inlines([element.text or "", *children(element)], place)
        if "box" in element.classes:
            body = f"#box-of-words[{body}];{ZERO_WIDTH_SPACE}"
        for call in reversed(calls_of(element) if body else []):
            body = f"#{call}[{body}];"
        body = body or swatch(element, place.room, place.size)
        return self.anchor(element, place) + body

    def inline_br(self, element: HtmlElement, place: Place) -> str:
        """A new line."""
        return " \\\n"

    def inline_wbr(self, element: HtmlElement, place: Place) -> str:
        """Where a word may break."""
        return "\u200b"

    def inline_q(self, element: HtmlElement, place: Place) -> str:
        """A quotation within a line."""
        begin, end = "‘’" if sum(1 for _ in element.iterancestors("q")) % 2 else "“”"
        return f"{begin}{self.inlines([element.text or '', *children(element)], place)}{end}"

    def inline_code(self, element: HtmlElement, place: Place) -> str:
        """Code within a line."""
        text = self.shown(" ".join(element.text_content().split("\n")))
        if not text.strip():
            return ""
        room = place.room if place.in_table else place.room * 0.9
        text = re.sub(r"\S{12,}", lambda found: breakable(found[0], room, 0.86 * place.size, mono=True), text)
        return f"#raw({markup.string(text)});"

    inline_kbd = inline_samp = inline_tt = inline_pre = inline_code

    def inline_a(self, element: HtmlElement, place: Place) -> str:
        """A link."""
        body = self.inlines([element.text or "", *children(element)], place)
        address = element.get("href")
        if not address or not body.strip():
            return body
        target = f"label({markup.string(address[1:])})" if address.startswith("#") else markup.string(address)
        return f"#link({target})[{body}];"

    def inline_img(self, element: HtmlElement, place: Place) -> str:
        """A picture in the text."""
        return f"#box({self.image(element, place)});{ZERO_WIDTH_SPACE}"

    def formula(self, element: HtmlElement, place: Place) -> str:
        """A formula; as its source where it cannot be set."""
        number = int(element.get("data-formula"))
        display = "display" in element.classes
        formula = self.document.formulas[number]
        source = formula.tex.strip()
        converted = self.formulas[number].markup
        if not source:
            return ""
        if converted and any(row.count(",") > WIDE_MATRIX for row in converted.split(";")):
            display = True
        label = self.label(element, place) if display else ""
        named = f"#metadata(none){label}" if label else ""
        if converted is None or number in self.refused_formulas:
            shown = f"#formula-source({markup.string(self.shown(source))}{', block: true' if display else ''});"
            return f"{named}\n{shown}" if named else shown
        arguments = [f"alt: {markup.one_line(source)}", f"formula-{number}"]
        if display:
            tag = element.get("data-number")
            arguments[:0] = ["block: true", *([f"numbering: _ => {markup.string(tag)}"] if tag else [])]
        if TAGS in converted:
            tags = markup.array([markup.string(shown) if shown else "none" for shown in formula.numbers])
            rows = f"#numbered-rows({arguments[-1]}, {tags}, {arguments[-2]})"
            return f"\n{named}\n{rows}\n"
        written = f"#math.equation({', '.join(arguments)}){label or ';'}"
        if display and ("mat(" in converted or "framed(" in converted):
            written = f"#unbreakable[{written}]"
        if side := element.get("data-side"):
            written = f"#[#show math.equation: set align({side})\n{written}]"
        return f"\n{written}\n" if display else written

    def definitions(self, element: HtmlElement) -> dict[str, int | str]:
        """Return a line for each formula and picture in an element, which Typst names where it refuses them."""
        found: dict[str, int | str] = {}
        for inner in element.find_class("math"):
            number = int(inner.get("data-formula"))
            converted = self.formulas[number].markup
            if converted and number not in self.refused_formulas:
                rows = "tags => " if TAGS in converted else ""
                found[f"#let formula-{number} = {rows}{' '.join(converted.split(chr(10)))}"] = number
        for inner in element.iter("img"):
            name = inner.get("data-file")
            if name and name not in self.refused_pictures:
                found[f"#let {self._picture(name)}(..how) = image(media + {markup.string(name)}, ..how)"] = name
        return found

    def _picture(self, name: str) -> str:
        return f"picture-{self.picture_numbers[name]}"

    # Pictures

    def image(self, element: HtmlElement, place: Place) -> str:
        """The call that shows a picture, as large as it is, or as HTML says, but never larger than its place."""
        name = element.get("data-file")
        alt = markup.one_line(self.shown(element.get("alt", "")))
        if name in self.refused_pictures:
            return f"box-of-words({alt})"
        picture = self.document.pictures[name]
        most = (place.room, 0.92 * self.page.height)
        wide, high = picture_size(element, (picture.width, picture.height), most, place.size)
        height = f', height: {high:.2f}pt, fit: "stretch"' if high else ""
        return f"{self._picture(name)}(alt: {alt}, width: {wide:.2f}pt{height})"

    def anchor(self, element: HtmlElement, place: Place) -> str:
        """Return a mark to which links lead, once for each name.

        What stands in the head of a table, which may be repeated on every page, has it before the table.
        """
        if place.in_table:
            elements = [] if next(element.iterancestors("th", "thead", "caption"), None) is not None else [element]
        elif element.tag == "table" or (element.tag == "figure" and element.find(".//table") is not None):
            heads = [inner for part in element.iter("th", "thead", "caption") for inner in part.iter()]
            elements = [*([element] if element.tag == "table" else []), *heads]
        else:  # figures have labels, and so do formulas
            elements = [] if element.tag == "figure" or "math" in element.classes else [element]
        names = [name for inner in elements if (name := inner.get("id")) and name in self.document.names]
        new = [name for name in dict.fromkeys(names) if name not in self.anchored]
        self.anchored.update(new)
        return "".join(f"#metadata(none)#label({markup.string(name)});" for name in new)

    def label(self, element: HtmlElement, place: Place) -> str:
        """The label of an element that Typst can refer to itself."""
        name = None if place.in_table else element.get("id")
        return f"#label({markup.string(name)})" if name else ""


def children(element: HtmlElement) -> list[str | HtmlElement]:
    """What stands within an element behind its first words."""
    return [part for child in element for part in (child, child.tail or "")]
