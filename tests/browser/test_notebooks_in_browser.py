"""In a real browser: the notebooks run and show their figures, as do a reader's own cells; the stop button works."""

import pytest
from lab import NotebookPage

from helpers.report import ROOT, notebooks_of

OWN_PLOT = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])"
OWN_PLOTS = {
    "bare last line": OWN_PLOT,
    "with show": f"{OWN_PLOT}\nplt.show()",
    "by the magic": f"%matplotlib inline\n{OWN_PLOT}",
    "by the magic, with show": f"%matplotlib inline\n{OWN_PLOT}\nplt.show()",
}
REPORT_FIGURE = "from helpers import figures\nfigures.sigmoids_figure()"
TABLE = "HTML('<table><tbody><tr><td>0.25</td></tr><tr><td>0.75</td></tr></tbody></table>')"
FRAME = "import pandas as pd\npd.DataFrame({'loss': [0.25, 0.75]})"
CLAIMS = """\
from helpers import claim
from helpers.evidence.judgement import Judgement, Verdict

claim("**Two and two** are four.", Judgement("their sum", "4", Verdict.HOLDS, seeds="0-9"))
claim("Two and two are **five**, or $2 + 2$.", Judgement("their sum", "4", Verdict.FAILS, seeds="0-9"))
claim("Nobody knows.", Judgement("what nobody knows", "none", Verdict.OPEN, "2 seeds", "0-1"))"""
AFTER_A_FIGURE = {  # cells of a reader's own, in this order, in a kernel that has shown nothing but a figure before
    "figure": REPORT_FIGURE,
    "print": "print('so it is')",
    "plot": OWN_PLOT,
    "two plots": f"{OWN_PLOT}\nplt.show()\nplt.plot([1, 2])\nplt.show()",
    "table": f"from IPython.display import HTML\n{TABLE}",
    "frame": FRAME,
    "data set": "from helpers import MLP, load_mnist\nload_mnist()",
    "network": "MLP([785, 64, 10], seed=0)",
    "claims": CLAIMS,
}
TRAIN_FOR_LONG = """\
from helpers import MLP, TrainingConfig, load_mnist, train

dataset = load_mnist()
model = MLP([785, 64, 10], seed=0)
history = train(model, dataset, TrainingConfig(max_epochs=10_000, patience=None), seed=0)"""


@pytest.fixture
def opened(driver, lab):
    """Function: open a notebook by name, after writing it from cells where they are given; kernels end afterwards."""

    def open_page(name, *sources):
        if sources:
            lab.write(name, sources)
        return NotebookPage(driver, lab, name)

    yield open_page
    lab.end_kernels()


@pytest.fixture(scope="module")
def own(driver, lab):
    """A notebook of a reader's own cells after a figure of the report, run."""
    lab.write("own.ipynb", AFTER_A_FIGURE.values())
    page = NotebookPage(driver, lab, "own.ipynb")
    page.run_all()
    yield page
    lab.end_kernels()


def pictures_in_cells(page):
    """Return how many pictures are seen below each code cell."""
    return page.driver.execute_script(
        "return Array.from(document.querySelectorAll('.jp-CodeCell'), cell => Array.from(cell.querySelectorAll("
        "'.jp-OutputArea img')).filter(picture => picture.complete && picture.naturalWidth && picture.width).length)"
    )


@pytest.mark.parametrize("name", [path.name for path in notebooks_of(ROOT)])
def test_every_notebook_runs_and_shows_its_figures(opened, foreign_requests, save_screenshot, name):
    page = opened(name)
    page.run_all()
    page.check_figures()
    save_screenshot(name.removesuffix(".ipynb"))
    assert page.failures() == []
    assert foreign_requests() == []


def test_the_stop_button_ends_a_training_and_keeps_what_was_learnt(opened, save_screenshot):
    page = opened("scratch.ipynb", TRAIN_FOR_LONG, "print(history)")
    page.choose("Run", "runmenu:run-all")
    bar = ".jp-OutputArea-output .jupyter-widgets"
    page.wait(lambda: any("loss" in text for text in page.texts(bar)), "the progress bar to tell a loss")
    page.one('.jp-NotebookPanel-toolbar [data-jp-item-name="interrupt"] jp-button').click()
    page.wait(lambda: page.prompts == ["[1]:", "[2]:"] and page.at_rest, "the training to end")
    save_screenshot("interrupted")
    assert page.failures() == []
    (said,) = page.texts('[data-mime-type="application/vnd.jupyter.stdout"]')
    assert "interrupted" in said


@pytest.mark.parametrize("way", OWN_PLOTS)
def test_a_plot_of_ones_own_is_seen_before_and_after_a_figure_of_the_report(opened, save_screenshot, way):
    page = opened("own.ipynb", OWN_PLOTS[way], REPORT_FIGURE, OWN_PLOTS[way])
    page.run_all()
    page.wait(lambda: pictures_in_cells(page) == [1, 1, 1], "every plot to be seen")
    save_screenshot(f"own-{way.replace(' ', '-').replace(',', '')}")


def test_plots_of_ones_own_are_seen_after_a_figure_of_the_report_also_several(own, save_screenshot):
    """So is an image of each class below a data set."""
    seen = {"figure": 1, "plot": 1, "two plots": 2, "data set": 1}
    own.wait(lambda: pictures_in_cells(own) == [seen.get(cell, 0) for cell in AFTER_A_FIGURE], "every picture")
    save_screenshot("own-cells")


def test_tables_objects_and_printed_text_appear_after_a_figure_of_the_report(own):
    own.wait(lambda: len(own.find(".jp-OutputArea table")) == 4, "tables, those of a data set and a network too")
    assert own.texts(".jp-OutputArea table tbody td")[:4] == ["0.25", "0.75"] * 2
    assert own.texts('[data-mime-type="application/vnd.jupyter.stdout"]') == ["so it is\n"]


def test_a_claim_stands_is_struck_out_or_grey_as_on_paper(own, save_screenshot):
    shown = ".jp-RenderedMarkdown.jp-OutputArea-output:has(sup a)"
    own.wait(lambda: len(own.find(shown)) == 3, "three sentences")
    stands, struck, grey = own.driver.execute_script(
        f"return Array.from(document.querySelectorAll('{shown}'), it => [it.textContent, !!it.querySelector('del'), "
        "Array.from(it.querySelectorAll('span'), s => getComputedStyle(s).color).includes('rgb(117, 117, 117)'), "
        "it.querySelector('sup a').getAttribute('href')])"
    )
    own.scroll_to(own.find(shown)[0])
    save_screenshot("own-claims")
    assert [one[1:3] for one in (stands, struck, grey)] == [[False, False], [True, False], [False, True]]
    assert "Measured:" in struck[0]
    assert "not judged on 2 seeds" in grey[0]
    assert all("evidence-" in one[3] for one in (stands, struck, grey))
