r"""Commands of TeX that hold to the end of their group or cell, such as \bf, \color and \over: found in one pass."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

TOKEN = re.compile(  # what opens and closes groups, and what stands between cells
    r"\\left(?![A-Za-z])\s*(?:\\[A-Za-z]+|\\.|.)|\\right(?![A-Za-z])\s*(?:\\[A-Za-z]+|\\.|.)"
    r"|\\begin\s*\{[^{}]*\}(?:\s*\{[lcr|@\s]*\})?|\\end\s*\{[^{}]*\}|\\[A-Za-z]+|\\.|.",
    re.DOTALL,
)
OPENS, CLOSES = re.compile(r"\{|\\left(?![A-Za-z])|\\begin"), re.compile(r"\}|\\right(?![A-Za-z])|\\end")
BETWEEN = ("&", r"\\")
LONGEST = 50_000  # letters
DEEPEST = 40  # groups in each other
MOST_SCRIPTS = 8  # scripts in each other: pandoc takes twice as long for each

Write = Callable[[re.Match[str], str, str], str]  # (command, what stands before it, what behind) -> what they become


class TooMuchError(ValueError):
    """A formula is too long or too deep to be set; the message says which."""


@dataclass
class _Group:
    opener: str = ""
    pieces: list[str] = field(default_factory=list)
    cell: int = 0  # where the present cell begins, in `pieces`
    command: re.Match[str] | None = None
    begin: int = 0  # where that begins for which `command` holds

    def end_cell(self, write: Write) -> None:
        """Write the command that is open, with all for which it holds."""
        if self.command is not None:
            before, behind = "".join(self.pieces[self.cell : self.begin]), "".join(self.pieces[self.begin :])
            self.pieces[self.cell :] = [write(self.command, before, behind)]
        self.command = None


def scoped(tex: str, command: re.Pattern[str], write: Write) -> str:
    """`tex` with `write(command, before, behind)` for each cell in which one stands; a second one ends the first."""
    if not command.search(tex):
        return tex
    groups, at = [_Group()], 0
    while at < len(tex):
        given = command.match(tex, at)
        found = given or TOKEN.match(tex, at)
        at, token, group = found.end(), found[0], groups[-1]
        if given:
            group.end_cell(write)
            group.command, group.begin = given, len(group.pieces)
        elif OPENS.match(token):
            groups.append(_Group(token))
        elif CLOSES.match(token) and len(groups) > 1:
            group.end_cell(write)
            groups.pop()
            groups[-1].pieces.append("".join([group.opener, *group.pieces, token]))
        else:
            if token in BETWEEN or CLOSES.match(token):
                group.end_cell(write)
            group.pieces.append(token)
            group.cell = len(group.pieces) if token in BETWEEN else group.cell
    for group in groups:
        group.end_cell(write)
    return "".join(piece for group in groups for piece in [group.opener, *group.pieces])


def check_extent(tex: str, longest: int = LONGEST) -> None:
    """Raise TooMuchError for a formula that is too long or too deep."""
    if len(tex) > longest:
        raise TooMuchError(f"longer than {longest} letters")
    scripts, seen = [0], [False]  # of each open group: how many scripts it stands in; whether one came in it
    for found in TOKEN.finditer(tex):
        token = found[0]
        if token in ("^", "_"):
            seen[-1] = True
        elif OPENS.match(token):
            scripts.append(scripts[-1] + seen[-1])
            seen.append(False)
            if len(scripts) > DEEPEST or scripts[-1] > MOST_SCRIPTS:
                raise TooMuchError(f"nested deeper than {DEEPEST} groups or {MOST_SCRIPTS} scripts")
        elif CLOSES.match(token) and len(scripts) > 1:
            scripts.pop()
            seen.pop()


def outside_groups(tex: str) -> list[str]:
    """The tokens that stand in no group."""
    depth, tokens = 0, []
    for found in TOKEN.finditer(tex):
        depth -= bool(CLOSES.match(found[0]))
        if depth == 0:
            tokens.append(found[0])
        depth += bool(OPENS.match(found[0]))
    return tokens
