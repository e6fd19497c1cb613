"""Showing a notebook needs nothing of printing, and nobody's matplotlibrc changes what is shown."""

import os
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
from made_up import made_up_results

from helpers import figures

HERE = Path(__file__).parent
OF_PRINT = ("pypandoc", "typst", "lxml", "nbconvert", "nbformat", "nbclient", "tinycss2", "jinja2")
SHOW = f"""
import sys
class Blocked:
    def find_spec(self, name, *_):
        if name.split(".")[0] in {OF_PRINT}:
            raise ImportError(f"{{name}} is for printing")
sys.meta_path.insert(0, Blocked())
import helpers
for name in (*helpers.__all__, "derivations", "explorer"):
    getattr(helpers, name)
from made_up import made_up_results
from test_figures import OF_RESULTS
for show in OF_RESULTS.values():
    show(made_up_results(2))._ipython_display_()
table = helpers.figures.provenance_table(helpers.load_mnist(), made_up_results(1))
assert "exported with" not in dict(table.rows)
helpers.claim("It was shown.", True)
"""


def test_what_notebooks_import_and_show_needs_nothing_of_printing():
    paths = [str(HERE), *sys.path]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", f"import sys; sys.path[:] = {paths}\n{SHOW}"],
        env=os.environ | {"FIGURE_FORMATS": "svg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("It was shown.")


def test_no_matplotlibrc_has_a_say_in_the_reports_figures(monkeypatch):
    def drawn() -> str:
        published: list[dict] = []
        monkeypatch.setattr("IPython.display.publish_display_data", lambda data, *_: published.append(data))
        shown = figures.curves_figure(made_up_results(2), ["2c"], label="fig:a", see="See.")
        shown._ipython_display_()
        return published[0]["image/svg+xml"]

    expected = drawn()
    with mpl.rc_context({"text.usetex": True, "savefig.bbox": "tight", "axes.grid": True}):
        assert drawn() == expected
