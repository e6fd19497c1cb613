"""nbtypst is a distribution of its own: its pyproject.toml names all that belongs to it, and no more."""

import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from kitchen import md, notebook, run_code, stream

import nbtypst

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "nbtypst"
ABOUT = tomllib.loads((PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))
SETTINGS = ABOUT["tool"]["setuptools"]
BESIDE = {"LICENSE", "README.md", "CHANGELOG.md", "MANIFEST.in", "pyproject.toml"}  # not in a wheel's nbtypst/
LEFT = {"build", "__pycache__"}  # by a build, or by Python


def files():
    """All files of the package, from its folder."""
    found = (path.relative_to(PACKAGE) for path in sorted(PACKAGE.rglob("*")) if path.is_file())
    return [path for path in found if not (LEFT & {*path.parts} or path.parts[0].endswith(".egg-info"))]


def test_every_room_is_in_the_list_of_packages():
    rooms = {".".join(["nbtypst", *path.parent.parts]) for path in files() if path.suffix == ".py"}
    assert sorted(rooms) == SETTINGS["packages"]


def test_every_file_that_is_no_module_is_among_the_data_or_beside_them():
    globs = SETTINGS["package-data"]["nbtypst"]
    data = {path.relative_to(PACKAGE) for one in globs for path in PACKAGE.glob(one)}
    assert {str(path) for path in {*files()} - data if path.suffix != ".py"} == BESIDE
    assert {"py.typed", "OFL.txt", "nbtypst.typ", "pandoc.lua", "page.html5"} <= {path.name for path in data}


@pytest.mark.parametrize("name", ["typstpdf", "typst"])
def test_nbconverts_exporters_are_where_the_entry_points_say(name):
    module, _, exporter = ABOUT["project"]["entry-points"]["nbconvert.exporters"][name].partition(":")
    assert getattr(import_module(module), exporter).__module__ == module


def test_the_version_is_written_once_and_has_its_entry_among_the_changes():
    assert SETTINGS["dynamic"]["version"] == {"attr": "nbtypst.__version__"}
    changes = (PACKAGE / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## (.+)", changes, re.MULTILINE)[1] == nbtypst.__version__


def test_what_nbtypst_needs_is_pinned_for_the_report_too():
    names = {re.match(r"[\w-]+", one)[0].lower() for one in ABOUT["project"]["dependencies"]}
    locked = (ROOT / "requirements.txt").read_text(encoding="utf-8").lower()
    assert {name for name in names if not re.search(rf"^{name.replace('_', '[-_]')}==", locked, re.MULTILINE)} == set()


def test_the_reports_own_distribution_has_only_helpers():
    report = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert report["tool"]["setuptools"]["packages"]["find"]["include"] == ["helpers*"]
    assert "entry-points" not in report["project"]


def test_a_notebook_is_printed_without_what_takes_longer_to_import_than_that(tmp_path):
    notebook(tmp_path / "lab.ipynb", md("$x^2$ and **words**"), run_code("1 / 0", stream("\x1b[31mred\x1b[0m")))
    code = "import sys, nbtypst; nbtypst.build('lab.ipynb', 'lab.pdf'); print(*sys.modules)"
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603
    assert (tmp_path / "lab.pdf").is_file()
    assert not {"IPython", "jsonschema", "matplotlib", "nbconvert", "nbformat", "pypandoc"} & {*done.stdout.split()}
