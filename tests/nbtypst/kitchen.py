"""Notebooks of another course, cooking times and pendulums, made for the tests; and what a PDF says."""

import base64
import ctypes
import io
import re
import warnings
from pathlib import Path
from typing import NamedTuple

import pypdfium2
from matplotlib.figure import Figure as MatplotlibFigure
from nbformat import v4, write
from pypdf import PdfReader
from pypdfium2 import raw

from nbtypst import NotebookWarning, build

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 150"><path d="M0 150 L300 0"/></svg>'
CAPTION, ALT = "A pendulum swings.", "A line rising from left to right."


def png(color="teal"):
    buffer = io.BytesIO()
    MatplotlibFigure(figsize=(1, 0.5)).savefig(buffer, format="png", facecolor=color)
    return buffer.getvalue()


def base64_png(color="teal"):
    return base64.b64encode(png(color)).decode()


def md(source, **fields):
    return v4.new_markdown_cell(source, **fields)


def run_code(source, *outputs, tags=(), **metadata):
    """A code cell that was run already, with these outputs."""
    metadata |= {"tags": list(tags)} if tags else {}
    return v4.new_code_cell(source, outputs=list(outputs), execution_count=1, metadata=metadata)


def shown(metadata=None, **data):
    """A display output; `text_plain=...` is the type text/plain, `svg=...` image/svg+xml."""
    names = {"svg": "image/svg+xml", "widget": "application/vnd.jupyter.widget-view+json"}
    types = {names.get(name, name.replace("_", "/")): content for name, content in data.items()}
    return v4.new_output("display_data", data=types, metadata=metadata or {})


def stream(text, name="stdout"):
    return v4.new_output("stream", name=name, text=text)


def figure_cell(label="fig:swing", caption=CAPTION, alt=ALT):
    about = {"kind": "figure", "label": label, "caption": caption, "alt": alt, "width": 80}
    return run_code("swing()", shown({"nbtypst": about}, svg=SVG, text_plain="Figure"))


def table_cell(label="tbl:eggs", rows=3, caption="Minutes for eggs."):
    text = "| egg | minutes |\n|:--|--:|\n" + "\n".join(f"| number {n} | {n}.5 |" for n in range(rows))
    about = {"kind": "table", "label": label, "caption": caption}
    return run_code("eggs()", shown({"nbtypst": about}, text_markdown=text))


def notebook(path, *cells, **metadata):
    node = v4.new_notebook(cells=list(cells), metadata=metadata)
    for number, cell in enumerate(node.cells):
        cell["id"] = f"cell-{number}"
    write(node, path)
    return path


def printed(folder, *cells, metadata=None, **options):
    """(the PDF of one notebook with these cells, what is shown less well), without the code unless asked for."""
    path = notebook(Path(folder) / "lab.ipynb", *cells, **({"title": "Lab"} | (metadata or {})))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotebookWarning)
        result = build([path], Path(folder) / "lab.pdf", **({"code": False} | options))
    return PdfReader(result.path), [remark.removeprefix("lab.ipynb, ") for remark in result.remarks]


def built(folder, *cells, **options):
    """The PDF of one notebook in which nothing is shown less well than in Jupyter."""
    pdf, remarks = printed(folder, *cells, **options)
    assert remarks == []
    return pdf


def text_of(pdf):
    """All text, words apart by one space, line-break hyphens gone."""
    text = " ".join(page.extract_text() for page in pdf.pages)
    return " ".join(re.sub(r"\u00ad|-\n(?=[a-z])", "", text).split())


def assert_says(text, there=(), not_there=()):
    """Assert that all of these words, and none of those, are in a text."""
    missing, unwanted = [one for one in there if one not in text], [one for one in not_there if one in text]
    assert not missing and not unwanted, f"missing: {missing}; unwanted: {unwanted}; in: {text}"  # noqa: PT018


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


def alternatives(pdf, kind="/Figure"):
    """The alternative texts of all elements of a kind, in their order."""
    return [alt for found, alt in structure(pdf) if found == kind]


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


def lines_drawn(page, along=0):
    """(from, to, where) of each level line, or with `along=1` of each upright one, in points."""
    found, start = [], (0.0, 0.0)

    def visit(operator, operands, matrix, _):
        nonlocal start
        if operator in (b"m", b"l"):
            x, y = (float(number) for number in operands)
            here = (matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5])
            if operator == b"l" and abs(here[1 - along] - start[1 - along]) < 0.1 and here[along] != start[along]:
                found.append((*sorted((start[along], here[along])), here[1 - along]))
            start = here

    page.extract_text(visitor_operand_before=visit)
    return found


class Word(NamedTuple):
    """A word of a PDF: its page from 0, its left and right edges, and how high its line stands, in points."""

    text: str
    page: int
    left: float
    right: float
    height: float


def words_of(folder):
    """All words that `printed` put there, in the order in which the PDF holds them."""
    found = []
    for number, page in enumerate(pypdfium2.PdfDocument(Path(folder) / "lab.pdf")):
        text, letters = page.get_textpage(), []
        for index in range(text.count_chars() + 1):
            letter = chr(raw.FPDFText_GetUnicode(text, index)) if index < text.count_chars() else " "
            if letter.strip():
                letters.append((letter, text.get_charbox(index), _baseline(text, index)))
            elif letters:
                edges = min(box[0] for _, box, _ in letters), max(box[2] for _, box, _ in letters)
                halves = "".join(letter for letter, _, _ in letters)  # of letters beyond 16 bits
                whole = halves.encode("utf-16", "surrogatepass").decode("utf-16")
                found.append(Word(whole, number, *edges, letters[0][2]))
                letters = []
    return found


def _baseline(text, index):
    across, height = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text, index, across, height)
    return height.value


def word(folder, text):
    """The first word of the PDF that is just `text`."""
    return next(one for one in words_of(folder) if one.text == text)


def share_of_colour(folder, colour, page=0):
    """How much of a page has a colour (red, green, blue; each may be off by 12), in parts of a thousand."""
    image = pypdfium2.PdfDocument(Path(folder) / "lab.pdf")[page].render(scale=2).to_pil().convert("RGB")
    counts = image.getcolors(image.width * image.height)
    near = sum(n for n, one in counts if all(abs(a - b) <= 12 for a, b in zip(one, colour, strict=True)))
    return 1000 * near / (image.width * image.height)
