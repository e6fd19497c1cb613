"""From a changed sentence to the PDF: what is run again, what is kept, and never a stale number."""

import io
import json
from contextlib import redirect_stdout

import nbformat
import pypdf
import pytest
from made_up import made_up_results
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import report
from helpers.__main__ import main
from helpers.check import clear, problems
from helpers.evidence.evidence_table import claims_file
from helpers.report import FRONT, executed, front, inputs_of_cells, notebooks_of, write_report
from nbtypst.cells.notebooks import read_notebook

KEPT_FRONT = f"build/executed/{FRONT}"
READS = "from pathlib import Path\nprint(len(Path('numbers.txt').read_text()))"


@pytest.fixture
def folder(tmp_path, monkeypatch, clean_environment):
    """A report of an opening notebook, two tasks and an appendix, beside a file that one of them reads."""
    root = tmp_path / "own"
    root.mkdir()
    monkeypatch.setenv("BUILD_DIR", str(root / "build"))
    (root / "numbers.txt").write_text("123")
    for name, cells in {
        "assignment1_report": [new_markdown_cell("# The lab\n\n## Opening"), new_code_cell("print('first')")],
        "task2": [new_markdown_cell("# Task two\n\nA sentence."), new_code_cell(READS)],
        "task10": [new_markdown_cell("# Task ten"), new_code_cell("print('tenth')")],
        "appendix": [new_markdown_cell("# The end"), new_code_cell("print('last')")],
    }.items():
        nbformat.write(new_notebook(cells=cells), root / f"{name}.ipynb")
    return root


@pytest.fixture
def no_kernel(folder, monkeypatch):
    """Cells run in this process: a kernel takes a second to start."""

    def run_here(notebooks):
        for notebook in notebooks:
            for cell in notebook.code_cells():
                with redirect_stdout(io.StringIO()) as printed:
                    exec(cell.source, {})  # noqa: S102
                cell.outputs = [new_output("stream", text=printed.getvalue())]
        return notebooks

    monkeypatch.chdir(folder)
    monkeypatch.setattr(report, "execute", run_here)


def change(path, index, source):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[index].source = source
    nbformat.write(notebook, path)


def run(folder):
    """Write the report; return how many notebooks were run, and its text."""
    written = write_report(folder / "report.pdf", front(made_up_results(10)), root=folder)
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(folder / "report.pdf").pages)
    return written.notebooks_run, text


def test_markdown_never_runs_a_kernel_and_a_changed_cell_runs_its_own_notebook_only(folder, no_kernel):
    assert run(folder)[0] == 4
    assert run(folder)[0] == 0
    change(folder / "task2.ipynb", 0, "# Task two\n\nAnother sentence.")
    count, text = run(folder)
    assert count == 0
    assert "Another sentence." in text
    change(folder / "task2.ipynb", 1, "print('second')")
    count, text = run(folder)
    assert count == 1
    assert "second" in text


def test_every_task_is_in_the_report_in_its_order_before_the_appendix(folder, no_kernel):
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Task three")]), folder / "task3.ipynb")
    names = [path.name for path in notebooks_of(folder)]
    assert names == ["assignment1_report.ipynb", "task2.ipynb", "task3.ipynb", "task10.ipynb", "appendix.ipynb"]
    text = run(folder)[1]
    places = [text.rindex(heading) for heading in ("Task two", "Task three", "Task ten", "The end")]
    assert places == sorted(places)


def test_a_folder_without_an_appendix_is_a_report_too(folder, no_kernel):
    (folder / "appendix.ipynb").unlink()
    assert run(folder)[0] == 3


def a_file_that_cells_read(folder, monkeypatch):
    (folder / "numbers.txt").write_text("12345")


def a_source(folder, monkeypatch):
    (folder / "helpers").mkdir()
    (folder / "helpers" / "new.py").write_text("")


def a_stored_result(folder, monkeypatch):
    from helpers.experiments.store import Store

    Store().directory.mkdir(parents=True)
    (Store().directory / "momentum-seed0-abc.npz").write_bytes(b"1")


