"""A table of HTML -> Typst, so that it fits on the page."""

from .grid import TooLargeError
from .tables import TypstTable, beside, table
