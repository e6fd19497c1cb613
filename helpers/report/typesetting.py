"""A document -> PDF, by Typst and report.typ, in a folder of its own."""

import json
import re
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from .arrangement import arranged
from .conversion import HERE, convert
from .errors import ReportError
from .style import FONTS


def typeset(document):
    """The PDF's bytes, the same for the same document; ReportError with every problem found on the way."""
    with TemporaryDirectory(prefix="report-") as name:
        folder = Path(name)
        converted = convert(folder, document, "typst")
        settings = {key: getattr(document, key) for key in ("subtitle", "byline", "lang", "preview")}
        _write_json(folder / "settings.json", settings | {"title": converted["title"]})
        (folder / "report.typ").write_bytes((HERE / "report.typ").read_bytes())
        return _compile(folder, converted["body"], converted["figures"])


def page_count(pdf):
    """Number of pages of a PDF that Typst wrote."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def _compile(folder, body, figures):
    source = f'#import "report.typ": *\n#show: report.with(..json("settings.json"))\n{body}\n#where-all-stands()\n'
    (folder / "main.typ").write_text(source, encoding="utf-8")
    given = {"root": str(folder), "font_paths": [str(FONTS)], "ignore_system_fonts": True}

    def lay_out(placements):
        _write_json(folder / "placements.json", placements)
        return json.loads(typst.query(str(folder / "main.typ"), "<places>", field="value", one=True, **given))

    with suppress(RuntimeError):  # an error comes again below, with its place
        arranged(figures, lay_out)
    try:
        pdf, warnings = typst.compile_with_warnings(str(folder / "main.typ"), pdf_standards=["ua-1"], **given)
    except typst.TypstError as error:
        raise ReportError(_located(error, source)) from None
    if warnings:
        raise ReportError(*[_located(warning, source) for warning in warnings])
    return pdf


def _write_json(path, content):
    path.write_text(json.dumps(content), encoding="utf-8")


def _located(diagnostic, source):
    """A message of Typst with the notebook and cell it belongs to, which the source names in comments."""
    message = "; ".join([diagnostic.message, *diagnostic.hints])
    line = re.search(r"main\.typ:(\d+)", diagnostic.diagnostic)
    quoted = re.search(r'wider than the page: (.*)"', message)
    before = source.splitlines()[: int(line[1])] if line else source.split(quoted[1])[0].splitlines() if quoted else []
    place = next((text[3:] for text in reversed(before) if text.startswith("// ")), "the report")
    return f"{place}: {message}"
