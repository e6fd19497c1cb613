"""Nothing small stops a document: what is shown less well is there all the same, named with notebook and cell."""

import pytest
from kitchen import assert_says, built, figure_cell, md, notebook, png, printed, run_code, shown, text_of
from nbformat import v4

from nbtypst import NotebookError, NotebookWarning, build
from nbtypst.document import reading
from nbtypst.formulas import Converted, to_typst
from nbtypst.pictures import Picture
from nbtypst.printing import source
from nbtypst.printing.writer import TypstWriter

COMPROMISES = {  # a cell, the words that are on the page all the same, the remark
    "a missing picture": (
        md("![An oven.](oven.png)"),
        "picture oven.png is not there",
        "picture oven.png is not there",
    ),
    "a picture on the web": (
        md("![a logo](https://x.org/logo.png)"),
        "a logo: the picture https://x.org/logo.png is elsewhere",
        "the picture https://x.org/logo.png is elsewhere, and nothing is fetched",
    ),
    "a broken picture": (md("![a](broken.png)"), "the picture broken.png is no picture", "broken.png is no picture"),
    "a missing attachment": (md("![a](attachment:x.png)"), "the attachment x.png is not there", "the attachment x.png"),
    "no alternative text": (md("![](data.png)"), "", "the picture data.png has no alternative text"),
    "no caption": (
        run_code("x", shown(svg="<svg width='9' height='9'><circle r='5'/></svg>")),
        "",
        "a picture without a caption",
    ),
    "an unknown command": (md(r"$\hat\theta = \argmax_\theta x$"), r"\argmax", r"\argmax is not known"),
    "broken TeX": (md(r"so $x_{a_b$ it is"), "x_{a_b", "a formula is shown as its source"),
    "a colour in a formula": (md(r"$\color{nosuch}{y}$"), "", "the colour is not shown"),
    "a reference to nothing": (md("see [@fig:no]"), "see Figure no", "a reference to fig:no, which is not there"),
    "an equation that is not there": (md(r"see \eqref{eq:x}"), "see (eq:x?)", "a reference to eq:x"),
    "a link to nothing": (md("see [there](#nowhere)"), "see there", "a link leads to #nowhere, which is not there"),
    "a label given twice": (md("$$\\label{eq:a} x$$\n\n$$y \\label{eq:a}$$"), "(1)", "the label eq:a is given twice"),
    "a sign that no font has": (md("an egg \U000107ff"), "U+107FF", "no font has the sign U+107FF"),
    "a raw cell of another format": (
        v4.new_raw_cell("<p>", metadata={"raw_mimetype": "text/html"}),
        "a raw cell of another format (text/html)",
        "a raw cell of another format (text/html) is left out",
    ),
    "a widget": (run_code("x", shown(widget={}, text_plain="IntSlider()")), "a widget cannot be printed", "a widget"),
}


