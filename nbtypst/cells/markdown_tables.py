"""Tables of Markdown as JupyterLab has them: GitHub's rules, and formulas found before bars are.

A table is a line of cells above a line of hyphens with as many, and goes on to a blank line or another block; it may
follow a paragraph. Short rows are filled, long ones cut; a bar behind a backslash, in a formula or in code parts no
cells, but one between sums of money does: `| $5 | $10 |`.
"""

import re
from typing import Any

from mistune import BlockParser, BlockState, Markdown
from mistune.helpers import BLOCK_TAGS

HYPHENS = r"(?:\|[ \t]*)?:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*"
HEAD = rf"^ {{0,3}}(?=[^\s])[^\n]+\n {{0,3}}(?={HYPHENS}(?:\n|\Z))(?=[^\n]*[|:])[^\n]+(?:\n|\Z)"
OTHER_BLOCK = re.compile(
    r"[ \t]*$| {4}| {0,3}(?:#{1,6}(?:\s|$)|>|```|~~~|(?:[*+-]|\d{1,9}[.)])[ \t]|([-*_])(?:[ \t]*\1){2,}[ \t]*$"
    rf"|: |\$\$|\\begin\{{|<!--|</?(?:{'|'.join(BLOCK_TAGS)})(?:[ />]|$))"
)
PIECE = re.compile(  # what may hold bars that are none, each at most as long as a line is in earnest
    r"\\\\\(.{1,5000}?\\\\\)|\$\$[^$]{1,5000}\$\$|(?<!\$)\$(?!\$|\d[^\\^_={}$|]*\|)(?:[^$\\]|\\.){1,5000}\$(?!\$)"
    r"|(?<!`)(?P<ticks>`++).{1,5000}?(?<!`)(?P=ticks)(?!`)|\\.|\|"
)
ALIGNS = {(True, True): "center", (True, False): "left", (False, True): "right", (False, False): None}


def tables(md: Markdown) -> None:
    """The plugin, to be loaded behind mistune's own, whose way to write tables it keeps."""
    md.block.specification.pop("nptable")
    md.block.register("table", HEAD, _parse)
    for rules in (md.block.rules, md.block.block_quote_rules, md.block.list_rules):
        rules[:] = [rule for rule in rules if rule != "nptable"]


def _parse(block: BlockParser, found: re.Match[str], state: BlockState) -> int | None:
    head, hyphens = found[0].rstrip("\n").split("\n")
    marks = [mark.strip() for mark in hyphens.strip().strip("|").split("|")]
    aligns = [ALIGNS[mark[0] == ":", mark[-1] == ":"] for mark in marks]
    names = cells(head)
    if len(names) != len(aligns):
        return None
    at, rows = found.end(), []
    while at < state.cursor_max:
        line = state.get_line(at)
        if OTHER_BLOCK.match(line.rstrip("\n")):
            break
        row = cells(line)[: len(aligns)]
        rows.append({"type": "table_row", "children": _written(row + [""] * (len(aligns) - len(row)), aligns, False)})
        at += len(line)
    thead = {"type": "table_head", "children": _written(names, aligns, True)}
    state.append_token({"type": "table", "children": [thead, {"type": "table_body", "children": rows}]})
    return at


def _written(row: list[str], aligns: list[str | None], head: bool) -> list[dict[str, Any]]:
    return [
        {"type": "table_cell", "text": text, "attrs": {"align": align, "head": head}}
        for text, align in zip(row, aligns, strict=True)
    ]


def cells(line: str) -> list[str]:
    """The cells of a line."""
    line = line.strip()
    pieces, at = [""], 0
    for found in PIECE.finditer(line):
        pieces[-1] += line[at : found.start()]
        at = found.end()
        if found[0] == "|":
            pieces.append("")
        else:
            is_formula = found[0][0] == "$" or found[0].startswith("\\\\(")
            pieces[-1] += found[0] if is_formula else found[0].replace("\\|", "|")
    pieces[-1] += line[at:]
    begun, ended = line.startswith("|"), len(pieces) > 1 and not pieces[-1].strip()
    return [piece.strip() for piece in pieces[begun : len(pieces) - ended]]
