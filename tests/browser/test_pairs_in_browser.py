"""What nbtypst's PDF shows beside what JupyterLab shows, cell by cell: the same words; pictures of both, for docs."""

import re
import shutil

import nbformat
import pypdfium2
import pytest
from lab import ROOT, SCREENSHOTS, NotebookPage, running_lab
from PIL import Image, ImageChops

import nbtypst

pytestmark = pytest.mark.filterwarnings("ignore::nbtypst.NotebookWarning")  # of a picture without a caption
NOTEBOOK = ROOT / "docs" / "pairs.ipynb"
SHOWN = ".jp-Notebook .jp-Cell .jp-RenderedMarkdown, .jp-Notebook .jp-Cell .jp-OutputArea"
WIDTH = 610  # pixels of each half
ALIKE = f".jp-Toolbar {{display: none}} .jp-RenderedMarkdown, .jp-OutputArea {{width: {WIDTH - 70}px}}"
FRAME = 12


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder, home = tmp_path_factory.mktemp("pairs"), tmp_path_factory.mktemp("home")
    shutil.copy(NOTEBOOK, folder)
    with running_lab(folder, home, {}) as server:
        yield server


def cut(picture):
    """A picture without the white around it, but for its left edge."""
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    return picture.crop((0, box[1], min(box[2], WIDTH), box[3]))


def on_the_page(cell, path):
    """What nbtypst prints of one cell: the words, and a picture of the page between its margins."""
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    nbtypst.build(path, path.with_suffix(".pdf"), code=False, margins="12mm 5mm", paper="us-letter", font_size=16)
    with pypdfium2.PdfDocument(path.with_suffix(".pdf")) as document:
        assert len(document) == 1
        page = document[0]
        picture = page.render().to_pil().convert("RGB")
        return page.get_textpage().get_text_bounded(), picture.crop((8, 0, picture.width, picture.height - 40))


@pytest.fixture(scope="module")
def pairs(driver, lab, tmp_path_factory):
    """For each cell what JupyterLab says and shows, and what the page says and shows."""
    page = NotebookPage(driver, lab, NOTEBOOK.name)
    page.choose("Run", "runmenu:run-all")
    page.wait(lambda: page.failures() and page.find("mjx-container, .jp-RenderedMarkdown mjx-math"), "all cells")
    driver.execute_script(
        "document.head.appendChild(document.createElement('style')).textContent = arguments[0]", ALIKE
    )
    [executed] = nbtypst.execute([nbtypst.read_notebook(NOTEBOOK)], allow_errors=True)
    folder, found = tmp_path_factory.mktemp("pages"), []
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for number, (shown, cell) in enumerate(zip(page.find(SHOWN), executed.node.cells, strict=True)):
        page.scroll_to(shown)
        shown.screenshot(str(folder / "shown.png"))
        with Image.open(folder / "shown.png") as picture:
            found.append((shown.text, picture.convert("RGB"), *on_the_page(cell, folder / f"{number}.ipynb")))
    driver.get("about:blank")
    driver.get_log("performance")  # what was asked here is not what the next test asks
    return found


@pytest.mark.parametrize("number", range(6))
def test_the_page_says_what_jupyterlab_says(pairs, number):
    shown, left, said, right = pairs[number]
    left, right = cut(left), cut(right)
    both = Image.new("RGB", (2 * WIDTH + 3 * FRAME, max(left.height, right.height) + 2 * FRAME), "white")
    both.paste(left, (FRAME, FRAME))
    both.paste(right, (WIDTH + 2 * FRAME, FRAME))
    both.quantize(96).save(SCREENSHOTS / f"pair-{number + 1}.png", optimize=True)
    words = re.findall(r"[A-Za-z]{3,}|\d[\d.%]*", shown)
    assert words or left.height > 100  # a picture
    assert [word for word in words if word not in said] == []
