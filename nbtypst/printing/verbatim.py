"""Code and printed text as Typst markup: set in columns, long lines wrapped and marked.

Jupyter lets long lines scroll, and tabs go to every eighth column. A page cannot scroll: lines are wrapped, but those
of a box that was drawn of letters are set smaller, as long as they can be read.
"""

import re
from collections.abc import Callable

from lxml.html import HtmlElement

from . import markup
from .looks import terminal_style

DRAWN = re.compile("[\u2500-\u259f]")  # lines of boxes, which would be broken with their lines
CONTINUED = "↪ "
TAB = 8  # columns between tab stops
LEAST = 0.5  # of the size of code, to which what was drawn is set smaller
LONGEST = 2000  # letters of a line that is coloured
Run = tuple[str, tuple[str, ...]]  # words and the arguments of `text` for their look


def code(text: str, language: str, columns: int) -> str:
    """A block of code, its words coloured by Typst, unless a line is so long that this would take no end of time."""
    language = "text" if any(len(line) > LONGEST for line in text.split("\n")) else language
    lines = [piece for line in text.rstrip("\n").split("\n") for piece in _marked(_wrapped(line.rstrip(), columns))]
    arguments = [f"lang: {markup.string(language or 'text')}", markup.string("\n".join(lines))]
    return f"#raw(block: true, {', '.join(arguments)})"


def printed(element: HtmlElement, kind: str, columns: int, shown: Callable[[str], str]) -> str:
    """What was printed, `kind` "output" or "error", with its colours; `shown` replaces signs without a font."""
    lines = [_trimmed(line, columns) for line in _lines(element, shown)]
    texts = ["".join(words for words, _ in line) for line in lines]
    widest = max(map(_width, texts))
    if columns < widest <= columns / LEAST and any(map(DRAWN.search, texts)):
        body = " \\\n".join("".join(map(_run, line)) for line in lines)
        return f"#printed({markup.string(kind)}, share: {100 * columns / widest:.1f}%)[{body}]"
    if not any(look for line in lines for _, look in line):
        return code("\n".join(texts), kind, columns)
    pieces = [piece for line in lines for piece in _wrapped_runs(line, columns)]
    body = " \\\n".join("".join(map(_run, line)) for line in pieces)
    return f"#printed({markup.string(kind)})[{body}]"


def _marked(pieces: list[str]) -> list[str]:
    return [pieces[0], *(CONTINUED + piece for piece in pieces[1:])]


def _lines(element: HtmlElement, shown: Callable[[str], str]) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]

    at = 0  # the column, for tabs

    def add(words: str | None, look: tuple[str, ...]) -> None:
        nonlocal at
        for number, line in enumerate(shown(words or "").split("\n")):
            if number:
                lines.append([])
                at = 0
            if line:
                spread = _at_stops(line, at)
                lines[-1].append((spread, look))
                at += len(spread)

    def visit(node: HtmlElement, look: tuple[str, ...]) -> None:
        add(node.text, look)
        for child in node:
            if child.tag == "br":
                add("\n", look)
            visit(child, tuple(dict.fromkeys(look + terminal_style(child))))
            add(child.tail, look)

    visit(element, ())
    while lines and not any(words.strip() for words, _ in lines[-1]):
        lines.pop()
    return lines or [[]]


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # only for what is wide

    return len(text) if (wide := wcswidth(text)) < 0 else wide


def _trimmed(line: list[Run], columns: int) -> list[Run]:
    """One line without blanks at its end that reach beyond the last column."""
    over = sum(len(words) for words, _ in line) - columns
    while over > 0 and line and line[-1][0].endswith(" "):
        words, look = line.pop()
        kept = words[: max(len(words.rstrip(" ")), len(words) - over)]
        over -= len(words) - len(kept)
        if kept:
            line.append((kept, look))
            break
    return line


def _wrapped_runs(line: list[Run], columns: int) -> list[list[Run]]:
    """One line in pieces that fit, the later ones marked."""
    pieces: list[list[Run]] = []
    rest = line[::-1]  # the next one last
    for number, text in enumerate(_wrapped("".join(words for words, _ in line), columns)):
        piece: list[Run] = [(CONTINUED, ())] if number else []
        room = len(text)
        while room and rest:
            words, look = rest.pop()
            piece.append((words[:room], look))
            if len(words) > room:
                rest.append((words[room:], look))
            room -= min(room, len(words))
        pieces.append(piece)
    return pieces


def _run(run: Run) -> str:
    words, look = run
    names = [argument.partition(":")[0] for argument in look]
    last = [argument for index, argument in enumerate(look) if argument.partition(":")[0] not in names[index + 1 :]]
    calls = [argument[1:] for argument in last if argument[0] == "#"]
    arguments = [argument for argument in last if argument[0] != "#"]
    raw = f"raw({markup.string(words)})"
    written = f"#text({', '.join(arguments)}, {raw});" if arguments else f"#{raw};"
    for call in calls:
        written = f"#{call}[{written}];"
    return written


def _at_stops(words: str, column: int) -> str:
    """`words` that begin in a column, from 0, with blanks for tabs, which go to the next eighth."""
    return (" " * (column % TAB) + words).expandtabs(TAB)[column % TAB :] if "\t" in words else words


def _wrapped(line: str, columns: int) -> list[str]:
    """The pieces in which `line` fits into `columns`, broken after a blank where there is one in the second half."""
    line = line.expandtabs(TAB) if "\t" in line else line
    if len(line) <= columns and _width(line) <= columns:
        return [line]
    pieces, at, room, narrow = [], 0, columns, line.isascii()
    while (cut := at + max(1, room) if narrow else _fitting(line, at, room)) < len(line):
        space = line.rfind(" ", at + room // 2, cut) + 1
        pieces.append(line[at : space or cut])
        at, room = space or cut, columns - len(CONTINUED)
    return [*pieces, line[at:]]


def _fitting(line: str, start: int, columns: int) -> int:
    """Where those letters of `line` end that fit into `columns` from `start` on, at least one."""
    from wcwidth import wcwidth

    used = 0
    for index in range(start, len(line)):
        used += max(0, wcwidth(line[index]))
        if used > columns and index > start:
            return index
    return len(line)
