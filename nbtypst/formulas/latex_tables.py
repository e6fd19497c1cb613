r"""LaTeX's tables in words that pandoc reads, and what pandoc makes of them, put right.

What decides is LaTeX, with booktabs, longtable, makecell, multirow, colortbl and siunitx: the rows above the first rule
across the table are its head, of which a `longtable` has one; rules are lines between rows, never words;
`\makecell{a \\ b}` is two lines of one cell. Rules about the table and below its head are those that all tables have.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import lxml.html

from .colours import code_of
from .environments import rows_of
from .macros import argument
from .repairs import with_arguments
from .scopes import check_extent
from .tex import MARK, OUR_OWN

LONGEST = 500_000  # letters of an output's LaTeX
MOST_COLUMNS = 1000
TABLE = re.compile(r"\\(begin|end)\s*\{(tabular[*xy]?|longtable\*?|xltabular|supertabular\*?)\}")
WITH_WIDTH = ("tabular*", "tabularx", "tabulary", "xltabular", "supertabular*")
COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*\n?[ \t]*")
BRACKETS = re.compile(r"\s*(?:\[[^\]]*\])?")
GIVEN = r"\s*(?:\[[^\]]*\]\s*)?"
NEW_ROW = re.compile(r"\\tabularnewline(?![A-Za-z])|\\\\\*")
RULES = re.compile(
    rf"\s*(?:(?P<across>\\(?:(?:top|mid|bottom)rule|[hH]line|hdashline|firsthline|lasthline)(?![A-Za-z])(?:\s*\[[^\]]*\])?"
    rf"|\\specialrule(?:\s*\{{[^{{}}]*\}}){{3}})"
    rf"|\\c(?:midrule|line|dashline){GIVEN}(?:\([^)]*\))?\s*\{{\s*(?P<first>\d{{1,3}})\s*-\s*(?P<last>\d{{1,3}})\s*\}}"
    rf"|\\(?:addlinespace|morecmidrules|(?:no)?pagebreak)(?![A-Za-z])(?:\s*\[[^\]]*\])?|\\label\s*\{{[^{{}}]*\}}"
    rf"|\\(?:noalign|arrayrulecolor|rowcolor){GIVEN}\{{[^{{}}]*\}})"
)
CAPTION = r"\\caption\*?\s*(?:\[[^\]]*\])?(?=\s*\{)"
PARTS = re.compile(r"\\(endfirsthead|endhead|endfoot|endlastfoot)(?![A-Za-z])")
COLUMN = re.compile(r"\*\s*\{\s*(\d{1,3})\s*\}\s*\{([^{}]*)\}")
BESIDE = re.compile(r"[@!><]\s*\{(?:[^{}]|\{[^{}]*\})*\}|\[[^\]]*\]|\{(?:[^{}]|\{[^{}]*\})*\}")
SPAN = re.compile(r"\s*\\multicolumn\s*\{\s*(\d{1,3})\s*\}")
DOWN = re.compile(r"\s*\\multirow(?:\s*\[[^\]]*\])?\s*\{\s*(\d{1,4})\s*\}(?:\s*\[[^\]]*\])?")
STACKED = rf"\\(?:makecell|thead|shortstack|rothead|rotcell|Centerstack)\*?{GIVEN}(?=\{{)"
TURNED = rf"\\(?:rotatebox|raisebox|scalebox|parbox){GIVEN}(?=\{{)"
COLOUR = re.compile(r"\{?\s*\\(cell)?color(?![A-Za-z])\s*(?:\[(\w+)\])?\s*\{([^{}]*)\}(?(1)\s*\}|\s*)")
RULE = "border-bottom:1px solid"
MARKS = re.compile(rf"{MARK}(h?)(b?)(?:f(\w{{6}}))?(?:i(\w{{6}}))?{MARK}\s*")


@dataclass
class _Row:
    cells: list[str]
    ruled: set[int] = field(default_factory=set)  # columns, from 0, below which a rule stands
    is_whole: bool = False  # the rule goes across the table


@dataclass
class _Cell:
    begin: str  # of what spans columns or rows
    body: str
    last: int  # the last row that it spans
    end: str = ""
    has_rule: bool = False


def readable(tex: str) -> str:
    """`tex` with its tables as pandoc reads them, and marks of what it would lose.

    Raises TooMuchError for what is too long or too deep.
    """
    check_extent(tex, LONGEST)
    return _outermost(COMMENT.sub(r"\1", OUR_OWN.sub("\ufffd", tex)), _table)


def _outermost(tex: str, write: Callable[[str, str], str]) -> str:
    """`tex` with `write(name, body)` for each table that stands in no other."""
    pieces, at, begin, depth, name = [], 0, 0, 0, ""
    for found in TABLE.finditer(tex):
        if found[1] == "begin" and not depth:
            pieces.append(tex[at : found.start()])
            at, begin, name = found.start(), found.end(), found[2]
        was, depth = depth, max(0, depth + (1 if found[1] == "begin" else -1))
        if was and not depth:
            pieces.append(write(name, tex[begin : found.start()]))
            at = found.end()
    return "".join([*pieces, tex[at:]])


def _split(name: str, body: str) -> tuple[str, list[list[str]]]:
    """(a letter for each column, the cells of each row) of a table."""
    at, given = 0, ""
    for _ in range(1 + (name in WITH_WIDTH)):
        at = BRACKETS.match(body, at).end()
        given, at = argument(body, at) or ("", at)
    return _letters(given), rows_of(NEW_ROW.sub(r"\\\\", _with_one_head(body[at:])))


def _letters(columns: str) -> str:
    columns = COLUMN.sub(lambda found: found[2] * min(int(found[1]), MOST_COLUMNS), columns)[: 20 * MOST_COLUMNS]
    columns = re.sub("[XLJpmb]", "l", BESIDE.sub("", columns)).replace("S", "r").replace("D", "r")
    return re.sub("[^lcr]", "", columns.lower())[:MOST_COLUMNS] or "l"


def _with_one_head(body: str) -> str:
    """A longtable's first head, its rows, and its last foot; what is repeated on its pages stands once."""
    parts, at = {"endhead": "", "endfoot": ""}, 0
    for found in PARTS.finditer(body):
        parts[found[1]] = body[at : found.start()]
        at = found.end()
    return parts.get("endfirsthead", parts["endhead"]) + body[at:] + parts.get("endlastfoot", parts["endfoot"])


