"""What benchmarks write: all that was measured, or nothing; and each line of a step that they time runs."""

import sys
from types import SimpleNamespace

import pytest
from matplotlib.figure import Figure

from benchmarks import __main__ as program
from benchmarks import contenders, report, setting
from benchmarks.report import Section
from benchmarks.step_profile import operations

BEFORE = "# Speed\n\n<!-- one -->\nold\n<!-- /one -->\n\nbetween\n\n<!-- two -->\nold\n<!-- /two -->\n"


def measures(section):
    """A module of measurements; an error in place of a section is raised."""

    def measured(*, quick):
        if isinstance(section, Exception):
            raise section
        return section

    return SimpleNamespace(measured=measured)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Function: measure sections as one part; returns the folder of the README."""
    monkeypatch.setattr(report, "DIRECTORY", tmp_path)
    monkeypatch.setattr(report, "README", tmp_path / "README.md")
    (tmp_path / "README.md").write_text(BEFORE, encoding="utf-8")

    def run(*sections, quick=False):
        monkeypatch.setitem(program.PARTS, "network", tuple(map(str, range(len(sections)))))
        monkeypatch.setattr(program, "import_module", lambda name, _: measures(sections[int(name.strip("."))]))
        monkeypatch.setattr(sys, "argv", ["benchmarks", "network", *["--quick"] * quick])
        program.main()
        return tmp_path

    return run


SECTIONS = (Section("one", "new 1", Figure(figsize=(1, 1)), "A square."), Section("two", "new 2"))


def test_all_sections_and_figures_are_written_when_everything_is_measured(run, capsys):
    folder = run(*SECTIONS)
    expected = BEFORE.replace("old", "![A square.](one.png)\n\nnew 1", 1).replace("old", "new 2")
    assert (folder / "README.md").read_text(encoding="utf-8") == expected
    assert (folder / "one.png").read_bytes().startswith(b"\x89PNG")
    assert capsys.readouterr().out == "new 1\n\nnew 2\n"


@pytest.mark.parametrize("last", [RuntimeError("no memory"), Section("three", "without a place")])
def test_a_measurement_that_fails_changes_no_file(run, tmp_path, last):
    with pytest.raises((RuntimeError, ValueError), match=r"no memory|add the lines <!-- three -->"):
        run(*SECTIONS, last)
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == BEFORE


def test_a_quick_try_writes_nothing(run):
    assert [path.read_text(encoding="utf-8") for path in run(*SECTIONS, quick=True).iterdir()] == [BEFORE]


def test_every_line_of_a_step_that_is_timed_runs():
    for line in operations((setting.NUM_INPUTS, 4, 4, 10)).values():
        line()


@pytest.mark.parametrize("name", [contenders.OURS, contenders.IN_ORDER, contenders.EVALUATE])
def test_our_contenders_read_finite_losses_back(name):
    losses = contenders.BUILDERS[name]((setting.NUM_INPUTS, 2, 10))(1, 0)
    assert len(losses) > 0
    assert (losses > 0).all()
