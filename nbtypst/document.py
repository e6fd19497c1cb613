"""Notebooks -> one document that every writer can print: numbered, linked, with its pictures and formulas."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import lxml.html
from nbformat import NotebookNode

from . import markdown, outputs
from .collected import Collected, Remarks, box
from .equation_numbers import numbers_of, part_rows
from .mathematics import LONGEST, Formula, definitions, labels_and_tag
from .notebooks import Notebook
from .page import Page
from .pandoc import SECONDS
from .pictures import Picture
from .reading import Source, read
from .references import Numbers, cite, mark_captions, mark_references, read_works
from .selection import Selection
from .signs import clean
from .structure import Links, Part, arrange_headings, is_long, move_footnotes, take_title, words_of

MAGIC = re.compile(r"%%(\w+)")
LANGUAGES = {"html": "html", "javascript": "javascript", "js": "javascript", "latex": "latex", "r": "r", "svg": "xml"}
SHELLS = {"bash", "sh", "script", "system", "sx"}


@dataclass(frozen=True)
class Options:
    """What is printed beside the cells; None: as the first notebook's metadata say, or else nothing.

    `root` is a folder in which pictures and bibliographies may lie beside the notebook's own; `time_limit` is how many
    seconds of work pandoc or Typst may take for a page, and in proportion for more.
    `byline` are short strings below the authors; `preview` is a remark for every page; `toc` is None for a table of
    contents where the document is long.
    """

    title: str | None = None
    subtitle: str | None = None
    authors: Sequence[str] | None = None
    date: str | None = None
    byline: Sequence[str] | None = None
    abstract: str | None = None
    lang: str | None = None
    bibliography: str | Sequence[str] | None = None
    root: str | Path | None = None
    time_limit: float = SECONDS
    preview: str | None = None
    toc: bool | None = None
    numbered_headings: bool = False
    page: Page = field(default_factory=Page)
    selection: Selection = field(default_factory=Selection)


@dataclass
class Document:
    """What is printed, in order: title block, then `parts`. `remarks`: what is shown less well, a sentence each.

    `formulas` are referred to by number, in `data-formula`; `pictures` by file name. `names` are
    those of elements to which links lead. `is_accessible`: every picture has an alternative text of its author's.
    """

    name: str
    title: str | None
    front: dict[str, str | list[str]]
    lang: str
    parts: list[Part]
    formulas: list[Formula]
    pictures: dict[str, Picture]
    remarks: Remarks
    names: set[str]
    is_accessible: bool
    toc: bool
    options: Options


def document_of(notebooks: Sequence[Notebook], options: Options | None = None) -> Document:
    """The document that `notebooks` make together, in order, with the outputs that they hold."""
    options = options or Options()
    collected = Collected(seconds=options.time_limit)
    about = {**notebooks[0].metadata, **{key: value for key, value in vars(options).items() if value is not None}}
    lang = str(about.get("lang") or "en")
    lang = lang if re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2})?", lang) else "en"
    parts = [
        part for number, notebook in enumerate(notebooks) for part in _parts_of(notebook, number, options, collected)
    ]
    works = _works(about, notebooks[0], options, collected)
    for part in parts:
        mark_captions(part)
        move_footnotes(part, collected)
        part_rows(part.tree)
        mark_references(part, works=bool(works))
    own = notebooks[0].metadata.get("title")
    title = take_title(parts, str(own) if own else None, options.title)
    if works:
        cite(parts, works, lang, collected)
    arrange_headings(parts)
    links = Links(parts, [notebook.name for notebook in notebooks])
    numbers = Numbers(parts, collected)
    numbers.resolve(parts)
    links.resolve(collected)
    accessible = _describe_pictures(parts)
    return Document(
        name=clean(Path(notebooks[0].name).stem),
        title=clean(title) if title else None,
        front=_front(about),
        lang=lang,
        parts=parts,
        formulas=_number_formulas(parts),
        pictures=collected.pictures,
        remarks=collected.remarks,
        names=links.used | {link.get("href", "#")[1:] for part in parts for link in part.tree.find_class("reference")},
        is_accessible=accessible,
        toc=is_long(parts) if options.toc is None else options.toc,
        options=options,
    )


def _front(about: dict) -> dict[str, str | list[str]]:
    """The lines of the title block: subtitle, authors, date, byline and abstract."""

    def entries(name: str) -> list[str]:
        given = about.get(name) or []
        listed = given if isinstance(given, list | tuple) else [given]
        return [clean(str(one.get("name", "") if isinstance(one, dict) else one)) for one in listed]

    return {
        "subtitle": clean(str(about.get("subtitle") or "")),
        "authors": [name for name in entries("authors") if name],
        "byline": [*entries("date"), *entries("byline")],
        "abstract": clean(str(about.get("abstract") or "")),
    }


def _works(about: dict, notebook: Notebook, options: Options, collected: Collected) -> list[tuple[str, bytes]]:
    """Suffix and content of each bibliography; one that is an option may lie anywhere."""
    root = notebook.folder.anchor if options.bibliography else options.root
    collected.place = notebook.name
    return read_works(about.get("bibliography") or [], notebook.folder, root and Path(root), collected)


def _parts_of(notebook: Notebook, number: int, options: Options, collected: Collected) -> Iterator[Part]:
    for index, cell in enumerate(_with_footnotes(notebook.node.cells)):
        if not options.selection.shows(cell):
            continue
        collected.place = place = notebook.place(index)
        source = Source(notebook.folder, collected, cell.get("attachments", {}), options.root and Path(options.root))
        try:
            tree = read(_html(cell, notebook, options.selection, collected), source)
        except Exception as error:  # whatever a strange cell leads to: its words are there all the same
            collected.remark(f"the cell is shown as plain text, since it cannot be read ({error!r})"[:300])
            tree = lxml.html.document_fromstring(f'<body><pre class="output">{escape(plain_text(cell))}</pre></body>')
            tree = tree.find("body")
        if len(tree) or (tree.text or "").strip():
            yield Part(place, number, tree)


def _with_footnotes(cells: Sequence[NotebookNode]) -> Iterator[NotebookNode]:
    sources = iter(markdown.with_footnotes([cell.source for cell in cells if cell.cell_type == "markdown"]))
    for cell in cells:
        yield NotebookNode(cell, source=next(sources)) if cell.cell_type == "markdown" else cell


def _html(cell: NotebookNode, notebook: Notebook, selection: Selection, collected: Collected) -> str:
    """What the cell shows, as HTML."""
    if cell.cell_type == "markdown":
        if markdown.TOO_DEEP.search(cell.source):
            collected.remark(f"lists or quotations nested deeper than {markdown.DEEPEST} are shown as their source")
        return markdown.as_html(cell.source)
    if cell.cell_type == "raw":
        return _raw(cell, collected)
    shown = []
    if selection.shows_input(cell) and cell.source.strip():
        shown.append(markdown.code_block(cell.source, _language(cell.source, notebook.language)))
    if selection.shows_outputs(cell):
        shown.append(outputs.as_html(cell.outputs, cell.metadata.get("tags", []), collected, stderr=selection.stderr))
    return "\n".join(shown)


def _language(source: str, language: str) -> str:
    magic = MAGIC.match(source)
    if not magic:
        return "python" if language in ("ipython", "python3") else language
    return "bash" if magic[1] in SHELLS else LANGUAGES.get(magic[1].lower(), language)


def _raw(cell: NotebookNode, collected: Collected) -> str:
    """A raw cell's words, or Markdown; nbconvert's rule is to leave out what belongs to another format."""
    kind = str(cell.metadata.get("raw_mimetype") or cell.metadata.get("format") or "").lower()
    if "markdown" in kind:
        return markdown.as_html(cell.source)
    if kind in ("", "text/plain", "text"):
        return f'<pre class="output">{escape(cell.source)}</pre>' if cell.source.strip() else ""
    collected.remark(f"a raw cell of another format ({kind}) is left out")
    return f"<div>{box(f'a raw cell of another format ({kind})')}</div>"


def plain_text(cell: NotebookNode) -> str:
    """All words of a cell, for when nothing better can be shown."""
    texts = [cell.source]
    for output in cell.get("outputs", []):
        texts.append(output.get("text") or output.get("data", {}).get("text/plain") or "")
    return "\n\n".join(str(text) for text in texts if text)


def _describe_pictures(parts: Sequence[Part]) -> bool:
    """Give every picture an alternative text, made of its caption, heading or cell; True if all had one."""
    complete, heading = True, ""
    for part in parts:
        for element in part.tree.iter("img", "h1", "h2", "h3", "h4", "h5", "h6"):
            if element.tag != "img":
                heading = words_of(element)
            elif not (element.get("alt") or "").strip():
                complete = False
                figure = next(element.iterancestors("figure"), None)
                caption = figure.find("figcaption") if figure is not None else None
                words = words_of(caption) if caption is not None else heading
                element.set("alt", f"Picture: {words}" if words else f"Picture in {part.place}")
    return complete


def _number_formulas(parts: Sequence[Part]) -> list[Formula]:
    """All formulas in order, each with the macros that hold there; their elements get its number."""
    formulas: list[Formula] = []
    macros, notebook = "", -1
    for part in parts:
        if part.notebook != notebook:
            macros, notebook = "", part.notebook
        for element in part.tree.find_class("math"):
            tex, new = element.text or "", ""
            if len(tex) <= LONGEST:  # a longer one is shown as its source
                new, tex = definitions(tex)
                tex = labels_and_tag(tex)[0]
            macros = (macros + new)[:LONGEST]
            element.set("data-formula", str(len(formulas)))
            formulas.append(Formula(tex, "display" in element.classes, macros, numbers_of(element)))
    return formulas
