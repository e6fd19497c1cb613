"""Pages of a PDF as small pictures, for the README: `python docs/page_images.py report.pdf first.png=1 eggs.png=Eggs`.

What stands after the = is a page's number, or the title of a heading as in the PDF's outline.
"""

import sys
from pathlib import Path

import pypdfium2

COLOURS = 96  # of the picture's palette: enough for text and coloured lines, and less than half of the file's size
WIDTH = 600  # pixels


def main(pdf: str, *pages: str) -> None:
    """Write pages of a PDF as PNG, each given as FILE=PAGE; end the program if there is no such PDF or page."""
    if not Path(pdf).is_file():
        sys.exit(f"{pdf}: no such PDF; build the report first")
    with pypdfium2.PdfDocument(pdf) as document:
        headings = {entry.get_title(): entry.get_dest().get_index() + 1 for entry in document.get_toc()}
        for file, wanted in (page.split("=", 1) for page in pages):
            number = int(wanted) if wanted.isdecimal() else headings.get(wanted, 0)
            if not 1 <= number <= len(document):
                sys.exit(f"{pdf}: no page {wanted!r}; there are 1 to {len(document)} and {list(headings)}")
            page = document[number - 1]
            picture = page.render(scale=WIDTH / page.get_width()).to_pil().convert("RGB")
            picture.quantize(COLOURS).save(file, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