def a_setting(folder, monkeypatch):
    monkeypatch.setenv("SEEDS", "3")


def the_data(folder, monkeypatch):
    (folder / "build" / "other").mkdir(parents=True)
    monkeypatch.setenv("MNIST_DIR", str(folder / "build" / "other"))


def a_library(folder, monkeypatch):
    monkeypatch.setattr(report, "installed", lambda: ["numpy-0.dist-info"])


@pytest.mark.parametrize(
    "changed",
    [a_file_that_cells_read, a_source, a_stored_result, a_setting, the_data, a_library],
    ids=lambda f: f.__name__,
)
def test_whatever_a_cell_could_have_read_is_part_of_the_key(changed, folder, monkeypatch):
    before = inputs_of_cells(folder)
    assert inputs_of_cells(folder) == before
    changed(folder, monkeypatch)
    assert inputs_of_cells(folder) != before


def test_a_changed_file_gives_its_new_number(folder):
    notebooks = [read_notebook(folder / "task2.ipynb")]
    (first,), count = executed(notebooks, inputs_of_cells(folder))
    assert (first.code_cells()[0].outputs[0].text, count) == ("3\n", 1)
    (folder / "numbers.txt").write_text("12345")
    (second,), count = executed([read_notebook(folder / "task2.ipynb")], inputs_of_cells(folder))
    assert (second.code_cells()[0].outputs[0].text, count) == ("5\n", 1)


def test_fresh_runs_all_and_a_damaged_kept_notebook_is_run_again(folder, no_kernel):
    notebooks = [read_notebook(folder / "task2.ipynb")]
    assert [executed(notebooks, "a", fresh=fresh)[1] for fresh in (False, False, True)] == [1, 0, 1]
    (kept,) = report.kept_directory().glob("task2-*.ipynb")
    notebook = nbformat.read(kept, as_version=4)
    notebook.cells[1].outputs[0].metadata = {"claims": [{"text": "No judgements."}]}
    damaged = nbformat.writes(notebook)
    for content in ("{", damaged):
        kept.write_text(content)
        assert executed(notebooks, "a")[1] == 1


CLAIM = """from helpers import claim, computed
claim("Two and two are five.", computed("two and two", 2 + 2, equals=5))"""
FRAGILE = """from helpers import claim
from helpers.evidence.judgement import Judgement, Verdict
claim("Some are better.", Judgement("points", "+0.1", Verdict.HOLDS, seeds="0-9", again=0.876))"""


def test_a_claim_that_does_not_hold_is_listed_with_its_place_and_refused_if_strict(folder):
    change(folder / "task2.ipynb", 1, CLAIM)
    written = write_report(folder / "report.pdf", front(made_up_results(10)), root=folder)
    assert written.struck == [
        "task2.ipynb, cell 2: the claim does not hold: Two and two are five. (two and two, equals 5; not so: 4)"
    ]
    with pytest.raises(report.NotebookError, match=r"task2\.ipynb, cell 2: the claim does not hold"):
        write_report(folder / "report.pdf", front(made_up_results(10)), root=folder, strict=True)


def test_a_fragile_claim_is_shown_as_such_and_refused_if_strict_and_by_the_check(folder):
    change(folder / "task2.ipynb", 1, FRAGILE)
    written = write_report(folder / "report.pdf", front(made_up_results(10)), root=folder)
    line = "task2.ipynb, cell 2: the claim is fragile, found again with a probability of 0.87: Some are better."
    assert (written.struck, written.fragile) == ([], [line])
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(folder / "report.pdf").pages)
    assert "Some are better. (fragile: other seeds find it again with a probability of 0.87)" in " ".join(text.split())
    with pytest.raises(report.NotebookError, match="the claim is fragile"):
        write_report(folder / "report.pdf", front(made_up_results(10)), root=folder, strict=True)
    assert [one for one in problems(folder) if one.startswith(line)] == [f"{line}; say less, or train more seeds"]


