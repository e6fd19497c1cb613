"""A reader's own plots appear, in Jupyter and on paper, before and after the report's figures."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from nbtypst.cells.execution import execute
from nbtypst.cells.notebooks import Notebook

OWN_PLOTS = {
    "bare last line": "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])",
    "with show": "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2])\nplt.show()",
    "of subplots": "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.plot([1, 3, 2]);",
    "by the magic": "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 3, 2])",
}
REPORT_FIGURE = "from helpers import figures\nfigures.sigmoids_figure()"


def pictures(cell: nbformat.NotebookNode) -> int:
    return sum(
        any(mime.startswith("image/") for mime in output.get("data", {}))
        for output in cell.outputs
        if output.output_type in ("display_data", "execute_result")
    )


@pytest.fixture(scope="module")
def executed():
    """Numbers of pictures of the cells of two notebooks: the report's figure comes first in one, later in the other."""
    own, several = (
        [*OWN_PLOTS.values()],
        "import matplotlib.pyplot as plt\nfor n in range(3):\n    plt.plot([n, 1])\n    plt.show()",
    )
    folder = Path(__file__).resolve().parents[2]
    books = [
        Notebook(f"{number}.ipynb", folder, new_notebook(cells=[new_code_cell(source) for source in cells]))
        for number, cells in enumerate([[REPORT_FIGURE, *own, several], [*own, REPORT_FIGURE, *own]])
    ]
    return [[pictures(cell) for cell in book.node.cells] for book in execute(books)]


def test_every_way_to_plot_shows_its_picture_after_a_figure_of_the_report(executed):
    assert executed[0][:-1] == [1] * 5


def test_every_way_to_plot_shows_its_picture_before_and_after_a_figure_of_the_report(executed):
    assert executed[1] == [1] * 9


def test_several_plots_of_one_cell_are_all_shown(executed):
    assert executed[0][-1] == 3
