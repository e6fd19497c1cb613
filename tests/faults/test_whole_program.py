"""`python -m helpers`, as a user runs it, where and when things go wrong; and exports whose kernels die."""

import os
import random
import shutil
import signal
import subprocess
from pathlib import Path

import pypdf
import pytest
from conftest import ROOT, Run, processes_with, same, stored, wait_until
from nbformat import v4, write

from helpers import EXPERIMENTS
from helpers.report import notebooks_of
from nbtypst import NotebookError, build

SMALL = {"SEEDS": 1, "EPOCHS": 1}
OF_THIS_RUN = "Provenance"  # the heading under which times and commit stand, which differ from run to run


def copy_of_the_project(folder):
    """Copy what the report is made of, not its environment; return the folder."""
    for name in ("helpers", "nbtypst", "data"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (*notebooks_of(ROOT), ROOT / "references.bib"):
        shutil.copy(path, folder)
    return folder


def text_of(pdf):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages)


def comparable(pdf):
    """The report's text without what names the run: days, seconds, provenance."""
    return text_of(pdf).rpartition(OF_THIS_RUN)[0]


@pytest.fixture(scope="module")
def two_at_once(tmp_path_factory):
    """Folder of a copy, and what two runs said that were started in it at the same time, on one empty store."""
    folder = copy_of_the_project(tmp_path_factory.mktemp("project") / "copy")
    runs = [Run("-m", "helpers", cwd=folder, RESULTS_DIR=folder / "kept", **SMALL) for _ in range(2)]
    try:
        return folder, [run.wait(300) for run in runs]
    finally:
        for run in runs:
            run.end()


def test_two_runs_at_the_same_time_on_one_store_and_output_both_succeed(two_at_once):
    folder, ends = two_at_once
    for status, output, errors in ends:
        assert status == 0, errors
        assert output.startswith(f"{folder / 'assignment1_report.pdf'}: ")
    assert len(stored(folder / "kept")) == len(EXPERIMENTS)
    assert "Task 4e" in text_of(folder / "assignment1_report.pdf")
    assert not [path for path in folder.rglob(".*") if path.is_file()]


