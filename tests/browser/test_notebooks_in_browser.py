"""In a real browser: the notebooks run and show their figures, and the stop button ends a training.

Task 4's notebook is in test_explorer_in_browser.py.
"""

import nbformat
import pytest
from lab import NotebookPage

from helpers.__main__ import NOTEBOOKS

PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
OWN_PLOTS = [
    "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])",
    "from helpers import plots\nplots.sigmoids_figure()",
    "plt.plot([1, 3, 2])",
    "plt.plot([2, 1])\nplt.show()\nplt.plot([1, 2])\nplt.show()",
]
TRAIN_FOR_LONG = """\
from helpers import MLP, TrainingConfig, load_mnist, train

dataset = load_mnist()
model = MLP([785, 64, 10], seed=0)
history = train(model, dataset, TrainingConfig(max_epochs=10_000, patience=None), seed=0)"""


@pytest.mark.parametrize("name", [name for name in NOTEBOOKS if name != "task4.ipynb"])
def test_every_notebook_runs_and_shows_its_figures(driver, lab, foreign_requests, save_screenshot, name):
    page = NotebookPage(driver, lab, name)
    page.run_all()
    page.check_figures()
    save_screenshot(name.removesuffix(".ipynb"))
    lab.end_kernels()
    assert page.failures() == []
    assert foreign_requests() == []


def test_the_stop_button_ends_a_training_and_keeps_what_was_learnt(driver, lab, save_screenshot):
    cells = [nbformat.v4.new_code_cell(source) for source in (TRAIN_FOR_LONG, "print(history)")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=PYTHON), lab.folder / "scratch.ipynb")
    page = NotebookPage(driver, lab, "scratch.ipynb")
    page.choose("Run", "runmenu:run-all")
    bar = ".jp-OutputArea-output .jupyter-widgets"
    page.wait(lambda: any("loss" in text for text in page.texts(bar)), "the progress bar to tell a loss")
    page.press("interrupt")
    page.wait(lambda: page.prompts == ["[1]:", "[2]:"] and page.at_rest, "the training to end")
    save_screenshot("interrupted")
    lab.end_kernels()
    assert page.failures() == []
    (said,) = page.texts('[data-mime-type="application/vnd.jupyter.stdout"]')
    assert "interrupted" in said


def test_plots_of_ones_own_are_seen_before_and_after_a_figure_of_the_report(driver, lab, save_screenshot):
    cells = [nbformat.v4.new_code_cell(source) for source in OWN_PLOTS]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=PYTHON), lab.folder / "own.ipynb")
    page = NotebookPage(driver, lab, "own.ipynb")
    page.run_all()
    shown = (
        "return Array.from(document.querySelectorAll('.jp-CodeCell'), cell => Array.from(cell.querySelectorAll("
        "'.jp-OutputArea img')).filter(picture => picture.complete && picture.naturalWidth).length)"
    )
    page.wait(lambda: driver.execute_script(shown) == [1, 1, 1, 2], "every plot to be seen")
    save_screenshot("own")
    lab.end_kernels()
