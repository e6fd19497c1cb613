"""In a real browser: the notebooks run and show their figures, and the stop button ends a training.

Task 4's notebook is in test_explorer_in_browser.py.
"""

import nbformat
import pytest
from lab import NotebookPage

from helpers.__main__ import NOTEBOOKS

PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
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
