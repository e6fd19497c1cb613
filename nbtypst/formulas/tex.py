"""TeX of formulas: macros, labels, and what has to be said in other words so that pandoc reads it as MathJax does."""

import html
import re
from dataclasses import dataclass
from functools import lru_cache

MARK, QUOTE = "\ufdd0", "\ufdd1"  # begins marks of our own; a straight quotation mark within words: no formula has them
OPENING, CLOSING = "\ufdd4", "\ufdd5"  # quotation marks in words, which pandoc would take for signs of TeX
IN_WORDS = {chr(34): QUOTE, "``": OPENING, "“": OPENING, "''": CLOSING, "”": CLOSING, "`": "‘", "´": "’"}
OUR_OWN = re.compile("[\ufdd0-\ufdef]")
BRACED = r"\{((?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*)\}"  # four braces deep
NAME = r"\s*(?:\{\s*\\([A-Za-z]+|[^A-Za-z])\s*\}|\\([A-Za-z]+|[^A-Za-z]))"
DEFINITION = re.compile(
    rf"\\(?:re|provide)?newcommand\*?{NAME}\s*(?:\[\d\]\s*)?(?:\[[^\]]*\]\s*)?{BRACED}"
    rf"|\\g?def\s*\\([A-Za-z]+|[^A-Za-z])((?:\s*#\d)*)\s*{BRACED}"
    rf"|\\DeclareMathOperator\*?{NAME}\s*{BRACED}"
    rf"|\\let\s*\\([A-Za-z]+)\s*=?\s*(?:\\[A-Za-z]+|\S)"
)
LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
TAG = re.compile(rf"\\tag(\*?)\s*{BRACED}")
UNNUMBERED = re.compile(r"\\(?:nonumber|notag)(?![A-Za-z])")
COLOUR = re.compile(r"\\(?:color|textcolor|colorbox)\s*(?:\[[^\]]*\])?\s*\{[^{}]*\}")
GROUPING = re.compile(r"\d[\d{},.]*\d")
DELIMITER = re.compile(r"\\(left|right)\s*(\\[A-Za-z]+|\\.|.)", re.DOTALL)


def sign(code: int) -> str:
    """The sign of a code point; none for half a sign, or what is none."""
    return "" if 0xD800 <= code < 0xE000 or 0xFDD0 <= code < 0xFDF0 or code > 0x10FFFD or code < 32 else chr(code)


def mark(name: str) -> str:
    """A mark that pandoc leaves as it is, and no author can write."""
    return rf"\text{{{MARK}{name}}}"


FONTS = {
    "bf": "mathbf", "rm": "mathrm", "it": "mathit", "cal": "mathcal", "tt": "mathtt", "sf": "mathsf",
    "frak": "mathfrak",
}  # fmt: skip
REWRITTEN = [  # what pandoc does not know, in words that it knows; MathJax knows both
    (re.compile(r"&(lt|gt|amp);"), lambda found: html.unescape(found[0])),
    (re.compile(r"\\require\s*\{[^{}]*\}"), ""),
    (re.compile(r"\\middle(?![A-Za-z])\s*"), ""),
    (re.compile(r"\\unicode\s*\{x([0-9A-Fa-f]{2,5})\}"), lambda found: sign(int(found[1], 16))),
    (re.compile(r"\\(?:hline|cline\s*\{[^{}]*\})"), ""),
    (re.compile(r"\\(?:displaystyle|textstyle|scriptstyle|limits|nolimits)(?![A-Za-z])"), ""),
    (re.compile(r"\{\\(bf|rm|it|cal|tt|sf|frak)(?![A-Za-z])\s*([^{}]*)\}"), lambda f: rf"\{FONTS[f[1]]}{{{f[2]}}}"),
    (re.compile(r"\\(bf|rm|it|cal|tt|sf|frak)(?![A-Za-z])\s*(?=\{)"), lambda f: rf"\{FONTS[f[1]]}"),
    (re.compile(r"\\(bf|rm|it|cal|tt|sf|frak)(?![A-Za-z])\s*([A-Za-z0-9])"), lambda f: rf"\{FONTS[f[1]]}{{{f[2]}}}"),
    (re.compile(r"\\\|"), r"\\Vert "),
    (re.compile(r'["“”]'), r"\\text{''}"),
    (re.compile(r"[`´]"), r"\\text{'}"),
    (re.compile(r"(?<!\\)#"), r"\\#"),
    (re.compile(r"\\\\\s*$"), ""),
]  # fmt: skip


