"""Printed text as a terminal would show it in the end: lines rewritten, colours as HTML."""

import html
import re
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")
COLOUR = re.compile(r"\x1b\[[\d;]*m")
CURSOR = re.compile(r"[\r\b]")


def plain(text: str) -> str:
    """`text` as it stands on a terminal in the end, without colours."""
    return COLOUR.sub("", settled(text))


def settled(text: str) -> str:
    """`text` after carriage returns and backspaces have done their work; colours are kept as escape sequences."""
    kept = ESCAPES.sub(lambda found: found[0] if COLOUR.fullmatch(found[0]) else "", text)
    lines = kept.replace("\r\n", "\n").split("\n")
    return "\n".join(_overwritten(line) if CURSOR.search(line) else line for line in lines)


def _overwritten(line: str) -> str:
    """One line whose later letters take the places of earlier ones; each letter keeps the colours set before it."""
    shown: list[str] = []
    at, colour = 0, ""
    for piece in re.findall(r"\x1b\[[\d;]*m|.", line, re.DOTALL):
        if piece[0] == "\x1b":
            colour += piece
        elif piece == "\r":
            at, colour = 0, ""
        elif piece == "\b":
            at = max(0, at - 1)
        else:
            shown[at : at + 1] = [colour + piece]
            at, colour = at + 1, ""
    return "".join(shown) + colour


def as_html(text: str) -> str:
    """`text` as HTML with its colours as spans of class ansi-..., as in Jupyter."""
    settled_text = settled(text)
    if "\x1b" not in settled_text:
        return html.escape(settled_text, quote=False)
    return _colours().ansi2html(settled_text)


@cache
def _colours() -> ModuleType:
    """nbconvert's module, from its file: to import all of nbconvert takes longer than to print most notebooks."""
    file = Path(find_spec("nbconvert").origin).parent / "filters" / "ansi.py"
    spec = spec_from_file_location("nbconvert_filters_ansi", file)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
