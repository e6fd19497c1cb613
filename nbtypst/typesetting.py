"""A document -> Typst's source and files -> PDF. What Typst refuses is shown in another way, and told."""

import json
import re
from contextlib import suppress
from functools import lru_cache
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import lxml.html
import typst

from . import markup
from .arrangement import arranged
from .document import Document
from .mathematics import to_typst
from .signs import fonts_for
from .structure import Part
from .writer import Place, TypstWriter

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
TEMPLATE = ("nbtypst.typ", "tables.typ")
PLACE = re.compile(r"([\w.-]+)\.typ:(\d+):(\d+)")
TOP = Place(0, 0)
MOST_TRIES = 200  # each makes at least one formula, picture or cell simpler


class Typesetting:
    """The source of `document` as a file `stem`.typ, with the files that it needs in `files`, by name."""

    def __init__(self, document: Document, stem: str = "main", folder: str | None = None):
        self.document, self.stem = document, stem
        self.folder = folder or f"{stem}_files"
        self.fonts = fonts_for(_all_words(document))
        self.writer = TypstWriter(document, to_typst(document.formulas), self.fonts)
        self.refused: set[int] = set()  # parts that are shown as plain text
        self.accessible = document.is_accessible
        self.placements: list[str] = []
        self._note_problems()
        self._write_parts()

    @property
    def files(self) -> dict[str, bytes]:
        """All that the source refers to, by path."""
        fonts = [*sorted(FONTS.glob("*.otf")), *self.fonts.files]
        found = {name: (HERE / name).read_bytes() for name in TEMPLATE}
        found |= {f"fonts/{file.name}": file.read_bytes() for file in fonts}
        found |= {name: picture.content for name, picture in self.document.pictures.items()}
        return {f"{self.folder}/{name}": content for name, content in found.items()}

    def source(self) -> str:
        """The source itself."""
        return "\n".join(self._lines())

    def pdf(self) -> bytes:
        """The PDF, the same for the same document; afterwards `source` is what gave it, and all remarks are made."""
        with TemporaryDirectory(prefix="nbtypst-") as name:
            root = Path(name)
            for path, content in self.files.items():
                file = root / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            return self._compiled(root)

    # Writing

    def _note_problems(self) -> None:
        for part in self.document.parts:
            for element in part.tree.find_class("math"):
                number = int(element.get("data-formula"))
                if problem := self.writer.formulas[number].problem:
                    self._remark(part.place, f"{problem}: {self.document.formulas[number].tex.strip()[:120]}")
        for sign in sorted(self.fonts.missing):
            place = next(
                (part.place for part in self.document.parts if sign in "".join(part.tree.itertext())),
                self.document.name,
            )
            self._remark(place, f"no font has the sign U+{ord(sign):04X}")

    def _remark(self, place: str, sentence: str) -> None:
        located = f"{place}: {sentence}"
        if located not in self.document.remarks:
            self.document.remarks.append(located)

    def _write_parts(self) -> None:
        """Write all parts anew, since figures are counted on the way."""
        self.writer.restart()
        self.markup = [
            self._plain(part) if number in self.refused else self.writer.part(part)
            for number, part in enumerate(self.document.parts)
        ]

    def _plain(self, part: Part) -> str:
        text = lxml.html.fragment_fromstring(f"<pre>{escape(part.tree.text_content().strip())}</pre>")
        return self.writer.part(Part(part.place, part.notebook, _body(text)))

    def _lines(self) -> list[str]:
        lines = [*self._head(), ""]
        self.starts: list[int] = []  # the line, from 1, at which each part begins
        notebook = -1
        for part, written in zip(self.document.parts, self.markup, strict=True):
            self.starts.append(len(lines) + 1)
            lines.append(f"// {' '.join(part.place.split())}")
            if part.notebook != notebook:
                notebook = part.notebook
                if (name := f"notebook-{notebook + 1}") in self.document.names:
                    lines.append(f"#metadata(none)#label({markup.string(name)})")
            lines += [*written.split("\n"), ""]
        return [*lines, "#where-all-stands()", ""]

    def _head(self) -> list[str]:
        options = self.document.options
        page, front = options.page, self.document.front
        standard = " --pdf-standard ua-1" if self.accessible else ""
        placements = [markup.string(placement) for placement in self.placements]
        settings = {
            "title": self._shown(self.document.title) if self.document.title else "none",
            "name": markup.string(self.document.title or self.document.name),
            "subtitle": self._shown(front["subtitle"]),
            "authors": markup.array([self._shown(name) for name in front["authors"]]),
            "byline": markup.array([self._shown(line) for line in front["byline"]]),
            "abstract": self._shown(front["abstract"]),
            "lang": markup.string(self.document.lang),
            "preview": markup.string(options.preview) if options.preview else "none",
            "paper": markup.string(page.paper),
            "measure": f"{page.measure:.2f}pt",
            "margin-x": f"{page.sides:.2f}pt",
            "margin-y": f"{page.ends:.2f}pt",
            "overhang": f"{page.overhang:.2f}pt",
            "size": f"{page.font_size:g}pt",
            "code-size": f"{page.code_size:.3f}pt",
            "toc": "true" if self.document.toc else "false",
            "numbered-headings": "true" if options.numbered_headings else "false",
            "fonts": markup.array([markup.string(family) for family in self.fonts.families]),
        }
        return [
            f"// typst compile --ignore-system-fonts --font-path '{self.folder}/fonts'{standard} '{self.stem}.typ'",
            f"#import {markup.string(f'{self.folder}/nbtypst.typ')}: *",
            f"#let media = {markup.string(f'{self.folder}/')}",
            f"#let placements = {markup.array(placements)}",
            "#let placement-of(number) = (top: top, bottom: bottom).at(placements.at(number), default: none)",
            "#show: report.with(",
            *(f"  {name}: {value}," for name, value in settings.items()),
            ")",
        ]

    def _shown(self, words: str) -> str:
        return markup.string(self.writer.shown(words))

    # Compiling

    def _compiled(self, root: Path) -> bytes:
        file = root / f"{self.stem}.typ"
        given = {"root": str(root), "font_paths": _fonts(root / self.folder / "fonts", *self.fonts.files)}
        for _ in range(MOST_TRIES):
            try:
                self._arrange(file, given)
                file.write_text(self.source(), encoding="utf-8")
                pdf, warnings = typst.compile_with_warnings(
                    str(file), pdf_standards=["ua-1"] if self.accessible else [], **given
                )
            except typst.TypstError as error:
                self._refuse(error, file, given)
                continue
            for warning in warnings:
                self._remark(self._place_of(warning.diagnostic), f"the typesetter warns: {warning.message}")
            return pdf
        raise RuntimeError("the typesetter refuses the document whatever is left out")

    def _arrange(self, file: Path, given: dict) -> None:
        def lay_out(placements: list[str]) -> dict:
            self.placements = placements
            file.write_text(self.source(), encoding="utf-8")
            return json.loads(typst.query(str(file), "<places>", field="value", one=True, **given))

        chapters = [chapter for chapter, _ in self.writer.floats]
        may_float = [free for _, free in self.writer.floats]
        try:
            self.placements = arranged(chapters, may_float, lay_out)
        except RuntimeError:  # what is wrong is told by the compiler
            self.placements = ["none"] * len(chapters)

    def _place_of(self, diagnostic: str) -> str:
        number = self._part_at(diagnostic)
        return self.document.name if number is None else self.document.parts[number].place

    def _part_at(self, diagnostic: str) -> int | None:
        for name, line, _ in PLACE.findall(diagnostic):
            if name == self.stem and self.starts and int(line) >= self.starts[0]:
                return max(number for number, start in enumerate(self.starts) if start <= int(line))
        return None

    def _refuse(self, error: typst.TypstError, file: Path, given: dict) -> None:
        """Show what Typst stumbled over in a simpler way: a formula, a picture, or else the whole cell."""
        diagnostic = "\n".join([error.diagnostic, *map(str, error.trace)])
        number = self._part_at(diagnostic)
        if self.accessible and (number is None or error.message.startswith("PDF/UA")):
            self.accessible = False
            self._remark(self.document.name, f"the PDF is tagged but not PDF/UA: {error.message}")
            return
        if number is None or number in self.refused:
            number = self._search(file, given)
        place = self.document.parts[number].place
        line, column = next(
            ((int(row), int(col)) for name, row, col in PLACE.findall(diagnostic) if name == self.stem), (0, 0)
        )
        text = self.source().split("\n")[line - 1] if line else ""
        formula, picture = self._formula_at(number, text, column), self._picture_at(text, column)
        if formula is not None:
            self.writer.refused_formulas.add(formula)
            source = self.document.formulas[formula].tex.strip()[:120]
            self._remark(place, f"a formula is shown as its source ({error.message}): {source}")
        elif (picture and "image" in error.message) or (picture and "decode" in error.message):
            self.writer.refused_pictures.add(picture)
            self._remark(place, f"a picture cannot be shown ({error.message[:120]})")
        else:
            self.refused.add(number)
            self._remark(place, f"the cell is shown as plain text ({error.message[:200]})")
        self._write_parts()

    def _formula_at(self, number: int, text: str, column: int) -> int | None:
        for element in self.document.parts[number].tree.find_class("math"):
            index = int(element.get("data-formula"))
            written = self.writer.formula(element, TOP).strip()
            start = -1
            while (start := text.find(written, start + 1)) >= 0 and index not in self.writer.refused_formulas:
                if start < column <= start + len(written):
                    return index
        return None

    def _picture_at(self, text: str, column: int) -> str | None:
        for found in re.finditer(r'image\(media \+ "([^"]+)"[^)]*\)', text):
            if found.start() <= column <= found.end() and found[1] not in self.writer.refused_pictures:
                return found[1]
        return None

    def _search(self, file: Path, given: dict) -> int:
        """The part that Typst refuses, where it does not say which: each is tried alone."""
        written = self.markup
        for number in range(len(written)):
            if number in self.refused:
                continue
            self.markup = [part if index == number else "" for index, part in enumerate(written)]
            file.write_text(self.source(), encoding="utf-8")
            with suppress(typst.TypstError):
                typst.compile_with_warnings(str(file), **given)
                continue
            self.markup = written
            return number
        self.markup = written
        return next(number for number in range(len(written)) if number not in self.refused)


@lru_cache(maxsize=8)
def _shared_fonts(files: tuple[str, ...]) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=list(files))


def _fonts(folder: Path, *more: Path) -> typst.Fonts:
    """Typst's view of the fonts that ship, read once, and of `more` files, which lie in `folder`."""
    if not more:
        return _shared_fonts((str(FONTS),))
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])


def _all_words(document: Document) -> str:
    words = [
        *document.front["authors"],
        *document.front["byline"],
        document.front["subtitle"],
        document.front["abstract"],
    ]
    words += [document.title or "", document.name]
    return "".join([*words, *("".join(part.tree.itertext()) for part in document.parts)])


def _body(element: lxml.html.HtmlElement) -> lxml.html.HtmlElement:
    body = lxml.html.document_fromstring("<body></body>").find("body")
    body.append(element)
    return body


def page_count(pdf: bytes) -> int:
    """Number of pages of a PDF that Typst wrote."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
