"""Claims on seeds that no report uses: trained, judged unchanged, kept, and shown beside what was found here."""

import nbformat
import pypdf
import pytest
from made_up import made_up_results
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import helpers.replicate
from helpers.__main__ import main
from helpers.evidence.claims import Claim
from helpers.evidence.judgement import Judgement, Verdict
from helpers.evidence.replication import Replication, replication_table
from helpers.replicate import replicate
from helpers.report import front, write_report

CELLS = {
    "assignment1_report": [],
    "task2": [
        """from helpers import Experiment, TrainingConfig, claim, compare, computed, run_experiments
narrow = Experiment("narrow", hidden_layers=(2,), config=TrainingConfig(max_epochs=1), seeds=6)
results = run_experiments([narrow, narrow.variant("wide", hidden_layers=(16,))], progress=False)
both = compare(results, "narrow", "wide", family=[("narrow", "wide")])
claim(f"**More units are better:** {both.after.accuracy}.", both.rises("accuracy"))
claim("**The first seed is 0.**", computed("first seed", results["narrow"][0].seed, equals=0))"""
    ],
    "appendix": ["from helpers import figures\nfigures.replication_table()"],
}


@pytest.fixture
def folder(tmp_path, monkeypatch, clean_environment):
    """A report whose claims are judged on six small trainings; the table of experiments is trained for nothing."""
    monkeypatch.setenv("BUILD_DIR", str(tmp_path / "build"))
    monkeypatch.setattr(helpers.replicate, "run_experiments", lambda: made_up_results(6))
    root = tmp_path / "own"
    root.mkdir()
    for name, sources in CELLS.items():
        nbformat.write(
            new_notebook(cells=[new_markdown_cell(f"# {name}"), *map(new_code_cell, sources)]), root / f"{name}.ipynb"
        )
    return root


def written(folder):
    write_report(folder / "report.pdf", front(made_up_results(10)), root=folder)
    pages = pypdf.PdfReader(folder / "report.pdf").pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_replication_judges_the_same_claims_on_other_seeds_and_is_in_the_report(folder, monkeypatch):
    assert "Not replicated on other seeds yet: make replicate." in written(folder)
    table = replicate(folder)
    assert "on seeds 100-105" in table
    assert "1 claim" in table
    kept = Replication.kept()
    assert set(kept.found.values()) == {"HOLDS"}
    text = written(folder)
    assert kept.environment in text
    assert "all hold there" in text
    monkeypatch.setenv("SEEDS", "3-4")
    with pytest.raises(ValueError, match="SEEDS is '3-4', but the report uses 0-5 itself; choose others"):
        replicate(folder)


def test_without_a_report_there_is_nothing_to_replicate_and_one_line_says_what_to_do(folder, capsys):
    assert main(["replicate"]) == 1
    assert capsys.readouterr().err == (
        "nothing was replicated; what is trained is stored: there is no report with judged claims to replicate; run "
        "`make pdf` first\n"
    )


@pytest.mark.usefixtures("clean_environment")
def test_the_table_says_of_each_claim_that_differs_what_was_found_where():
    def made(text, verdict, what="points", again=0.99):
        return Claim(text, (Judgement(what, "+0.4", verdict, seeds="0-9", again=again),))

    held, differs = made("Improved weights help.", Verdict.HOLDS), made("Momentum is slower.", Verdict.HOLDS)
    there = [held, made(differs.text, Verdict.FAILS), made("A larger margin now.", Verdict.HOLDS)]
    Replication.of(there, "100-109", "An abacus", "2026-03-01").keep()
    now = [held, differs, made("A larger margin now.", Verdict.HOLDS, "other points"), made("Set.", Verdict.OPEN)]
    table = replication_table(now)
    assert table.rows == [
        ["1 claim", "holds", "holds"],
        ["Momentum is slower", "holds", "struck out"],
        ["A larger margin now", "holds", "not tried as it now is"],
        [now[-1].gist, "not judged", "not tried as it now is"],
    ]
    assert "all but 3 hold" in table.caption
    assert "An abacus" in table.caption
