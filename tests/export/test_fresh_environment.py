"""What pyproject.toml declares is all that nbtypst needs: `pip install .` into an empty environment, every way in."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from kitchen import assert_says, figure_cell, md, notebook, run_code, shown, text_of
from pypdf import PdfReader

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """(the folder of the environment's programs, a folder with a notebook); nothing else is to be found from there."""
    folder = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)  # noqa: S603
    programs = folder / "env" / "bin"
    install = [programs / "pip", "install", "-q", "--disable-pip-version-check", ROOT]
    subprocess.run(install, check=True, cwd=folder, capture_output=True)  # noqa: S603
    (folder / "work").mkdir()
    bold = run_code("x", shown(text_html="<b>bold</b> words"))
    notebook(folder / "work" / "a.ipynb", md("# Eggs\n\n$x^2$ and ![a](none.png)"), figure_cell(), bold)
    notebook(folder / "work" / "b.ipynb", md("# Pans\n\nSee [@fig:swing]."))
    return programs, folder / "work"


def run(fresh, *command):
    programs, work = fresh
    environment = {"PATH": f"{programs}:/usr/bin:/bin", "HOME": str(work), "LANG": "C.UTF-8"}
    done = subprocess.run(  # noqa: S603
        [programs / command[0], *command[1:]], cwd=work, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_nbconvert_knows_both_exporters_and_prints(fresh):
    done = run(fresh, "jupyter", "nbconvert", "--to", "typstpdf", "a.ipynb")
    assert "a.ipynb, cell 1: the picture none.png is not there" in done.stderr
    assert "a: the picture none.png is not there" in text_of(PdfReader(fresh[1] / "a.pdf"))
    run(fresh, "jupyter", "nbconvert", "--to", "typst", "a.ipynb")
    assert (fresh[1] / "a_files" / "nbtypst.typ").exists()
    assert "Eggs" in (fresh[1] / "a.typ").read_text(encoding="utf-8")


def test_the_package_prints_several_notebooks_as_one_document(fresh):
    run(fresh, "python", "-m", "nbtypst", "a.ipynb", "b.ipynb", "-o", "book.pdf")
    assert_says(text_of(PdfReader(fresh[1] / "book.pdf")), ["bold words", "See Figure 1."])
    run(fresh, "python", "-m", "nbtypst", "a.ipynb", "b.ipynb", "-o", "book.html")
    assert "<math" in (fresh[1] / "book.html").read_text(encoding="utf-8")


def test_build_is_a_function_and_jupyters_menus_offer_both_exporters_by_their_names(fresh):
    code = (
        "import json, nbtypst; from nbconvert.exporters import get_exporter; nbtypst.build('b.ipynb', 'c.pdf');"
        "print(json.dumps([get_exporter(name).export_from_notebook for name in ('typstpdf', 'typst')]))"
    )
    assert json.loads(run(fresh, "python", "-c", code).stdout) == ["PDF via Typst", "Typst"]
    assert len(PdfReader(fresh[1] / "c.pdf").pages) == 1
