"""Executed Jupyter notebooks -> one PDF: nbconvert -> Markdown -> pandoc -> Typst. No TeX, no browser. Or one web page.

    build_report(["first.ipynb", "second.ipynb"], "report.pdf")
    build_html(["first.ipynb", "second.ipynb"], "report.html")

The second makes one self-contained web page of the same cells, with the same numbers. On the command line,
`python -m helpers.report first.ipynb second.ipynb -o report.pdf` (or `-o report.html`); for one notebook
`jupyter nbconvert --to helpers.report.ReportPDFExporter first.ipynb`. Nothing is lost in silence: what the report
could not show is a ReportError that names notebook and cell.
"""

import sys
from importlib import import_module

from .elements import Figure, Table
from .errors import ReportError
from .style import TEXT_WIDTH_INCHES, figure_style

__all__ = [
    "TEXT_WIDTH_INCHES",
    "BuildResult",
    "Figure",
    "ReportError",
    "ReportPDFExporter",
    "Table",
    "build_html",
    "build_report",
    "figure_style",
]

# A grammar of addresses that jsonschema takes seconds to import, and nothing in a notebook needs.
sys.modules.setdefault("rfc3987_syntax", None)
LATER = {
    "BuildResult": ".build",
    "build_html": ".build",
    "build_report": ".build",
    "check_writable": ".build",
    "ReportPDFExporter": ".exporter",
}


def __getattr__(name):
    """nbconvert and its kin are imported when a report is built, not in every notebook that shows a figure."""
    if name not in LATER:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(LATER[name], __name__), name)
