"""A document -> one web page that needs nothing else: no other file, no host, no script."""

import base64
import copy
import html
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import lxml.html
from fontTools import subset
from fontTools.ttLib import TTFont
from jinja2 import Environment, FileSystemLoader
from lxml.html import HtmlElement
from lxml.html.builder import CODE, DIV, LI, NAV, OL, SPAN, SUP, UL, A
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from ..common.css import declarations
from ..common.fonts import FONTS
from ..document import LEVELS, Document, Part, headings
from ..formulas import Converted, to_mathml
from .sanitising import sanitise

if TYPE_CHECKING:
    from ..pictures import Remarks

HERE = Path(__file__).parent
TYPES = {"svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif"}
# letters that browsers set for <mi>x</mi>, and signs that they draw for <msqrt> and accents
ITALIC = {0x210E, *range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C)}
DRAWN = set(map(ord, "√∛′‾¯ˆ˜→⏞⏟"))
VOID = {"img", "br", "hr", "wbr", "col", "area"}
MEASURE = 31  # rem, as in page.html5
NUMBER = re.compile(r"[-+−]?[\d.,\s%±×()-]*")


def web_page(document: Document) -> tuple[bytes, "Remarks"]:
    """(the page, the same for the same document; the document's remarks and those on the page)."""
    formulas = to_mathml(document.formulas, document.options.time_limit)
    remarks = document.remarks_with([formula.problem for formula in formulas])
    contents = _contents(document) if document.toc else None
    notes: list[HtmlElement] = []
    written, notebook = [], -1
    for part in document.parts:
        if contents is not None and part.tree.find(".//h1") is not None and not _begins_with_front(part.tree):
            written.append(_text(DIV(contents)))
            contents = None
        name = f"notebook-{part.notebook + 1}"
        if part.notebook != notebook and name in document.names:
            written.append(f'<div id="{name}"></div>')
        notebook = part.notebook
        written.append(_written(part, document, formulas, notes, remarks))
    if notes:
        written.append(_text(DIV(DIV({"class": "footnotes"}, OL(*notes)))))
    body = "\n".join(written)
    template = Environment(loader=FileSystemLoader(HERE), autoescape=True).get_template("page.html5")
    page = template.render(
        title=document.title or document.name,
        shown_title=document.title is not None,
        lang=document.lang,
        preview=document.options.preview,
        body=body,
        fonts=_math_font(body) if "<math" in body else "",
        **document.front,
    )
    return page.encode(errors="replace"), remarks


def _written(
    part: Part, document: Document, formulas: list[Converted], notes: list[HtmlElement], remarks: "Remarks"
) -> str:
    """One cell; as plain text where it cannot be written."""
    try:
        tree, its_notes = copy.deepcopy(part.tree), [*notes]
        _to_web(tree, document, formulas, its_notes)
        written = _text(tree)
    except Exception as error:  # whatever a strange cell leads to: its words are there all the same
        why = f"the cell is shown as plain text, since it cannot be written ({error!r})"[:300]
        remarks.add(part.place, why)
        return f'<pre class="output">{html.escape("".join(part.tree.itertext()).strip())}</pre>'
    notes[:] = its_notes
    return written


def _text(tree: HtmlElement) -> str:
    """What stands in an element, and nothing that a page must not hold, as HTML that is XML too."""
    sanitise(tree)
    for inner in tree.iter():
        if inner.text is None and len(inner) == 0 and inner.tag not in VOID:
            inner.text = ""
    return "".join(
        [html.escape(tree.text or ""), *(lxml.html.tostring(one, encoding="unicode", method="xml") for one in tree)]
    )


def _begins_with_front(tree: HtmlElement) -> bool:
    return all("front" in heading.classes for heading in tree.iter("h1"))


def _to_web(tree: HtmlElement, document: Document, formulas: list[Converted], notes: list[HtmlElement]) -> None:
    """Change the elements of one cell into those of a web page."""
    for element in list(tree.iter()):
        if element is tree:
            continue
        if "math" in element.classes and element.tag == "span":
            _show_formula(element, document, formulas)
        elif element.tag == "img" and element.get("data-file"):
            _show_picture(element, document)
        elif element.tag == "pre" and "code" in element.classes:
            _highlight(element)
        elif element.tag == "span" and "footnote" in element.classes:
            _move_note(element, notes)
    for table in list(tree.iter("table")):
        _scroll_table(table)
    for figure in tree.iter("figure"):
        _scroll_picture(figure)
    for heading in list(tree.iter(*LEVELS)):  # the title alone is of level 1
        heading.tag = f"h{min(6, LEVELS[heading.tag] + 1)}"