@pytest.fixture(scope="module")
def compromised(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compromises")
    (folder / "data.png").write_bytes(png())
    (folder / "broken.png").write_bytes(b"no picture")
    return printed(folder, *[cell for cell, _, _ in COMPROMISES.values()], md("The end."))


@pytest.mark.parametrize("kind", COMPROMISES)
def test_what_is_shown_less_well_is_there_and_named(kind, compromised):
    pdf, remarks = compromised
    _, words, remark = COMPROMISES[kind]
    number = list(COMPROMISES).index(kind) + 1
    assert words in text_of(pdf)
    assert [found for found in remarks if remark in found and found.startswith(f"cell {number}: ")]


def test_each_compromise_is_one_remark_and_the_end_is_reached(compromised):
    pdf, remarks = compromised
    assert len(remarks) == len(set(remarks)) == len(COMPROMISES)
    assert text_of(pdf).split(" The end. ")[1].isdecimal()


@pytest.mark.parametrize("suffix", ["pdf", "html", "typ"])
def test_strict_makes_an_error_of_every_warning_and_leaves_only_the_earlier_file(suffix, tmp_path):
    path = notebook(tmp_path / "lab.ipynb", md("# Lab"), md("![a](b.png)"), md("[c](#d)"))
    output = tmp_path / f"lab.{suffix}"
    output.write_bytes(b"earlier")
    with pytest.raises(NotebookError) as failure:
        build(path, output, strict=True, **({"pages": tmp_path / "each"} if suffix == "html" else {}))
    assert failure.value.problems == [
        "lab.ipynb, cell 2: the picture b.png is not there",
        "lab.ipynb, cell 3: a link leads to #d, which is not there",
    ]
    assert output.read_bytes() == b"earlier"
    assert sorted(tmp_path.iterdir()) == sorted([path, output])


def test_remarks_are_python_warnings_of_their_own_class(tmp_path):
    path = notebook(tmp_path / "lab.ipynb", md("![a](b.png)"))
    with pytest.warns(NotebookWarning, match=r"lab\.ipynb, cell 1: the picture b\.png is not there"):
        build(path, tmp_path / "lab.pdf")


def test_a_cell_that_breaks_the_typesetting_is_plain_text_and_the_rest_stands(tmp_path, monkeypatch):
    sound = TypstWriter.part

    def broken(self, part):
        return "#emph[" if "breaks" in part.tree.text_content() and part.tree[0].tag != "pre" else sound(self, part)

    monkeypatch.setattr(TypstWriter, "part", broken)
    cells = [md("before"), md("it *breaks* here"), md("between"), md("and breaks again"), figure_cell(), md("after")]
    pdf, remarks = printed(tmp_path, *cells)
    assert "before it breaks here between and breaks again Figure 1. A pendulum swings. after" in text_of(pdf)
    assert [remark.split(" (")[0] for remark in remarks] == [
        f"cell {n}: the cell is shown as plain text" for n in (2, 4)
    ]


def test_a_formula_that_breaks_the_typesetting_is_its_source_and_the_cell_stands(tmp_path, monkeypatch):
    def broken(formulas, *_):
        bad = Converted("$nonesuch$.body")
        return [bad if one.tex == "y" else made for one, made in zip(formulas, to_typst(formulas), strict=True)]

    monkeypatch.setattr(source, "to_typst", broken)
    pdf, (remark,) = printed(tmp_path, md("Of $x$, $y$ and $z$, **all** stand: $$y$$"))
    assert "Of 𝑥, y and 𝑧, all stand: y" in text_of(pdf)
    assert remark.startswith("cell 1: a formula is shown as its source (unknown variable: nonesuch)")


def test_a_picture_that_typst_refuses_is_a_box_and_the_cell_stands(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "from_source", lambda *_: Picture("bad.png", b"\x89PNG\r\n\x1a\n no", 10, 10))
    pdf, (remark,) = printed(tmp_path, md("before ![a pan](pan.png) after"))
    assert "before a pan after" in text_of(pdf)
    assert "a picture cannot be shown" in remark


def test_wide_formulas_are_set_smaller_or_in_several_lines_within_the_page(tmp_path):
    wide = " + ".join(f"a_{{{n}}}" for n in range(30))
    matrix = f"\\begin{{pmatrix}} {' & '.join(f'x_{{{n}}}' for n in range(40))} \\end{{pmatrix}}"
    texts = [f"$$ {wide} $$\n\n$$\\label{{eq:w}} {' + '.join(['abcdef'] * 8)} $$", f"$${matrix}$$ and ${matrix}$."]
    pdf = built(tmp_path, *map(md, texts))
    right = []
    pdf.pages[0].extract_text(visitor_text=lambda text, _, place, *__: right.append(place[4] * bool(text.strip())))
    assert max(right) < 595 - 100


def test_what_is_nested_beyond_all_measure_is_words(tmp_path):
    source = "<div>" * 800 + "deep words" + "</div>" * 800
    levels = [f"level{level}" for level in range(30)]
    pdf, remarks = printed(tmp_path, md(source), md("\n".join(f"{'    ' * n}- {one}" for n, one in enumerate(levels))))
    assert_says(text_of(pdf), ["deep words", *levels])
    assert remarks == [
        "cell 1: what is nested deeper than 60 elements is shown as words",
        "cell 2: lists, quotations and tables nested deeper than 8 are shown as words",
    ]


def test_long_words_in_many_lists_are_still_set_as_lists(tmp_path):
    numbered = "\n".join(f"{'   ' * n}3. item{n}" for n in range(7))
    pdf, remarks = printed(tmp_path, md("- " * 20 + "word " * 1400), md(numbered))
    assert remarks == ["cell 1: lists, quotations and tables nested deeper than 8 are shown as words"]
    text = text_of(pdf)
    assert text.count("word ") == 1400
    assert_says(text, [f"3. item{n}" for n in range(7)])
