r"""Which equations are numbered, row by row, as MathJax's `autoNumber: "AMS"` has it, which nbconvert's pages use.

An `equation` or `multline` has one number, a `multline` in its last row; of `align`, `gather` and the like each row has
its own, but for `\notag`; starred ones have those of their tags. `\tag{x}` is shown as (x), `\tag*{x}` as x. Beyond
MathJax, a formula with a label has a number, too, since it can be referred to.
"""

import json
import re
from dataclasses import dataclass

import lxml.html
from lxml.html import HtmlElement

from .environments import rows_of
from .finding import math
from .pandoc import ask
from .scopes import LONGEST
from .tex import LABEL, TAG, UNNUMBERED, labels_and_tag

NUMBERED = re.compile(
    r"\s*\\begin\{(equation|align|gather|multline|eqnarray|alignat|flalign)(\*?)\}(.*)\\end\{\1\2\}", re.DOTALL
)
ONE_NUMBER = {"equation", "multline"}
NAMING = re.compile("|".join(one.pattern for one in (LABEL, TAG, UNNUMBERED)))
TEX = re.compile(r"[$\\{}~]|--")
LONGEST_TAG = 200
FORMULA, STAR = re.compile(r"\$[^$]*\$"), re.compile(r"\\ast(?![A-Za-z])|\*")


@dataclass(frozen=True)
class Row:
    """What names and numbers a row; `has_number`: without a tag it gets the next number."""

    labels: list[str]
    tag: str | None
    has_number: bool


def rows_to_number(tex: str) -> list[Row]:
    """The rows that have numbers of their own, all those of a formula; one for a formula with one number."""
    found = NUMBERED.match(tex[:LONGEST])
    name, star, body = found.groups() if found else ("", "*", "")
    rows = [tex[:LONGEST]]
    if found and name not in ONE_NUMBER:
        rows = ["&".join(row) for row in rows_of(body)]
        if star and not any(r"\tag" in row for row in rows[1:]):
            rows = [tex[:LONGEST]]
    return [Row(*labels_and_tag(row)[1:], has_number=not star and not UNNUMBERED.search(row)) for row in rows]


def part_rows(tree: HtmlElement) -> None:
    """Make formulas of their own of the rows of a `gather` or `multline`, which stand in no columns.

    `data-side` is where those of a `multline` stand that are not in the middle: "left" the first, "right" the last.
    """
    for formula in list(tree.find_class("math")):
        found = NUMBERED.match((formula.text or "")[:LONGEST])
        rows = ["&".join(row) for row in rows_of(found[3])] if found and found[1] in ("gather", "multline") else []
        if len(rows) < 2 or (found[1] == "gather" and len(rows_to_number(found[0])) < 2):
            continue
        names = [f"equation{found[2]}"] * len(rows)
        if is_one := found[1] == "multline":  # what names and numbers it belongs to its last row
            named = "".join(one[0] for row in rows for one in NAMING.finditer(row))
            rows = [NAMING.sub("", row) for row in rows]
            names[:-1], rows[-1] = ["equation*"] * (len(rows) - 1), rows[-1] + named
        parent, index = formula.getparent(), formula.getparent().index(formula)
        rows = [rf"\begin{{{name}}}{row}\end{{{name}}}" for name, row in zip(names, rows, strict=True)]
        made = [lxml.html.fragment_fromstring(math(row, display=True)) for row in rows]
        if is_one:
            made[0].set("data-side", "left")
            made[-1].set("data-side", "right")
        made[-1].tail = formula.tail
        parent[index : index + 1] = made


def words_of_tag(tag: str, seconds: float) -> str:
    """A tag as words: formulas in it with the signs that they show."""
    if not TEX.search(tag):
        return tag
    tag = FORMULA.sub(lambda found: STAR.sub("\u2217", found[0]), tag[:LONGEST_TAG])  # a sign, no asterisk
    answer = ask(["--sandbox", "-f", "latex", "-t", "plain", "--wrap=none"], tag, seconds)
    return tag if answer.problem else " ".join(answer.text.split())


def set_numbers(formula: HtmlElement, shown: list[str]) -> None:
    """Note the numbers of a formula, one or one of each row ("" for none)."""
    if len(shown) > 1 and any(shown):
        formula.set("data-numbers", json.dumps(shown))
    elif shown[0]:
        formula.set("data-number", shown[0])


def numbers_of(formula: HtmlElement) -> tuple[str, ...]:
    """The numbers of the rows of a formula; none if it has one number, or is not numbered."""
    return tuple(json.loads(formula.get("data-numbers", "[]")))
