"""What lies in `build` is not taken for numbers when it was damaged or edited, is stale, or is of another build."""

import copy
import json
import os
import subprocess
import sys

import nbformat
import pypdf
import pytest
from made_up import made_up_results
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import report
from helpers.common.files import alone_in
from helpers.evidence.evidence_table import claims_file, claims_of_the_last_build
from helpers.report import FRONT, executed, front, kept_directory, kept_front, write_report
from helpers.settings import ROOT
from nbtypst import read_notebook

WRONG = "print('Two and two are five.')"
OUTPUT = new_output(
    "display_data",
    {"text/markdown": "<del>Two and two are five.</del> ✗"},
    metadata={"claims": [{"text": "Two and two are five.", "judgements": []}]},
)


def stand_in(notebooks):
    """Run notebooks without a kernel, which takes seconds to start: each cell shows a claim that does not hold."""
    for notebook in notebooks:
        for cell in notebook.code_cells():
            cell.outputs = [copy.deepcopy(OUTPUT)]
    return notebooks


@pytest.fixture
def folder(tmp_path, monkeypatch, clean_environment):
    """A report of one notebook, whose claim does not hold."""
    root = tmp_path / "own"
    root.mkdir()
    monkeypatch.setenv("BUILD_DIR", str(root / "build"))
    put(root, WRONG)
    return root


def put(folder, *sources):
    cells = [new_markdown_cell("# Task two"), *map(new_code_cell, sources)]
    nbformat.write(new_notebook(cells=cells), folder / "task2.ipynb")


def run(folder):
    """Write the report; return what was written, and its text."""
    written = write_report(folder / "report.pdf", front(made_up_results(10)), root=folder)
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(folder / "report.pdf").pages)
    return written, " ".join(text.split())


def ran(folder):
    """Run what has to be run; return how many notebooks, and what all of them show."""
    notebooks, count = executed([read_notebook(folder / "task2.ipynb")], report.inputs_of_cells(folder))
    return count, [cell.outputs for notebook in notebooks for cell in notebook.code_cells()]


def kept(name):
    (path,) = kept_directory().glob(name)
    return path


def the_output(folder):
    path = kept("task2-*.ipynb")
    path.write_text(path.read_text().replace("<del>", "").replace("</del>", "").replace("✗", "✓"))


def the_claim(folder):
    content = json.loads(kept("task2-*.ipynb").read_text())
    content["cells"][1]["outputs"][0]["metadata"]["claims"][0] = {"text": 3}
    kept("task2-*.ipynb").write_text(json.dumps(content))


def a_cell_less(folder):
    content = json.loads(kept("task2-*.ipynb").read_text())
    del content["cells"][1]
    kept("task2-*.ipynb").write_text(json.dumps(content))


def cut_short(folder):
    kept("task2-*.ipynb").write_bytes(kept("task2-*.ipynb").read_bytes()[:-40])


def no_text(folder):
    kept("task2-*.ipynb").write_bytes(b"\xff\xfe\x00")


def an_older_one_under_the_new_name(folder):
    older = kept("task2-*.ipynb").read_bytes().replace(b"five", b"four")
    put(folder, WRONG + "  # changed")
    ran(folder)
    kept("task2-*.ipynb").write_bytes(older)


DAMAGED = ("not as it was written", "not what is kept here")


@pytest.mark.parametrize(
    "change",
    [the_output, the_claim, a_cell_less, cut_short, no_text, an_older_one_under_the_new_name],
    ids=lambda f: f.__name__,
)
def test_what_is_kept_and_was_changed_is_run_again_and_one_line_says_so(change, folder, capsys, monkeypatch):
    monkeypatch.setattr(report, "execute", stand_in)
    count, honest = ran(folder)
    assert count == 1
    change(folder)
    path = kept("task2-*.ipynb")
    assert ran(folder) == (1, honest)
    assert capsys.readouterr().err in {f"{path}: {what}; task2.ipynb is run again\n" for what in DAMAGED}
    assert ran(folder) == (0, honest)


