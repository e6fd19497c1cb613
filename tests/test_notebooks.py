"""The notebooks are thin, and the whole report is built from them, on a small budget and the real MNIST."""

import re
from pathlib import Path

import nbformat
import pypdf
import pytest

from helpers.__main__ import NOTEBOOKS, ROOT
from helpers.experiments import run_experiments
from nbtypst import build

HEADINGS = [
    "Summary",
    *(f"Task {task}" for task in ("1a", "1b", "2a", "2b", "2c", "2d", "3a", "3b", "3c", "4a", "4b", "4c", "4d", "4e")),
    "Early stopping",
    "Provenance",
    "References",
]
LOST = ["$$", "\\begin", "HBox(", "<table", "Traceback", "??"]


def cells(name: str, kind: str) -> list[str]:
    return [cell.source for cell in nbformat.read(ROOT / name, as_version=4).cells if cell.cell_type == kind]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebooks_call_and_show_but_define_nothing(name):
    for source in cells(name, "code"):
        lines = [line for line in source.splitlines() if line.strip()]
        assert len(lines) <= 12, source
        assert not [line for line in lines if re.match(r"\s*(def|class|for|while|if|try|with|lambda)\b", line)], source


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebooks_are_committed_without_outputs(name):
    for cell in nbformat.read(ROOT / name, as_version=4).cells:
        if cell.cell_type == "code":
            assert not cell.outputs
            assert cell.execution_count is None


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_result_is_typed_into_a_notebook(name):
    for source in cells(name, "markdown"):
        text = re.sub(r"\$\$.*?\$\$|\$[^$]*\$", "", source, flags=re.S)
        assert not re.search(r"\d[\d.,]* ?(%|percent|seconds?\b|s\b|nats|points)", text), source
        assert not re.search(r"\d{2},\d{3}", text), source


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> tuple[Path, str]:
    """The report on one seed and one epoch: its path and its text."""
    folder = tmp_path_factory.mktemp("report")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SEEDS", "1")
        environment.setenv("EPOCHS", "1")
        environment.setenv("RESULTS_DIR", str(folder / "results"))
        run_experiments(progress=False)
        result = build(
            [ROOT / name for name in NOTEBOOKS],
            folder / "report.pdf",
            execute=True,
            strict=True,
            code=False,
            preview="Preview: 1 seed",
        )
    pages = pypdf.PdfReader(result.path).pages
    return result.path, "\n".join(page.extract_text() for page in pages)


def test_the_report_has_every_heading_of_the_assignment(report):
    outline = [entry.title for entry in _flat(pypdf.PdfReader(report[0]).outline)]
    for heading in HEADINGS:
        assert [title for title in outline if title.startswith(heading)], heading


def test_every_figure_and_table_is_numbered_and_captioned(report):
    _, text = report
    shown = "".join("".join(cells(name, "code")) for name in NOTEBOOKS)
    for kind, count in (
        ("Figure", len(re.findall(r"_figure\(", shown))),
        ("Table", len(re.findall(r"_table\(", shown))),
    ):
        numbers = {int(number) for number in re.findall(rf"{kind}\s(\d+)\.", text)}
        assert numbers == set(range(1, count + 1)), kind


def test_nothing_raw_is_left_in_the_report(report):
    _, text = report
    assert not [mark for mark in LOST if mark in text]
    assert not re.search(r"\bnan\b", text)


def test_every_page_of_a_preview_says_so(report):
    assert all("Preview" in page.extract_text() for page in pypdf.PdfReader(report[0]).pages)


def _flat(outline):
    for entry in outline:
        if isinstance(entry, list):
            yield from _flat(entry)
        else:
            yield entry
