"""Notebooks as the report sees them: a name, a folder, cells with a place to name in messages."""

from dataclasses import dataclass
from pathlib import Path

import nbformat

from .errors import ReportError

LEFT_OUT = "no-report"  # tag of a cell that stays out of the report


@dataclass(frozen=True)
class Notebook:
    """`name` stands in messages, `folder` is where its relative paths start, `node` is its content."""

    name: str
    folder: Path
    node: nbformat.NotebookNode

    @property
    def metadata(self):
        return self.node.metadata

    def place(self, index):
        """Where to look: notebook, number of the cell counted from 1 over all cells, and its first line."""
        first_line = next(iter(self.node.cells[index].source.strip().splitlines()), "")
        return f'{self.name}, cell {index + 1} ("{first_line[:60]}")'

    def cells(self):
        """(place, cell) of every cell that belongs in the report."""
        for index, cell in enumerate(self.node.cells):
            if LEFT_OUT not in cell.metadata.get("tags", []):
                yield self.place(index), cell

    def code_cells(self):
        """The cells that a kernel has something to do with."""
        return [cell for cell in self.node.cells if cell.cell_type == "code" and cell.source.strip()]

    def never_run(self):
        """Whether no code was ever executed, as in a notebook committed without outputs."""
        return all(cell.execution_count is None and not cell.outputs for cell in self.code_cells())


def read_notebook(path):
    """The notebook in the file `path`; ReportError if there is none or it is damaged."""
    path = Path(path)
    try:
        node = nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise ReportError(f"{path}: no such notebook; give the path of an .ipynb file") from None
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError, KeyError) as error:
        raise ReportError(f"{path}: not a valid notebook: {str(error)[:200]}") from None
    return Notebook(path.name, path.resolve().parent, node)