def with_quotes(markup: str, straight: str) -> str:
    """What pandoc wrote, with the quotation marks that stood in words; `straight` is how a straight one is written."""
    return markup.replace(QUOTE, straight).replace(OPENING, "“").replace(CLOSING, "”")


@dataclass(frozen=True)
class Formula:
    """A formula as its author wrote it: what stands between the delimiters, or a whole environment.

    `macros` are the definitions that hold there, as TeX; `numbers` are those of its rows, if each has its own.
    """

    tex: str
    display: bool
    macros: str = ""
    numbers: tuple[str, ...] = ()


def definitions(tex: str) -> tuple[str, str]:
    """(the definitions of macros in `tex`, one behind the other; `tex` without them)."""
    found = [match[0] for match in DEFINITION.finditer(tex)]
    return "".join(found), DEFINITION.sub("", tex) if found else tex


def macros_used(tex: str, macros: str) -> str:
    """`macros` if one of them stands in `tex`, else nothing."""
    names = _defined(macros)
    return macros if any(name in names for name in re.findall(r"\\([A-Za-z]+|[^A-Za-z])", tex)) else ""


@lru_cache(maxsize=64)
def _defined(macros: str) -> set[str]:
    return {name for match in DEFINITION.finditer(macros) for name in match.groups() if name}


def labels_and_tag(tex: str) -> tuple[str, list[str], str | None]:
    """(`tex` without what names and numbers it; its labels; its tag as it is shown, or None)."""
    tags = [found[2] if found[1] else f"({found[2]})" for found in TAG.finditer(tex)]
    rest = UNNUMBERED.sub("", TAG.sub("", LABEL.sub("", tex)))
    return rest, LABEL.findall(tex), tags[0] if tags else None


def without_colour(tex: str) -> str:
    """`tex` without commands of colour, which the writers lose."""
    return COLOUR.sub("", tex)


def prepared(tex: str) -> str:
    """`tex` in words that pandoc reads as MathJax would read the author's."""
    tex = tex.strip()
    for pattern, replacement in REWRITTEN:
        tex = pattern.sub(replacement, tex)
    return GROUPING.sub(_one_number, tex).strip()


def _one_number(found: re.Match[str]) -> str:
    """50{,}880 is one number; pandoc would set a space behind the comma."""
    return rf"\text{{{found[0].replace('{,}', ',')}}}" if "{,}" in found[0] else found[0]


def with_pairs_marked(tex: str) -> str:
    r"""\left. x \right| as \ulcorner x | \urcorner: pandoc would not stretch a delimiter without its partner.

    For Typst alone, in whose markup lr(x |) is made of it.
    """
    found = list(DELIMITER.finditer(tex))
    alone, open_ones = set(), []
    for index, match in enumerate(found):
        if match[1] == "left":
            open_ones.append(index)
        elif open_ones:
            left = open_ones.pop()
            if "." in (found[left][2], match[2]):
                alone |= {left, index}
    pieces, end = [], 0
    for index, match in enumerate(found):
        pieces.append(tex[end : match.start()])
        end = match.end()
        shown = "" if match[2] == "." else match[2]
        if index in alone or not shown:
            pieces.append(rf"\ulcorner {shown} " if match[1] == "left" else rf" {shown}\urcorner ")
        else:
            pieces.append(match[0])
    return "".join([*pieces, tex[end:]])