def _show_formula(element: HtmlElement, document: Document, formulas: list[Converted]) -> None:
    number = int(element.get("data-formula"))
    formula, converted = document.formulas[number], formulas[number]
    display = "display" in element.classes
    new = lxml.html.fragment_fromstring(converted.markup) if converted.markup else CODE(formula.tex.strip())
    if display:
        new = SPAN({"class": f"equation {element.get('data-side', '')}".strip()}, SPAN(new))
        if element.get("id"):
            new.set("id", element.get("id"))
        new[0].tail = element.get("data-number")
    new.tail = element.tail
    element.getparent().replace(element, new)


def _show_picture(element: HtmlElement, document: Document) -> None:
    picture = document.pictures[element.get("data-file")]
    kind = TYPES.get(picture.name.rpartition(".")[2], "image/webp")
    element.set("src", f"data:{kind};base64,{base64.b64encode(picture.content).decode()}")
    if element.get("width", "").endswith("%"):  # so that its letters are never smaller than on a wide screen
        share = element.attrib.pop("width")
        try:
            element.set("style", f"width:{share};min-width:{MEASURE * float(share[:-1]) / 100:g}rem")
        except ValueError:
            return


def _highlight(element: HtmlElement) -> None:
    try:
        lexer = get_lexer_by_name(element.get("data-lang") or "text")
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    code = highlight(element.text_content(), lexer, HtmlFormatter(nowrap=True)).rstrip("\n")
    new = lxml.html.fragment_fromstring(f"<pre><code>{code}</code></pre>")
    new.tail = element.tail
    element.getparent().replace(element, new)


def _move_note(element: HtmlElement, notes: list[HtmlElement]) -> None:
    number = str(len(notes) + 1)
    mark = SUP(A(number, {"href": f"#note-{number}", "id": f"note-{number}-mark"}))
    mark.tail = element.tail
    element.getparent().replace(element, mark)
    element.tail = " "
    notes.append(LI({"id": f"note-{number}"}, element, A("↩", {"href": f"#note-{number}-mark"})))


def _in_box(element: HtmlElement, label: str) -> HtmlElement:
    """What is wider than a phone scrolls in its own box."""
    box = DIV({"class": "scroll", "tabindex": "0", "role": "region", "aria-label": label})
    box.tail, element.tail = element.tail, None
    element.getparent().replace(element, box)
    box.append(element)
    return box


def _scroll_table(table: HtmlElement) -> None:
    figure = table.getparent()
    caption = figure.find("figcaption") if figure is not None and figure.tag == "figure" else None
    for cell in table.iterfind(".//thead//th"):
        cell.set("scope", "col")
    for cell in table.iter("td"):
        align = cell.get("align") or declarations(cell).get("text-align", "")
        if (
            len(cell.text_content()) > 14
            and align not in ("right", "center")
            and not NUMBER.fullmatch(cell.text_content())
        ):
            cell.classes.add("prose")  # may be broken; a number never
    _in_box(table, " ".join(caption.text_content().split()) if caption is not None else "Table")
    if caption is not None:
        figure.insert(0, caption)


def _scroll_picture(figure: HtmlElement) -> None:
    image, caption = figure.find("img"), figure.find("figcaption")
    if image is not None and caption is not None:
        _in_box(image, " ".join(caption.text_content().split()))


def _contents(document: Document) -> HtmlElement | None:
    """Chapters and their sections, as links; None for few."""
    chapters: list[HtmlElement] = []
    count = 0
    for _, heading in headings(document.parts):
        if "front" in heading.classes or heading.tag not in ("h1", "h2"):
            continue
        count += 1
        entry = LI(A(" ".join(heading.text_content().split()), {"href": f"#{heading.get('id')}"}))
        if heading.tag == "h1" or not chapters:
            chapters.append(entry)
            continue
        if chapters[-1].find("ul") is None:
            chapters[-1].append(UL())
        chapters[-1].find("ul").append(entry)
    return NAV({"aria-label": "Contents"}, UL(*chapters)) if count > 2 else None


def _math_font(page: str) -> str:
    """A rule with the page's font for mathematics, of the letters that the page may need: few devices have one."""
    font = TTFont(FONTS / "LibertinusMath-Regular.otf", recalcTimestamp=False)
    subsetter = subset.Subsetter(subset.Options(layout_features=["ssty"], hinting=False))
    subsetter.populate(unicodes={*map(ord, page), *ITALIC, *DRAWN})
    subsetter.subset(font)
    font.flavor = "woff"
    woff = io.BytesIO()
    font.save(woff)
    data = base64.b64encode(woff.getvalue()).decode()
    return f'@font-face {{ font-family: "Report Math"; src: url(data:font/woff;base64,{data}); }}'
