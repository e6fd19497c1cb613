"""Running notebooks: the cell at which one fails is named, and the earlier document stays."""

import pytest
from kitchen import md, notebook
from nbformat import v4

from nbtypst import NotebookError, build

ELSEWHERE = """import multiprocessing
def boil():
    return 1 / 0
with multiprocessing.get_context("fork").Pool(1) as pool:
    pool.apply(boil)"""


@pytest.mark.parametrize(
    ("source", "timeout", "message"),
    [
        ("def boil():\n    return 1 / 0\nboil()", 60, r"ZeroDivisionError: division by zero \(line 2 of the cell\)"),
        ("import stove\nstove.boil()", 60, r"KeyError: 'egg' \(stove\.py, line 3\)"),
        ("import json\n\njson.loads('{')", 60, r"JSONDecodeError: .* \(line 3 of the cell\)"),
        (ELSEWHERE, 60, r"ZeroDivisionError: division by zero \(line 3 of the cell that defines boil\)"),
        ("boil = = 1", 60, r"SyntaxError: .* \(line 1 of the cell\)"),
        ("import time\ntime.sleep(60)", 1, "took longer than 1 seconds"),
        ("import os\nos._exit(9)", 60, "kernel died"),
    ],
    ids=[
        "error",
        "error in a module",
        "error in a library",
        "error in a process",
        "syntax error",
        "time limit",
        "dead kernel",
    ],
)
def test_failing_cell_is_named_and_the_earlier_pdf_stays(source, timeout, message, tmp_path, monkeypatch):
    path = notebook(tmp_path / "lab.ipynb", md("# Lab"), v4.new_code_cell(source))
    (tmp_path / "stove.py").write_text("def boil():\n    pans = {}\n    return pans['egg']\n", encoding="utf-8")
    output = tmp_path / "lab.pdf"
    output.write_bytes(b"earlier")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    with pytest.raises(NotebookError, match=message) as failure:
        build([path], output, execute=True, timeout=timeout)
    assert str(failure.value).startswith("lab.ipynb, cell 2: ")
    assert output.read_bytes() == b"earlier"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["lab.ipynb", "lab.pdf", "stove.py"]