def _table(name: str, body: str) -> str:
    captions: list[str] = []
    body = with_arguments(body, CAPTION, 1, lambda _, words: captions.append(words) or "")
    letters, cells = _split(name, body)
    rows: list[_Row] = []
    for row in cells:
        ruled, row[0] = _rules(row[0], len(letters))
        if rows and ruled:
            rows[-1].ruled |= ruled
            rows[-1].is_whole = len(rows[-1].ruled) == len(letters)
        if len(row) > 1 or row[0].strip():
            rows.append(_Row(row))
    head = next((number for number, row in enumerate(rows[:-1], 1) if row.is_whole), 0)
    for number in {head, len(rows)} - {0}:
        rows[number - 1].ruled = set()
    written = " \\\\\n".join(" & ".join(row) for row in _marked(rows, head))
    made = rf"\begin{{tabular}}{{{letters}}}{written} \\ \end{{tabular}}"
    return rf"\begin{{table}}\caption{{{captions[0]}}}{made}\end{{table}}" if captions else made


def _rules(cell: str, columns: int) -> tuple[set[int], str]:
    """(columns below which the rules stand with which a row begins, what follows them)."""
    ruled: set[int] = set()
    at = 0
    while found := RULES.match(cell, at):
        at = found.end()
        if found["across"]:
            ruled |= set(range(columns))
        elif found["first"]:
            ruled |= set(range(int(found["first"]) - 1, min(int(found["last"]), columns)))
    return ruled, cell[at:]


