r"""Chemical formulas and equations, `\ce{...}` as mhchem has it, which MathJax loads, in TeX that pandoc reads."""

import re

ARROWS = {"->": "rightarrow", "<-": "leftarrow", "<->": "leftrightarrow", "<-->": "leftrightarrow"}
TOKEN = re.compile(
    r"\$(?P<formula>[^$]*)\$|(?P<arrow><-->|<<?=>>?|<->|->|<-)\s*(?:\[(?P<above>[^\]]*)\])?\s*(?:\[(?P<below>[^\]]*)\])?"
    r"|(?<!\S)(?P<gas>\(?[v^]\)?)(?!\S)|\s+(?P<sum>[+-])\s+|\^(?:\{(?P<upper>[^{}]*)\}|(?P<charge>\d*[+-]+|-?\d+|\w))"
    r"|_(?:\{(?P<lower>[^{}]*)\}|(?P<index>-?\d+|\w))|(?P<command>\\[A-Za-z]+)"
    r"|(?<=[A-Za-z)\]}])(?P<count>\d+)|(?P<half>\d+)/(?P<whole>\d+)\s*|(?P<number>\d+(?:\.\d+)?)\s*"
    r"|(?<=[A-Za-z0-9)\]}])(?P<ion>[+-]+)(?=[\s)\]},]|$)|(?P<variable>(?<![A-Za-z])[a-z](?![A-Za-z)]))"
    r"|(?P<element>[A-Za-z]+)|(?P<bond>[-=#])|(?P<dot>[*.])|(?P<blank>\s+)"
)
ELEMENT = re.compile(r"(?<![A-Za-z\\\\])[A-Za-z]{2,}|[A-Z]")
BONDS = {"-": r"\text{−}", "=": r"\text{=}", "#": r"\text{≡}"}


def chemical(source: str) -> str:
    """What stands in `\\ce{...}` as TeX."""
    return TOKEN.sub(_written, source.strip())


def _written(found: re.Match[str]) -> str:
    kind, text = found.lastgroup, found[found.lastgroup]
    if found["arrow"]:
        return _arrow(ARROWS.get(found["arrow"]), *(chemical(found[side] or "") for side in ("above", "below")))
    if found["whole"]:
        return rf"\tfrac{{{found['half']}}}{{{text}}}\,"
    if kind in ("upper", "lower"):
        return f"{'^' if kind == 'upper' else '_'}{{{ELEMENT.sub(_upright, text)}}}"
    return {
        "formula": text,
        "gas": r"\downarrow " if "v" in text else r"\uparrow ",
        "sum": f" {text} ",
        "charge": f"^{{{text}}}",
        "ion": f"^{{{text}}}",
        "index": f"_{{{text}}}",
        "count": f"_{{{text}}}",
        "number": rf"{text}\,",
        "element": rf"\mathrm{{{text}}}",
        "bond": BONDS.get(text, ""),
        "dot": r"\cdot ",
        "blank": r"\ ",
    }.get(kind, f"{text} ")


def _upright(found: re.Match[str]) -> str:
    return rf"\mathrm{{{found[0]}}}"


def _arrow(name: str | None, above: str, below: str) -> str:
    if name and (above or below):
        return rf" \x{name}[{below}]{{{above}}} " if below else rf" \x{name}{{{above}}} "
    shown = rf"\long{name} " if name else r"\rightleftharpoons "
    shown = rf"\overset{{{above}}}{{{shown}}}" if above else shown
    return rf" \underset{{{below}}}{{{shown}}} " if below else f" {shown} "
