"""How long notebooks take to become PDF, and how much memory: by nbtypst, and where they are at hand by other ways.

Notebooks with typical cells are made, and 1 to 60 of them exported, each time in a process of its own. Seconds are
medians of several runs, without the start of Python and the loading of modules.
"""

import base64
import io
import resource
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np
import pypdfium2
from matplotlib.figure import Figure
from nbformat import NotebookNode, v4, write

from nbtypst import NotebookWarning, build

from . import report, setting

SIZES = (1, 5, 20, 60)
RUNS = 3
OTHERS = 5  # notebooks that other ways export
PROSE = "The loss falls with every epoch, first fast and then more slowly, since the gradient shrinks with the error. "
FORMULA = r"With $w := w - \alpha \frac{\partial C}{\partial w}$ and $|w| < 1$ it is $$C = -\sum_k t_k \ln y_k .$$"
CHROMIUM = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def notebook(number: int) -> NotebookNode:
    """A notebook with what most have: headings, prose, formulas, code, printed lines, pictures, frames, lists."""
    stream = np.random.default_rng(number)
    cells = [v4.new_markdown_cell(f"# Notebook {number}\n\n{PROSE * 4}")]
    for section in range(6):
        cells += [
            v4.new_markdown_cell(f"## Section {section}\n\n{PROSE * 3}\n\n{FORMULA}\n\n- one\n- *two*\n- `three`"),
            _code("for epoch in range(10):\n    print(epoch, train(model))", [_printed(stream)]),
            _code("plt.plot(losses)", [_picture(stream)]),
            _code("frame.head()", [_frame(stream)]),
            v4.new_markdown_cell(f"{PROSE * 5}\n\n| a | b |\n|---|--:|\n| x | 1 |\n| y | 2 |"),
        ]
    return v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})


def _code(source: str, outputs: list[NotebookNode]) -> NotebookNode:
    return v4.new_code_cell(source, outputs=outputs, execution_count=1)


def _printed(stream: np.random.Generator) -> NotebookNode:
    lines = [f"epoch {epoch}: loss {loss:.4f}" for epoch, loss in enumerate(stream.random(10))]
    return v4.new_output("stream", name="stdout", text="\n".join(lines))


def _picture(stream: np.random.Generator) -> NotebookNode:
    figure = Figure(figsize=(6, 3))
    figure.subplots().plot(stream.random(50).cumsum())
    with io.BytesIO() as file:
        figure.savefig(file, format="png", dpi=100)
        data = base64.b64encode(file.getvalue()).decode()
    return v4.new_output("display_data", data={"image/png": data, "text/plain": "<Figure size 600x300 with 1 Axes>"})


def _frame(stream: np.random.Generator) -> NotebookNode:
    rows = [[f"<td>{value:.4f}</td>" for value in row] for row in stream.random((5, 6))]
    head = "".join(f"<th>column {column}</th>" for column in range(6))
    body = "".join(f"<tr><th>{number}</th>{''.join(row)}</tr>" for number, row in enumerate(rows))
    table = f'<table class="dataframe"><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>'
    return v4.new_output("execute_result", data={"text/html": table, "text/plain": "frame"}, execution_count=1)


def export(way: str, files: Sequence[Path], folder: Path) -> int:
    """Export `files` to PDF in `folder`, each or all as one; return the number of pages."""
    if way == "nbtypst, one PDF":
        return build(files, folder / "book.pdf").pages
    return sum(_export_one(way, file, folder / f"{file.stem}.pdf") for file in files)


def _export_one(way: str, file: Path, pdf: Path) -> int:
    if way == "nbtypst":
        return build(file, pdf).pages
    if way == "Chromium":
        from nbconvert.exporters import HTMLExporter

        page = pdf.with_suffix(".html")
        page.write_text(HTMLExporter(embed_images=True).from_filename(str(file))[0], encoding="utf-8")
        command = [_program("chromium"), *CHROMIUM, f"--print-to-pdf={pdf}", page.as_uri()]
    else:
        command = [sys.executable, "-m", "nbconvert", "--to", "pdf", "--output", str(pdf.with_suffix("")), str(file)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def _program(name: str) -> str:
    return shutil.which(name) or ""


def ways() -> Iterator[tuple[str, Sequence[int]]]:
    """Each way with the numbers of notebooks to try it on."""
    yield "nbtypst", SIZES
    yield "nbtypst, one PDF", SIZES
    if _program("chromium"):
        yield "Chromium", [1, OTHERS]
    if _program("xelatex") and _program("pandoc"):
        yield "xelatex", [1, OTHERS]


def measure(way: str, files: Sequence[Path]) -> dict[str, float]:
    """Seconds, pages, and the largest process's peak memory [MiB] of one export in this process."""
    from nbtypst.printing import typesetter, typesetting  # noqa: F401 - loaded before the clock runs, as Python is

    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", NotebookWarning)
        start = time.perf_counter()
        pages = export(way, files, Path(folder))
        seconds = time.perf_counter() - start
    typesetter.close()  # only of a process that has ended is its memory known
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return {"seconds": seconds, "pages": pages, "MiB": max(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024}


def row_of(way: str, count: int, files: Sequence[Path], runs: int) -> list[str]:
    """A row of the table: the medians of `runs` runs, each in a process of its own."""
    found = []
    for _ in range(runs):
        with setting.fresh_process() as process:
            found.append(process.submit(measure, way, files[:count]).result())
    seconds, memory = (median(one[name] for one in found) for name in ("seconds", "MiB"))
    pages = found[0]["pages"]
    print(f"{way}, {count}: {seconds:.2f} s", flush=True)
    return [
        way,
        str(count),
        str(pages),
        f"{seconds:.2f}",
        f"{seconds / count:.2f}",
        f"{seconds / pages:.3f}",
        f"{memory:.0f}",
    ]


def measured(*, quick: bool) -> report.Section:
    """Measure every way that is at hand; the section has their table."""
    with TemporaryDirectory() as folder:
        files = [Path(folder, f"notebook-{number:02}.ipynb") for number in range(2 if quick else max(SIZES))]
        for number, file in enumerate(files):
            write(notebook(number), file)
        table = [
            row_of(way, count, files, 1 if quick else RUNS)
            for way, counts in ways()
            for count in (counts[:1] if quick else counts)
        ]
    header = ["way", "notebooks", "pages", "seconds", "a notebook [s]", "a page [s]", "peak memory [MiB]"]
    return report.Section("export", report.markdown_table(header, table))
