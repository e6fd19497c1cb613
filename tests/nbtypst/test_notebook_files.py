"""Files that are no notebooks get one line that says what and where; mutated notebooks give a PDF or one line."""

import copy
import json
import re
import warnings
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kitchen import assert_says, base64_png, figure_cell, md, notebook, run_code, shown, stream, table_cell, text_of
from nbformat import v4
from pypdf import PdfReader

from nbtypst import NotebookError, NotebookWarning, build
from nbtypst.cells.notebooks import Notebook, parsed
from nbtypst.document import document_of
from nbtypst.printing.typesetting import Typesetting, page_count

CELL = {"cell_type": "markdown", "source": "words", "metadata": {}}


def text(**changes):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [CELL]} | changes)


WRONG = {
    "": "it is empty",
    "{": "broken JSON",
    "[1, 2]": "the JSON in it is something else",
    "{}": "the JSON in it is something else",
    text(nbformat=9): "format 9 is not known",
    text(nbformat="4"): "the JSON in it is something else",
    text(cells={}): "it has no list of cells",
    text(cells=[5]): "cell 1: not a valid notebook: no Markdown, code or raw cell",
    text(cells=[CELL | {"cell_type": "odd"}]): "cell 1: not a valid notebook",
    text(cells=[CELL, CELL | {"source": 5}]): "cell 2: not a valid notebook: the source is no text",
    text(cells=[CELL | {"metadata": 1}]): "the metadata are no dictionary",
    text(cells=[CELL | {"metadata": {"tags": "a"}}]): "the tags are no strings",
    text(cells=[{"cell_type": "code", "source": "", "metadata": {}, "outputs": 1}]): "the outputs are no list",
    "[" * 5000: "broken JSON",
}


@pytest.mark.parametrize("content", WRONG, ids=WRONG.values())
def test_what_is_no_notebook_is_one_line_that_says_what_and_where(content, tmp_path):
    path = tmp_path / "lab.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(NotebookError) as failure:
        build(path, tmp_path / "lab.pdf")
    assert_says(str(failure.value), [WRONG[content], "lab.ipynb"], ["\n"])


@pytest.mark.parametrize(
    ("names", "output", "options", "message"),
    [
        (["none.ipynb"], "out.pdf", {}, "no such notebook"),
        (["."], "out.pdf", {}, "cannot be read"),
        (["picture.ipynb"], "out.pdf", {}, "no text"),
        (["lab.ipynb"], "out.docx", {}, r"ends in \.pdf, \.html or \.typ"),
        (["lab.ipynb"], "out.pdf", {"colour": "red"}, "unknown options: colour"),
        ([], "out.pdf", {}, "no notebook was given"),
    ],
)
def test_missing_files_folders_and_what_else_cannot_be_built_is_named(names, output, options, message, tmp_path):
    (tmp_path / "picture.ipynb").write_bytes(b"\x89PNG\xff")
    notebook(tmp_path / "lab.ipynb", md("x"))
    with pytest.raises(NotebookError, match=message):
        build([tmp_path / name for name in names], tmp_path / output, **options)


def test_old_formats_are_read(tmp_path):
    cells = [{"cell_type": "heading", "level": 1, "source": "Old"}, {"cell_type": "markdown", "source": ["a ", "b"]}]
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": cells, "metadata": {}}]}
    (tmp_path / "lab.ipynb").write_text(json.dumps(old), encoding="utf-8")
    assert build(tmp_path / "lab.ipynb", tmp_path / "lab.pdf").pages == 1


