"""A document's elements as Typst markup: paragraphs, headings, lists, code, figures, tables."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from lxml.html import HtmlElement

from ..document import LEVELS, Document, Part
from ..tables import TooLargeError, TypstTable, beside, table
from . import verbatim
from .drawn import swatch
from .lists import call_of_numbers, is_without_marks
from .looks import block_calls_of, calls_of, cell_calls_of, display, narrower, page_breaks, rows_of
from .words import Place, WordsWriter, children

if TYPE_CHECKING:
    from ..formulas import Converted
    from ..pictures import Remarks

BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "dialog", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "legend", "li", "main", "nav", "ol", "p",
    "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", *LEVELS,
}  # fmt: skip
OF_TABLES = {"table", "tbody", "td", "tfoot", "th", "thead", "tr"}
LINE_BY_LINE = 2  # depth from which lines end where they are full: each list sets its text several times to measure it
MEASURED = 4  # depth from which lists are set in a way that measures nothing, or long words would take ever longer
DEEPEST = 8  # nested lists, quotations and tables, which take Typst ever longer; deeper ones are shown as words

SECTION = 2  # a figure stays between the headings of this level or above that it stands between


class TypstWriter(WordsWriter):
    """Writes the parts of a document, in order."""

    def __init__(
        self, document: Document, formulas: Sequence["Converted"], missing: frozenset[str], remarks: "Remarks"
    ) -> None:
        self.document, self.formulas, self.missing, self.remarks = document, formulas, missing, remarks
        self.page = document.options.page
        self.picture_numbers = {name: number for number, name in enumerate(document.pictures)}
        self.refused_formulas: set[int] = set()
        self.refused_pictures: set[str] = set()
        self.restart()

    def restart(self) -> None:
        """Begin again with the first part."""
        self.chapter, self.section = 0, 0
        self.floats: list[tuple[int, bool]] = []  # of each figure: its section, and whether it may float
        self.below_heading = False
        self.anchored: set[str] = set()  # names of marks that are written
        self.at = self.document.name  # the place at work, for remarks

    def part(self, part: Part) -> str:
        """The markup of one cell."""
        self.at = part.place
        return self.blocks(part.tree, Place(self.page.measure, self.page.font_size))

    # Blocks

    def blocks(self, element: HtmlElement, place: Place) -> str:
        """What an element holds, as paragraphs and other blocks."""
        if place.depth > DEEPEST:
            if len(element):
                told = f"lists, quotations and tables nested deeper than {DEEPEST} are shown as words"
                self.remarks.add(self.at, told)
            return self.words(" ".join(element.itertext()), place)
        written, run, beside = [], [element.text or ""], self._beside(element, place)
        is_laid_out = "flex" in display(element) or "grid" in display(element)
        for child in element:
            if child in beside:
                written += [self._paragraph(run, place), beside[child]]
                run = [child.tail or ""]
            elif self._is_block(child):
                written += [self._paragraph(run, place), self.block(child, place)]
                run = [child.tail or ""]
            else:
                apart = child.tag != "img" and (is_laid_out or display(child).startswith("inline-"))
                run += [child, (child.tail or "") + " " * apart]
        written.append(self._paragraph(run, place))
        return "\n\n".join(filter(None, written))

    def _is_block(self, element: HtmlElement) -> bool:
        if "footnote" in element.classes:  # which stands within a line, whatever it holds
            return False
        given = display(element)
        tag_says = element.tag in BLOCKS if not given else not given.startswith("inline") or element.tag in OF_TABLES
        return tag_says or (len(element) > 0 and any(self._is_block(child) for child in element))

    def _beside(self, element: HtmlElement, place: Place) -> dict[HtmlElement, str]:
        """Markup by child, "" for those that stand beside the first, where CSS lays out blocks in a row and it fits."""
        found: dict[HtmlElement, str] = {}
        for row in rows_of(element, self._is_block, self.document.names):
            body = beside(row, partial(self._write_cell, place), self.page, room=place.room, size=place.size)
            if body:
                found |= {row[0]: body, **dict.fromkeys(row[1:], "")}
        return found

    def _paragraph(self, run: Sequence[str | HtmlElement], place: Place) -> str:
        text = self.inlines(run, place).lstrip(" \t\n").rstrip()
        if not text:
            return ""
        self.below_heading = False
        return text

    def block(self, element: HtmlElement, place: Place) -> str:
        """One block with its look, and with its name where a link leads to it."""
        before, after = page_breaks(element)
        if element.tag in LEVELS:
            return f"{before}{self._heading(element, place)}{after}"
        name = f"block_{element.tag}"
        body = getattr(self, name)(element, place) if hasattr(self, name) else self._plain_block(element, place)
        for call in reversed(block_calls_of(element) if body else []):
            body = f"#{call}[{body}]"
        body = body or swatch(element, place.room, place.size)
        return f"{before}{self.anchor(element, place)}{body}{after}"

    def _plain_block(self, element: HtmlElement, place: Place) -> str:
        if hasattr(self, f"inline_{element.tag}"):  # a picture or a link that is a block by its style
            return self.inline(element, place)
        body = self.blocks(element, place.inner(narrower(element, place.room, place.size)))
        if "csl-entry" in element.classes:
            return f"#work-cited[{body}]"
        for call in reversed(calls_of(element) if body else []):
            body = f"#{call}[{body}];"
        return body

    def _heading(self, element: HtmlElement, place: Place) -> str:
        text = self.inlines([element.text or "", *children(element)], place).strip()
        if not text:
            return ""
        for call in reversed(calls_of(element)):
            text = f"#{call}[{text}];"
        label = self.label(element, place)
        level = LEVELS[element.tag]
        self.below_heading = True
        if place.depth or any(one.tag == "div" and block_calls_of(one) for one in element.iterancestors()):
            return f"*{text}*{self.anchor(element, place)}"
        before, heading = "", f"#front-heading[{text}]{label}"
        if "front" not in element.classes:
            if level == 1:
                before = "#place.flush()\n" if self.chapter else "#contents-here()\n"
                self.chapter += 1
            self.section += level <= SECTION
            heading = f"#heading(level: {level})[{text}]{label}"
        for call in block_calls_of(element):
            heading = f"#{call}[{heading}]" if call.startswith("align") else heading
        return before + heading

    def block_p(self, element: HtmlElement, place: Place) -> str:
        """A paragraph."""
        return self._plain_block(element, place)

    def block_pre(self, element: HtmlElement, place: Place) -> str:
        """Code, or what was printed."""
        self.below_heading = False
        columns = self._columns(place)
        if "code" in element.classes:
            return verbatim.code(self.shown(element.text_content()), element.get("data-lang", ""), columns)
        return verbatim.printed(element, "error" if "error" in element.classes else "output", columns, self.shown)

    def _columns(self, place: Place) -> int:
        """Letters of code in a line."""
        return max(10, int(self.page.code_columns * min(1.0, place.room / self.page.measure)))

    def block_ul(self, element: HtmlElement, place: Place) -> str:
        """A list with bullets."""
        return self._list("list", element, place)

    def block_ol(self, element: HtmlElement, place: Place) -> str:
        """A list with numbers."""
        call, arguments = call_of_numbers(element)
        return self._list(call, element, place, arguments)

    def _list(self, call: str, element: HtmlElement, place: Place, arguments: str = "") -> str:
        if len(element) and not any(map(self._is_block, element)):  # items in one line
            return self.inlines([part for child in element for part in (child, " ")], place)
        if is_without_marks(element):
            call, arguments = "list", "marker: [], "
        call = f"deep-{call}" if place.depth >= MEASURED and call in ("list", "enum") else call
        items = [self.blocks(child, place.inner(1.8 * place.size)) for child in element]
        loose = any(child.find("p") is not None for child in element)
        separated = ",\n  ".join(f"[{item}]" for item in items)
        lines = 'set par(linebreaks: "simple"); ' if place.depth == LINE_BY_LINE else ""
        tight = "false" if loose else "true"
        return f"#{{ {lines}{call}({arguments}tight: {tight},\n  {separated}) }}" if items else ""

    def block_dl(self, element: HtmlElement, place: Place) -> str:
        """Terms and what they mean."""
        if len(element) and not any(map(self._is_block, element)):
            return self.inlines([part for child in element for part in (child, " ")], place)
        written = []
        for child in element:
            body = self.blocks(child, place.inner(1.2 * place.size))
            written.append(f"*{body}*" if child.tag == "dt" and "\n\n" not in body else f"#pad(left: 1.2em)[{body}]")
        return "\n\n".join(written)

    def block_blockquote(self, element: HtmlElement, place: Place) -> str:
        """A quotation."""
        body = self.blocks(element, place.inner(2.4 * place.size))
        return f"#quote(block: true)[{body}]" if body else ""

    def block_hr(self, element: HtmlElement, place: Place) -> str:
        """A rule."""
        return "#horizontal-rule"

    def block_figure(self, element: HtmlElement, place: Place) -> str:
        """A picture or table with its caption; a picture may float, at the top level."""
        caption = element.find("figcaption")
        content = element.find(".//table")
        pictures = [image for image in element.iter("img") if image.get("data-file")]
        if caption is None or "numbered" not in element.classes or (content is None and len(pictures) != 1):
            body = self._plain_block(element, place)
            return f"#kept-together[{body}]" if caption is not None and content is None and body else body
        stays = self.below_heading
        text = self.blocks(caption, place.inner())
        label = self.label(element, place)
        if content is not None:
            return self._table(content, place).block(text, label)
        at_top = not place.inside
        self.floats.append((self.section, at_top and self.chapter > 0 and not stays))
        placement = f"placement: placement-of({len(self.floats) - 1}), " if at_top else ""
        self.below_heading = False
        begin = "#metadata(none)<figure-begin>\n"  # it never stands before what comes before it
        return f"{begin}#figure({self.image(pictures[0], place)}, {placement}caption: [{text}]){label}"

    def _table(self, element: HtmlElement, place: Place) -> TypstTable:
        self.below_heading = False

        write = partial(self._write_cell, place)
        return table(element, write, self.page, room=place.room, size=place.size)

    def _write_cell(self, around: Place, cell: HtmlElement, room: float, size: float) -> str:
        body = self.blocks(cell, Place(room, size, around.depth + 1, inside=True, in_table=True))
        for call in reversed(cell_calls_of(cell) if body else []):
            body = f"#{call}[{body}]"
        return body

    def block_table(self, element: HtmlElement, place: Place) -> str:
        """A table without a caption of its own; one that is too large as lines of words."""
        try:
            return self._table(element, place).block()
        except TooLargeError as error:
            self.remarks.add(self.at, f"{error} is shown as words")
        rows = ("  ".join(" ".join(cell.itertext()) for cell in row.iter("td", "th")) for row in element.iter("tr"))
        return verbatim.code(
            self.shown("\n".join(" ".join(row.split()) for row in rows)), "output", self._columns(place)
        )
