"""Groups, environments and matrices of TeX in words that pandoc reads; matrices for Typst marked by their kind."""

import re
from collections.abc import Callable, Sequence

from .scopes import CLOSES, OPENS, TOKEN
from .tex import mark

ENVIRONMENT = re.compile(r"(\\(begin|end)\s*\{(\w+\*?)\})")
SPECIFICATION = re.compile(r"\s*(?:\[\w\]\s*)?\{((?:[^{}]|\{[^{}]*\})*)\}")
BESIDE = {"aligned", "gathered", "split", "alignedat"}
ALIGNED_AT = re.compile(r"^\s*\{\d+\}")
WHOLES = {"equation", "equation*", "gather", "gather*", "align", "align*", "multline", "multline*", "displaymath"}
PLACED = re.compile(r"^\s*\[[tcb]\]")
STARRED = re.compile(r"\s*\[([lcr])\]")
WHOLE = re.compile(r"\s*\\begin\{(\w+\*?)\}(.*)\\end\{\1\}", re.DOTALL)
RULE = re.compile(r"\\(?:hline|hdashline|cline\s*\{[^{}]*\})")
DELIMITERS = {"array": "n", "matrix": "n", "smallmatrix": "n", "subarray": "n", "pmatrix": "p", "bmatrix": "b"}
DELIMITERS |= {"Bmatrix": "c", "vmatrix": "v", "Vmatrix": "w"}


def with_environments(tex: str, write: Callable[[str, str, str], str]) -> str:
    """`tex` with `write(name, body, name of the one around it)` for each environment, the inner ones first."""
    open_ones: list[tuple[str, str, list[str]]] = [("", "", [])]  # how each begins, its name, what is in it
    at = 0
    for found in ENVIRONMENT.finditer(tex):
        open_ones[-1][2].append(tex[at : found.start()])
        at = found.end()
        begin, name, inside = open_ones[-1]
        if found[2] == "begin":
            open_ones.append((found[1], found[3], []))
        elif begin and name == found[3]:
            open_ones.pop()
            open_ones[-1][2].append(write(name, "".join(inside), open_ones[-1][1]))
        else:
            inside.append(found[1])
    open_ones[-1][2].append(tex[at:])
    return "".join("".join([begin, *inside]) for begin, _, inside in open_ones)


def rows_of(body: str) -> list[list[str]]:
    """The cells of each row."""
    rows, depth = [[""]], 0
    for found in TOKEN.finditer(re.sub(r"(\\\\)\s*\[[^\]]*\]", r"\1", body)):
        depth += bool(OPENS.match(found[0])) - bool(CLOSES.match(found[0]))
        if depth == 0 and found[0] == "&":
            rows[-1].append("")
        elif depth == 0 and found[0] == r"\\":
            rows.append([""])
        else:
            rows[-1][-1] += found[0]
    return rows if len(rows) == 1 or any(cell.strip() for cell in rows[-1]) else rows[:-1]


def _joined(rows: list[list[str]]) -> str:
    return r"\\".join("&".join(row) for row in rows)


def with_numbers(tex: str, numbers: Sequence[str], *, typst: bool) -> str:
    """An environment, each row with its number in a column of its own; for Typst with a mark of where that stands."""
    found = WHOLE.match(tex)
    rows = rows_of(found[2]) if found else []
    if len(rows) != len(numbers):
        return tex
    width = max(map(len, rows))
    for number, (row, shown) in enumerate(zip(rows, numbers, strict=True)):
        words = mark(f"nbtag{number}") if typst else rf"\qquad\text{{{shown}}}" if shown else ""
        row += [""] * (width - len(row)) + [words]
    return f"{tex[: found.start(2)]}{_joined(rows)}{tex[found.end(2) :]}"


