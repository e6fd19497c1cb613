"""The reference report: every claim is shown as the numbers have it, and all of it is built from its notebooks."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pypdf
import pytest
from made_up import made_up_results

import helpers
from helpers import EXPERIMENTS, figures
from helpers.evidence import claims
from helpers.report import ROOT, authors, front, notebooks_of, write_report

NOTEBOOKS = [path.name for path in notebooks_of(ROOT)]
HEADINGS = [
    "Summary",
    *(f"Task {task}" for task in ("1a", "1b", "2a", "2b", "2c", "2d", "3a", "3b", "3c", "4a", "4b", "4c", "4d", "4e")),
    *("Early stopping", "How it was measured", "Evidence", "What the first report claimed", "Provenance", "References"),
]
LOST = ["$$", "\\begin", "HBox(", "<table", "Traceback", "??", "<del>", "<span"]


def code_cells(name: str) -> list[str]:
    cells = nbformat.read(ROOT / name, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code" and "explorer" not in cell.source]


@pytest.fixture
def claims_of(monkeypatch):
    """Function: the claims that a notebook makes of some results; nothing is trained, checked or drawn for it."""

    def made(name: str, results) -> list[claims.Claim]:
        monkeypatch.setattr(claims, "_made", {})
        names: dict[str, object] = {}
        for function, answer in (
            ("experiments.runner.run_experiments", results),
            ("experiments.runner.load_results", results),
            ("network.training.train", None),
            ("network.gradient_check.gradient_check", [1e-7]),
        ):
            monkeypatch.setattr(f"helpers.{function}", lambda *_, answer=answer, **__: answer)
        for source in code_cells(name):
            if not source.startswith("%"):
                exec(compile(source, name, "exec"), names)  # noqa: S102
        return list(claims._made.values())

    monkeypatch.setattr(claims, "get_ipython", lambda: None)
    for shown in ("gradient_check_table", "hidden_weights_figure", "confusion_figure", "mistakes_figure"):
        monkeypatch.setattr(figures, shown, lambda *_, **__: None)
    return made


CHANGED = {
    "everything better": {name: {"accuracy": 0.99, "loss": 0.01, "train_loss": 0.001} for name in EXPERIMENTS},
    "ever better": {
        name: {
            "accuracy": 0.85 + 0.005 * n,
            "loss": 3.0 - 0.12 * n,
            "step": 9_000 - 300 * n,
            "train_loss": 1.5 - 0.06 * n,
        }
        for n, name in enumerate(EXPERIMENTS)
    },
    "ever worse": {
        name: {"accuracy": 0.98 - 0.005 * n, "loss": 0.1 + 0.12 * n, "step": 1_000 + 300 * n, "train_loss": 0.06 * n}
        for n, name in enumerate(EXPERIMENTS)
    },
    "no difference": {},
}


@pytest.mark.parametrize("name", NOTEBOOKS)
@pytest.mark.parametrize("changes", CHANGED.values(), ids=CHANGED)
def test_every_claim_is_judged_on_ten_seeds_whatever_the_numbers_are(name, changes, claims_of):
    made = claims_of(name, made_up_results(10, **changes))
    assert made
    for one in made:
        open_ones = [judgement.what for judgement in one.judgements if judgement.holds is None]
        assert all("steps" in what or "gradient" in what for what in open_ones), one.text  # a loss that none reaches
        assert ("<del>" in one.markdown()) == (one.holds is False)
        assert not re.search(r"\bnan\b", one.text), one.text


def test_numbers_of_both_signs_cannot_both_bear_out_a_comparison(claims_of):
    for name in ("task3.ipynb", "task4.ipynb"):
        up, down = (claims_of(name, made_up_results(10, **CHANGED[way])) for way in ("ever better", "ever worse"))
        both = [(a, b) for a, b in zip(up, down, strict=True) if any(judgement.p for judgement in a.judgements)]
        assert both
        assert [a.text for a, b in both if a.holds and b.holds] == []


@pytest.mark.parametrize("name", NOTEBOOKS)
@pytest.mark.parametrize("seeds", [1, 2, 5])
def test_on_few_seeds_nothing_that_compares_is_said_to_hold(name, seeds, claims_of):
    for one in claims_of(name, made_up_results(seeds, **CHANGED["ever better"])):
        if any(judgement.p for judgement in one.judgements):
            assert one.holds is not True, one.text
            assert "not judged on" in one.markdown() or one.holds is False


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_where_trainings_diverged_nothing_that_compares_them_is_said_to_hold(name, claims_of):
    for one in claims_of(name, made_up_results(10, **{each: {"diverged": 10} for each in EXPERIMENTS})):
        if any(judgement.p for judgement in one.judgements):
            assert one.holds is None or one.holds is False, one.text
            assert "diverged" in one.markdown()


def test_a_changed_setting_strikes_the_sentence_that_names_it(claims_of, monkeypatch):
    changed = EXPERIMENTS["narrow"].variant("narrow", activation="sigmoid")
    monkeypatch.setitem(helpers.EXPERIMENTS, "narrow", changed)
    made = claims_of("task4.ipynb", made_up_results(10))
    assert [one.holds for one in made if one.text.startswith("All networks of this task")] == [False]


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> tuple[Path, str]:
    """The report on one seed and one epoch: its path and its text."""
    folder = tmp_path_factory.mktemp("report")
    with pytest.MonkeyPatch.context() as environment:
        settings = {"SEEDS": "1", "EPOCHS": "1", "RESULTS_DIR": folder / "results", "BUILD_DIR": folder / "build"}
        for name, value in settings.items():
            environment.setenv(name, str(value))
        results = helpers.run_experiments(progress=False)
        written = write_report(folder / "report.pdf", front(results), strict=True)
    pages = pypdf.PdfReader(written.built.path).pages
    return written.built.path, "\n".join(page.extract_text() for page in pages)


def test_the_report_has_every_heading_of_the_assignment(report):
    outline = [entry.title for entry in _flat(pypdf.PdfReader(report[0]).outline)]
    for heading in HEADINGS:
        assert [title for title in outline if title.startswith(heading)], heading


def test_every_figure_and_table_is_numbered_and_captioned(report):
    _, text = report
    shown = "".join("".join(code_cells(name)) for name in NOTEBOOKS)
    for kind, count in (
        ("Figure", len(re.findall(r"_figure\(", shown))),
        ("Table", len(re.findall(r"(?<!replication)_table\(", shown))),
    ):
        numbers = {int(number) for number in re.findall(rf"{kind}\s(\d+)\.", text)}
        assert numbers == set(range(1, count + 1)), kind


def test_nothing_raw_is_left_in_the_report(report):
    _, text = report
    assert not [mark for mark in LOST if mark in text]
    assert not re.search(r"\bnan\b", text)


def test_every_page_of_a_preview_says_so_and_no_comparison_is_said_to_hold(report):
    assert all("Preview: 1 seed, trainings of at most 1 epoch" in page.extract_text() for page in _pages(report[0]))
    assert "holds: higher" not in report[1]
    assert "not judged on 1 seed" in report[1]


def test_the_authors_stand_on_the_title_page(report, monkeypatch):
    assert "Your names" in _pages(report[0])[0].extract_text()
    monkeypatch.setenv("AUTHORS", "Ann Lee, Bo Ek")
    assert authors() == {"authors": ["Ann Lee", "Bo Ek"]}


def test_the_report_follows_the_data_in_size_and_classes(tmp_path, write_data, monkeypatch):
    """300 images of 20 x 16 pixels in three classes: nothing of MNIST's shape is typed in a notebook."""
    labels = np.arange(300, dtype=np.uint8) % 3
    images = np.random.default_rng(0).integers(0, 60, (300, 20, 16), np.uint8)
    for label in range(3):
        images[labels == label, 6 * label : 6 * label + 5] += 150
    data = write_data(tmp_path / "bars", (images, labels), (images[:90], labels[:90]))
    settings = {"SEEDS": "1", "EPOCHS": "2", "RESULTS_DIR": tmp_path / "results", "BUILD_DIR": tmp_path / "build"}
    for name, value in (settings | {"MNIST_DIR": data}).items():
        monkeypatch.setenv(name, str(value))
    results = helpers.run_experiments(progress=False)
    written = write_report(tmp_path / "report.pdf", front(results))
    text = "\n".join(page.extract_text() for page in _pages(written.built.path))
    assert "20 × 16 pixels" in text
    assert [line for line in written.struck if "50,880" in line or "parameters" in line]


def _pages(path: Path):
    return pypdf.PdfReader(path).pages


def _flat(outline):
    for entry in outline:
        if isinstance(entry, list):
            yield from _flat(entry)
        else:
            yield entry
