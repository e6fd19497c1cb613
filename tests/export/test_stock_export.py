"""The report's notebooks where nothing prints, and the stock ways out of Jupyter: HTML, LaTeX, JupyterLab's menu."""

import io
import re
import shutil
import subprocess
import sys

import nbformat
import pytest
from kitchen import alternatives, md, notebook, outline_titles
from nbconvert.exporters import HTMLExporter
from pypdf import PdfReader
from test_layout import body_runs, largest_blank, numbers

from helpers.report import ROOT, notebooks_of
from nbtypst import build
from tests.browser.lab import running_lab

NOTEBOOKS = [path.name for path in notebooks_of(ROOT)]
OF_PRINT = ("pypandoc", "typst", "lxml", "nbconvert", "tinycss2", "jupyterlab", "pytest")
REFERENCE = re.compile(r"\[@((?:fig|tbl|eq):[a-z0-9-]+)[];]")


def shown(folder, name):
    """(kind, label) of the figures and tables that a notebook shows."""
    outputs = [output for cell in nbformat.read(folder / name, 4).cells for output in cell.get("outputs", [])]
    about = [output.get("metadata", {}).get("nbtypst", {}) for output in outputs]
    return [(report["kind"], report["label"]) for report in about if report.get("label")]


def test_all_notebooks_run_and_show_in_an_environment_that_cannot_print(light, folder):
    question = f"from importlib.util import find_spec; print([name for name in {OF_PRINT} if find_spec(name)])"
    command = [light / "env" / "bin" / "python", "-c", question]
    assert subprocess.check_output(command, text=True, cwd=light).strip() == "[]"  # noqa: S603
    for path in notebooks_of(folder):
        outputs = [output for cell in nbformat.read(path, 4).cells for output in cell.get("outputs", [])]
        kinds = {output.get("metadata", {}).get("nbtypst", {}).get("kind") for output in outputs}
        assert kinds & {"figure", "table"}, path.name
        assert not [output for output in outputs if output.output_type == "error"], path.name


@pytest.fixture(scope="module")
def report(folder):
    result = build([folder / name for name in NOTEBOOKS], folder / "report.pdf", code=False, toc=True)
    return PdfReader(result.path)


def test_the_report_has_at_most_18_pages_before_the_appendix_and_none_a_third_blank(report):
    appendix = next(entry for entry in report.outline if not isinstance(entry, list) and "measured" in entry.title)
    assert report.get_destination_page_number(appendix) <= 18
    assert max(largest_blank(page) for page in report.pages[:-1]) < 1 / 3


def test_figures_and_tables_of_the_report_are_printed_in_order(folder, report):
    kinds = [kind for name in NOTEBOOKS for kind, _ in shown(folder, name)]
    for kind in ("figure", "table"):
        assert numbers(report, kind.capitalize()) == list(range(1, kinds.count(kind) + 1))


def test_no_heading_of_the_report_stands_at_the_foot_of_a_page(report):
    for page in report.pages:
        assert min(body_runs(page))[2] not in outline_titles(report.outline)


def test_every_formula_of_the_notebooks_compiles_alone_in_both_formats(tmp_path):
    sources = [cell.source for name in NOTEBOOKS for cell in nbformat.read(ROOT / name, 4).cells]
    found = re.findall(r"(\$\$.*?\$\$|(?<![$\\])\$[^$]+\$)", "\n\n".join(sources), re.DOTALL)
    formulas = list(dict.fromkeys(found))
    assert any(r"\odot" in formula for formula in formulas)
    path = notebook(tmp_path / "formulas.ipynb", *map(md, formulas), title="All")
    pdf = PdfReader(build([path], tmp_path / "formulas.pdf", strict=True).path)
    page = build([path], tmp_path / "formulas.html", strict=True).path.read_text(encoding="utf-8")
    expected = [re.sub(r"\\(label|tag)\{[^}]*\}", "", tex.strip("$")).split() for tex in formulas]
    assert [alt.split() for alt in alternatives(pdf, "/Formula")] == expected
    assert page.count("<math ") == len(expected)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_stock_html_has_every_figure_and_table_with_its_caption(folder, name):
    page, _ = HTMLExporter().from_filename(str(folder / name))
    labels = shown(folder, name)
    figures = re.findall('<img alt="No description[^>]*src="data:image/svg', page)  # not the small curve of a history
    assert len(figures) == sum(kind == "figure" for kind, _ in labels)
    of_histories = page.count("<table><thead><tr><th>training</th>")
    assert page.count("<table>") - of_histories == sum(kind == "table" for kind, _ in labels)
    for kind, label in labels:
        assert f"<strong>{kind.capitalize()}</strong> (<code>{label}</code>)" in page


