"""A document as Typst's source, with the files that it needs."""

from dataclasses import replace
from html import escape
from pathlib import Path

import lxml.html

from ..common.fonts import FONTS, Fonts, coverage, fonts_for, measured_by
from ..document import Document, Part, clean
from ..formulas import to_typst
from . import markup
from .writer import TypstWriter

HERE = Path(__file__).parent
MOST_SIGNS = 100  # without a font that are named one by one
TEMPLATE = ("nbtypst.typ", "tables.typ", "look.typ")


class Source:
    """The source of `document`, to be the file `stem`.typ, and the files that it needs, to be in `folder` beside it.

    `look` is an author's own, `remarks` are the document's and those of this source, `refused` are parts that are shown
    as plain text, `placements` where figures go, `accessible` whether it is to be PDF/UA-1. After changes of these and
    of `writer`, `rewrite` writes the parts anew.
    """

    def __init__(self, document: Document, stem: str = "main", folder: str | None = None):
        self.document, self.stem = document, clean(stem)
        self.folder = folder or f"{self.stem}_files"
        self.look = document.look
        self.fonts = _with(self.look.fonts if self.look else (), fonts_for(_all_words(document)))
        formulas = to_typst(document.formulas, document.options.time_limit)
        self.remarks = document.remarks_with([formula.problem for formula in formulas])
        self.writer = TypstWriter(document, formulas, self.fonts.missing, self.remarks)
        self.refused: set[int] = set()
        self.accessible = document.is_accessible
        self.placements: list[str] = []
        self.starts: list[int] = []  # the line, from 1, at which each part begins
        self.defined: dict[int, int | str] = {}  # by line, from 1: the formula, by number, or picture, by file name
        self._note_missing()
        self.rewrite()

    @property
    def files(self) -> dict[str, bytes]:
        """All that the source refers to, by path."""
        fonts = [*sorted(FONTS.glob("*.otf")), *self.fonts.files]
        found = {name: (HERE / name).read_bytes() for name in TEMPLATE}
        found |= {f"fonts/{file.name}": file.read_bytes() for file in fonts}
        if self.look:
            found["look.typ"] = f"#import {markup.string(f'look/{self.look.main}')}: *\n".encode()
            found |= {f"look/{name}": content for name, content in self.look.files.items()}
        found |= {name: picture.content for name, picture in self.document.pictures.items()}
        return {f"{self.folder}/{name}": content for name, content in found.items()}

    def text(self) -> str:
        """The source itself."""
        return "\n".join(self._lines())

    def _note_missing(self) -> None:
        rest, count = set(self.fonts.missing), 0
        for part in self.document.parts:
            here = sorted(rest & set("".join(part.tree.itertext()))) if rest else []
            rest -= set(here)
            for sign in here[: MOST_SIGNS - count]:
                self.remarks.add(part.place, f"no font has the sign U+{ord(sign):04X}")
            if len(here) > MOST_SIGNS - count:
                self.remarks.add(part.place, f"no font has {len(here) - MOST_SIGNS + count} more signs")
            count = min(MOST_SIGNS, count + len(here))
        for sign in sorted(rest)[:MOST_SIGNS]:
            self.remarks.add(self.document.name, f"no font has the sign U+{ord(sign):04X}")

    def rewrite(self) -> None:
        """Write all parts anew, since figures are counted on the way."""
        with measured_by(self.look and self.look.text_font):
            self.writer.restart()
            self.markup = [self._written(number, part) for number, part in enumerate(self.document.parts)]

    def _written(self, number: int, part: Part) -> str:
        if number not in self.refused:
            try:
                return self.writer.part(part)
            except Exception as error:  # whatever a strange cell leads to: its words are there all the same
                self.refused.add(number)
                self.remarks.add(
                    part.place, f"the cell is shown as plain text, since it cannot be written ({error!r})"[:300]
                )
        return self._plain(part)

    def _plain(self, part: Part) -> str:
        words = "".join(part.tree.itertext()).strip()
        text = lxml.html.fragment_fromstring(f"<pre>{escape(words)}</pre>")
        return self.writer.part(Part(part.place, part.notebook, _body(text)))

    def _lines(self) -> list[str]:
        lines = [*self.head(), ""]
        self.starts, self.defined = [], {}
        notebook = -1
        for number, (part, written) in enumerate(zip(self.document.parts, self.markup, strict=True)):
            self.starts.append(len(lines) + 1)
            lines.append(f"// {' '.join(part.place.split())}")
            if part.notebook != notebook:
                notebook = part.notebook
                if (name := f"notebook-{notebook + 1}") in self.document.names:
                    lines.append(f"#metadata(none)#label({markup.string(name)})")
            if written and number not in self.refused:
                definitions = self.writer.definitions(part.tree)
                self.defined |= dict(enumerate(definitions.values(), start=len(lines) + 1))
                lines += definitions
            lines += [*written.split("\n"), ""]
        return [*lines, "#where-all-stands()", ""]

    def head(self) -> list[str]:
        """The lines before the first part."""
        options = self.document.options
        page, front = options.page, self.document.front
        standard = " --pdf-standard ua-1" if self.accessible else ""
        placements = [markup.string(placement) for placement in self.placements]
        look = {
            "paper": markup.string(page.paper),
            "measure": f"{page.measure:.2f}pt",
            "margin-x": f"{page.sides:.2f}pt",
            "margin-y": f"{page.ends:.2f}pt",
            "overhang": f"{page.overhang:.2f}pt",
            "size": f"{page.font_size:g}pt",
            "code-size": f"{page.code_size:.3f}pt",
            "toc": "true" if self.document.toc else "false",
            "fonts": markup.array([markup.string(family) for family in self.fonts.families]),
        }
        settings = {
            "title": self._shown(self.document.title) if self.document.title else "none",
            "name": markup.string(self.document.title or self.document.name),
            "subtitle": self._shown(front["subtitle"]),
            "authors": markup.array([self._shown(name) for name in front["authors"]]),
            "byline": markup.array([self._shown(line) for line in front["byline"]]),
            "abstract": self._shown(front["abstract"]),
            "lang": markup.string(self.document.lang),
            "preview": markup.string(options.preview) if options.preview else "none",
            "numbered-headings": "true" if options.numbered_headings else "false",
            "look": "look",
        }
        return [
            f"// typst compile --ignore-system-fonts --font-path '{self.folder}/fonts'{standard} '{self.stem}.typ'",
            f"#import {markup.string(f'{self.folder}/nbtypst.typ')}: *",
            f"#let media = {markup.string(f'{self.folder}/')}",
            f"#let placements = {markup.array(placements)}",
            "#let placement-of(number) = (top: top, bottom: bottom).at(placements.at(number), default: none)",
            *_dictionary("#let look = (", look),
            "#let printed = printed.with(look)",
            "#let contents-here = contents-here.with(look)",
            *_dictionary("#show: report.with(", settings),
        ]

    def _shown(self, words: str) -> str:
        return markup.string(self.writer.shown(words))


def _with(files: tuple[Path, ...], fonts: Fonts) -> Fonts:
    """`fonts` with further `files`."""
    missing = fonts.missing.difference(*map(coverage, files))
    return replace(fonts, files=(*fonts.files, *files), missing=missing)


def _all_words(document: Document) -> str:
    words = [
        *document.front["authors"],
        *document.front["byline"],
        document.front["subtitle"],
        document.front["abstract"],
    ]
    words.append(document.title or "")
    return "".join([*words, *("".join(part.tree.itertext()) for part in document.parts)])


def _body(element: lxml.html.HtmlElement) -> lxml.html.HtmlElement:
    body = lxml.html.document_fromstring("<body></body>").find("body")
    body.append(element)
    return body


def _dictionary(begin: str, values: dict[str, str]) -> list[str]:
    """Lines of Typst with a name and a value each."""
    return [begin, *(f"  {name}: {value}," for name, value in values.items()), ")"]
