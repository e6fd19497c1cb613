"""Macros of TeX: what stands for them, put in their place."""

import re
from dataclasses import dataclass
from functools import lru_cache

from .tex import DEFINITION, NAME

MOST = 2000  # replacements in one formula: with more, a macro stands for itself
LONGEST = 100_000  # letters of what comes of a formula
MOST_WORK = 1_000_000  # letters of all that is replaced
TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|.", re.DOTALL)
COMMAND = re.compile(rf"\\(re|provide)?newcommand\*?{NAME}\s*(?:\[(\d)\]\s*)?(?:\[([^\]]*)\]\s*)?")
DEF = re.compile(r"\\g?def\s*\\([A-Za-z]+|[^A-Za-z])((?:\s*#\d)*)\s*")
OPERATOR = re.compile(rf"\\DeclareMathOperator(\*?){NAME}\s*")
LET = re.compile(r"\\let\s*\\([A-Za-z]+)\s*=?\s*")
COMMAND_ITSELF = re.compile(r"\\([A-Za-z]+)")
LET_BE = re.compile(r"\\nblet(?=[A-Za-z])")  # \let copies a meaning, whatever its command stands for later
OPTIONAL = re.compile(r"\s*\[([^\]]*)\]")


FREE, SHARE, LOST = 50_000, 10, 20_000  # letters that macros may add to the formulas of a document: in any case, for
# each that its author wrote, and what one counts for of which there is no end


class EndlessMacroError(ValueError):
    """A macro that stands for itself, so that there is no end of replacing it."""


@dataclass(frozen=True)
class _Macro:
    body: str
    count: int = 0
    default: str | None = None


def argument(tex: str, start: int) -> tuple[str, int] | None:
    """(what a command that ends at `start` takes as its argument; where that ends); None if nothing is there."""
    while start < len(tex) and tex[start].isspace():
        start += 1
    if start >= len(tex) or tex[start] == "}":
        return None
    depth = 0
    for found in TOKEN.finditer(tex, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return (tex[start + 1 : found.start()] if tex[start] == "{" else found[0]), found.end()
    return None


class Expansion:
    """Macros replaced in the formulas of one document, of `letters` in all, as long as they do not come to too much."""

    def __init__(self, letters: int):
        self.room = FREE + SHARE * letters

    def expanded(self, tex: str, macros: str) -> str:
        """What `expanded` returns; EndlessMacroError too where those before have taken all room."""
        if not macros:
            return tex
        if self.room < 0:
            raise EndlessMacroError("macros, which come to too much in this document")
        try:
            made = expanded(tex, macros)
        except EndlessMacroError:
            self.room -= LOST
            raise
        self.room -= len(made) - len(tex)
        return made


def expanded(tex: str, macros: str) -> str:
    """`tex` with the macros that `macros` define replaced by what they stand for.

    Raises EndlessMacroError if that has no end.
    """
    table = _table(macros) if macros else {}
    at = count = work = 0
    while table and (found := TOKEN.search(tex, at)):
        macro = table.get(found[0][1:]) if len(found[0]) > 1 else None
        replaced = _replaced(tex, found.end(), macro) if macro else None
        if replaced is None:
            at = found.end()
            continue
        body, end = replaced
        count += 1
        work += end - found.start() + len(body)
        if found.start() and tex[found.start() - 1] in "^_":
            body = f"{{{body}}}"
        elif re.search(r"\\[A-Za-z]+$", body) and tex[end : end + 1].isalpha():
            body += " "
        tex, at = tex[: found.start()] + body + tex[end:], found.start()
        if count > MOST or len(tex) > LONGEST or work > MOST_WORK:
            raise EndlessMacroError(found[0])
    return LET_BE.sub(r"\\", tex)


def _replaced(tex: str, end: int, macro: _Macro) -> tuple[str, int] | None:
    """(what a macro whose name ends at `end` stands for there, where its arguments end); None if one is not there."""
    values: list[str] = []
    if macro.default is not None:
        given = OPTIONAL.match(tex, end)
        values.append(given[1] if given else macro.default)
        end = given.end() if given else end
    while len(values) < macro.count:
        taken = argument(tex, end)
        if taken is None:
            return None
        values.append(taken[0])
        end = taken[1]

    size = len(macro.body) + sum(len(value) * macro.body.count(f"#{n}") for n, value in enumerate(values, 1))
    if size > LONGEST:
        raise EndlessMacroError(f"#1 in {macro.body[:20]}")

    def value(found: re.Match[str]) -> str:
        number = int(found[1])
        return values[number - 1] if 0 < number <= len(values) else ""

    return re.sub(r"#(\d)", value, macro.body), end


@lru_cache(maxsize=64)
def _table(macros: str) -> dict[str, _Macro]:
    table: dict[str, _Macro] = {}
    for definition in DEFINITION.finditer(macros):
        source = definition[0]
        if found := COMMAND.match(source):
            name, body = found[2] or found[3], source[found.end() :].strip()[1:-1]
            if not (found[1] == "provide" and name in table):
                table[name] = _Macro(body, int(found[4] or 0), found[5])
        elif found := DEF.match(source):
            table[found[1]] = _Macro(source[found.end() :].strip()[1:-1], found[2].count("#"))
        elif found := OPERATOR.match(source):
            body = source[found.end() :].strip()[1:-1]
            table[found[2] or found[3]] = _Macro(rf"\operatorname{found[1]}{{{body}}}")
        elif found := LET.match(source):
            other = source[found.end() :].strip()
            table[found[1]] = table.get(other[1:], _Macro(COMMAND_ITSELF.sub(r"\\nblet\1", other)))
    return {name: macro for name, macro in table.items() if macro.body != f"\\{name}"}
