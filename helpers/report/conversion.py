"""Markdown cells -> the body of a document, by pandoc and lua/report.lua, in a folder of its own."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pypandoc

from .errors import ReportError

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Document:
    """What is shown: the cells of markdown.py with their files, and what goes for the whole report.

    `title` may be None: then the first heading is the title, or else `name`; `new_title` is printed instead of
    it. `byline` are short strings for the title page. `strict`: every reference must have its target; else one to
    elsewhere is given in words.
    """

    cells: list
    files: dict
    name: str
    title: str | None = None
    new_title: str | None = None
    subtitle: str | None = None
    byline: tuple = ()
    lang: str = "en"
    bibliography: str | None = None
    preview: str | None = None
    strict: bool = True


def convert(folder, document, writer):
    """Title, body and figures in the format of `writer`, "typst" or "html", as a dictionary; images are in `folder`.

    Raises ReportError with every problem found on the way.
    """
    _write_files(folder, document.files)
    request = {key: value for key, value in vars(document).items() if key != "files" and value is not None}
    pandoc = subprocess.run(  # noqa: S603
        [pypandoc.get_pandoc_path(), "lua", str(HERE / "lua" / "report.lua")],
        input=json.dumps(request | {"writer": writer}),
        capture_output=True,
        encoding="utf-8",
        cwd=folder,
        check=False,
    )
    if pandoc.returncode or pandoc.stderr.strip():
        raise ReportError(f"{document.name}: pandoc says: {pandoc.stderr.strip()}")
    answer = json.loads(pandoc.stdout)
    if answer["problems"]:
        raise ReportError(*answer["problems"])
    return answer


def _write_files(folder, files):
    (folder / "media").mkdir()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