@pytest.mark.parametrize(
    ("place", "environment"),
    [
        ("Übung 1 – нейронные сети", {"TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "HOME": None}),
        ("it's 100 % $HOME & #1 [x]", {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "HOME": "/nonexistent"}),
    ],
    ids=["letters", "signs"],
)
def test_any_place_time_zone_locale_or_home_gives_the_same_results_and_report(
    place, environment, two_at_once, start, tmp_path
):
    folder = copy_of_the_project(tmp_path / place)
    results = tmp_path / f"results of {place}"
    if environment["LC_ALL"] == "C":  # the other trains anew
        shutil.copytree(two_at_once[0] / "kept", results)
    run = start(
        "-m", "helpers", cwd=folder, RESULTS_DIR=results, MNIST_DIR=folder / "data" / "mnist", **SMALL, **environment
    )
    status, output, errors = run.wait(300)
    assert status == 0, errors
    assert output.startswith(f"{folder / 'assignment1_report.pdf'}: ")
    found, expected = stored(results), stored(two_at_once[0] / "kept")
    assert found.keys() == expected.keys()
    for name in expected:
        same(found[name], expected[name])
    if environment["LC_ALL"] == "C":  # the same stored seconds, so the same words
        assert comparable(folder / "assignment1_report.pdf") == comparable(two_at_once[0] / "assignment1_report.pdf")


def test_a_read_only_checkout_names_the_settings_that_help_and_then_works(two_at_once, mount, start, tmp_path):
    earlier = (two_at_once[0] / "assignment1_report.pdf").read_bytes()
    results = shutil.copytree(two_at_once[0] / "kept", tmp_path / "results")
    checkout = mount("read-only", "-o", "bind,ro", two_at_once[0])
    given: dict[str, Path] = {}
    for name, place in (("BUILD_DIR", tmp_path / "out"), ("RESULTS_DIR", tmp_path / "new")):
        status, _, errors = start("-m", "helpers", cwd=checkout, **given, **SMALL).wait(300)
        assert status == 1, errors
        assert f"Read-only file system; allow writing there, or set {name} to another folder" in errors.splitlines()[-1]
        assert "Traceback" not in errors
        given[name] = place
    status, _, errors = start("-m", "helpers", cwd=checkout, **given | {"RESULTS_DIR": results}, **SMALL).wait(300)
    assert status == 0, errors
    assert comparable(tmp_path / "out" / "assignment1_report.pdf") == comparable(
        two_at_once[0] / "assignment1_report.pdf"
    )
    assert (two_at_once[0] / "assignment1_report.pdf").read_bytes() == earlier


def test_the_report_is_made_of_another_data_set_and_speaks_of_it(draw_images, write_data, start, tmp_path):
    name = "#fashion-mnist $5 [x*]"
    data = write_data(tmp_path / name, draw_images(30_000), draw_images(10_000, seed=1), zipped=True)
    folder = copy_of_the_project(tmp_path / "copy")
    run = start("-m", "helpers", cwd=folder, MNIST_DIR=data, RESULTS_DIR=folder / "kept", **SMALL)
    status, _, errors = run.wait(300)
    assert status == 0, errors
    first, *others = pypdf.PdfReader(folder / "assignment1_report.pdf").pages
    assert "fashion-mnist 5 x" in first.extract_text()
    words = " ".join(" ".join(page.extract_text() for page in (first, *others)).split())
    assert "digit" not in words.replace("The MNIST Database of Handwritten Digits", "").lower()


# Interrupted --------------------------------------------------------------------------------------------


MOMENTS = {  # of an interrupt: what is waited for, and the seconds up to which is waited at random after that
    # NumPy is loaded, so the project is being imported; before that an interrupt is Python's own matter
    "starting": (lambda run, _: "_multiarray_umath" in Path(f"/proc/{run.process.pid}/maps").read_text("utf-8"), 2),
    "workers start": (lambda run, _: "loky" in str(run.family()), 1.5),
    "training": (lambda run, results: list(results.glob("*.npz")), 2),
    "kernels start": (lambda run, _: "ipykernel" in str(run.family()), 1),
    "notebooks run": (lambda run, _: "ipykernel" in str(run.family()), 12),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_interrupt_at_any_moment_ends_with_one_line_and_leaves_no_process(moment, two_at_once, start, tmp_path):
    folder, _ = two_at_once
    condition, seconds = MOMENTS[moment]
    results = tmp_path / "results"
    if moment not in ("workers start", "training"):  # else it trains
        shutil.copytree(folder / "kept", results)
    moments = random.Random(moment)  # noqa: S311
    earlier = (folder / "assignment1_report.pdf").read_bytes()
    for _ in range(2):
        run = start("-m", "helpers", cwd=folder, RESULTS_DIR=results, FRESH=1, **SMALL)
        wait_until(lambda run=run: run.process.poll() is not None or condition(run, results), moment)
        try:
            run.process.wait(moments.uniform(0, seconds))
        except subprocess.TimeoutExpired:
            run.signal(signal.SIGINT)
            status, output, errors = run.wait()
            assert status == 130, errors
            assert "Traceback" not in errors
            assert "Exception ignored" not in errors
            assert len(errors.strip().splitlines()) == 1, errors
            assert errors.startswith("interrupted")
            assert not output
            assert (folder / "assignment1_report.pdf").read_bytes() == earlier
        wait_until(lambda run=run: not run.family(), "nothing of it runs", 20)
        if results.exists():
            assert len(stored(results)) == len(list(results.iterdir()))


# Exports ------------------------------------------------------------------------------------------------


def notebook(path, *sources):
    cells = [v4.new_markdown_cell(f"# {path.stem}"), *map(v4.new_code_cell, sources)]
    write(v4.new_notebook(cells=cells), path)
    return path


FAILURES = {
    "exits": ("import os\nos._exit(3)", 60, "the kernel died"),
    "is killed": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", 60, "the kernel died"),
    "takes too long": ("import time\ntime.sleep(1000)", 2, "took longer than 2 seconds"),
    "takes too long and cannot be interrupted": (
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\ntime.sleep(1000)",
        2,
        "took longer than 2 seconds",
    ),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_kernel_that_fails_is_named_with_its_cell_and_the_earlier_report_stays(failure, tmp_path, monkeypatch):
    source, timeout, what = FAILURES[failure]
    marker = f"KERNELS_OF={tmp_path}"
    monkeypatch.setenv(*marker.split("=", 1))
    good = notebook(tmp_path / "good.ipynb", "1 + 1", "import time\ntime.sleep(1)")
    bad = notebook(tmp_path / "bad.ipynb", "1 + 1", source)
    output = tmp_path / "out.pdf"
    output.write_bytes(b"earlier")
    with pytest.raises(NotebookError, match=what) as error:
        build([good, bad], output, execute=True, timeout=timeout)
    assert str(error.value).startswith("bad.ipynb, cell 3: ")
    assert output.read_bytes() == b"earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.ipynb", "good.ipynb", "out.pdf"]
    wait_until(lambda: not processes_with(marker).keys() - {os.getpid()}, "the kernels have ended", 20)


@pytest.mark.parametrize("name", ["out.pdf", "out.html"])
def test_a_full_disk_while_writing_the_report_keeps_the_earlier_one(name, start, mount, tmp_path):
    disk = mount("disk", "-t", "tmpfs", "-o", "size=16k", "tmpfs")
    (disk / name).write_bytes(b"earlier " * 1000)
    path = notebook(tmp_path / "lab.ipynb", "print('a line\\n' * 2_000)")
    status, _, errors = start("-m", "nbtypst", path, "--execute", "-o", disk / name).wait()
    assert status == 1
    expected = f"{disk / name}: cannot be written: No space left on device; make room or choose another place"
    assert errors.strip().splitlines() == ["nothing was written:", expected]
    assert (disk / name).read_bytes() == b"earlier " * 1000
    assert [file.name for file in disk.iterdir()] == [name]
