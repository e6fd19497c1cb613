"""Notebooks -> one document that every writer can print: numbered, linked, with its pictures and formulas."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

import lxml.html

from ..cells import Notebook, cells_of, html_of, plain_text
from ..common.options import Options
from ..formulas import LONGEST, Formula, definitions, labels_and_tag, numbers_of, part_rows
from ..pictures import Collected, Look, Picture, Remarks, allowed, chosen_look, named_look
from .letters import clean
from .reading import Origin, read
from .references import Numbers, cite, mark_captions, mark_references, read_works
from .structure import Links, Part, arrange_headings, is_long, move_footnotes, take_title, words_of

SECONDS = re.compile(r"\d{9,10}\.\d+")


@dataclass(frozen=True)
class Document:
    """What is printed, in order: title block, then `parts`. `remarks`: what is shown less well, a sentence each.

    Writers leave it as it is, and make a list of their own of these remarks and theirs.

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
    look: Look | None = None

    def remarks_with(self, problems: Sequence[str | None]) -> Remarks:
        """A writer's own list: the document's remarks, and the `problems` of its formulas, one or None of each."""
        remarks = Remarks(self.remarks)
        for part in self.parts:
            for element in part.tree.find_class("math"):
                number = int(element.get("data-formula"))
                if problem := problems[number]:
                    remarks.add(part.place, f"{problem}: {self.formulas[number].tex.strip()[:120]}")
        return remarks


def document_of(notebooks: Sequence[Notebook], options: Options | None = None) -> Document:
    """The document that `notebooks` make together, in order, with the outputs that they hold."""
    options = options or Options()
    collected = Collected(options.time_limit)
    about = {**notebooks[0].metadata, **{key: value for key, value in vars(options).items() if value is not None}}
    lang = str(about.get("lang") or "en")
    lang = lang if re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2})?", lang) else "en"
    parts = [
        part for number, notebook in enumerate(notebooks) for part in _parts_of(notebook, number, options, collected)
    ]
    works = _works(about, notebooks[0], options, collected)
    for part in parts:
        mark_captions(part)
        move_footnotes(part, collected.remark)
        part_rows(part.tree)
        mark_references(part, works=bool(works))
    own = notebooks[0].metadata.get("title")
    title = take_title(parts, str(own) if own else None, options.title, collected.remark)
    if works:
        cite(parts, works, lang, collected)
    arrange_headings(parts)
    links = Links(parts, [notebook.name for notebook in notebooks])
    numbers = Numbers(parts, collected)
    numbers.resolve(parts)
    links.resolve(collected.remark)
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
        look=_look(notebooks[0], options, collected),
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
        "byline": [*map(_date, entries("date")), *entries("byline")],
        "abstract": clean(str(about.get("abstract") or "")),
    }


def _date(given: str) -> str:
    """A date as it shall stand there; one in seconds since 1970, as some programs write it, as a day."""
    return str(datetime.fromtimestamp(float(given), UTC).date()) if SECONDS.fullmatch(given) else given


def _works(about: dict, notebook: Notebook, options: Options, collected: Collected) -> list[tuple[str, bytes]]:
    """Suffix and content of each bibliography; one that is an option may lie anywhere."""
    root = notebook.folder.anchor if options.bibliography else options.root
    collected.place = notebook.name
    return read_works(about.get("bibliography") or [], notebook.folder, root and Path(root), collected)


def _look(notebook: Notebook, options: Options, collected: Collected) -> Look | None:
    """The look that is asked for, or else the one that the metadata name."""
    if options.look:
        return chosen_look(options.look, options.fonts)
    named, collected.place = notebook.metadata.get("look"), notebook.name
    root = options.root and Path(options.root)
    return named_look(named, notebook.folder, root, options.fonts, collected) if named else None


def _parts_of(notebook: Notebook, number: int, options: Options, collected: Collected) -> Iterator[Part]:
    for place, cell in cells_of(notebook, options):
        collected.place = place
        source = Origin(notebook.folder, collected, cell.get("attachments", {}), options.root and Path(options.root))
        try:
            tree = read(html_of(cell, notebook, options, collected), source)
        except Exception as error:  # whatever a strange cell leads to: its words are there all the same
            collected.remark(f"the cell is shown as plain text, since it cannot be read ({error!r})"[:300])
            tree = lxml.html.document_fromstring(f'<body><pre class="output">{escape(plain_text(cell))}</pre></body>')
            tree = tree.find("body")
        if len(tree) or (tree.text or "").strip():
            yield Part(place, number, tree)


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


def shared_options(first: Notebook, document: Document) -> dict[str, Any]:
    """What the first notebook says for all."""
    named = first.metadata.get("bibliography")
    files = []
    for name in named if isinstance(named, list) else [named] if isinstance(named, str) else []:
        with suppress(OSError, ValueError):
            files.append(str(allowed(str(name), first.folder, document.options.root and Path(document.options.root))))
    return {"lang": document.lang, "bibliography": document.options.bibliography or files or None}