def test_outputs_in_the_notebook_itself_are_never_printed(folder):
    put(folder, "", "print('skipped')")
    notebook = nbformat.read(folder / "task2.ipynb", as_version=4)
    for cell in notebook.cells[1:]:
        cell.outputs = [new_output("display_data", {"text/plain": "Forged."}, metadata={"claims": []})]
    notebook.cells[2].metadata["tags"] = ["skip-execution"]
    nbformat.write(notebook, folder / "task2.ipynb")
    for _ in range(2):
        assert "Forged" not in run(folder)[1]


@pytest.mark.parametrize(
    "text", ["{", "[]", "3", '{"inputs": 1}', "[" * 100_000, None, '{"front": {"byline": ["Forged"], "preview": null}}']
)
def test_a_front_that_is_not_as_it_was_written_is_made_anew_and_one_line_says_so(text, folder, capsys, monkeypatch):
    monkeypatch.setattr(report, "build", lambda *_, **__: None)  # all but the print
    monkeypatch.setattr(report, "execute", stand_in)
    made = front(made_up_results(10))
    write_report(folder / "report.pdf", made, root=folder)
    path = kept_directory() / FRONT
    assert kept_front(folder) == made
    path.write_text(path.read_text().replace("10 seeds", "99 seeds") if text is None else text)
    assert kept_front(folder) is None
    assert capsys.readouterr().err in {f"{path}: {what}; the results are looked for again\n" for what in DAMAGED}
    write_report(folder / "report.pdf", made, root=folder)
    assert kept_front(folder) == made


def test_a_claim_that_no_notebook_made_is_none_of_the_last_build(folder, monkeypatch):
    monkeypatch.setattr(report, "execute", stand_in)
    monkeypatch.setattr(report, "build", lambda *_, **__: None)  # all but the print
    write_report(folder / "report.pdf", front(made_up_results(10)), root=folder)
    ((name, one),) = claims_of_the_last_build().items()
    content = json.loads(claims_file().read_text())
    content["claims"].append(content["claims"][0] | {"claim": "forged"})
    claims_file().write_text(json.dumps(content))
    assert claims_of_the_last_build() == {}
    write_report(folder / "report.pdf", front(made_up_results(10)), root=folder)
    assert claims_of_the_last_build() == {name: one}


@pytest.mark.parametrize("name", ["a b.csv", "notes.md", "table.html", ".hidden", "results/a.txt", "../beside.txt"])
def test_a_cell_never_keeps_the_number_of_a_file_that_changed(name, folder, monkeypatch):
    monkeypatch.setattr(report, "execute", stand_in)
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    put(folder, f"print(len(open({name!r}).read().strip('x')))")

    def runs(text):
        path.write_text(text)
        os.utime(path, (1, 1))  # as a copy, an archive or a forger sets it
        return ran(folder)[0]

    assert runs("123xx") == runs("12345") == 1
    assert ran(folder)[0] == 0


HOLD = "import time\nfrom pathlib import Path\nfrom helpers.common.files import alone_in\n"


def test_a_second_build_waits_for_the_first_and_never_for_one_that_was_killed(folder, capsys):
    build = folder / "build"
    script = f"{HOLD}with alone_in(Path({str(build)!r})):\n    print('held', flush=True)\n    time.sleep(600)"
    first = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert first.stdout.readline() == "held\n"
    second = subprocess.Popen(
        [sys.executable, "-m", "helpers"], cwd=ROOT, stderr=subprocess.PIPE, text=True, env=os.environ | {"SEEDS": "1"}
    )
    try:
        assert second.stderr.readline() == f"{build}: another build is under way there; this one waits for its end\n"
        assert not (folder / "build" / "executed").exists()
    finally:
        second.kill()
        second.communicate()
        first.kill()
        first.communicate()
    with alone_in(build):
        assert "waits" not in capsys.readouterr().err
