"""An author's own look: a file of Typst, with the files of its folder and the fonts that it names."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..common.errors import NotebookError
from ..common.families import files_of, regular
from .collected import Collected
from .files import OUTSIDE, OutsideError, content

BESIDE = {".typ", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"}  # what of its folder a look may use
MOST_FILES, MOST_BYTES = 100, 50_000_000
STRING = re.compile(r'"((?:[^"\\\n]|\\.)+)"')
OF_FONTS = re.compile(r'font\s*[:=]\s*(\([^()]*\)|"[^"\n]*")')
TEXT_FONT = re.compile(r"^\s*#?let\s+text-font\s*=\s*(.*)", re.MULTILINE)


@dataclass(frozen=True)
class Look:
    """A look by its `name`, as it was given; its `files` by their paths from its folder, of which `main` is itself.

    `fonts` are the files of the fonts that it names, `text_font` that of the text, None if it is the package's own.
    `place` is the notebook that names it in its metadata, None if it was asked for.
    """

    name: str
    main: str
    files: dict[str, bytes]
    fonts: tuple[Path, ...]
    text_font: Path | None
    place: str | None

    def line_of(self, name: str) -> int:
        """The line, from 1, in which the look says what `name` is; 1 if it does not."""
        text = self.files[self.main].decode(errors="replace")
        found = re.search(rf"^[^\n]*\blet\s+{re.escape(name)}(?![\w-])", text, re.MULTILINE)
        return text.count("\n", 0, found.start()) + 1 if found else 1


def chosen_look(path: str | Path, fonts: str | Path | None) -> Look:
    """The look in the file `path`; `fonts` is a folder of fonts beside the system's. NotebookError if there is none."""
    file = Path(path)
    if fonts and not Path(fonts).is_dir():
        raise NotebookError(f"{fonts}: no such folder of fonts")
    try:
        return _read(str(path), file.resolve(), fonts, None)
    except FileNotFoundError:
        raise NotebookError(f"{path}: no such look; give the path of a file of Typst, such as mine.typ") from None
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or ("it is no text in UTF-8" if "codec" in str(error) else error)
        raise NotebookError(f"{path}: the look cannot be read: {told}; give a file of Typst") from None


def named_look(
    name: object, folder: Path, root: Path | None, fonts: str | Path | None, collected: Collected
) -> Look | None:
    """The look that a notebook's metadata name, if it lies in the notebook's `folder` or in `root`; else a remark."""
    told = str(name)[:100]
    try:
        content(str(name), folder, root)
        return _read(told, (folder / str(name)).resolve(), fonts, collected.place)
    except OutsideError:
        collected.remark(f"the look {told} {OUTSIDE}")
    except (OSError, ValueError):
        collected.remark(f"the look {told} is not there, or no text")
    return None


def _read(name: str, file: Path, fonts: str | Path | None, place: str | None) -> Look:
    files = dict(_files(file))
    text = "\n".join(one.decode(errors="replace") for path, one in files.items() if path.endswith(".typ"))
    families = [family for found in OF_FONTS.findall(text) for family in STRING.findall(found)]
    own = TEXT_FONT.search(text)
    first = STRING.search(own[1]) if own else None
    found = files_of(families, Path(fonts) if fonts else None)
    flat = tuple(dict.fromkeys(file for files in found.values() for file in files))
    return Look(name, file.name, files, flat, regular(found.get(first[1].lower(), ())) if first else None, place)


def _files(main: Path) -> Iterator[tuple[str, bytes]]:
    """Path from its folder and content of the look `main`, first, and of each file that it or those name."""
    waiting, known, size = [main.name], {main.name}, 0
    while waiting:
        path = waiting.pop(0)
        try:
            written = content(path, main.parent)
            text = written.decode() if path.endswith(".typ") else ""
        except (OSError, ValueError):
            if path == main.name:
                raise
            continue  # Typst says where it is named
        size += len(written)
        if size > MOST_BYTES:
            return
        yield path, written
        for named in STRING.findall(text):
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), named))
            if posixpath.splitext(named)[1].lower() in BESIDE and beside not in known and len(known) < MOST_FILES:
                known.add(beside)
                waiting.append(beside)
