"""The report exporter, held to its promises with notebooks of another course: cooking times and pendulums."""

import base64
import io
import re
from pathlib import Path
from statistics import median

import matplotlib
import pytest
from nbconvert.exporters import get_exporter
from nbformat import v4, write
from pypdf import PdfReader

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from helpers.report import (
    Figure,
    ReportError,
    Table,
    build_report,
    elements,
    execution,
    figure_style,
)
from helpers.report.__main__ import main
from helpers.report.conversion import Document, convert
from helpers.report.page_images import main as pictures_main
from helpers.report.text import fenced, plain

ROOT = Path(__file__).parents[1]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 150"><path d="M0 150 L300 0"/></svg>'
DATA = {"fig": "A pendulum swings.", "alt": "A line rising from left to right."}


# Making notebooks ---------------------------------------------------------------------------------------


def png(color="teal"):
    buffer = io.BytesIO()
    figure = plt.figure(figsize=(1, 0.5))
    figure.savefig(buffer, format="png", facecolor=color)
    plt.close(figure)
    return buffer.getvalue()


def md(source, **fields):
    return v4.new_markdown_cell(source, **fields)


def run_code(source, *outputs, tags=()):
    """A code cell that was run already, with these outputs."""
    metadata = {"tags": list(tags)} if tags else {}
    return v4.new_code_cell(source, outputs=list(outputs), execution_count=1, metadata=metadata)


def shown(metadata=None, **data):
    """A display output; `text_plain=...` is the type text/plain, `svg=...` image/svg+xml."""
    names = {"svg": "image/svg+xml", "widget": "application/vnd.jupyter.widget-view+json"}
    types = {names.get(name, name.replace("_", "/")): content for name, content in data.items()}
    return v4.new_output("display_data", data=types, metadata=metadata or {})


def stream(text, name="stdout"):
    return v4.new_output("stream", name=name, text=text)


def figure_cell(label="fig:swing", caption=DATA["fig"], alt=DATA["alt"]):
    report = {"kind": "figure", "label": label, "caption": caption, "alt": alt, "width": 80}
    return run_code("swing()", shown({"report": report}, svg=SVG, text_plain="Figure"))


def table_cell(label="tbl:eggs", rows=3, caption="Minutes for eggs."):
    text = "| egg | minutes |\n|:--|--:|\n" + "\n".join(f"| number {n} | {n}.5 |" for n in range(rows))
    return run_code(
        "eggs()", shown({"report": {"kind": "table", "label": label, "caption": caption}}, text_markdown=text)
    )


def notebook(path, *cells, **metadata):
    node = v4.new_notebook(cells=list(cells), metadata=metadata)
    for number, cell in enumerate(node.cells):
        cell["id"] = f"cell-{number}"
    write(node, path)
    return path


def built(folder, *cells, metadata=None, **options):
    """The PDF of one notebook with these cells, taken as they are."""
    path = notebook(folder / "lab.ipynb", *cells, **({"title": "Lab"} | (metadata or {})))
    return PdfReader(build_report([path], folder / "lab.pdf", execute=False, **options).path)


# Reading PDFs -------------------------------------------------------------------------------------------


def text_of(pdf):
    """All text, words apart by one space, line-break hyphens gone."""
    text = " ".join(page.extract_text() for page in pdf.pages)
    return " ".join(re.sub(r"\u00ad|-\n(?=[a-z])", "", text).split())


def outline_titles(entries):
    for entry in entries:
        if isinstance(entry, list):
            yield from outline_titles(entry)
        else:
            yield entry.title


def structure(pdf):
    """Every element of the tag tree as (type, alternative text)."""

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                yield from walk(child)
        elif isinstance(node, dict):
            if "/S" in node:
                yield node["/S"], node.get("/Alt")
            if "/K" in node:
                yield from walk(node["/K"])

    return list(walk(pdf.trailer["/Root"]["/StructTreeRoot"]))


def links(page):
    return [note.get_object() for note in page.get("/Annots", []) if note.get_object()["/Subtype"] == "/Link"]


def placed_text(page):
    """(height above the page's foot in points, size in points, text) of every run of text but blanks."""
    runs = []

    def visit(text, matrix, text_matrix, font, size):
        if text.strip():
            height = matrix[1] * text_matrix[4] + matrix[3] * text_matrix[5] + matrix[5]
            runs.append((height, abs(size * text_matrix[0] * matrix[0]), text.strip()))

    page.extract_text(visitor_text=visit)
    return runs


# One report of two notebooks, run by real kernels ---------------------------------------------------------

