"""What the cells of a document bring along: pictures, and remarks on what is shown less well than it could be."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from ..common.errors import printable
from .pictures import Picture

LONGEST = 600  # letters of a remark, whatever it quotes


class Remarks(list[str]):
    """What is shown less well, a sentence each, none twice; at first those `told` before."""

    def __init__(self, told: Iterable[str] = ()) -> None:
        super().__init__(told)
        self._told = set(self)

    def add(self, place: str, sentence: str) -> None:
        """Note that something in `place` is shown less well."""
        located = printable(f"{place}: {sentence}")[:LONGEST]
        if located not in self._told:
            self._told.add(located)
            self.append(located)

    def in_order(self, notebooks: Sequence[str]) -> list[str]:
        """Those on each notebook, by name, those on all of it first, then by cell; as they were made otherwise."""

        def place(remark: str) -> tuple[int, int]:
            book = next((number for number, name in enumerate(notebooks) if remark.startswith(name)), len(notebooks))
            found = re.match(r"[^:]*, cell (\d+):", remark)
            return book, int(found[1]) if found else 0

        return sorted(self, key=place)


@dataclass
class Collected:
    """`pictures` by file name; `remarks`, sentences after the `place` at work when they were made.

    `seconds` is what other programs may take for a page of what is collected.
    """

    seconds: float
    place: str = ""
    pictures: dict[str, Picture] = field(default_factory=dict)
    remarks: Remarks = field(default_factory=Remarks)

    def remark(self, sentence: str, place: str | None = None) -> None:
        """Note that something in `place`, or at the place at work, is shown less well."""
        self.remarks.add(place or self.place, sentence)

    def keep(self, picture: Picture) -> None:
        """Keep `picture`, with a remark on what of it is not shown."""
        self.pictures[picture.name] = picture
        if picture.note:
            self.remark(picture.note)

    def image(self, picture: Picture, alt: str | None, width: object = None, height: object = None) -> str:
        """Keep `picture`; an element that shows it. Sizes are as in HTML, alternative text None if there is none."""
        self.keep(picture)
        sizes = {"alt": alt, "width": width, "height": height}
        given = "".join(f' {name}="{escape(str(value))}"' for name, value in sizes.items() if value)
        return f'<img data-file="{picture.name}"{given}>'

    def box(self, sentence: str, words: str = "", link: str | None = None) -> str:
        """Remark on what cannot be shown; an element that says so, or in other `words`, in its place, and leads on."""
        self.remark(sentence)
        text = escape(printable(words or sentence))
        inside = f'<a href="{escape(link)}">{text}</a>' if link else text
        return f'<span class="box">{inside}</span>'
