"""A stranger's notebook of a few kilobytes ends in time, and leaves the rest of the document whole."""

import json
import resource
import warnings
from pathlib import Path

import hostile
import pypdfium2
import pytest
from nbformat import v4
from PIL import Image

from nbtypst import NotebookWarning, build
from nbtypst.common import programs
from nbtypst.formulas import Formula, pandoc, to_typst
from nbtypst.printing import typesetter

SECONDS = 10  # of work, for less than ten kilobytes
INPUTS = [
    pytest.param(item, id=f"{name} {number}")
    for kind in (hostile.FORMULAS, hostile.ENDLESS, hostile.WHOLE)
    for name, items in kind.items()
    for number, item in enumerate(items)
]


def spent():
    """Seconds of the processor, of this process and those that it has started."""
    used = [resource.getrusage(kind) for kind in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    at_work = [server.process.pid for server in typesetter._servers if server.process.returncode is None]
    return sum(one.ru_utime + one.ru_stime for one in used) + sum(map(programs.worked, at_work))


def printed(folder, cells, suffix, **options):
    """(words of the document, remarks) of one notebook of these cells."""
    node = v4.new_notebook(cells=cells)
    node.metadata.update(options.pop("metadata", {"title": "Lab"}))  # of any kind, which `new_notebook` would refuse
    path = Path(folder, "lab.ipynb")
    path.write_text(json.dumps(node), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotebookWarning)
        result = build(path, path.with_suffix(suffix), code=False, **options)
    if suffix == ".html":
        return result.path.read_text(encoding="utf-8"), result.remarks
    with pypdfium2.PdfDocument(result.path) as document:
        words = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return " ".join(words.split()), result.remarks


@pytest.mark.parametrize("suffix", [".pdf", ".html"])
@pytest.mark.parametrize("item", INPUTS)
def test_it_ends_in_time_and_the_cell_behind_it_stands(item, suffix, tmp_path):
    cell = v4.new_markdown_cell(f"$${item}$$\n\nand ${item}$") if isinstance(item, str) else item
    before = spent()
    words, _ = printed(tmp_path, [cell, v4.new_markdown_cell(hostile.WORDS)], suffix)
    size = (tmp_path / "lab.ipynb").stat().st_size
    assert spent() - before < SECONDS * max(2, size / 5_000)  # on a busy machine
    assert hostile.WORDS in words


@pytest.mark.parametrize("suffix", [".pdf", ".html"])
def test_what_stands_beside_a_hostile_formula_in_one_document_is_set(suffix, tmp_path):
    formulas = [formula for items in hostile.FORMULAS.values() for formula in items if len(formula) < 3000]
    cells = [v4.new_markdown_cell(f"${formula}$") for formula in formulas]
    words, remarks = printed(tmp_path, [*cells, v4.new_markdown_cell("An $egg$ and " + hostile.WORDS)], suffix)
    assert hostile.WORDS in words
    assert not any(f"cell {len(cells) + 1}:" in remark for remark in remarks)


@pytest.mark.parametrize(
    "field", ["title", "subtitle", "byline", "abstract", "authors", "lang", "bibliography", "date"]
)
@pytest.mark.parametrize(
    "value", ["a\ud800b", "x" * 300, "a\x00\x1b[31m\ufdd0", "../" * 99, '"#$\\', {"a": 1}, [[1]], 7]
)
def test_metadata_of_any_kind_stop_nothing(field, value, tmp_path):
    for suffix in (".pdf", ".html"):
        words, _ = printed(tmp_path, [v4.new_markdown_cell(hostile.WORDS)], suffix, metadata={field: value})
        assert hostile.WORDS in words


def test_pandoc_is_stopped_after_its_time_and_memory():
    endless = "x^{" * 30 + "x" + "}" * 30
    answer = pandoc.ask(["-f", "markdown", "-t", "html", "--mathml"], f"${endless}$", seconds=1)
    assert answer.problem == "pandoc took longer than 1 s"
    huge = r"\newcommand{\x}[1]{" + "#1" * 300 + r"}\x{\x{\x{\x{a}}}}"
    assert pandoc.ask(["-f", "latex", "-t", "html"], huge).problem


def test_a_formula_that_stops_pandoc_is_told_and_the_others_are_set(monkeypatch):
    monkeypatch.setattr("nbtypst.formulas.conversion.check_extent", lambda _: None)
    endless = Formula("x^{" * 30 + "x" + "}" * 30, True)
    first, found, last = to_typst([Formula("a", True), endless, Formula("b", True)], seconds=1)
    assert (first.markup, last.markup) == ("$ a $.body", "$ b $.body")
    assert "pandoc took longer" in found.problem


def test_a_picture_that_stops_the_typesetter_is_told_and_the_cell_is_set(tmp_path):
    noise = '<feMorphology radius="50"/>' * 200
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="2000"><filter id="f">{noise}</filter>'
        '<rect filter="url(#f)" width="2000" height="2000"/></svg>'
    )
    cells = [hostile.html(f"<p>a hen</p>{drawing}"), v4.new_markdown_cell(hostile.WORDS)]
    words, remarks = printed(tmp_path, cells, ".pdf", time_limit=1)
    assert "a hen" in words
    assert hostile.WORDS in words
    assert any("a picture cannot be shown (the typesetter took longer" in remark for remark in remarks)


def test_a_breakdown_of_the_typesetter_is_told_and_the_next_document_is_set(tmp_path):
    typesetter.start()
    typesetter._servers[0].process.kill()
    typesetter._servers[0].process.wait()
    words, _ = printed(tmp_path, [v4.new_markdown_cell(hostile.WORDS)], ".pdf")
    assert hostile.WORDS in words


def test_a_picture_of_more_pixels_than_can_be_shown_is_a_box(tmp_path):
    Image.new("L", (12_000, 11_000)).save(tmp_path / "egg.webp", lossless=True)
    words, remarks = printed(tmp_path, [v4.new_markdown_cell("![egg](egg.webp) " + hostile.WORDS)], ".pdf")
    assert remarks[0] == "lab.ipynb, cell 1: the picture egg.webp is too large"
    assert hostile.WORDS in words
