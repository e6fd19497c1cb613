"""Two notebooks, run by real kernels, as one document."""

import base64
import warnings
from pathlib import Path

import pytest
from kitchen import alternatives, assert_says, links, md, notebook, outline_titles, placed_text, png, structure, text_of
from nbformat import v4
from pypdf import PdfReader

from nbtypst import build
from nbtypst.cells import execution

ROOT = Path(__file__).parents[2]
LONG_LINE = "minutes = " + " + ".join(f"duration_{n}" for n in range(20))
LIVE = r"""
import matplotlib.pyplot as plt
from nbtypst import Figure, Table, figure_style
plt.rcParams.update(figure_style())
figure, axes = plt.subplots()
axes.plot([0, 1], [0, 1])
axes.set(xlabel="time $t$ [s]", ylabel="angle")
"""
ERROR = r"raise ValueError('the \x1b[31megg\x1b[0m broke')"
NOISE = r"print('\x1b[31mred\x1b[0m soup')" + "\n" + r"print('10%\r50%\rdone')" + "\n" + 'fence = """```"""'


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory):
    """Paths of two foreign notebooks, and the PDF that they make together."""
    folder = tmp_path_factory.mktemp("kitchen")
    (folder / "sub").mkdir()
    (folder / "sub" / "oven pic.png").write_bytes(png())
    (folder / "works.bib").write_text(
        "@book{egg1999, title={On Eggs}, author={Hen, Ada}, year={1999}, publisher={Coop}}", encoding="utf-8"
    )
    attached = {"pan.png": {"image/png": base64.b64encode(png("navy")).decode()}}
    first = notebook(
        folder / "first.ipynb",
        md("# The kitchen\n\nA short summary, with [@fig:angle], [@tbl:eggs; @eq:time] and [@egg1999]."),
        md("# Task 1: Pans\n\n## Task 1a: One pan\n\nAs [@fig:pan] shows, and [the lab](second%20part.ipynb) too."),
        md('![A pan, attached.](attachment:pan.png){#fig:pan alt="A dark pan." width=30%}', attachments=attached),
        md('![An oven.](<sub/oven pic.png>){#fig:oven alt="A teal oven."}'),
        md("$$\\tag{time} t = \\frac{m}{\\alpha} \\odot s$$\n\nunnumbered: $$u = v$$"),
        v4.new_code_cell(NOISE),
        v4.new_code_cell(LONG_LINE, metadata={"tags": ["raises-exception"]}),
        v4.new_code_cell(ERROR, metadata={"tags": ["raises-exception"]}),
        v4.new_code_cell("print('secret')", metadata={"tags": ["remove-cell"]}),
        title="The kitchen",
        subtitle="A report on pans",
        bibliography="works.bib",
        lang="en",
    )
    second = notebook(
        folder / "second part.ipynb",
        md("# Task 2: Eggs\n\nBack to [@fig:oven], and ahead to [@tbl:eggs]."),
        v4.new_code_cell(
            LIVE + 'Figure(figure, label="fig:angle", caption="The *angle* at $t$.", alt="A rising line.")'
        ),
        v4.new_code_cell(
            "from nbtypst import Table\n"
            'Table(["egg", "$t$"], [["soft", "4"], ["hard", "10"]], label="tbl:eggs", caption="Minutes.")'
        ),
    )
    return folder, [first, second]


@pytest.fixture(scope="module")
def results(kitchen):
    """The results of a build, and of one without code, with contents and a preview's mark; the kernels run once."""
    folder, paths = kitchen
    before = [path.read_bytes() for path in paths]
    run, done = execution.execute, []
    quiet = {"code": False, "toc": True, "preview": "Preview: 2 hens", "strict": True}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setattr(
            execution, "execute", lambda *given, **options: done or done.extend(run(*given, **options)) or done
        )
        built = [
            build(paths, folder / f"{name}.pdf", execute=True, timeout=60, **options)
            for name, options in {"live": {}, "quiet": quiet}.items()
        ]
    assert [path.read_bytes() for path in paths] == before
    return built


@pytest.fixture(scope="module")
def with_code(results):
    return PdfReader(results[0].path)


@pytest.fixture(scope="module")
def without_code(results):
    return PdfReader(results[1].path)


