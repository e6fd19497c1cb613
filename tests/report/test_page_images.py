"""The README's pictures of pages."""

import pytest
from matplotlib.image import imread
from pypdf import PdfWriter

from docs.page_images import main


@pytest.fixture
def pdf(tmp_path):
    """A PDF of two empty pages, the second twice as high."""
    writer = PdfWriter()
    for number, heading in enumerate(("Pans", "Eggs")):
        writer.add_blank_page(width=300, height=300 * (number + 1))
        writer.add_outline_item(title=heading, page_number=number)
    writer.write(tmp_path / "kitchen.pdf")
    return str(tmp_path / "kitchen.pdf")


def test_pages_become_small_pictures_by_number_or_heading(pdf, tmp_path):
    main(pdf, f"{tmp_path}/first.png=1", f"{tmp_path}/eggs.png=Eggs")
    assert [imread(tmp_path / name).shape[:2] for name in ("first.png", "eggs.png")] == [(600, 600), (1200, 600)]


def test_a_page_or_a_document_that_is_not_there_is_named(pdf, tmp_path):
    with pytest.raises(SystemExit, match=r"no page 'Task 9'; there are 1 to 2 and .*Eggs"):
        main(pdf, f"{tmp_path}/a.png=Task 9")
    with pytest.raises(SystemExit, match=r"none.pdf: no such PDF; build the report first"):
        main("none.pdf", "a.png=1")
