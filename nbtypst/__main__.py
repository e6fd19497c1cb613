"""`python -m nbtypst a.ipynb b.ipynb -o book.pdf` (or .html, or .typ): notebooks as one document."""

import argparse
import sys
import warnings
from dataclasses import Field, fields

from . import NotebookError, NotebookWarning
from .common.options import Options
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
    for option in fields(Options):
        _add(parser, option)
    add("--execute", action="store_true", help="run the notebooks first, as copies")
    add("--allow-errors", action="store_true", help="with --execute: go on after a cell that fails")
    add("--timeout", type=float, default=3600.0, help="with --execute: seconds a cell may take (%(default)s)")
    add("--strict", action="store_true", help="write nothing if anything is shown less well than in Jupyter")
    given = parser.parse_args(arguments)
    if given.pages and not given.output.lower().endswith((".html", ".htm")):
        parser.error("--pages is for web pages; give an --output that ends in .html")
    return given


def _add(parser: argparse.ArgumentParser, option: Field) -> None:
    """Add an option as a flag of its name; one that is on unless told otherwise can only be switched off."""
    kind, flag = option.metadata["kind"], option.metadata["flag"] or f"--{option.name.replace('_', '-')}"
    words, shown = option.metadata["words"], f" ({option.default})" if option.default and kind is not bool else ""
    if kind is bool and option.default:
        flag, given, words = flag.replace("--", "--no-", 1), {"action": "store_false"}, f"do not {words}"
    elif kind is bool:
        given = {"action": argparse.BooleanOptionalAction if option.default is None else "store_true"}
    elif kind is list:
        given, words = {"action": "append", "metavar": "TEXT"}, f"{words}; may be given several times"
    else:
        given = {"type": kind}
    parser.add_argument(flag, dest=option.name, default=option.default, help=words + shown, **given)


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
