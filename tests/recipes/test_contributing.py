"""CONTRIBUTING's recipes, as they are printed, pass what it asks for: lint, the tests, the rules of the report.

`make test-recipes` runs this, for some minutes: it writes them into a copy of the project, and runs the commands there.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECIPE = re.compile(
    r"```python\n# (?:(?P<where>at the end of|among the imports of) )?(?P<path>\S+)\n(?P<code>.*?)```", re.S
)
NOT_COPIED = shutil.ignore_patterns(".*", "build", "results", "*.pdf", "*.html", "__pycache__", "*.egg-info")
USE = """
from helpers import EXPERIMENTS, compare, figures, measured
from tests.made_up import made_up_results
results = made_up_results(10)
print(EXPERIMENTS["softplus"].summary, EXPERIMENTS["softplus"].config.momentum)
print(compare(results, "momentum", "softplus").family)
print(measured(results, "softplus").validations)
print(len(figures.seeds_figure(results, "momentum").figure.axes[0].lines))
"""


def followed(copy: Path) -> None:
    """Write every recipe where it says; a new file is that alone."""
    for where, path, code in RECIPE.findall((copy / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        before = (copy / path).read_text(encoding="utf-8") if where else ""
        if where == "among the imports of":
            after_imports = before.rindex("\nfrom .")
            text = f"{before[:after_imports]}\n{code.rstrip()}{before[after_imports:]}"
        else:
            text = f"{before}\n\n{code}" if where else code
        (copy / path).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the project in which all recipes are followed; no result is stored."""
    folder = tmp_path_factory.mktemp("student") / "project"
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    followed(folder)
    return folder


@pytest.fixture
def run(copy, monkeypatch):
    """Function: run a module of Python in the copy; return what it prints. It must succeed."""
    for name, value in (("PYTHONPATH", copy), ("RESULTS_DIR", copy / "results"), ("SEEDS", "1"), ("EPOCHS", "1")):
        monkeypatch.setenv(name, str(value))

    def run(*arguments):
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)  # noqa: S603
        assert done.returncode == 0, done.stdout[-5_000:] + done.stderr[-5_000:]
        return done.stdout

    return run


def test_every_recipe_of_contributing_says_where_it_goes():
    blocks = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").count("```python")
    assert blocks == len(RECIPE.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))) > 0


def test_the_recipes_pass_lint_once_they_are_formatted(run):
    run("-m", "ruff", "check", "--fix", ".")  # as `make format` does
    run("-m", "ruff", "format", ".")
    run("-m", "ruff", "check", ".")


def test_what_the_recipes_add_is_found_by_name(run):
    assert run("-c", USE).splitlines() == ["softplus 0.9", "tricks", "20\xa0", "10"]


def test_the_recipes_pass_the_tests_of_the_rooms_that_they_touch(run):
    rooms = ("network", "experiments/test_experiment.py", "experiments/test_keys.py", "evidence", "figures", "report",
             "interactive/test_explorer_settings.py", "test_house.py", "test_package.py")  # fmt: skip
    run("-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *(f"tests/{room}" for room in rooms))


def test_the_recipes_pass_the_rules_of_the_reference_report(run):
    run("-m", "pytest", "-q", "-n", "2", "-o", "norecursedirs=.*", "tests/reference")
