"""`python -m nbtypst a.ipynb b.ipynb -o book.pdf` (or .html, or .typ): notebooks as one document."""

import argparse
import sys
import warnings

from . import NotebookError, NotebookWarning
from .printing import start

INTERRUPTED = 130


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m nbtypst", description="Notebooks as one PDF, one web page, or one source of Typst."
    )
    add = parser.add_argument
    add("notebooks", nargs="+", help="notebooks in the order of the document")
    add("-o", "--output", required=True, help="what to write: .pdf, .html, or .typ with a folder beside it")
    add("--pages", metavar="FOLDER", help="with an .html: also a page of each notebook, in this folder")
    add("--title", help="the title, instead of the first notebook's own; so are the next four")
    add("--subtitle", help="the line below the title")
    add("--author", action="append", dest="authors", metavar="NAME", help="may be given several times")
    add("--date", help="a date, as it shall stand there")
    add("--byline", action="append", metavar="TEXT", help="more to stand there; may be given several times")
    add("--no-input", action="store_false", dest="code", help="leave the code cells' sources out")
    add("--stderr", action="store_true", help="print what cells wrote to stderr, too")
    add("--paper", default="a4", help="a4 or us-letter (%(default)s)")
    add("--margins", default="", help="one length for all sides, or two for ends and sides: '25mm', '1in 35mm'")
    add("--font-size", type=float, default=11.0, help="of the text, in points (%(default)s)")
    add("--look", metavar="FILE", help="a file of Typst with a look of your own: fonts, colours, header, footer")
    add("--fonts", metavar="FOLDER", help="fonts that the look may name, beside the system's")
    add("--toc", action=argparse.BooleanOptionalAction, help="a table of contents; unless given, where it is long")
    add("--numbered-headings", action="store_true", help="number the headings")
    add("--root", metavar="FOLDER", help="pictures may lie here too, not in a notebook's folder alone")
    add("--preview", help="a remark for every page")
    add("--execute", action="store_true", help="run the notebooks first, as copies")
    add("--allow-errors", action="store_true", help="with --execute: go on after a cell that fails")
    add("--timeout", type=float, default=3600.0, help="with --execute: seconds a cell may take (%(default)s)")
    limit = "seconds pandoc or Typst may take for a page (4.0)"
    add("--time-limit", type=float, default=argparse.SUPPRESS, help=limit)
    add("--strict", action="store_true", help="write nothing if anything is shown less well than in Jupyter")
    given = parser.parse_args(arguments)
    if given.pages and not given.output.lower().endswith((".html", ".htm")):
        parser.error("--pages is for web pages; give an --output that ends in .html")
    return given


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 if the document was written, 1 if not, with the reason on stderr; 130 if interrupted."""
    given = vars(_arguments(arguments))
    sys.modules.setdefault("rfc3987_syntax", None)  # a grammar of addresses that jsonschema takes seconds to import
    if not str(given["output"]).lower().endswith((".html", ".htm")):
        start()  # while all else is imported
    try:
        from .building import build

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotebookWarning)  # they are listed below
            result = build(given.pop("notebooks"), given.pop("output"), **given)
    except NotebookError as error:
        print(f"nothing was written:\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; nothing was written", file=sys.stderr)
        return INTERRUPTED
    if result.remarks:
        print("shown less well than in Jupyter:", *result.remarks, sep="\n", file=sys.stderr)
    seconds = f"{result.export_seconds:.1f} s"
    if given["execute"]:
        seconds = f"notebooks {result.execution_seconds:.1f} s, export {seconds}"
    print(f"{result.path}: {result.pages} page{'s' * (result.pages != 1)}; {seconds}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