SAYS = {  # property: the document, words that are there, words that are not
    "labelled equations are numbered and others are not": ("quiet", ["(1)"], ["(2)"]),
    "code is hidden": ("quiet", [], ["plt.rcParams"]),
    "code is shown": ("code", ["plt.rcParams.update(figure_style())"], []),
    "streams lose colour codes and rewritten lines": ("quiet", ["red soup done"], ["10%"]),
    "allowed errors are printed and removed cells are not": ("code", ["ValueError: the egg broke"], ["secret"]),
    "backticks in code do not end its block": ("code", ['fence = """```"""'], []),
    "no markup is left": ("code", [], ["$$", r"\begin", r"\label", "[@", "{#", "<table", "HBox("]),
    "a preview is marked only if asked for": ("code", [], ["Preview"]),
}


@pytest.mark.parametrize("held", SAYS)
def test_document_says_what_it_should(held, with_code, without_code):
    document, there, not_there = SAYS[held]
    assert_says(text_of({"code": with_code, "quiet": without_code}[document]), there, not_there)


def test_build_says_where_how_long_and_how_many_pages(results, with_code):
    result, _ = results
    assert (result.path.name, result.pages) == ("live.pdf", len(with_code.pages))
    assert min(result.execution_seconds, result.export_seconds) > 0


def test_references_citations_contents_and_links_to_notebooks_are_links(without_code):
    targets = [link.get("/Dest") or link["/A"] for link in links(without_code.pages[0])]
    contents, in_summary, to_figure_and_notebook = 4, 4, 2
    assert len(targets) >= contents + in_summary + to_figure_and_notebook


def test_every_picture_has_its_alternative_text(without_code):
    assert alternatives(without_code) == ["A dark pan.", "A teal oven.", "A rising line."]


def fill_colours(pdf):
    """The colours in which text and areas are filled."""
    found = set()

    def visit(operator, operands, matrix, text_matrix):
        if operator in (b"rg", b"scn", b"g"):
            found.add(tuple(map(float, operands)))

    for page in pdf.pages:
        page.extract_text(visitor_operand_before=visit)
    return found


def test_code_is_highlighted(with_code, without_code):
    assert len(fill_colours(with_code) - fill_colours(without_code)) >= 4


def test_long_code_lines_are_wrapped_visibly_with_nothing_lost(with_code):
    text = text_of(with_code)
    wrapped = text[text.index("minutes = duration_0") :].split("---")[0]
    assert wrapped.count("↪") >= 2
    assert wrapped.replace("↪ ", "").strip() == LONG_LINE


def test_title_language_and_outline_are_set(without_code):
    assert without_code.metadata.title == "The kitchen"
    assert without_code.trailer["/Root"]["/Lang"] == "en"
    titles = list(outline_titles(without_code.outline))
    assert titles == ["Contents", "Task 1: Pans", "Task 1a: One pan", "Task 2: Eggs", "References"]
    assert text_of(without_code).count("The kitchen") == 1


def test_pdf_declares_accessibility_and_marks_headers_formulas_and_headings(without_code):
    assert b"pdfuaid:part" in without_code.trailer["/Root"]["/Metadata"].get_object().get_data()
    kinds = [kind for kind, _ in structure(without_code)]
    assert kinds.count("/TH") == 2
    assert {"/H1", "/H2", "/Table", "/Caption", "/Figure", "/Formula"} <= set(kinds)
    assert r"t = \frac{m}{\alpha} \odot s" in alternatives(without_code, "/Formula")


def test_pages_are_a4_numbered_marked_as_a_preview_and_name_the_task_in_their_header(without_code):
    for number, page in enumerate(without_code.pages, start=1):
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
        assert page.extract_text().split()[-1] == str(number)
        assert "Preview: 2 hens" in page.extract_text()
    assert "Task 1: Pans" in without_code.pages[0].extract_text()
    assert [text for height, _, text in placed_text(without_code.pages[-1]) if height > 762]


def test_only_the_fonts_of_the_report_are_used(with_code):
    fonts = {
        font.get_object()["/BaseFont"].split("+")[-1].split("-")[0]
        for page in with_code.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts == {"LibertinusSerif", "LibertinusMath", "DejaVuSansMono"}


def test_links_lead_to_the_title_to_marks_in_it_and_to_those_of_other_notebooks(tmp_path):
    first = notebook(
        tmp_path / "a.ipynb",
        md('# All soups <a id="top"></a>\n\n[x](b.ipynb#Eggs) [y](b.ipynb)'),
        md("## Cold\n\n[up](#top)"),
    )
    other = notebook(tmp_path / "b.ipynb", md("# Eggs\n\n[back](a.ipynb#All-soups) and [up](a.ipynb#top)"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        build([first, other], tmp_path / "book.pdf")
    pdf = PdfReader(tmp_path / "book.pdf")
    assert len([link for page in pdf.pages for link in links(page) if "/Dest" in link or "/A" in link]) == 5
