"""A source of Typst -> PDF. What Typst refuses is shown in another way, and told."""

import json
import re
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from .arrangement import arranged
from .document import Document
from .errors import NotebookError
from .source import FONTS, Source
from .words import Place

MAIN = "main.typ"  # the source's name while it is typeset
PLACE = re.compile(r"main\.typ:(\d+):(\d+)")
TOP = Place(0, 0)
MOST_TRIES = 200  # each makes at least one formula, picture or cell simpler


class Typesetting:
    """A document's `source`, with stem and folder as there, and the PDF that Typst makes of it."""

    def __init__(self, document: Document, stem: str = "main", folder: str | None = None):
        self.document, self.source = document, Source(document, stem, folder)

    def pdf(self) -> bytes:
        """The PDF, the same for the same document; afterwards `source` is what gave it, and all remarks are made."""
        with TemporaryDirectory(prefix="nbtypst-") as name:
            root = Path(name)
            for path, content in self.source.files.items():
                file = root / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            return self._compiled(root)

    def _compiled(self, root: Path) -> bytes:
        file = root / MAIN
        given = {"root": str(root), "font_paths": _fonts(root / self.source.folder / "fonts", *self.source.fonts.files)}
        for _ in range(MOST_TRIES):
            try:
                self._arrange(file, given)
                file.write_text(self.source.text(), encoding="utf-8")
                pdf, warnings = typst.compile_with_warnings(
                    str(file), pdf_standards=["ua-1"] if self.source.accessible else [], **given
                )
            except typst.TypstError as error:
                self._refuse(error, file, given)
                continue
            for warning in warnings:
                self.source.remark(self._place_of(warning.diagnostic), f"the typesetter warns: {warning.message}")
            return pdf
        raise NotebookError(f"{self.document.name}: the typesetter refuses it, whatever is made simpler")

    def _arrange(self, file: Path, given: dict) -> None:
        def lay_out(placements: list[str]) -> dict:
            self.source.placements = placements
            file.write_text(self.source.text(), encoding="utf-8")
            return json.loads(typst.query(str(file), "<places>", field="value", one=True, **given))

        sections = [section for section, _ in self.source.writer.floats]
        may_float = [free for _, free in self.source.writer.floats]
        try:
            self.source.placements = arranged(sections, may_float, lay_out)
        except RuntimeError:  # what is wrong is told by the compiler
            self.source.placements = ["none"] * len(sections)

    def _place_of(self, diagnostic: str) -> str:
        number = self._part_at(diagnostic)
        return self.document.name if number is None else self.document.parts[number].place

    def _part_at(self, diagnostic: str) -> int | None:
        for line, _ in PLACE.findall(diagnostic):
            if self.source.starts and int(line) >= self.source.starts[0]:
                return max(number for number, start in enumerate(self.source.starts) if start <= int(line))
        return None

    def _refuse(self, error: typst.TypstError, file: Path, given: dict) -> None:
        """Show what Typst stumbled over in a simpler way: a formula, a picture, or else the whole cell."""
        diagnostic = "\n".join([error.diagnostic, *map(str, error.trace)])
        number = self._part_at(diagnostic)
        if self.source.accessible and (number is None or error.message.startswith("PDF/UA")):
            self.source.accessible = False
            self.source.remark(self.document.name, f"the PDF is tagged but not PDF/UA: {error.message}")
            return
        if number is None or number in self.source.refused:
            number = self._search(file, given)
            if number is None:
                raise NotebookError(f"{self.document.name}: the typesetter refuses it: {error.message}") from None
        place = self.document.parts[number].place
        line, column = next(((int(row), int(col)) for row, col in PLACE.findall(diagnostic)), (0, 0))
        text = self.source.text().split("\n")[line - 1] if line else ""
        formula, picture = self._formula_at(number, text, column), self._picture_at(text, column)
        if formula is not None:
            self.source.writer.refused_formulas.add(formula)
            source = self.document.formulas[formula].tex.strip()[:120]
            self.source.remark(place, f"a formula is shown as its source ({error.message}): {source}")
        elif (picture and "image" in error.message) or (picture and "decode" in error.message):
            self.source.writer.refused_pictures.add(picture)
            self.source.remark(place, f"a picture cannot be shown ({error.message[:120]})")
        else:
            self.source.refused.add(number)
            self.source.remark(place, f"the cell is shown as plain text ({error.message[:200]})")
        self.source.rewrite()

    def _formula_at(self, number: int, text: str, column: int) -> int | None:
        for element in self.document.parts[number].tree.find_class("math"):
            index = int(element.get("data-formula"))
            written = self.source.writer.formula(element, TOP).strip()
            start = -1
            while (start := text.find(written, start + 1)) >= 0 and index not in self.source.writer.refused_formulas:
                if start < column <= start + len(written):
                    return index
        return None

    def _picture_at(self, text: str, column: int) -> str | None:
        for found in re.finditer(r'image\(media \+ "([^"]+)"[^)]*\)', text):
            if found.start() <= column <= found.end() and found[1] not in self.source.writer.refused_pictures:
                return found[1]
        return None

    def _search(self, file: Path, given: dict) -> int | None:
        """The part that Typst refuses, where it does not say which: each is tried alone; None if all are simple."""
        written = self.source.markup
        for number in range(len(written)):
            if number in self.source.refused:
                continue
            self.source.markup = [part if index == number else "" for index, part in enumerate(written)]
            file.write_text(self.source.text(), encoding="utf-8")
            with suppress(typst.TypstError):
                typst.compile_with_warnings(str(file), **given)
                continue
            self.source.markup = written
            return number
        self.source.markup = written
        return next((number for number in range(len(written)) if number not in self.source.refused), None)


@lru_cache(maxsize=8)
def _shared_fonts(files: tuple[str, ...]) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=list(files))


def _fonts(folder: Path, *more: Path) -> typst.Fonts:
    """Typst's view of the fonts that ship, read once, and of `more` files, which lie in `folder`."""
    if not more:
        return _shared_fonts((str(FONTS),))
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])


def page_count(pdf: bytes) -> int:
    """Number of pages of a PDF that Typst wrote."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
