"""A source of Typst -> PDF. What Typst refuses is shown in another way, and told."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

from ..common.errors import NotebookError
from . import typesetter
from .arrangement import arranged
from .source import Source
from .typesetter import RefusedError, StoppedError

if TYPE_CHECKING:
    from ..document import Document

MAIN = "main.typ"  # the source's name while it is typeset
PLACE = re.compile(r"main\.typ:(\d+):\d+")
MOST_TRIES = 200  # each makes at least one formula, picture or cell simpler
FEW_TRIES = 8  # then all formulas are checked at once
MOST_STOPS = 3  # cells with which Typst does not end; with more, all that follow are shown as words
LETTERS_A_SECOND, BYTES_A_SECOND = 5_000, 1_000_000  # of a source, and of pictures, at the least
SHARE_OF_PART = 0.3  # of a document's time, for one part alone


class Typesetting:
    """A document's `source`, with stem and folder as there, and the PDF that Typst makes of it."""

    def __init__(self, document: "Document", stem: str = "main", folder: str | None = None):
        self.document, self.source = document, Source(document, stem, folder)

    def pdf(self) -> bytes:
        """The PDF, the same for the same document; afterwards `source` is what gave it, with all remarks."""
        with TemporaryDirectory(prefix="nbtypst-") as name:
            root = Path(name)
            for path, content in self.source.files.items():
                file = root / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            self.file = root / MAIN
            own = root / self.source.folder / "fonts"
            self.fonts = [str(own if self.source.fonts.files else typesetter.FONTS)]
            return self._compiled()

    def _compiled(self) -> bytes:
        for tries in range(MOST_TRIES):
            try:
                self._arrange()
                pdf, warnings = self._typeset(self.source.text(), ["ua-1"] if self.source.accessible else [])
            except RefusedError as error:
                self._refuse(error)
                if tries == FEW_TRIES:
                    self._check_formulas()
            except StoppedError as error:
                self._end_stops(str(error))
            else:
                for warning in warnings:
                    place = self._place_of(warning["diagnostic"])
                    self.source.remarks.add(place, f"the typesetter warns: {warning['message']}")
                return pdf
            if tries == MOST_TRIES - 2:
                self._refuse_parts(range(len(self.document.parts)), "what the typesetter refuses is too much")
        return self._give_up(f"{self.document.name}: the typesetter refuses it, whatever is made simpler")

    def _give_up(self, why: str) -> NoReturn:
        raise NotebookError(why) from None

    def _typeset(self, text: str, standards: Sequence[str] = (), share: float = 1.0) -> tuple[bytes, list[dict]]:
        self.file.write_text(text, encoding="utf-8", errors="replace")  # half a letter of UTF-16 is none
        return typesetter.compiled(self.file, share * self._seconds(text), fonts=self.fonts, standards=list(standards))

    def _seconds(self, text: str) -> float:
        """What Typst may take for a source, with its pictures."""
        pictures = sum(len(picture.content) for name, picture in self.document.pictures.items() if name in text)
        return self.document.options.time_limit + len(text) / LETTERS_A_SECOND + pictures / BYTES_A_SECOND

    def _arrange(self) -> None:
        def lay_out(placements: list[str]) -> dict:
            self.source.placements = placements
            text = self.source.text()
            self.file.write_text(text, encoding="utf-8", errors="replace")  # half a letter of UTF-16 is none
            return typesetter.places(self.file, self._seconds(text), fonts=self.fonts)

        sections = [section for section, _ in self.source.writer.floats]
        may_float = [free for _, free in self.source.writer.floats]
        try:
            self.source.placements = arranged(sections, may_float, lay_out)
        except RefusedError:  # what is wrong is told when it is typeset
            self.source.placements = ["none"] * len(sections)

    def _place_of(self, diagnostic: str) -> str:
        number = self._part_at(diagnostic)
        return self.document.name if number is None else self.document.parts[number].place

    def _part_at(self, diagnostic: str) -> int | None:
        for line in PLACE.findall(diagnostic):
            if self.source.starts and int(line) >= self.source.starts[0]:
                return max(number for number, start in enumerate(self.source.starts) if start <= int(line))
        return None

    def _refuse(self, error: RefusedError) -> None:
        """Show what Typst stumbled over in a simpler way: a formula, a picture, or else the whole cell."""
        diagnostic = error.diagnostic
        number = self._part_at(diagnostic)
        if self.source.accessible and (number is None or error.message.startswith("PDF/UA")):
            self.source.accessible = False
            self.source.remarks.add(self.document.name, f"the PDF is tagged but not PDF/UA: {error.message}")
            return
        if number is None or number in self.source.refused:
            number = self._search()
            if number is None:
                self._give_up(f"{self.document.name}: the typesetter refuses it: {error.message}")
        place = self.document.parts[number].place
        defined = next((self.source.defined.get(int(line)) for line in PLACE.findall(diagnostic)), None)
        if isinstance(defined, int):
            self._refuse_formula(defined, place, error.message)
        elif defined is not None:
            self.source.writer.refused_pictures.add(defined)
            self.source.remarks.add(place, f"a picture cannot be shown ({error.message[:120]})")
        else:
            self._refuse_parts([number], error.message[:200])
        self.source.rewrite()

    def _refuse_formula(self, number: int, place: str, why: str) -> None:
        self.source.writer.refused_formulas.add(number)
        source = self.document.formulas[number].tex.strip()[:120]
        self.source.remarks.add(place, f"a formula is shown as its source ({why}): {source}")

    def _refuse_parts(self, numbers: Iterable[int], why: str) -> None:
        for number in set(numbers) - self.source.refused:
            self.source.refused.add(number)
            self.source.remarks.add(self.document.parts[number].place, f"the cell is shown as plain text ({why})")
        self.source.rewrite()

    def _check_formulas(self) -> None:
        """Find all formulas that Typst refuses, where there are many, each in a line of its own."""
        rest = {
            line: (number, part.place)
            for part in self.document.parts
            for line, number in self.source.writer.definitions(part.tree).items()
            if isinstance(number, int)
        }
        head = self.source.head()
        while rest:
            uses = [f"#math.equation({line.split(' ')[1]})" for line in rest if " = tags => " not in line]
            try:
                self._typeset("\n".join([*head, *rest, *uses, ""]))
                break
            except StoppedError:
                break
            except RefusedError as error:
                refused = next((int(row) for row in PLACE.findall(error.diagnostic)), 0) - len(head) - 1
                if not 0 <= refused < len(rest):
                    break
                self._refuse_formula(*rest.pop(list(rest)[refused]), error.message)
        self.source.rewrite()

    def _end_stops(self, why: str) -> None:
        """Show cells in a simpler way with which Typst does not end: without pictures, without formulas, as words."""
        found = 0
        for number in sorted(set(range(len(self.document.parts))) - self.source.refused):
            if found < MOST_STOPS and self._ends(number):
                continue
            found += 1
            if found > MOST_STOPS or not self._is_simpler(number, why):
                self._refuse_parts([number], why)
        if not found:
            self._give_up(f"{self.document.name}: {why} for all of it; give a longer time_limit")

    def _is_simpler(self, number: int, why: str) -> bool:
        """Whether Typst ends with one cell once its pictures, or else its formulas, are shown as words."""
        part, writer = self.document.parts[number], self.source.writer
        pictures = {image.get("data-file") for image in part.tree.iter("img")}
        formulas = {int(element.get("data-formula")) for element in part.tree.find_class("math")}
        for refused, things, told in (
            (writer.refused_pictures, pictures, "a picture cannot be shown"),
            (writer.refused_formulas, formulas, "formulas are shown as their sources"),
        ):
            if self._ends_without(number, refused, things):
                self.source.remarks.add(part.place, f"{told} ({why})")
                return True
        return False

    def _ends(self, number: int) -> bool:
        try:
            self._alone(number)
        except StoppedError:
            return False
        except RefusedError:  # told when all is typeset
            return True
        return True

    def _ends_without(self, number: int, refused: set, things: set) -> bool:
        new = things - refused
        refused |= new
        self.source.rewrite()
        if new and self._ends(number):
            return True
        refused -= new
        self.source.rewrite()
        return False

    def _alone(self, number: int) -> None:
        """Typeset one part alone; raises what Typst raises."""
        written = self.source.markup
        self.source.markup = [part if index == number else "" for index, part in enumerate(written)]
        try:
            self._typeset(self.source.text(), share=SHARE_OF_PART)
        finally:
            self.source.markup = written

    def _search(self) -> int | None:
        """The part that Typst refuses, where it does not say which: each is tried alone; None if all are simple."""
        simple = set(range(len(self.document.parts))) - self.source.refused
        for number in sorted(simple):
            try:
                self._alone(number)
            except (RefusedError, StoppedError):
                return number
        return min(simple, default=None)


def page_count(pdf: bytes) -> int:
    """Number of pages of a PDF that Typst wrote."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
