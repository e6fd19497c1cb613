"""Any Jupyter notebook, or several, as one PDF through Typst: what Jupyter shows, on fine pages, from wheels alone.

    nbtypst.build(["first.ipynb", "second.ipynb"], "book.pdf")

On the command line, `jupyter nbconvert --to typstpdf any.ipynb` or `python -m nbtypst a.ipynb b.ipynb -o book.pdf`. In
a notebook, `Figure` and `Table` give what they show a caption, a number, a name to refer to, and an alternative text.
"""

from importlib import import_module

from .elements import Figure, Table
from .errors import NotebookError, NotebookWarning
from .style import TEXT_WIDTH_INCHES, figure_style

__all__ = [
    "TEXT_WIDTH_INCHES",
    "Built",
    "Figure",
    "NotebookError",
    "NotebookWarning",
    "Table",
    "build",
    "figure_style",
]
LATER = {"Built", "build"}


def __getattr__(name: str) -> object:
    """nbconvert and its kin are imported when something is built, not in every notebook that shows a figure."""
    if name not in LATER:
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return getattr(import_module(".building", __name__), name)