def test_evidence_is_of_the_claims_just_gathered_and_no_file_between_can_forge_it(folder):
    change(folder / "task2.ipynb", 1, FRAGILE)
    change(folder / "appendix.ipynb", 1, "from helpers import figures\nfigures.evidence_table()")
    claims_file().parent.mkdir()
    claims_file().write_text('{"claims": [{"claim": "a", "text": "Forged.", "judgements": []}]}')
    text = run(folder)[1]
    assert "points" in text
    assert "0.87" in text
    kept = json.loads(claims_file().read_text())
    (one,) = kept["claims"]
    assert (one["notebook"], one["cell"], one["state"]) == ("task2.ipynb", 2, "holds, fragile")
    assert one["judgements"][0]["seeds"] == "0-9"
    assert "Python" in kept["versions"]["environment"]
    change(folder / "task2.ipynb", 1, FRAGILE.replace("0.876", "0.99"))
    assert "0.87" not in run(folder)[1]


def test_the_check_says_for_each_fault_where_it_is_and_what_to_do(folder):
    change(folder / "task2.ipynb", 0, "# Task two\n\nWe reached 97.3 % in 12 s.")
    change(folder / "task10.ipynb", 1, "def own():\n    return 1\n" + "own()\n" * 12)
    notebook = nbformat.read(folder / "appendix.ipynb", as_version=4)
    notebook.cells[1].execution_count = 3
    nbformat.write(notebook, folder / "appendix.ipynb")
    found = problems(folder)
    assert [line.partition(": ")[0] for line in found] == [
        "task2.ipynb, cell 1", "task10.ipynb, cell 2", "task10.ipynb, cell 2", "appendix.ipynb, cell 2"
    ]  # fmt: skip
    for line, remedy in zip(
        found, ("let a claim say it", "move it to helpers", "belong in helpers", "make clear"), strict=True
    ):
        assert remedy in line


def test_clear_empties_outputs_and_nothing_else(folder):
    notebook = nbformat.read(folder / "task2.ipynb", as_version=4)
    notebook.cells[1].outputs = [nbformat.v4.new_output("stream", text="3")]
    nbformat.write(notebook, folder / "task2.ipynb")
    assert clear(folder) == ["task2.ipynb"]
    after = nbformat.read(folder / "task2.ipynb", as_version=4)
    assert (after.cells[1].outputs, after.cells[1].source) == ([], READS)
    assert clear(folder) == []


def test_a_broken_notebook_is_told_before_anything_is_trained(folder, monkeypatch, capsys):
    (folder / "task2.ipynb").write_text("{")
    monkeypatch.setattr(report, "ROOT", folder)
    monkeypatch.setattr("helpers.experiments.runner.run_experiments", lambda: pytest.fail("it was trained"))
    assert main(["pdf"]) == 1
    assert f"no report was written: {folder / 'task2.ipynb'}: not a notebook" in capsys.readouterr().err


def test_where_nothing_changed_the_results_are_not_looked_for(folder, no_kernel, monkeypatch):
    looked = []
    monkeypatch.setattr(report, "ROOT", folder)
    monkeypatch.setattr(
        "helpers.experiments.runner.run_experiments", lambda _: looked.append(1) or made_up_results(len(looked))
    )
    for name, expected in ((None, 1), (None, 1), ("numbers.txt", 2), (None, 2), (KEPT_FRONT, 3)):
        if name:
            (folder / name).write_text("other")
        assert main(["pdf"]) == 0
        assert len(looked) == expected
        first = pypdf.PdfReader(folder / "build" / "assignment1_report.pdf").pages[0].extract_text()
        assert f"Preview: {expected} seed" in first
    monkeypatch.setenv("FRESH", "1")
    assert main(["pdf"]) == 0
    assert len(looked) == 4


@pytest.mark.parametrize(("name", "text"), [("AUTHORS", "Ann Lee"), ("STRICT", "1"), ("CODE", "1")])
def test_what_concerns_the_print_alone_runs_nothing_again(folder, no_kernel, monkeypatch, name, text):
    run(folder)
    monkeypatch.setenv(name, text)
    count, printed = run(folder)
    assert count == 0
    assert ("Ann Lee" in printed) == (name == "AUTHORS")
