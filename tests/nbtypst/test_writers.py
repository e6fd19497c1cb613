"""A document is read once, and written as often as one likes, in any order."""

import copy

from kitchen import figure_cell, md, notebook, run_code, shown, stream, table_cell
from lxml.html import tostring

from nbtypst import read_notebook
from nbtypst.document import document_of
from nbtypst.printing.typesetting import Typesetting
from nbtypst.web.page import web_page

CELLS = [
    md("# Pans\n\nWords with $x_1$, a note[^1] and [@fig:swing].\n\n[^1]: Of $y$."),
    md("## Eggs\n\n$$\\begin{align} a &= b \\\\ c &= \\nosuch{d} \\end{align}$$\n\n![none](none.png)"),
    figure_cell(),
    table_cell(),
    md("<ul>" * 12 + "<li>deep $z$</li>" + "</ul>" * 12 + "\n\nan egg \U000107ff"),
    run_code("x = 1", stream("\x1b[31mdone\x1b[0m\n"), shown(text_html="<style>td {color: red}</style><table><td>a")),
]


def state(document):
    trees = [(part.place, tostring(part.tree)) for part in document.parts]
    return trees, document.formulas, list(document.remarks), set(document.names), copy.deepcopy(document.front)


def pdf_of(document):
    typesetting = Typesetting(document)
    return typesetting.pdf(), list(typesetting.source.remarks)


def test_one_document_is_written_as_page_and_pdf_and_page_again_as_fresh_ones_are(tmp_path):
    path = notebook(tmp_path / "lab.ipynb", *CELLS, title="Lab")
    one = document_of([read_notebook(path)])
    before = state(one)
    page, pdf, again = web_page(one), pdf_of(one), web_page(one)
    assert state(one) == before
    assert page == again == web_page(document_of([read_notebook(path)]))
    assert pdf == pdf_of(document_of([read_notebook(path)]))
    assert any("nosuch" in remark for remark in page[1])
    assert any("U+107FF" in remark for remark in pdf[1])
    assert not any("U+107FF" in remark for remark in page[1])


def test_of_a_cell_that_is_shown_as_plain_text_no_formula_and_no_picture_is_typeset(tmp_path):
    path = notebook(tmp_path / "lab.ipynb", *CELLS)
    source = Typesetting(document_of([read_notebook(path)])).source
    assert all(f"\n#let {kind}-0" in source.text() for kind in ("formula", "picture"))
    source.refused |= set(range(len(source.document.parts)))
    source.rewrite()
    assert not any(f"\n#let {kind}-" in source.text() for kind in ("formula", "picture"))
