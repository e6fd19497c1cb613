"""What `make` runs: it knows its settings, calls nothing by an absolute path, and can be done without."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.report import ROOT
from helpers.settings import SETTINGS

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE)


def recipes(*arguments: str) -> str:
    """Return the commands that `make` would run, the settings-up of environments included."""
    command = ["make", "--dry-run", "--always-make", "--no-print-directory", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.replace("\\\n", " ")


@pytest.mark.parametrize("given", ["seeds=2", "SEED=2", "MNIST=x"])
def test_make_refuses_a_setting_that_it_does_not_know_and_lists_those_it_does(given):
    """In the shell's environment anything may stand; on the command line nobody writes what is to be ignored."""
    done = subprocess.run(["make", "-n", "pdf", given], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert done.returncode
    assert f"unknown setting: {given.partition('=')[0]}; known: SEEDS" in done.stderr


def test_every_setting_of_make_is_one_that_the_package_reads():
    known = set(re.search(r"^SETTINGS := (.*)$", MAKEFILE, re.MULTILINE)[1].split())
    assert known == SETTINGS.keys() - {"TQDM_DISABLE"}


def test_no_program_is_called_but_python_since_others_hold_the_folders_name():
    text = recipes(*TARGETS, "SCHEDULER=tcp://host:8786")
    assert set(re.findall(r"\.venv[\w-]*/(?:bin|Scripts)/([\w.-]+)", text)) == {"python"}


def test_an_environment_finds_the_packages_after_the_folder_was_renamed(tmp_path):
    old, new = tmp_path / "old name", tmp_path / "new name"
    shutil.copytree(ROOT / "helpers", old / "helpers")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", old / ".venv"], check=True)  # noqa: S603
    python = Path(".venv") / ("Scripts" if os.name == "nt" else "bin") / "python"
    here = next(line for line in recipes(".venv/ready").splitlines() if "here.pth" in line)
    subprocess.run([old / python, *shlex.split(here)[1:]], cwd=old, check=True)  # noqa: S603
    old.rename(new)
    command = [new / python, "-c", "import helpers; print(helpers.__file__)"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    found = subprocess.check_output(command, cwd=tmp_path, text=True, env=environment)  # noqa: S603
    assert Path(found.strip()) == new / "helpers" / "__init__.py"


def test_what_is_typed_without_make_is_what_make_runs():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    typed = readme.split("**Without `make`**")[1].split("```")[1].strip().splitlines()
    run = (
        recipes("pdf", "notebook")
        .replace("-q --disable-pip-version-check ", "")
        .replace("--ServerApp.ip=127.0.0.1 ", "")
    )
    run = " ".join(re.sub(r"\S*python3?", "python", run).split())
    for line in (line for line in typed if "activate" not in line):
        assert line in run