def _marked(rows: list[_Row], head: int) -> list[list[str]]:
    """The cells of each row, marks at their beginnings; a rule below a cell of several rows belongs to that."""
    standing: dict[int, _Cell] = {}  # in each column
    placed: list[list[_Cell]] = []
    for number, row in enumerate(rows):
        column, line = 0, []
        for written in row.cells:
            wide, cell = _cell(written, number)
            above = standing.get(column)
            covered = above is not None and number <= above.last and not cell.body.strip()
            owner = above if covered else cell
            owner.has_rule = owner.has_rule or (
                number == owner.last and bool(row.ruled & {*range(column, column + wide)})
            )
            if not covered:
                standing |= dict.fromkeys(range(column, column + wide), cell)
            line.append(cell)
            column += wide
        placed.append(line)
    return [
        [f"{cell.begin}{_body(cell, is_head=number < head)}{cell.end}" for cell in line]
        for number, line in enumerate(placed)
    ]


def _cell(tex: str, number: int) -> tuple[int, _Cell]:
    """How many columns a cell spans, and the cell."""
    wide, begin, end = 1, "", ""
    if (span := SPAN.match(tex)) and (spec := argument(tex, span.end())) and (body := argument(tex, spec[1])):
        wide, tex = max(1, int(span[1])), body[0]
        begin, end = rf"\multicolumn{{{wide}}}{{{_letters(spec[0])[0]}}}{{", "}"
    down = DOWN.match(tex)
    rows = 1
    if down and (width := argument(tex, down.end())) and (body := argument(tex, width[1])):
        rows, tex = max(1, int(down[1])), body[0]
        begin, end = rf"{begin}\multirow{{{rows}}}{{*}}{{", "}" + end
    return wide, _Cell(begin, tex, number + rows - 1, end)


def _body(cell: _Cell, *, is_head: bool) -> str:
    """A cell's words behind its mark; nothing for a blank one without a look."""
    fill = ink = ""

    def colour(found: re.Match[str]) -> str:
        nonlocal fill, ink
        if not (code := code_of(found[2], found[3])):
            return found[0]
        fill, ink = (f"f{code}", ink) if found[1] else (fill, f"i{code}")
        return ""

    body = COLOUR.sub(colour, cell.body)
    body = _outermost(body, lambda name, inner: _in_lines(_split(name, inner)[1]))
    body = with_arguments(body, STACKED, 1, lambda _, words: _in_lines(rows_of(words)))
    body = with_arguments(body, TURNED, 2, lambda _, __, words: words)
    body = re.sub(r"\\tnote(?=\s*\{)", r"\\textsuperscript", body)
    marks = "h" * is_head + "b" * cell.has_rule + fill + ink
    return f"{MARK}{marks}{MARK} {body}" if marks and (body.strip() or cell.has_rule or is_head or fill) else body


def _in_lines(rows: list[list[str]]) -> str:
    return "{" + r"\newline ".join(r" \quad ".join(row) for row in rows) + "}"


def with_looks(html: str) -> str:
    """HTML that pandoc wrote, its tables with the looks that the marks say."""
    if MARK not in html:
        return html
    body = lxml.html.fragment_fromstring(html, create_parent="div")
    for element in list(body.iter()):
        found = MARKS.search(element.text) if isinstance(element.tag, str) and element.text else None
        if not found:
            continue
        element.text = MARKS.sub("", element.text)
        cell = element if element.tag in ("td", "th") else next(element.iterancestors("td", "th"), element)
        looks = [cell.get("style", "").rstrip("; "), RULE if found[2] else ""]
        looks += [f"{name}:#{code}" for name, code in (("background-color", found[3]), ("color", found[4])) if code]
        cell.set("style", ";".join(filter(None, looks)))
        for other in cell.getparent() if found[1] else ():
            other.tag = "th"
    return lxml.html.tostring(body, encoding="unicode")
