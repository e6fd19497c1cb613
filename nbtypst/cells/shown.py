"""What Jupyter shows of each cell, as HTML.

Jupyter Book's tags, Jupyter's own marks and the options say which parts of it are shown.
"""

import re
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from . import markdown, outputs
from .notebooks import Node, Notebook

if TYPE_CHECKING:
    from ..common.options import Options
    from ..pictures import Collected

REMOVED = {"remove-cell", "remove_cell", "hide-cell", "hide_cell"}
NO_INPUT = {"remove-input", "remove_input", "hide-input", "hide_input"}
NO_OUTPUT = {"remove-output", "remove_output", "hide-output", "hide_output"}
MAGIC = re.compile(r"%%(\w+)")
LANGUAGES = {"html": "html", "javascript": "javascript", "js": "javascript", "latex": "latex", "r": "r", "svg": "xml"}
SHELLS = {"bash", "sh", "script", "system", "sx"}


def _shows(cell: Node, options: "Options") -> bool:
    """Whether anything of the cell may be shown."""
    wanted = {"markdown": options.markdown, "code": options.code_cells, "raw": options.raw}
    return wanted[cell.cell_type] and not _tags(cell) & REMOVED


def _shows_input(cell: Node, options: "Options") -> bool:
    """Whether the source of a code cell is shown."""
    hidden = _jupyter(cell).get("source_hidden") or cell.metadata.get("hide_input")
    removed = cell.metadata.get("transient", {}).get("remove_source")  # set by TagRemovePreprocessor
    return options.code and not (hidden or removed or _tags(cell) & NO_INPUT)


def _shows_outputs(cell: Node, options: "Options") -> bool:
    """Whether the outputs of a code cell are shown."""
    return options.outputs and not (_jupyter(cell).get("outputs_hidden") or _tags(cell) & NO_OUTPUT)


def _tags(cell: Node) -> set[str]:
    return set(cell.metadata.get("tags", []))


def _jupyter(cell: Node) -> dict:
    marks = cell.metadata.get("jupyter", {})
    return marks if isinstance(marks, dict) else {}


def cells_of(notebook: Notebook, options: "Options") -> Iterator[tuple[str, Node]]:
    """(place, cell) of all cells of which something may be shown, notes at hand where they are called."""
    for index, cell in enumerate(_with_footnotes(notebook.node.cells)):
        if _shows(cell, options):
            yield notebook.place(index), cell


def _with_footnotes(cells: list[Node]) -> Iterator[Node]:
    sources = iter(markdown.with_footnotes([cell.source for cell in cells if cell.cell_type == "markdown"]))
    for cell in cells:
        yield Node(cell, source=next(sources)) if cell.cell_type == "markdown" else cell


def html_of(cell: Node, notebook: Notebook, options: "Options", collected: "Collected") -> str:
    """What the cell shows, as HTML."""
    if cell.cell_type == "markdown":
        if markdown.TOO_DEEP.search(cell.source):
            collected.remark(f"lists or quotations nested deeper than {markdown.DEEPEST} are shown as their source")
        return markdown.as_html(cell.source)
    if cell.cell_type == "raw":
        return _raw(cell, collected)
    shown = []
    if _shows_input(cell, options) and cell.source.strip():
        shown.append(markdown.code_block(cell.source, _language(cell.source, notebook.language)))
    if _shows_outputs(cell, options):
        shown.append(outputs.as_html(cell.outputs, cell.metadata.get("tags", []), collected, stderr=options.stderr))
    return "\n".join(shown)


def _language(source: str, language: str) -> str:
    magic = MAGIC.match(source)
    if not magic:
        return "python" if language in ("ipython", "python3") else language
    return "bash" if magic[1] in SHELLS else LANGUAGES.get(magic[1].lower(), language)


def _raw(cell: Node, collected: "Collected") -> str:
    """A raw cell's words, or Markdown; nbconvert's rule is to leave out what belongs to another format."""
    kind = str(cell.metadata.get("raw_mimetype") or cell.metadata.get("format") or "").lower()
    if "markdown" in kind:
        return markdown.as_html(cell.source)
    if kind in ("", "text/plain", "text"):
        return f'<pre class="output">{escape(cell.source)}</pre>' if cell.source.strip() else ""
    what = f"a raw cell of another format ({kind})"
    return f"<div>{collected.box(f'{what} is left out', what)}</div>"


def plain_text(cell: Node) -> str:
    """All words of a cell, for when nothing better can be shown."""
    texts = [cell.source]
    for output in cell.get("outputs", []):
        texts.append(output.get("text") or output.get("data", {}).get("text/plain") or "")
    return "\n\n".join(str(text) for text in texts if text)
