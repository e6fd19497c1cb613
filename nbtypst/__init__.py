"""Any Jupyter notebook, or several, as one PDF through Typst: what Jupyter shows, on fine pages, from wheels alone.

    nbtypst.build(["first.ipynb", "second.ipynb"], "book.pdf")

On the command line, `jupyter nbconvert --to typstpdf any.ipynb` or `python -m nbtypst a.ipynb b.ipynb -o book.pdf`. In
a notebook, `Figure` and `Table` give what they show a caption, a number, a name to refer to, and an alternative text.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from .common.errors import NotebookError, NotebookWarning
from .elements import TEXT_WIDTH_INCHES, Figure, Table, figure_style

if TYPE_CHECKING:
    from .building import Built, build
    from .cells.execution import execute
    from .cells.notebooks import Notebook, read_notebook
    from .cells.outputs import register_output
    from .common.programs import program_versions

__version__ = "1.1.0"

__all__ = [
    "TEXT_WIDTH_INCHES",
    "Built",
    "Figure",
    "Notebook",
    "NotebookError",
    "NotebookWarning",
    "Table",
    "build",
    "execute",
    "figure_style",
    "program_versions",
    "read_notebook",
    "register_output",
]
LATER = {  # what reads, runs and prints notebooks, with the module it lives in
    "Built": "building",
    "Notebook": "cells.notebooks",
    "build": "building",
    "execute": "cells.execution",
    "program_versions": "common.programs",
    "read_notebook": "cells.notebooks",
    "register_output": "cells.outputs",
}


def __getattr__(name: str) -> object:
    """nbconvert and its kin are imported when something is built, not in every notebook that shows a figure."""
    if name not in LATER:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(f".{LATER[name]}", __name__), name)
