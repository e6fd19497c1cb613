"""A notebook's file -> what Jupyter shows of each cell, as HTML; `execution` runs notebooks before."""

from .notebooks import DEFAULT_TIMEOUT, Notebook, checked, parsed, read_notebook
from .shown import cells_of, html_of, plain_text
from .terminal import plain
