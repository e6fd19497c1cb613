"""Pages of a PDF as small pictures: `python -m nbtypst.page_images report.pdf first.png=1 "eggs.png=Eggs"`.

What stands after the = is a page's number, or the title of a heading as in the PDF's outline.
"""

import argparse
import sys
from pathlib import Path

import pypdfium2

from .errors import NotebookError

COLOURS = 96  # of the picture's palette: enough for text and coloured lines, and less than half of the file's size


def page_images(pdf: str | Path, pages: dict[str, str | int], width: int = 600) -> None:
    """Write pages of the file `pdf` as PNG, `width` pixels wide; `pages` is page number or heading by file to write.

    Raises NotebookError if there is no such PDF, page or heading.
    """
    if not Path(pdf).is_file():
        raise NotebookError(f"{pdf}: no such PDF; build the report first")
    with pypdfium2.PdfDocument(pdf) as document:
        headings = {entry.get_title(): entry.get_dest().get_index() + 1 for entry in document.get_toc()}
        for file, wanted in pages.items():
            number = int(wanted) if str(wanted).isdecimal() else headings.get(wanted, 0)
            if not 1 <= number <= len(document):
                raise NotebookError(f"{pdf}: no page {wanted!r}; there are 1 to {len(document)} and {list(headings)}")
            page = document[number - 1]
            picture = page.render(scale=width / page.get_width()).to_pil().convert("RGB")
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            picture.quantize(COLOURS).save(file, optimize=True)


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 if the pictures were written, 1 if not; the reason stands on stderr."""
    parser = argparse.ArgumentParser(prog="python -m nbtypst.page_images", description="Pages as pictures.")
    parser.add_argument("pdf")
    parser.add_argument("pages", nargs="+", metavar="FILE=PAGE", help="a page by number or heading")
    parser.add_argument("--width", type=int, default=600, help="in pixels (%(default)s)")
    given = parser.parse_args(arguments)
    try:
        page_images(given.pdf, dict(page.split("=", 1) for page in given.pages), given.width)
    except NotebookError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
