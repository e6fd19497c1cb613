"""Typesetting with an author's own look: a fault in it is told in one line; one that a notebook names is left out."""

import re
from collections.abc import Sequence

from .typesetter import RefusedError, StoppedError
from .typesetting import Typesetting

CALLED = re.compile(r'own-(?:part|value)\("([\w-]+)"')
WHY = {  # what Typst says, and what it means here
    "failed to download package": "packages are not fetched; put the file beside the look and import that",
    "file not found": "a file is not there; a look reads pictures and files of Typst in its own folder",
    "failed to load file": "a file may not be read; a look reads pictures and files of Typst in its own folder",
}


class TypesettingWithLook(Typesetting):
    """The typesetting of a document whose source has a `look`."""

    def _typeset(self, text: str, standards: Sequence[str] = (), share: float = 1.0) -> tuple[bytes, list[dict]]:
        pdf, warnings = super()._typeset(text, standards, share)
        if self.source.look and self.source.look.place and b"/EmbeddedFile" in pdf:
            raise RefusedError("a look that a notebook names may attach no file", "")
        return pdf, warnings

    def _refuse(self, error: RefusedError) -> None:
        fault = None if error.message.startswith("PDF/UA") else self._fault(error)
        if self.source.look is None or fault is None:
            super()._refuse(error)
        elif self.source.look.place:
            self._leave_out(fault)
        else:
            self._give_up(f"{self.source.look.name}, {fault}; mend it, or print without the look")

    def _fault(self, error: RefusedError) -> str | None:
        """What is wrong in the look, with its line; None if something else is."""
        look, why = self.source.look, next((told for one, told in WHY.items() if error.message.startswith(one)), None)
        why = why or error.message.removeprefix("assertion failed: ")[:200]
        if look is None:
            return None
        where = rf"[^\n]*\n *┌─ [^\n]*?{re.escape(self.source.folder)}/look/([^\n]+):(\d+):\d+\n"
        if found := re.match(where, error.diagnostic):
            file = "" if found[1] == look.main else f"{found[1]}, "
            return f"{file}line {found[2]}: {why}"
        if found := CALLED.search(error.diagnostic):
            return f"line {look.line_of(found[1])}: {found[1]}: {why}"
        return f"line {look.line_of('look')}: {why}" if self._part_at(error.diagnostic) is None else None

    def _end_stops(self, why: str) -> None:
        """Find out whether the look is why Typst does not end; if not, do as without one."""
        look = self.source.look
        if look is None:
            super()._end_stops(why)
        elif look.place:
            self._leave_out(why)
        elif self._ends_without_look():
            self._give_up(f"{look.name}: with this look {why}; mend it, or give a longer time_limit")
        else:
            self._set(look)
            super()._end_stops(why)

    def _ends_without_look(self) -> bool:
        self._set(None)
        try:
            self._typeset(self.source.text())
        except RefusedError:
            return True
        except StoppedError:
            return False
        return True

    def _leave_out(self, why: str) -> None:
        look = self.source.look
        self.source.remarks.add(look.place, f"the look {look.name} is left out ({why})")
        self._set(None)

    def _set(self, look: object) -> None:
        """Take this look, None for that of the package."""
        self.source.look = look
        name = f"{self.source.folder}/look.typ"
        (self.file.parent / name).write_bytes(self.source.files[name])
        self.source.rewrite()