def environment(name: str, body: str, around: str, *, typst: bool, is_alone: bool) -> str:
    """An environment of TeX in the form that pandoc, or with `typst` Typst, takes.

    Rows that stand beside something, and not `is_alone`, are for Typst a matrix of one column, aligned in its cells.
    """
    bare = name.rstrip("*")
    body = PLACED.sub("", body) if bare in ("aligned", "gathered", "multlined") else body
    if bare == "eqnarray":  # its third column stands to the left, which only every second one does in Typst
        rows = [[row[0], " ".join(row[1:])] if len(row) > 2 else row for row in rows_of(body)]
        return rf"\begin{{align*}}{_joined(rows)}\end{{align*}}"
    if typst and bare in BESIDE and (around not in WHOLES if around else not is_alone):
        rows = [[mark("nbal").join(row)] for row in rows_of(ALIGNED_AT.sub("", body))]
        kind = mark(f"nbmatn{'c' if bare == 'gathered' or any('nbal' in row[0] for row in rows) else 'l'}VH")
        return rf"\begin{{Bmatrix}}{kind}{_joined(rows)}\end{{Bmatrix}}"
    if typst and bare in ("align", "aligned", "flalign") and "&" in body:
        rows = [[rf"\qquad {c}" if n and n % 2 == 0 else c for n, c in enumerate(row)] for row in rows_of(body)]
        return rf"\begin{{{name}}}{_joined(rows)}\end{{{name}}}"
    if typst and bare == "cases" and len(rows := rows_of(body)) > 1 and all(len(row) == 1 for row in rows):
        return rf"\begin{{cases}}{_joined([[*row, ''] for row in rows])}\end{{cases}}"  # else the brace has one row
    if bare not in DELIMITERS:
        return rf"\begin{{{name}}}{body}\end{{{name}}}"
    starred = STARRED.match(body) if name != bare else None
    given = SPECIFICATION.match(body) if bare in ("array", "subarray") else starred
    columns = re.sub(r"[@!><]\s*\{[^{}]*\}", "", given[1]) if given else ""
    body = body[given.end() :] if given else body
    return _matrix(bare, columns, body) if typst else _matrix_of_pandoc(bare, given, body)


def _matrix_of_pandoc(name: str, given: re.Match[str] | None, body: str) -> str:
    body = RULE.sub("", body)
    kind = "matrix" if name == "subarray" else name
    written = given[0] if given and name == "array" else ""
    return rf"\begin{{{kind}}}{written}{body}\end{{{kind}}}"


def _matrix(name: str, columns: str, body: str) -> str:
    """A matrix as Bmatrix, the one kind whose columns the writer keeps, with a mark of what it is."""
    rows = rows_of(body)
    rules = [len(RULE.findall(row[0])) for row in rows]
    rows = [[RULE.sub("", cell) for cell in row] for row in rows]
    rows = rows if len(rows) == 1 or any(cell.strip() for cell in rows[-1]) else rows[:-1]
    width = max(map(len, rows))
    letters = "".join(re.findall("[lcr]", columns)) or "c"
    letters = (letters + letters[-1] * width)[:width]
    bars = ([gap.count("|") + gap.count(":") for gap in re.split("[lcr]", columns)] + [0] * width)[: width + 1]
    rules = [*rules, 0][: len(rows) + 1]
    if max(bars + rules) > 1 or any((bars[0], bars[-1], rules[0], rules[-1])):
        kind = mark(f"nbframe{letters}V{'x'.join(map(str, bars))}H{'x'.join(map(str, rules))}")
        return rf"\begin{{Bmatrix}}{kind}{_joined(rows)}\end{{Bmatrix}}"
    lines, across = ("x".join(str(n) for n, count in enumerate(counts) if count) for counts in (bars, rules))
    if len(set(letters)) > 1:
        ways = {"l": f"{mark('nbal')}%s", "r": f"%s{mark('nbal')}", "c": "%s"}
        rows = [[ways[letters[n]].replace("%s", cell) for n, cell in enumerate(row)] for row in rows]
        letters = "c"
    kind = mark(f"nbmat{DELIMITERS[name]}{letters[0]}V{lines}H{across}")
    return rf"\begin{{Bmatrix}}{kind}{_joined(rows)}\end{{Bmatrix}}"
