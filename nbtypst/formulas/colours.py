"""Colours of formulas, marked so that they outlast pandoc, which drops them."""

import re

from .repairs import with_arguments
from .scopes import scoped
from .tex import mark

VALUE = r"(?![A-Za-z])\s*(?:\[(\w+)\])?\s*\{\s*([^{}]*?)\s*\}"
GROUND = r"\\colorbox" + VALUE
SWITCH, COMMAND = re.compile(r"\\color" + VALUE), r"\\textcolor" + VALUE
NAMES = {  # as MathJax and the browser show them
    "red": "ff0000", "green": "008000", "blue": "0000ff", "black": "000000", "white": "ffffff", "gray": "808080",
    "grey": "808080", "yellow": "ffff00", "orange": "ffa500", "purple": "800080", "magenta": "ff00ff", "cyan": "00ffff",
    "brown": "a52a2a", "pink": "ffc0cb", "teal": "008080", "violet": "ee82ee", "navy": "000080", "darkred": "8b0000",
    "darkgreen": "006400", "darkblue": "00008b", "lime": "00ff00", "olive": "808000", "maroon": "800000",
}  # fmt: skip


def with_colours_marked(tex: str) -> tuple[str, bool]:
    r"""(`tex` in which marks stand about what has a colour; whether a colour is lost).

    \\color holds to the end of its group, as in LaTeX and in JupyterLab's MathJax.
    """
    lost = False

    def coloured(found: re.Match[str], body: str) -> str:
        nonlocal lost
        code = code_of(found[1], found[2])
        lost = lost or code is None
        return f"{{{mark(f'nbfill{code}fill')}{body}{mark('nbunfill')}}}" if code and body.strip() else f"{{{body}}}"

    def on_ground(found: re.Match[str], body: str) -> str:
        nonlocal lost
        code = code_of(found[1], found[2])
        lost = lost or code is None
        words = rf"\text{{{body}}}"
        return f"{{{mark(f'nbfillb{code}fill')}{words}{mark('nbunfill')}}}" if code else words

    tex = with_arguments(tex, GROUND, 1, on_ground)
    tex = with_arguments(tex, COMMAND, 1, coloured)
    return scoped(tex, SWITCH, lambda found, before, body: before + coloured(found, body)), lost


def code_of(model: str | None, name: str) -> str | None:
    """The six digits of a colour by its name or numbers; None if it has none."""
    if model in ("HTML", None) and (code := re.fullmatch(r"#?([0-9A-Fa-f]{6})", name)):
        return code[1].lower()
    if model == "rgb" and re.fullmatch(r"(?:[01]?\.?\d*\s*,?\s*){3}", name):
        parts = [float(part) for part in name.split(",") if part.strip() not in ("", ".")]
        return "".join(f"{round(255 * min(part, 1)):02x}" for part in parts) if len(parts) == 3 else None
    return NAMES.get(name.lower()) if model is None else None
