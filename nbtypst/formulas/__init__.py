"""TeX of formulas, and of LaTeX's tables: found, numbered, and converted to Typst, MathML and HTML."""

from .conversion import Converted, to_mathml, to_typst
from .finding import DOLLAR, formulas_in, math, tamed
from .latex import from_latex
from .mathml import tex_of
from .numbers import Row, numbers_of, part_rows, rows_to_number, set_numbers, words_of_tag
from .pandoc import ask
from .scopes import LONGEST
from .tex import Formula, definitions, labels_and_tag
