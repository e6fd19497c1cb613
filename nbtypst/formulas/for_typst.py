"""What pandoc writes for Typst, put right: names that Typst has changed, spaces, brackets, and the marks of repairs."""

import re
from collections.abc import Callable

from .tex import MARK, with_quotes

Repair = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]
DELIMITERS = {"n": "#none", "p": '"("', "b": '"["', "c": '"{"', "v": '"|"', "w": '"‖"'}
ALIGNED = {"l": ", align: #left", "r": ", align: #right", "c": ""}
ARROWS = {"right": "r", "left": "l", "leftright": "l.r"}
ARROWS |= {"Right": "r.double", "Left": "l.double", "Leftright": "l.r.double"}
MATRIX = re.compile(rf'mat\(delim: "\{{", upright\("{MARK}nbmat([a-z])([lrc])V([\dx]*)H([\dx]*)"\) ?')
FRAME = re.compile(rf'mat\(delim: "\{{", upright\("{MARK}nbframe([lcr]+)V([\dx]+)H([\dx]+)"\) ?')
BEGINS, ENDS = rf'upright\("{MARK}nbfill', rf'upright\("{MARK}nbunfill"\)'
SCOPED = re.compile(rf'{BEGINS}(\w+?)fill"\)((?:(?!{BEGINS}).)*?){ENDS}')
WORD = r'((?:"[^"]*"|op\("[^"]*"\)|[^\s"()$]+))'
COMMAND = re.compile(rf"{MARK}nbcommand([A-Za-z]+)nbend")
STYLES = {
    name: f"math.{name}("
    for name in (
        "display",
        "inline",
        "script",
        "sscript",
        "limits",
        "underbracket",
        "overbracket",
        "underparen",
        "overparen",
    )
} | {"op": "math.op(limits: true, "}
WORDS = re.compile(r'((?<![\\/*:]) +)?((?:op\(|upright\()?"(?:[^"\\]|\\.)*"\)?)( +(?![/*]))?')
OPERATOR = re.compile(r'(.)"((?:[^"\\]|\\.)*)"')


def repaired_typst(markup: str) -> str | None:
    """The body of an equation made of what pandoc wrote; None if that is no formula."""
    markup = " ".join(markup.split())
    if not (markup.startswith("$") and markup.endswith("$") and len(markup) > 2):
        return None
    for pattern, replacement in FIRST:
        markup = pattern.sub(replacement, markup)
    markup = OPERATOR.sub(_operator, markup)
    markup = re.sub(r"cases\([^()]*(?:\([^()]*\)[^()]*)*\)", lambda found: found[0].replace(" & ", " & quad "), markup)
    markup = FRAME.sub(_frame, MATRIX.sub(_matrix, markup))
    for pattern, replacement in LAST:
        markup = pattern.sub(replacement, markup)
    while SCOPED.search(markup):
        markup = SCOPED.sub(_scoped, markup)
    markup = re.sub(rf' ?upright\("{MARK}nb(?:fill\w+|unfill|limits|scripts)"\)', "", markup)
    markup = WORDS.sub(_without_blanks, markup)
    return COMMAND.sub(r"\\\\\1", with_quotes(markup, r"\"")) + ".body"


def _operator(found: re.Match[str]) -> str:
    r"""\operatorname is bare text; \text is upright(text)."""
    before, text = found[1], found[2]
    if before == "(" or not re.search(r"[^\W\d_]", text) or f"{MARK}nbcommand" in text:
        return found[0]
    if text.startswith(f"{MARK}nblimits"):
        return f'{before}op("{text.removeprefix(f"{MARK}nblimits").strip()}", limits: #true)'
    return f'{before}op("{text}")'


def _limits(found: re.Match[str]) -> str:
    word = found[1].replace(f'"{MARK}nblimits', '"')
    return f"limits(op({word}))" if word.startswith('"') else f"limits({word})"


def _matrix(found: re.Match[str]) -> str:
    lines = [
        f"{name}: ({', '.join(given.split('x'))},)"
        for name, given in (("vline", found[3]), ("hline", found[4]))
        if given
    ]
    augment = f", augment: #({', '.join(lines)})" if lines else ""
    return f"mat(delim: {DELIMITERS[found[1]]}{ALIGNED[found[2]]}{augment}, "


