"""Every benchmark runs to its end, on its smallest setting, as the README of the benchmarks prints it."""

import re
import subprocess

import pytest

from benchmarks.__main__ import PARTS
from helpers.settings import ROOT

FOLDER = ROOT / "benchmarks"
COMMANDS = re.findall(r"^make ([\w-]+) ", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_benchmark_runs_quickly_to_its_end_and_changes_no_file(command):
    def files() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.is_file()}

    before = files()
    make = ["make", "--old-file=.venv/ready", command, "QUICK=1"]  # the environment that is there
    done = subprocess.run(make, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "| ---" in done.stdout.replace("--:", "---")
    assert files() == before


def test_there_is_a_command_for_each_part():
    assert len(COMMANDS) == len(set(COMMANDS)) == len(PARTS)