def test_every_label_that_the_text_refers_to_can_be_seen_in_jupyter(folder):
    visible, wanted = set(), set()
    for name in NOTEBOOKS:
        visible |= {label for _, label in shown(folder, name)}
        source = "\n".join(cell.source for cell in nbformat.read(folder / name, 4).cells)
        visible |= {f"eq:{tag}" for tag in re.findall(r"\\tag\{([^}]*)\}", source)}
        wanted |= set(REFERENCE.findall(source))
    assert wanted
    assert wanted <= visible


def missing_for_latex():
    """What stock `--to pdf` needs and this machine has not, as a sentence; None if all is there."""
    lacking = [name for name in ("xelatex", "pandoc") if not shutil.which(name)]
    if lacking:
        return f"no {' and no '.join(lacking)}: apt install texlive-xetex texlive-fonts-recommended pandoc, or alike"
    version = subprocess.run(["pandoc", "--version"], capture_output=True, text=True, check=True)  # noqa: S607
    numbers = tuple(map(int, re.search(r"\d+(\.\d+)+", version.stdout)[0].split(".")))
    if numbers >= (3, 8, 1):
        return "pandoc from 3.8.1 on and nbconvert's LaTeX template do not agree on tables (jupyter/nbconvert#2243)"
    return None


def nbconvert(folder, suffix, *arguments):
    """{name of a notebook: the text of its PDF}, of all notebooks, in a folder of their own and by one command."""
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "nbconvert", *arguments, "--output-dir", suffix, *NOTEBOOKS],
        cwd=folder,
        check=True,
        capture_output=True,
        timeout=600,
    )
    pdfs = {name: PdfReader((folder / suffix / name).with_suffix(".pdf")) for name in NOTEBOOKS}
    return {name: " ".join(page.extract_text() for page in pdf.pages) for name, pdf in pdfs.items()}


@pytest.mark.skipif(missing_for_latex() is not None, reason=str(missing_for_latex()))
def test_stock_latex_pdf_has_every_figure_and_table(folder):
    for name, text in nbconvert(folder, "latex", "--to", "pdf").items():
        squeezed = re.sub(r"[\s-]", "", text)
        for kind, label in shown(folder, name):
            assert f"{kind.capitalize()}({label})".replace("-", "") in squeezed, name


def test_each_notebook_alone_makes_a_pdf_through_nbconvert(folder):
    for name, text in nbconvert(folder, "alone", "--to", "typstpdf", "--no-input").items():
        for kind, label in shown(folder, name):
            assert re.search(rf"{kind.capitalize()}\s\d+\.", text), (name, label)
        assert "[@" not in text


def test_export_menu_of_jupyterlab_lists_the_exporter_and_gives_the_pdf(folder, tmp_path):
    with running_lab(folder, tmp_path, {}) as lab:
        assert lab.ask("nbconvert")["typstpdf"] == {"output_mimetype": "application/pdf"}
        kind, content = lab.get("nbconvert/typstpdf/task3.ipynb?download=true")
    assert kind.startswith("application/pdf")
    assert PdfReader(io.BytesIO(content)).metadata.title == "Task 3: Tricks of the trade"