def _frame(found: re.Match[str]) -> str:
    """An array with lines about it, or double ones, which Typst's own matrices have not."""
    beside, above = (f"#({lines.replace('x', ', ')},)" for lines in (found[2], found[3]))
    return f'framed(columns: #"{found[1]}", beside: {beside}, above: {above}, '


def _scoped(found: re.Match[str]) -> str:
    """In its colour or style, unless a bracket ends within."""
    body = found[2].strip()
    plain = re.sub(r'"(?:[^"\\]|\\.)*"|\\[^\s]', "", body)
    whole = plain.count("(") == plain.count(")") and plain.count("[") == plain.count("]")
    if not body or not whole:
        return f" {body} "
    call = STYLES.get(found[1], f'text(fill: rgb("{found[1]}"), ')
    if len(found[1]) == len("b123456") and found[1][0] == "b":
        return f' #box(fill: rgb("{found[1][1:]}"), outset: 2pt, math.equation(alt: " ", $ {body} $.body)) '
    return f" #{call}$ {body} $.body) "


def _interval(found: re.Match[str]) -> str:
    """What stands between brackets of which one is turned around, as in ]0, 1[."""
    first, inside, last = found.groups()
    return found[0] if first in "[(" and last in "])" else rf"lr(\{first}{inside}\{last})"


def _without_blanks(found: re.Match[str]) -> str:
    """Words without Typst's own blanks about them, which TeX has not; a comment keeps them apart."""
    if found[2].startswith("op("):
        return found[0]
    return f"{'/**/' if found[1] else ''}{found[2]}{'/**/' if found[3] else ''}"


FIRST: list[Repair] = [
    (re.compile(r"\\\| corner\.r\.t"), "bar.v)"),
    (re.compile(r"corner\.l\.b bar\.v\.double"), "mid(‖)"),
    (re.compile(r"corner\.l\.b \\\|"), "mid(bar.v)"),
    (re.compile(r"corner\.l\.b (\\?\S+)"), r"mid(\1)"),
    (re.compile(r"\.circle"), ".o"),
    (re.compile(r"square\.stroked\.tiny"), "square.stroked"),
    (re.compile(r"(?<![\w.])sect(?!\w)"), "inter"),
    (re.compile(r"#h\(0em\)"), "thick"),
    (re.compile(r"#h\(-1em\)"), "#h(-0.167em)"),
    (re.compile(rf'upright\("{MARK}nbspace(-?\d+)"\)'), lambda found: f"#h({int(found[1]) / 1000:g}em)"),
    (re.compile(rf'upright\("{MARK}nbarrow(\w+)"\)'), lambda found: f"stretch(arrow.{ARROWS[found[1]]})"),
    (re.compile(rf'{WORD} upright\("{MARK}nblimits"\)'), _limits),
    (re.compile(rf'{WORD} upright\("{MARK}nbscripts"\)'), r"scripts(\1)"),
    (re.compile(rf'upright\("{MARK}nbal"\)'), "&"),
    (re.compile(rf'upright\("{MARK}nbtag(\d+)"\)'), r"#tags.at(\1)"),
]
LAST: list[Repair] = [
    (re.compile(rf'upright\("{MARK}nbat"\)'), "&"),
    (re.compile(r"#scale\(x: (\d+)%, y: \d+%\)\[([a-z]+(?:\.[a-z]+)*)\]"), r"lr(size: #\1%, \2)"),
    (re.compile(r"\[\\\|\]"), "[│]"),
    (re.compile(r"\\\|"), r' class("normal", \\|)'),
    (re.compile(r"\[│\]"), r"[\\|]"),
    (re.compile(r"lr\(\\?([][()])([^][()]*?)\\?([][()])\)"), _interval),
    (re.compile(r"(?<!%, )bar\.v\.double"), 'class("normal", bar.v.double)'),
    (re.compile(r"#scale\(x: (\d+)%, y: \d+%\)\[\\?(.)\]"), r"lr(size: #\1%, \\\2)"),
    (re.compile(r"corner\.l\.t \{"), r"lr(\\{"),
    (re.compile(r"\} corner\.r\.t"), r"\\})"),
    (re.compile(r"corner\.l\.t"), "lr("),
    (re.compile(r"corner\.r\.t"), ")"),
]