LONG_LINE = "minutes = " + " + ".join(f"duration_{n}" for n in range(20))
LIVE = r"""
import matplotlib.pyplot as plt
from helpers.report import Figure, Table, figure_style
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
        v4.new_code_cell("print('secret')", metadata={"tags": ["no-report"]}),
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
            "from helpers.report import Table\n"
            'Table(["egg", "$t$"], [["soft", "4"], ["hard", "10"]], label="tbl:eggs", caption="Minutes.")'
        ),
    )
    return folder, [first, second]


@pytest.fixture(scope="module")
def executed_kitchen(kitchen, tmp_path_factory):
    """The result of a build, and both notebooks with the outputs it saw: more reports need no kernel."""
    folder, paths = kitchen
    before = [path.read_bytes() for path in paths]
    run, sources = execution.execute, []

    def remembering(notebooks, timeout):
        sources.extend(run(notebooks, timeout))
        return sources

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setattr(execution, "execute", remembering)
        result = build_report(paths, folder / "live.pdf", code=True, timeout=60)
    assert [path.read_bytes() for path in paths] == before
    done = folder / "done"
    done.mkdir()
    (folder / "sub").rename(done / "sub")
    (folder / "works.bib").rename(done / "works.bib")
    for source in sources:
        write(source.node, done / source.name)
    return result, [done / path.name for path in paths]


@pytest.fixture(scope="module")
def with_code(executed_kitchen):
    return PdfReader(executed_kitchen[0].path)


@pytest.fixture(scope="module")
def without_code(executed_kitchen):
    _, paths = executed_kitchen
    result = build_report(paths, paths[0].parent / "quiet.pdf", execute=False, preview="Preview: 2 hens")
    return PdfReader(result.path)


def test_build_report_says_where_how_long_and_how_many_pages(executed_kitchen, with_code):
    result, _ = executed_kitchen
    assert result.path.name == "live.pdf"
    assert result.pages == len(with_code.pages)
    assert result.execution_seconds > 0
    assert result.export_seconds > 0


def test_numbers_run_through_all_notebooks_and_references_name_them(without_code):
    text = text_of(without_code)
    assert "with Figure 3, Table 1 and Equation (1) and (Hen 1999)" in text
    assert "As Figure 1 shows" in text
    assert "Back to Figure 2, and ahead to Table 1." in text
    assert "Hen, Ada. 1999. On Eggs. Coop." in text


def test_references_citations_contents_and_links_to_notebooks_are_links(without_code):
    first_page = without_code.pages[0]
    targets = [link.get("/Dest") or link["/A"] for link in links(first_page)]
    contents, in_summary, to_figure_and_notebook = 4, 4, 2
    assert len(targets) >= contents + in_summary + to_figure_and_notebook


def test_labelled_equations_are_numbered_and_others_are_not(without_code):
    text = text_of(without_code)
    assert "(1)" in text
    assert "(2)" not in text


def test_every_picture_is_there_with_caption_number_and_alternative_text(without_code):
    text = text_of(without_code)
    for caption in ("Figure 1. A pan, attached.", "Figure 2. An oven.", "Figure 3. The angle at", "Table 1. Minutes."):
        assert caption in text
    alts = [alt for kind, alt in structure(without_code) if kind == "/Figure"]
    assert alts == ["A dark pan.", "A teal oven.", "A rising line."]


def test_code_is_hidden_by_default_and_shown_on_request(with_code, without_code):
    assert "plt.rcParams" not in text_of(without_code)
    assert "plt.rcParams.update(figure_style())" in text_of(with_code)


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
    wrapped = text[text.index("minutes = duration_0") :].split("NameError")[0]
    assert wrapped.count("↪") >= 2
    assert wrapped.replace("↪ ", "").strip() == LONG_LINE


def test_streams_lose_colour_codes_and_rewritten_lines(without_code):
    text = text_of(without_code)
    assert "red soup done" in text
    assert "10%" not in text


def test_allowed_errors_are_printed_and_cells_tagged_no_report_are_not(with_code):
    text = text_of(with_code)
    assert "ValueError: the egg broke" in text
    assert "Traceback" not in text
    assert "secret" not in text


def test_backticks_in_code_do_not_end_its_block(with_code):
    assert 'fence = """```"""' in text_of(with_code)


def test_no_markup_is_left_in_the_text(with_code):
    text = text_of(with_code)
    for markup in ("$$", r"\begin", r"\label", "[@", "{#", "<table", "HBox("):
        assert markup not in text


def test_preview_is_marked_on_every_page(with_code, without_code):
    assert all("Preview: 2 hens" in page.extract_text() for page in without_code.pages)
    assert "Preview" not in text_of(with_code)


def test_title_language_and_outline_are_set(without_code):
    assert without_code.metadata.title == "The kitchen"
    assert without_code.trailer["/Root"]["/Lang"] == "en"
    titles = list(outline_titles(without_code.outline))
    assert titles == ["Contents", "Task 1: Pans", "Task 1a: One pan", "Task 2: Eggs", "References"]
    assert text_of(without_code).count("The kitchen") == 1


TITLE_PAGE = {
    "title": "Eggs & pans",
    "subtitle": "Boiled *twice*",
    "byline": ["hens #1", "10 seeds", "23 November 2026"],
}


def test_title_subtitle_and_byline_may_be_given_anew(tmp_path):
    cells = [md("# Lab\n\nSummary."), md("# Task 1"), md("# Task 2"), md("# Task 3")]
    pdf = built(tmp_path, *cells, metadata={"subtitle": "of old", "byline": ["one hen"]}, **TITLE_PAGE)
    text = text_of(pdf)
    assert text.startswith("Eggs & pans Boiled *twice* hens #1 · 10 seeds · 23 November 2026 Summary.")
    assert pdf.metadata.title == "Eggs & pans"
    assert "Lab" not in [*outline_titles(pdf.outline), *text.split()]
    again = (tmp_path / "lab.pdf").read_bytes()
    built(tmp_path, *cells, metadata={"subtitle": "of old"}, **TITLE_PAGE)
    assert (tmp_path / "lab.pdf").read_bytes() == again


def test_byline_of_the_notebook_stands_if_no_other_is_given(tmp_path):
    assert text_of(built(tmp_path, md("# Lab"), metadata={"byline": ["one hen", "May"]})).startswith(
        "Lab one hen · May"
    )


def test_pdf_declares_universal_accessibility_and_marks_headers_formulas_and_headings(without_code):
    assert b"pdfuaid:part" in without_code.trailer["/Root"]["/Metadata"].get_object().get_data()
    tags = structure(without_code)
    kinds = [kind for kind, _ in tags]
    assert kinds.count("/TH") == 2
    assert {"/H1", "/H2", "/Table", "/Caption", "/Figure", "/Formula"} <= set(kinds)
    assert r"t = \frac{m}{\alpha} \odot s" in [alt for kind, alt in tags if kind == "/Formula"]


def test_pages_are_a4_numbered_and_carry_the_task_in_their_header(without_code):
    for number, page in enumerate(without_code.pages, start=1):
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
        assert page.extract_text().split()[-1] == str(number)
    assert "Task 1: Pans" in without_code.pages[0].extract_text()
    top = [text for height, _, text in placed_text(without_code.pages[-1]) if height > 762]
    assert top


def test_only_the_fonts_of_the_report_are_used(with_code):
    fonts = {
        font.get_object()["/BaseFont"].split("+")[-1].split("-")[0]
        for page in with_code.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts == {"LibertinusSerif", "LibertinusMath", "DejaVuSansMono"}


def test_the_same_outputs_give_the_same_bytes(tmp_path):
    path = notebook(tmp_path / "lab.ipynb", md("# Lab\n\n$x^2$"), figure_cell(), table_cell())
    one, two = (build_report([path], tmp_path / name, execute=False).path for name in ("one.pdf", "two.pdf"))
    assert one.read_bytes() == two.read_bytes()


# Pages ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def long_report(tmp_path_factory):
    """Chapters of sections of text, figures and tables; the last table is longer than a page."""
    words = "A pendulum that starts from a wide angle swings more slowly than the formula for small angles says. "
    cells = [md(f"# Lab\n\nSummary. {words}")]
    for chapter in "12":
        cells.append(md(f"# Task {chapter}: Swings\n\n{words}"))
        for section in "abc":
            cells += [
                md(f"## Task {chapter}{section}: Angles\n\n{words * 4}\n\n{words * 3}"),
                figure_cell(f"fig:s{chapter}{section}"),
                md(f"See [@fig:s{chapter}{section}]. {words * 5}"),
                table_cell(f"tbl:t{chapter}{section}", rows=5),
                md(words * 5),
            ]
    return built(tmp_path_factory.mktemp("long"), *cells, table_cell("tbl:long", rows=70), md(words))


FOOT, TOP = 59, 783  # of the text, in points above the page's foot


def body_runs(page):
    """Runs of text without running header and page number."""
    return [run for run in placed_text(page) if FOOT < run[0] < TOP]


def drawn(page):
    """(lowest, highest) point above the page's foot of every path and raster image."""
    found, points = [], []

    def visit(operator, operands, matrix, text_matrix):
        _, up_by_x, _, up_by_y, _, up = map(float, matrix)
        if operator == b"Do":
            found.append(tuple(sorted((up, up + up_by_y))))
        elif operator in (b"m", b"l", b"c"):
            numbers = [float(number) for number in operands]
            points.extend(up_by_x * x + up_by_y * y + up for x, y in zip(numbers[::2], numbers[1::2], strict=True))
        elif operator == b"re":
            _, y, _, height = map(float, operands)
            points.extend((up_by_y * y + up, up_by_y * (y + height) + up))
        elif operator in (b"S", b"f", b"f*", b"B", b"B*", b"n") and points:
            found.append((min(points), max(points)))
            points.clear()

    page.extract_text(visitor_operand_before=visit)
    return found


def largest_blank(page):
    """The largest stretch of the page without text or picture, as a share of the text's height."""
    taken = [(height, height + size) for height, size, _ in body_runs(page)] + drawn(page)
    blank, below = 0, FOOT
    for low, high in sorted([*taken, (TOP, TOP)]):
        blank, below = max(blank, low - below), max(below, high)
    return blank / (TOP - FOOT)


def numbers(pdf, kind):
    """The numbers of the captions of this kind, in the order in which they are printed, page by page from the top."""
    found = []
    for page in pdf.pages:
        runs = sorted(placed_text(page), reverse=True)
        found += [int(text.split()[1].strip(".")) for _, _, text in runs if re.match(rf"{kind}\s\d+\.", text)]
    return found


def test_lines_hold_65_to_75_letters(long_report):
    lines = [line for page in long_report.pages for line in page.extract_text().splitlines()]
    assert 65 <= median(len(line) for line in lines if len(line) > 60 and "." * 5 not in line) <= 75


def test_no_page_is_more_than_a_third_empty_but_the_last(long_report):
    for page in long_report.pages[:-1]:
        assert largest_blank(page) < 1 / 3


def test_no_heading_stands_at_the_foot_of_a_page(long_report):
    for page in long_report.pages:
        lowest = min(body_runs(page))
        assert lowest[1] < 11.5, f"heading at the foot: {lowest}"


def test_figures_and_tables_are_printed_in_the_order_of_their_numbers(long_report):
    assert numbers(long_report, "Figure") == list(range(1, 7))
    assert numbers(long_report, "Table") == list(range(1, 8))


def test_figures_stand_below_the_heading_of_their_chapter_and_above_the_next(long_report):
    text = text_of(long_report)
    second = text.rindex("Task 2: Swings A pendulum")
    assert text.index("Task 1: Swings A pendulum") < text.index("Figure 1. A pendulum")
    assert text.index("Figure 3. A pendulum") < second < text.index("Figure 4. A pendulum")


def test_section_in_the_running_header_belongs_to_the_chapter_in_it(long_report):
    for page in long_report.pages[1:]:
        header = [text for height, _, text in placed_text(page) if height > TOP]
        sections = [re.match(r"Task (\d)([a-c]:)?", text)[1] for text in header]
        assert len(sections) in (1, 2)
        assert len(set(sections)) == 1


def test_contents_stay_on_the_page_where_they_begin(tmp_path):
    def first_chapter(lines):
        sections = [md(f"## Task 1{letter}: A section whose title is long") for letter in "abcdefghijklmnopqrstuvw"]
        cells = [md("# Lab\n\n" + "A summary.\n\n" * lines), md("# Task 1: Swings"), *sections, md("# Task 2: Eggs")]
        pages = [page.extract_text() for page in built(tmp_path, *cells).pages]
        in_contents = [number for number, text in enumerate(pages) if re.search(r"Task 2: Eggs[ .]+\d", text)]
        return in_contents, "Contents" in pages[0], pages[0].count("A section whose title is long") > 1

    assert first_chapter(2) == ([0], True, True)
    assert first_chapter(16) == ([0], True, True)  # in two columns
    assert first_chapter(29) == ([0], True, False)  # chapters alone


def test_caption_stands_right_below_its_figure(long_report):
    count = 0
    for page in long_report.pages:
        captions = [height for height, _, text in body_runs(page) if re.match(r"Figure \d\.", text)]
        pictures = [low for low, high in drawn(page) if high - low > 100]
        count += len(captions)
        assert len(pictures) == len(captions)
        assert all(0 < low - height < 40 for low, height in zip(sorted(pictures), sorted(captions), strict=True))
    assert count == 6


def test_long_table_repeats_its_header(long_report):
    last_pages = [page.extract_text() for page in long_report.pages if "number 69" in page.extract_text()]
    assert re.search(r"egg\s+minutes", last_pages[0])


def test_table_that_is_a_little_too_wide_reaches_into_the_margins_rather_than_break_a_cell(tmp_path):
    cells = [
        "two layers of sixty",
        "validation accuracy",
        "+1.234 points",
        "+0.100 to +2.300",
        "0.020",
        "no difference found",
    ]
    row = " | ".join(cells)
    table = f"| networks | measure | difference | 95 % interval | p | verdict |\n|:-|:-|-:|-:|-:|:-|\n| {row} |"
    lines = built(tmp_path, md(f"# Lab\n\n{table}")).pages[0].extract_text().splitlines()
    assert [line for line in lines if all(cell in line for cell in cells)]


def test_wide_table_breaks_prose_and_headers_but_no_number(tmp_path):
    prose = "a claim that takes more than one line of its column, and then some more words to fill it"
    rows = "\n".join(f"| {prose} | +0.040{n} to +0.052{n} | 50,88{n} | {prose} |" for n in range(4))
    table = f"| what is claimed | 95 % interval | number of parameters | what was found |\n|:-|-:|-:|:-|\n{rows}"
    lines = built(tmp_path, md(f"# Lab\n\n{table}")).pages[0].extract_text().splitlines()
    for n in range(4):
        assert any(f"+0.040{n} to +0.052{n}" in line and f"50,88{n}" in line for line in lines)
    assert not any(prose in line for line in lines)


def test_figure_right_below_a_heading_stays_there(tmp_path):
    cells = [md("# Lab"), md("# Task 1\n\n" + "Words to fill the page. " * 260), md("## Task 1b"), figure_cell()]
    pdf = built(tmp_path, *cells, md("After it. " * 200), md("# Task 2"))
    text = text_of(pdf)
    assert text.rindex("Task 1b") < text.index("Figure 1. A pendulum") < text.index("After it.")


def test_text_stands_alone_on_page_one_before_the_contents(long_report):
    first = text_of(long_report)
    assert first.index("Summary.") < first.index("Contents") < first.index("Task 1a: Angles")


# Pages as pictures -------------------------------------------------------------------------------------------


def test_pages_become_small_pictures_by_number_or_heading(executed_kitchen, tmp_path, capsys):
    pdf = str(executed_kitchen[0].path)
    files = [tmp_path / "docs" / name for name in ("last.png", "eggs.png")]
    assert (
        pictures_main([pdf, f"{files[0]}={executed_kitchen[0].pages}", f"{files[1]}=Task 2: Eggs", "--width", "500"])
        == 0
    )
    last, eggs = (plt.imread(file) for file in files)
    assert last.shape[:2] == eggs.shape[:2] == (708, 500)
    assert (last != eggs).any()
    assert all(file.stat().st_size < 150_000 for file in files)
    assert pictures_main([pdf, f"{files[0]}=Task 9"]) == 1
    assert "no page 'Task 9'" in capsys.readouterr().err
    assert pictures_main([str(tmp_path / "none.pdf"), f"{files[0]}=1"]) == 1
    assert "build the report first" in capsys.readouterr().err


# Formulas ---------------------------------------------------------------------------------------------------

COMMANDS = r"""
a \odot b \otimes c \ominus d \cap e \cup f
\operatorname{softmax}(z_k) = \frac{\exp z_k}{\sum_{j=1}^{K} \exp z_j}
\operatorname*{arg\,max}_k y_k
\begin{aligned} a &= b \\ &= c \end{aligned}
\begin{bmatrix} a & b \\ c & d \end{bmatrix} \begin{pmatrix} 1 \\ 2 \end{pmatrix}
\underbrace{f'(z_j)}_{\text{slope}} \sum_k w_{kj} \delta_k
\frac{\partial C}{\partial w_{ji}} = \delta_j x_i
\sigma'(z) = \sigma(z) (1 - \sigma(z))
\mathbf{W}^{\top} \mathbf{x} \in \mathbb{R}^{N \times 10}
\ln y \cdot \exp x, \max_i x_i, \cosh x, \tanh x, \sqrt{2}, \sqrt[3]{x}
\left( \frac{2}{3} z \right) \left[ x \right] \left| y \right| \lVert w \rVert_2
a \quad b \qquad c \, d \; e \: f \! g
x \leq y \geq z \approx w \neq v \pm u \ldots \cdots \propto t
f(x) = \begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}
\mathrm{d}x \hat{y} \bar{x} \tilde{w} \vec{v} \mathcal{L} \boldsymbol{\Delta}
w_{ji} := w_{ji} - \alpha \frac{\partial C}{\partial w_{ji}} \nabla_w C \to 0
\bigl( \Bigl[ \tfrac{1}{2} \Bigr] \bigr) \dfrac{3}{4} \binom{n}{k}
\|x\| = |y| + \big| \, p(a \mid b)
\left. \frac{a}{b} \right|_{a=1}^b \left. x \right] \left\{ \frac{1}{2} \right. \left( \left. y \right\rangle \right)
50{,}880 = 785 \cdot 64 + 64 \cdot 10 \implies \forall i \exists j
""".strip().splitlines()


def test_every_tex_command_compiles_in_display_and_in_line(tmp_path):
    text = "\n\n".join(f"$${tex}$$\n\nand ${tex}$." for tex in COMMANDS)
    pdf = built(tmp_path, md(f"# Lab\n\n{text}"))
    alts = [alt for kind, alt in structure(pdf) if kind == "/Formula"]
    assert alts == [tex for tex in COMMANDS for _ in range(2)]
    shown_text = text_of(pdf)
    assert "⊙" in shown_text
    assert "∩" in shown_text
    assert "softmax(" in shown_text
    assert "50,880" in shown_text
    assert "‖𝑥‖ = |𝑦|" in shown_text


def test_delimiter_without_partner_stretches(tmp_path):
    cell = {"place": "lab", "notebook": "lab", "folder": "", "text": r"$$\left. \frac{a}{b} \right|_{a=1}$$"}
    body = convert(tmp_path, Document([cell], {}, "lab"), "typst")["body"]
    assert "lr( frac(a, b) bar.v)_(a = 1)" in body or "lr( a / b bar.v)_(a = 1)" in body


# Nothing is lost in silence ---------------------------------------------------------------------------------

MARKDOWN_LOSSES = {
    "raw HTML": ("wide <b>bold</b>", "raw HTML"),
    "an HTML image": ('<img src="a.png">', "raw HTML"),
    "bare environment": (r"\begin{align} a &= b \end{align}", "TeX outside mathematics"),
    "TeX reference": (r"see \eqref{eq:x}", "TeX outside mathematics"),
    "unknown TeX": (r"$\argmin x$", "TeX that pandoc cannot convert"),
    "TeX that pandoc drops": (r"$\color{red} x$", "color is lost"),
    "a number by hand": (r"$$x = y \tag{7}$$", "tag is lost"),
    "columns of an array": (r"$$\begin{array}{ll} a & b \\ c & d \end{array}$$", "columns of array are lost"),
    "dollars that open nothing": ("costs $ x $ now", "begins no mathematics"),
    "blank line in a formula": ("$$\na\n\nb\n$$", "begins no mathematics"),
    "unresolved reference": ("see [@fig:nowhere]", "no figure has as its label"),
    "unresolved citation": ("see [@nobody2000]", "not in the bibliography"),
    "a label given twice": ("$$\\label{eq:a} x$$\n\n$$y \\tag{a}$$", "already given"),
    "missing image": ('![An oven.](oven.png){alt="teal"}', "no image oven.png"),
    "image on the web": ('![An oven.](https://x.org/oven.png){alt="teal"}', "no image https"),
    "image without alternative text": ("![An oven.](data.png)", "no alternative text"),
    "pandoc warning": ("::: {.note}\n\nopen", "unclosed"),
    "wide table": ("| a | b |\n|---|---|\n| " + "x" * 60 + " | " + "y" * 60 + " |", "wider than the page"),
}
TYPST_LOSSES = {
    "unresolved section": ("see [there](#nowhere)", "nowhere"),
    "skipped heading level": ("# One\n\n### Three", "heading level"),
    "glyph that no font has": ("an egg 🥚", "could not be displayed"),
    "wide equation": ("$$" + " + ".join(["abcdef"] * 20) + "$$", "wider than the page"),
}
OUTPUT_LOSSES = {
    "raw cell": (v4.new_raw_cell("<p>"), "raw cell"),
    "figure without caption": (run_code("x", shown(svg=SVG)), "figure without caption and alt"),
    "figure without alternative text": (
        run_code("x", shown({"report": {"caption": "A line."}}, svg=SVG)),
        "figure without alt",
    ),
    "only HTML": (run_code("x", shown(text_html="<p>", text_plain="<IPython HTML object>")), "only text/html"),
    "only a widget": (run_code("x", shown(widget={}, text_plain="IntSlider(value=1)")), "widget-view"),
    "no type that prints": (run_code("x", shown(application_json={})), "only application/json"),
    "wide stream": (run_code("x", stream("x" * 89)), "wider than the page (89 > 88"),
    "wide result": (run_code("x", shown(text_plain="y" * 120)), "wider than the page (120 > 88"),
    "error without the tag": (
        run_code("x", v4.new_output("error", ename="ValueError", evalue="no", traceback=[])),
        "failed with ValueError: no",
    ),
}


def problems(folder, cells):
    """What a build of these cells complains about, by number of cell."""
    (folder / "data.png").write_bytes(png())
    with pytest.raises(ReportError) as failure:
        built(folder, *cells)
    found = {}
    for problem in failure.value.problems:
        number = int(re.match(r"lab\.ipynb, cell (\d+) ", problem)[1])
        found[number] = found.get(number, "") + problem
    return found


@pytest.fixture(scope="module")
def markdown_problems(tmp_path_factory):
    return problems(tmp_path_factory.mktemp("lossy"), [md(source) for source, _ in MARKDOWN_LOSSES.values()])


@pytest.fixture(scope="module")
def output_problems(tmp_path_factory):
    return problems(tmp_path_factory.mktemp("outputs"), [cell for cell, _ in OUTPUT_LOSSES.values()])


@pytest.mark.parametrize("loss", MARKDOWN_LOSSES)
def test_report_fails_naming_the_cell_rather_than_lose_markdown(loss, markdown_problems):
    number = list(MARKDOWN_LOSSES).index(loss) + 1
    assert MARKDOWN_LOSSES[loss][1] in markdown_problems[number]


@pytest.mark.parametrize("loss", OUTPUT_LOSSES)
def test_report_fails_naming_the_cell_rather_than_lose_an_output(loss, output_problems):
    number = list(OUTPUT_LOSSES).index(loss) + 1
    assert OUTPUT_LOSSES[loss][1] in output_problems[number]


@pytest.mark.parametrize("loss", TYPST_LOSSES)
def test_report_fails_naming_the_cell_rather_than_misprint(loss, tmp_path):
    source, message = TYPST_LOSSES[loss]
    found = problems(tmp_path, [md("# Lab"), md("A sound cell."), md(source), md("Another.")])
    assert list(found) == [3]
    assert message in found[3]


def test_what_is_no_loss_passes(tmp_path):
    frame = "   egg  minutes\n0  soft  4"
    cells = [
        md("# Lab\n\nA price of \\$5, `<b>`, a < b.\n\n<!-- a remark -->"),
        run_code("frame", shown(text_html="<table>", text_plain=frame)),
        run_code("slider", shown(widget={}), tags=["no-report"]),
        run_code("warn", stream("a warning\n", "stderr")),
        run_code("x", stream("z" * 88)),
        run_code("sympy", shown(text_latex=r"$\displaystyle x^{2}$", text_plain="x**2")),
    ]
    text = text_of(built(tmp_path, *cells))
    assert "A price of $5, <b>, a < b." in text
    assert "soft 4" in text
    assert "z" * 88 in text
    assert "warning" not in text


def test_messages_on_stderr_are_passed_on_to_the_builder(tmp_path, caplog):
    built(tmp_path, md("# Lab"), run_code("warn()", stream("a warning\n", "stderr")))
    assert "lab.ipynb, cell 2" in caplog.text
    assert "a warning" in caplog.text


def test_missing_or_damaged_notebooks_and_bibliographies_are_named(tmp_path):
    with pytest.raises(ReportError, match="no such notebook"):
        build_report([tmp_path / "none.ipynb"], tmp_path / "out.pdf")
    (tmp_path / "bad.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(ReportError, match=r"bad\.ipynb: not a valid notebook"):
        build_report([tmp_path / "bad.ipynb"], tmp_path / "out.pdf")
    with pytest.raises(ReportError, match=r"none\.bib"):
        built(tmp_path, md("[@egg]"), metadata={"bibliography": "none.bib"})


# Failures leave the earlier report ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "timeout", "message"),
    [
        ("def boil():\n    return 1 / 0\nboil()", 60, r"ZeroDivisionError: division by zero \(line 2 of the cell\)"),
        ("import stove\nstove.boil()", 60, r"KeyError: 'egg' \(stove\.py, line 3\)"),
        ("import json\n\njson.loads('{')", 60, r"JSONDecodeError: .* \(line 3 of the cell\)"),
        ("boil = = 1", 60, r"SyntaxError: .* \(line 1 of the cell\)"),
        ("import time\ntime.sleep(60)", 1, "took longer than 1 seconds"),
        ("import os\nos._exit(9)", 60, "kernel died"),
    ],
    ids=["error", "error in a module", "error in a library", "syntax error", "time limit", "dead kernel"],
)
def test_failing_cell_is_named_and_the_earlier_pdf_stays(source, timeout, message, tmp_path, monkeypatch):
    path = notebook(tmp_path / "lab.ipynb", md("# Lab"), v4.new_code_cell(source))
    (tmp_path / "stove.py").write_text("def boil():\n    pans = {}\n    return pans['egg']\n", encoding="utf-8")
    output = tmp_path / "lab.pdf"
    output.write_bytes(b"earlier")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    with pytest.raises(ReportError, match=message) as failure:
        build_report([path], output, timeout=timeout)
    assert f'lab.ipynb, cell 2 ("{source.splitlines()[0]}")' in str(failure.value)
    assert output.read_bytes() == b"earlier"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["lab.ipynb", "lab.pdf", "stove.py"]


def test_command_line_tells_failure_by_status_and_one_message(tmp_path, capsys):
    path = notebook(tmp_path / "lab.ipynb", md("<b>x</b>"))
    assert main([str(path), "-o", str(tmp_path / "lab.pdf")]) == 1
    message = capsys.readouterr().err
    assert "lab.ipynb, cell 1" in message
    assert "Traceback" not in message
    assert not (tmp_path / "lab.pdf").exists()


def test_command_line_says_where_the_pdf_is(tmp_path, capsys):
    path = notebook(tmp_path / "lab.ipynb", md("# Lab"), run_code("eggs = 1"))
    assert main([str(path), "-o", str(tmp_path / "out" / "lab.pdf"), "--no-execute", "--code"]) == 0
    assert f"{tmp_path / 'out' / 'lab.pdf'}: 1 pages" in capsys.readouterr().out


# One notebook through nbconvert ---------------------------------------------------------------------------------


def exported(path, **options):
    exporter = get_exporter("helpers.report.ReportPDFExporter")(**options)
    content, resources = exporter.from_filename(str(path))
    assert resources["output_extension"] == ".pdf"
    return PdfReader(io.BytesIO(content))


def test_exporter_prints_references_to_other_notebooks_in_words(tmp_path):
    path = notebook(tmp_path / "task3.ipynb", md("# Task 3: Tricks\n\nAs [@fig:loss-curve] and [@egg1999] say."))
    text = text_of(exported(path))
    assert "As Figure loss-curve and [@egg1999] say." in text


def test_exporter_raises_sections_to_chapters_when_the_title_is_the_only_one(tmp_path):
    cells = [md("# Task 3: Tricks\n\nIntroduction."), md("## Task 3a: One\n\n### Detail"), md("## Task 3b: Two")]
    pdf = exported(notebook(tmp_path / "task3.ipynb", *cells))
    assert pdf.metadata.title == "Task 3: Tricks"
    assert [title for title in outline_titles(pdf.outline) if title != "Contents"] == [
        "Task 3a: One",
        "Detail",
        "Task 3b: Two",
    ]


def test_exporter_runs_a_notebook_that_was_never_run_and_no_other(tmp_path):
    fresh = notebook(tmp_path / "fresh.ipynb", md("# Lab"), v4.new_code_cell("print(6 * 7)"))
    done = notebook(tmp_path / "done.ipynb", md("# Lab"), run_code("print(6 * 7)", stream("as stored")))
    assert "42" in text_of(exported(fresh))
    assert "as stored" in text_of(exported(done, code=True))


# Figure and Table -------------------------------------------------------------------------------------------------


@pytest.fixture
def displayed(monkeypatch):
    """(data, metadata) of everything that was published."""
    published = []
    monkeypatch.setattr(
        "helpers.report.elements.publish_display_data", lambda data, metadata: published.append((data, metadata))
    )
    return published


def pendulum(**options):
    with plt.rc_context(figure_style()):
        figure, axes = plt.subplots()
        axes.plot([0, 1, 2], [0, 1, 0])
        axes.set(xlabel="time [s]", ylabel=r"$\phi_1^2$")
    return Figure(figure, **({"label": "fig:swing", "caption": DATA["fig"], "alt": DATA["alt"]} | options))


def test_figure_shows_picture_then_caption_and_is_the_same_every_time(displayed):
    pendulum()._ipython_display_()
    pendulum()._ipython_display_()
    (data, metadata), (caption, caption_metadata), again, _ = displayed
    assert metadata["report"] == {
        "kind": "figure",
        "label": "fig:swing",
        "caption": DATA["fig"],
        "alt": DATA["alt"],
        "width": 100,
    }
    assert caption["text/markdown"] == "**Figure** (`fig:swing`). A pendulum swings."
    assert caption_metadata == {"report": {"kind": "caption"}}
    assert set(data) == {"image/svg+xml", "application/pdf", "image/png", "text/plain"}
    assert data == again[0]


def test_figure_is_drawn_in_the_reports_format_alone_where_nothing_else_is_needed(displayed, monkeypatch):
    pendulum()._ipython_display_()
    monkeypatch.setenv("FIGURE_FORMATS", "svg")
    pendulum()._ipython_display_()
    monkeypatch.setattr(elements, "SVG_LIMIT", 100)
    pendulum()._ipython_display_()
    everything, svg, png = (data for data, _ in displayed[::2])
    assert svg == {kind: everything[kind] for kind in ("image/svg+xml", "text/plain")}
    assert set(png) == {"image/png", "text/plain"}


def test_figure_is_closed_opaque_white_and_has_its_text_as_outlines(displayed):
    plt.close("all")
    pendulum()._ipython_display_()
    assert plt.get_fignums() == []
    data, _ = displayed[0]
    assert "<text" not in data["image/svg+xml"]
    pixels = plt.imread(io.BytesIO(base64.b64decode(data["image/png"])), format="png")
    assert pixels[0, 0].tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"label": "swing"}, "label is 'swing'"),
        ({"label": "fig:Swing"}, "label is 'fig:Swing'"),
        ({"caption": " "}, "caption is empty"),
        ({"caption": "the interval [0, 1)"}, "odd bracket"),
        ({"alt": ""}, "alt is empty"),
        ({"width": 120}, "width is 120"),
    ],
)
def test_figure_refuses_what_the_report_could_not_use(options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        pendulum(**options)
    plt.close("all")


def test_table_is_markdown_with_its_caption(displayed):
    Table(["egg", "$t$"], [["soft", "4"]], label="tbl:eggs", caption="Minutes.")._ipython_display_()
    (data, metadata), (caption, _) = displayed
    assert data["text/markdown"] == "| egg | $t$ |\n| :-- | --: |\n| soft | 4 |"
    assert metadata["report"] == {"kind": "table", "label": "tbl:eggs", "caption": "Minutes."}
    assert caption["text/markdown"] == "**Table** (`tbl:eggs`). Minutes."


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ([["1"]], {}, "expected 2"),
        ([["1", 2]], {}, "cell 2"),
        ([["1", "a|b"]], {}, "without line break or '|'"),
        ([["1", "2"]], {"align": "lx"}, "align is 'lx'"),
        ([["1", "2"]], {"label": "fig:eggs"}, "label is 'fig:eggs'"),
        ([["1", "2"]], {"caption": ""}, "caption is empty"),
    ],
)
def test_table_refuses_what_markdown_cannot_hold(rows, options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Table(["a", "b"], rows, **({"label": "tbl:eggs", "caption": "Minutes."} | options))


# Plain text -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "shown_text"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("10%\r 50%\r100%\n", "100%\n"),
        ("long line\rshort", "shortline"),
        ("bar: 100%\r", "bar: 100%"),
        ("a\r\nb", "a\nb"),
        ("a\tb", "a       b"),
    ],
)
def test_plain_text_is_what_a_terminal_shows_in_the_end(raw, shown_text):
    assert plain(raw) == shown_text


def test_fence_is_longer_than_any_run_of_backticks_inside():
    assert fenced("x = '````'", "python").splitlines()[0] == "````` python"