SEED = v4.new_notebook(
    cells=[
        md("# Lab\n\nWords with $x_1$, **bold** and [a link](#Lab)[^1].\n\n[^1]: Note."),
        md("| a | b |\n|---|--:|\n| 1 | $2$ |\n\n- item\n    1. one"),
        md("<div class='alert'><b>HTML</b> <img src='x.png'> <table><tr><td colspan=2>c</td></tr></table></div>"),
        md("![p](attachment:p.png)", attachments={"p.png": {"image/png": base64_png()}}),
        figure_cell(),
        table_cell(),
        run_code("x = 1", stream("10%\r\x1b[31mdone\x1b[0m\n"), shown(text_html="<p>a</p>", text_plain="b")),
        run_code("y", v4.new_output("error", ename="E", evalue="v", traceback=["\x1b[0;31mE\x1b[0m"])),
        v4.new_raw_cell("raw"),
    ],
    metadata={"title": "Lab", "authors": [{"name": "Ada"}], "kernelspec": {"name": "python3", "display_name": "P"}},
)
NASTY = [
    *("$", "\\begin{align}", "<table>", "</div>", "<svg", "#panic()", "]", "```", "\x00\ud800", "\U0001f95a", "{{"),
    *("&#0;", "<td rowspan=9999>", "$$\\frac{a$$", "> > >", "[@fig:x]", "![](data:,)", "<!--", "\\", "\r\b\r"),
    *("<" * 300, "*" * 99),
]
VALUES = st.one_of(
    *(st.none(), st.booleans(), st.integers(-3, 3), st.floats(), st.text(max_size=30), st.sampled_from(NASTY)),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2),
)


def places(value, path=()):
    """The way to every value in a notebook."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


WAYS = [way for way in places(json.loads(json.dumps(SEED))) if way]


@given(
    mutations=st.lists(
        st.tuples(st.sampled_from(WAYS), VALUES, st.sampled_from(["replace", "insert", "drop"])), min_size=1, max_size=4
    )
)
@settings(max_examples=500, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_mutated_notebooks_give_a_pdf_or_one_line_and_never_another_exception(mutations, tmp_path_factory):
    content = json.loads(json.dumps(SEED))
    for way, value, kind in mutations:
        mutate(content, way, copy.deepcopy(value), kind)
    try:
        node = parsed(json.dumps(content), "lab.ipynb")
    except NotebookError as error:
        assert re.fullmatch("lab.ipynb.*", str(error))  # noqa: PT017, it need not be raised
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotebookWarning)
        pdf = Typesetting(document_of([Notebook("lab.ipynb", tmp_path_factory.getbasetemp(), node)])).pdf()
    assert page_count(pdf) >= 1


def mutate(content, way, value, kind):
    """Change what stands at the end of `way`, as far as earlier changes left it there."""
    *steps, last = way
    with suppress(KeyError, IndexError, TypeError):
        for step in steps:
            content = content[step]
        old = content.setdefault(last) if isinstance(content, dict) else content[last]
        if kind == "drop":
            del content[last]
        elif kind == "insert" and isinstance(old, str) and isinstance(value, str):
            content[last] = old[: len(old) // 2] + value + old[len(old) // 2 :]
        else:
            content[last] = value


@pytest.mark.parametrize(
    ("output", "why"),
    [
        ({}, "an output of unknown kind"),
        (5, "an output of unknown kind"),
        ({"output_type": "stream", "name": "stdout", "text": 5}, "an output's text is no text"),
        ({"output_type": "error", "traceback": [1]}, "a traceback is no text"),
        (
            {"output_type": "display_data", "data": {"application/vnd.egg": {"a": 1}}},
            "an output of application/vnd.egg",
        ),
    ],
)
def test_an_output_that_breaks_the_format_leaves_the_rest_of_the_page(tmp_path, output, why):
    cell = {"cell_type": "code", "source": "", "metadata": {}, "outputs": [output, stream("soup")]}
    (tmp_path / "a.ipynb").write_text(text(cells=[CELL, cell]), encoding="utf-8")
    with pytest.warns(NotebookWarning, match="cell 2: an output that breaks the notebook format is left out: " + why):
        result = build(tmp_path / "a.ipynb", tmp_path / "a.pdf")
    said = text_of(PdfReader(result.path))
    assert "words" in said
    assert "soup" in said
    assert len(result.remarks) == 1
