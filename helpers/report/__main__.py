"""`python -m helpers.report a.ipynb b.ipynb -o out.pdf` or `-o out.html`: build a report from the command line."""

import argparse
import sys
from functools import partial
from pathlib import Path

from . import ReportError, build_html, build_report
from .execution import DEFAULT_TIMEOUT


def main(arguments=None):
    """Exit status: 0 if the report was written, 1 if not; the reason stands on stderr."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.report", description="Notebooks -> one PDF, or one self-contained web page."
    )
    parser.add_argument("notebooks", nargs="+", help="notebooks in the order of the report")
    parser.add_argument("-o", "--output", default="report.pdf", help="the PDF, or the page if .html (%(default)s)")
    parser.add_argument("--pages", metavar="FOLDER", help="with an .html: also a page of each notebook, in this folder")
    parser.add_argument("--title", help="the title, instead of the first notebook's own")
    parser.add_argument("--subtitle", help="the line below the title, instead of the first notebook's own")
    parser.add_argument("--byline", action="append", metavar="TEXT", help="to stand below; may be given several times")
    parser.add_argument("--code", action="store_true", help="show the code cells as well")
    parser.add_argument("--preview", help="a remark for every page")
    parser.add_argument("--no-execute", action="store_true", help="take the outputs that are in the notebooks")
    parser.add_argument("--timeout", type=float, default=DEFAULT_TIMEOUT, help="seconds a cell may take (%(default)s)")
    given = parser.parse_args(arguments)
    as_html = Path(given.output).suffix.lower() in (".html", ".htm")
    if given.pages and not as_html:
        parser.error("--pages is for web pages; give an --output that ends in .html")
    build = partial(build_html, pages=given.pages) if as_html else build_report
    try:
        result = build(
            given.notebooks,
            given.output,
            title=given.title,
            subtitle=given.subtitle,
            byline=given.byline,
            code=given.code,
            preview=given.preview,
            execute=not given.no_execute,
            timeout=given.timeout,
        )
    except ReportError as error:
        print(f"no report was written:\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; no report was written", file=sys.stderr)
        return 130
    print(
        f"{result.path}: {result.pages} pages; notebooks {result.execution_seconds:.1f} s, "
        f"export {result.export_seconds:.1f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
