"""What nbtypst's pyproject.toml declares is all that it needs: wheel and sdist, each in an empty environment."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from kitchen import assert_says, figure_cell, md, notebook, run_code, shown, text_of
from pypdf import PdfReader

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns("build", "*.egg-info", "__pycache__")
BOTH = "import sys; from setuptools.build_meta import *; to = sys.argv[1]; build_sdist(to); build_wheel(to)"


@pytest.fixture(scope="module")
def distributions(tmp_path_factory):
    """{"wheel": its file, "sdist": its file}, built of a copy, since a build leaves things behind."""
    folder = tmp_path_factory.mktemp("dist")
    copy = shutil.copytree(ROOT / "nbtypst", tmp_path_factory.mktemp("source") / "nbtypst", ignore=LEFT_OUT)
    subprocess.run([sys.executable, "-c", BOTH, folder], cwd=copy, check=True, capture_output=True)  # noqa: S603
    return {"wheel": next(folder.glob("*.whl")), "sdist": next(folder.glob("*.tar.gz"))}


@pytest.fixture(scope="module", params=["wheel", "sdist"])
def fresh(request, distributions, tmp_path_factory):
    """(the folder of the environment's programs, a folder with a notebook); nothing else is to be found from there."""
    folder = tmp_path_factory.mktemp("fresh")
    subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)  # noqa: S603
    programs = folder / "env" / "bin"
    install = [programs / "pip", "install", "-q", "--disable-pip-version-check", distributions[request.param]]
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


def contents(wheel):
    """{name: content} of the files in a wheel."""
    with ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def test_the_wheel_that_the_sdist_makes_holds_the_same_files(distributions, tmp_path):
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-index", "--no-deps", "--no-build-isolation"]
    command += ["--wheel-dir", tmp_path, distributions["sdist"]]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    assert contents(next(tmp_path.glob("*.whl"))) == contents(distributions["wheel"])


def test_it_brings_its_types_fonts_and_licences_and_no_helpers(fresh):
    code = (
        "import json, nbtypst; from importlib.metadata import distribution; from importlib.util import find_spec;"
        "own = distribution('nbtypst'); names = [str(file) for file in own.files];"
        "print(json.dumps([own.version == nbtypst.__version__, find_spec('helpers'), names]))"
    )
    agrees, helpers, names = json.loads(run(fresh, "python", "-c", code).stdout)
    assert agrees
    assert helpers is None
    assert "nbtypst/py.typed" in names
    assert sum(name.startswith("nbtypst/fonts/") and name.endswith(".otf") for name in names) == 3
    beside = {name.partition(".dist-info/licenses/")[2] for name in names}
    assert {"LICENSE", "fonts/OFL.txt"} <= beside
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"nbtypst"}


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
