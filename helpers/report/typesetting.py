"""Markdown cells -> Typst (by pandoc and lua/report.lua) -> PDF (by Typst and report.typ), in a folder of its own."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pypandoc
import typst

from .errors import ReportError
from .style import FONTS

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Document:
    """What is printed: the cells of markdown.py with their files, and what goes for the whole report.

    `title` may be None: then the first heading is the title, or else `name`. `strict`: every reference must
    have its target; else one to elsewhere is printed in words.
    """

    cells: list
    files: dict
    name: str
    title: str | None = None
    subtitle: str | None = None
    lang: str = "en"
    bibliography: str | None = None
    preview: str | None = None
    strict: bool = True


def typeset(document):
    """The PDF's bytes, the same for the same document; ReportError with every problem found on the way."""
    with TemporaryDirectory(prefix="report-") as name:
        folder = Path(name)
        _write_files(folder, document.files)
        converted = _convert(folder, document)
        settings = {key: getattr(document, key) for key in ("subtitle", "lang", "preview")}
        settings["title"] = converted["title"]
        (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        (folder / "report.typ").write_bytes((HERE / "report.typ").read_bytes())
        return _compile(folder, converted["body"])


def page_count(pdf):
    """Number of pages of a PDF that Typst wrote."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def _write_files(folder, files):
    (folder / "media").mkdir()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _convert(folder, document):
    """Title and Typst body, by pandoc."""
    keys = ("cells", "name", "title", "lang", "bibliography", "strict")
    request = {key: getattr(document, key) for key in keys}
    pandoc = subprocess.run(  # noqa: S603
        [pypandoc.get_pandoc_path(), "lua", str(HERE / "lua" / "report.lua")],
        input=json.dumps({key: value for key, value in request.items() if value is not None}),
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


def _compile(folder, body):
    source = f'#import "report.typ": *\n#show: report.with(..json("settings.json"))\n{body}\n'
    (folder / "main.typ").write_text(source, encoding="utf-8")
    try:
        pdf, warnings = typst.compile_with_warnings(
            str(folder / "main.typ"),
            root=str(folder),
            font_paths=[str(FONTS)],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        raise ReportError(_located(error, source)) from None
    if warnings:
        raise ReportError(*[_located(warning, source) for warning in warnings])
    return pdf


def _located(diagnostic, source):
    """A message of Typst with the notebook and cell it belongs to, which the source names in comments."""
    message = "; ".join([diagnostic.message, *diagnostic.hints])
    line = re.search(r"main\.typ:(\d+)", diagnostic.diagnostic)
    quoted = re.search(r'wider than the page: (.*)"', message)
    before = source.splitlines()[: int(line[1])] if line else source.split(quoted[1])[0].splitlines() if quoted else []
    place = next((text[3:] for text in reversed(before) if text.startswith("// ")), "the report")
    return f"{place}: {message}"
