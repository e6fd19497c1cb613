"""The reference report's own rules: thin cells, nothing measured typed by hand, no outputs, every claim holds."""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat

from nbtypst import Notebook, read_notebook

from .common.files import write_whole
from .evidence.claims import State
from .report import BEYOND, ROOT, claims_of, executed, inputs_of_cells, lines_of, notebooks_of

LONGEST_CELL = 12  # lines of code; sentences do not count
LONGEST_LINE = 100  # letters, as wide as a cell of JupyterLab
DEFINES = re.compile(r"\s*(def|class|for|while|if|try|with)\b")
MEASURED = re.compile(r"\d[\d.,]* ?(%|percent|seconds?\b|s\b|nats|points)|\d{2},\d{3}")
MATHEMATICS = re.compile(r"\$\$.*?\$\$|\$[^$]*\$", re.DOTALL)


def problems(root: Path = ROOT) -> list[str]:
    """Return what is not as the reference report wants it, a line each: where, what, and what to do."""
    notebooks = [read_notebook(path) for path in notebooks_of(root)]
    beside = [read_notebook(path) for path in (root / BEYOND,) if path.is_file()]  # not run here: it takes an hour
    found = [line for notebook in notebooks + beside for line in _of_cells(notebook)]
    run, _ = executed(notebooks, inputs_of_cells(root))
    wrong = [f"{line}; write what was measured" for line in lines_of(claims_of(run), State.STRUCK)]
    fragile = [f"{line}; say less, or train more seeds" for line in lines_of(claims_of(run), State.FRAGILE)]
    return found + wrong + fragile


def clear(root: Path = ROOT) -> list[str]:
    """Empty the outputs of a folder's notebooks; return the names of those that had any."""
    changed = []
    for path in sorted(root.glob("*.ipynb")):
        notebook = read_notebook(path)
        if any(_has_outputs(cell) for cell in notebook.node.cells):
            for cell in notebook.code_cells():
                cell.outputs, cell.execution_count = [], None
            write_whole(path, nbformat.writes(notebook.node).encode())
            changed.append(path.name)
    return changed


def _of_cells(notebook: Notebook) -> Iterator[str]:
    for index, cell in enumerate(notebook.node.cells):
        place = notebook.place(index)
        if _has_outputs(cell):
            yield f"{place}: holds outputs; make clear empties them"
        if cell.cell_type == "code":
            lines = [line for line in cell.source.splitlines() if line.strip()]
            if defining := [line.strip() for line in lines if DEFINES.match(line)]:
                yield f"{place}: defines or decides ({defining[0]}); move it to helpers/ and call it"
            if long := [line for line in lines if len(line) > LONGEST_LINE]:
                yield f"{place}: a line of {max(map(len, long))} letters; more than {LONGEST_LINE} run out of the cell"
            code = [line for line in lines if not re.match(r"""\s*f?r?["']""", line)]
            if len(code) > LONGEST_CELL:
                yield f"{place}: {len(code)} lines of code; more than {LONGEST_CELL} belong in helpers/"
        elif found := MEASURED.search(MATHEMATICS.sub("", cell.source)):
            yield f'{place}: "{found[0]}" is typed by hand; let a claim say it from the results'


def _has_outputs(cell: nbformat.NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.outputs or cell.execution_count)
