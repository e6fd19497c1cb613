"""The report exporter, held to its promises with notebooks of another course: cooking times and pendulums."""

import base64
import io
import re
import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest
from nbconvert.exporters import get_exporter
from nbformat import v4, write
from pypdf import PdfReader

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

from helpers.report import Figure, ReportError, Table, build_report, figure_style  # noqa: E402
from helpers.report.execution import execute  # noqa: E402
from helpers.report.notebooks import read_notebook  # noqa: E402
from helpers.report.text import fenced, plain  # noqa: E402

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
        md("# Task 1: Pans\n\n## Task 1a: One pan\n\nAs [@fig:pan] shows, and [the lab](second.ipynb) too."),
        md('![A pan, attached.](attachment:pan.png){#fig:pan alt="A dark pan." width=30%}', attachments=attached),
        md('![An oven.](<sub/oven pic.png>){#fig:oven alt="A teal oven."}'),
        md("$$\\label{eq:time} t = \\frac{m}{\\alpha} \\odot s$$\n\nunnumbered: $$u = v$$"),
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
        folder / "second.ipynb",
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
    """The folder with both notebooks executed, so that more reports need no kernel."""
    folder, paths = kitchen
    before = [path.read_bytes() for path in paths]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        result = build_report(paths, folder / "live.pdf", code=True, timeout=60)
        sources = execute([read_notebook(path) for path in paths], 60)
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
    for words in (
        "with Figure 3, Table 1 and Equation (1) and (Hen 1999)",
        "As Figure 1 shows",
        "Back to Figure 2, and ahead to Table 1.",
    ):
        assert words in text
