"""Which parts of a cell are shown: Jupyter Book's tags, Jupyter's own marks, nbconvert's switches."""

from dataclasses import dataclass

from nbformat import NotebookNode

REMOVED = {"remove-cell", "remove_cell", "hide-cell", "hide_cell"}
NO_INPUT = {"remove-input", "remove_input", "hide-input", "hide_input"}
NO_OUTPUT = {"remove-output", "remove_output", "hide-output", "hide_output"}


@dataclass(frozen=True)
class Selection:
    """What is left out of every cell, as nbconvert's `exclude_...` options say; `stderr`: whether it is printed."""

    no_input: bool = False
    no_output: bool = False
    no_markdown: bool = False
    no_code_cell: bool = False
    no_raw: bool = False
    stderr: bool = False

    def shows(self, cell: NotebookNode) -> bool:
        """Whether anything of the cell may be shown."""
        left_out = {"markdown": self.no_markdown, "code": self.no_code_cell, "raw": self.no_raw}
        return not (left_out[cell.cell_type] or _tags(cell) & REMOVED)

    def shows_input(self, cell: NotebookNode) -> bool:
        """Whether the source of a code cell is shown."""
        hidden = _jupyter(cell).get("source_hidden") or cell.metadata.get("hide_input")
        removed = cell.metadata.get("transient", {}).get("remove_source")  # set by TagRemovePreprocessor
        return not (self.no_input or hidden or removed or _tags(cell) & NO_INPUT)

    def shows_outputs(self, cell: NotebookNode) -> bool:
        """Whether the outputs of a code cell are shown."""
        return not (self.no_output or _jupyter(cell).get("outputs_hidden") or _tags(cell) & NO_OUTPUT)


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))


def _jupyter(cell: NotebookNode) -> dict:
    marks = cell.metadata.get("jupyter", {})
    return marks if isinstance(marks, dict) else {}
