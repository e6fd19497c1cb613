"""TeX that MathJax shows and pandoc does not read, or loses, in words that it reads.

What the Typst writer loses is marked by `tex.mark`, in text that no author can write; `for_typst` reads it.
"""

import re
from collections.abc import Callable
from functools import partial

from .chemistry import chemical
from .environments import environment, with_environments
from .macros import argument
from .scopes import outside_groups, scoped
from .tex import IN_WORDS, MARK, mark, sign

INFIX = re.compile(r"\\(over|atop|choose|brace|brack)(?![A-Za-z])")
SWITCH = re.compile(r"\\(bf|rm|it|tt|sf)(?![A-Za-z])\s*")
EMS = {"em": 1.0, "ex": 0.43, "pt": 0.1, "mm": 0.2845, "cm": 2.845, "in": 7.227, "mu": 1 / 18, "px": 0.075, "pc": 1.2}
UNIT = "em|ex|pt|mm|cm|in|mu|px|pc"
LENGTH = rf"(-?\d*\.?\d+)\s*({UNIT})"
TIGHT = r"[=+<>-]|\\(?:times|cdot|in|to|sim|approx|mid|pm|leq?|geq?|neq?|equiv|cup|cap)(?![A-Za-z])"
SPACE = re.compile(rf"\\(?:hspace\*?|mspace)\s*\{{\s*{LENGTH}\s*\}}|\\(?:hskip|mskip|kern|mkern)\s*{LENGTH}")
SIZE = re.compile(r"\\(?:tiny|Tiny|scriptsize|small|normalsize|large|Large|LARGE|huge|Huge)(?![A-Za-z])\s*")
REFERENCE = re.compile(r"\\(eq)?ref\s*\{([^{}]*)\}")
DOLLAR = re.compile(r"(?<!\\)\$")
INNER = re.compile(r"(\\(?:text\w*|mbox)\s*\{[^{}]*\})")
ALONE = re.compile(r"\s*\\begin\s*\{[^{}]*\}[^\\]*\\end\s*\{[^{}]*\}[\s.,;]*")  # of what stands in no group
MATHOP = re.compile(  # with limits whatever its place
    re.escape(mark("nbfillopfill"))
    + rf"((?:(?!{MARK}nbfill).)*?)"
    + re.escape(mark("nbunfill"))
    + r"\s*"
    + re.escape(mark("nblimits"))
)
STYLE = re.compile(r"\\(display|text|script|scriptscript)style(?![A-Za-z])\s*")
STYLES = {"display": "display", "text": "inline", "script": "script", "scriptscript": "sscript"}
FRAMED = re.compile(
    r"\\begin\{array\}\s*(?:\[\w\]\s*)?\{(?:\s*\||[^{}]*\|\s*[|}]|[^{}]*\}\s*\\hline)|\\hline\s*\\(?:hline|end\{array\})"
)
ARROW = re.compile(r"\\x(right|left|leftright|Right|Left|Leftright)arrow(?![A-Za-z])\s*(?:\[([^\]]*)\])?")
NAMED = re.compile(r"\\mathop\s*\{\s*\\(?:mathrm|text|operatorname\*?)\s*(\{[^{}]*\})\s*\}")
ROWS = re.compile(r"\\begin\{(?:align|aligned|alignat|flalign|gather|multline|equation)\*?\}")
UPRIGHT = re.compile(r"\s*\\(?:operatorname\*?|text|textrm|mathrm|mbox)\s*\{([^{}]*)\}\s*")
BRACED_ROWS = re.compile(
    r"\\left\s*\\\{\s*\\begin\{(aligned|split|gathered)\}((?:(?!\\begin\{|\\end\{).)*)\\end\{\1\}\s*\\right\s*\.",
    re.DOTALL,
)
AMPERSAND = re.compile(r"(?<!\\)&")
PLAIN_NAMES = {"matrix": "matrix", "pmatrix": "pmatrix", "cases": "cases", "array": "matrix"}
PLAIN_NAMES |= {"eqalign": "aligned", "displaylines": "gathered"}

Rewriting = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]
SIMPLE: list[Rewriting] = [
    (re.compile(r"(\\\\|\\(?:text\w*|mbox|hbox)\s*\{[^{}]*\})|\\&"), lambda found: found[1] or r"\text{\&}"),
    (re.compile(r"\\(left|right|middle)\s*\\[lr]Vert(?![A-Za-z])"), r"\\\1\\|"),
    (re.compile(r"\\(left|right|middle)\s*\\[lr]vert(?![A-Za-z])"), r"\\\1|"),
    (re.compile(r"\\verb\*?([^A-Za-z\s])(.*?)\1"), lambda found: rf"\texttt{{{found[2]}}}"),
    (re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*\n?"), r"\1"),
    (re.compile(rf"(?<![\w.])(?<!\\\\\[)\.\d+(?!\d*\s*(?:{UNIT}))"), lambda found: rf"\text{{{found[0]}}}"),
    (re.compile(rf"\\!\s*(?={TIGHT})"), ""),
    (re.compile(rf"({TIGHT})\s*\\!"), r"\1 "),
    (re.compile(r"\\buildrel(?![A-Za-z])((?:(?!\\over(?![A-Za-z])).)*)\\over(?![A-Za-z])"), r"\\overset{\1}"),
    (re.compile(r"\\root(?![A-Za-z])\s*((?:(?!\\of(?![A-Za-z])).)*)\\of(?![A-Za-z])"), r"\\sqrt[\1]"),
    (re.compile(r"\\[bB]igg?[lrm]?\s*(?:\.|(?=\\(?:\w*arrow|backslash|[lr]group|[lr]moustache)(?![A-Za-z])))"), ""),
    (re.compile(r"\\unicode\s*\{(\d{2,7})\}"), lambda found: sign(int(found[1]))),
    (re.compile(r"\\operatorname\s*\*"), r"\\operatorname*"),
    (re.compile(r"\\begin\{dcases\*?\}(.*?)\\end\{dcases\*?\}", re.DOTALL), r"\\begin{cases}\1\\end{cases}"),
    (
        re.compile(r"\\begin\{d?rcases\*?\}(.*?)\\end\{d?rcases\*?\}", re.DOTALL),
        r"\\left.\\begin{array}{ll}\1\\end{array}\\right\\}",
    ),
    (re.compile(r"(?<!\\)(?:\\(?:\s+|$))+$"), ""),  # blanks, or a single backslash, at the end
    (re.compile(r"(?:\\\\\s*)+$"), ""),
]  # fmt: skip


def rewritten(tex: str, *, typst: bool) -> tuple[str, str | None]:
    """(`tex` as pandoc reads it; what of it is shown less well, or None); with marks if it is for Typst."""
    notes: list[str] = []
    tex = with_arguments(tex, r"\\ce(?![A-Za-z])", 1, lambda _, shown: f"{{{chemical(shown)}}}")
    for pattern, replacement in SIMPLE:
        tex = pattern.sub(replacement, tex)
    for pattern, replacement, note in (
        (SIZE, "", "the size of letters is not shown"),
        *(() if typst else ((FRAMED, r"\g<0>", "outer and double lines of an array are not shown"),)),
        (REFERENCE, _reference, "a reference within a formula is shown as its label"),
    ):
        tex, count = re.subn(pattern, replacement, tex)
        notes += [note] if count else []
    tex = _without_wrappers(tex)
    tex = scoped(scoped(tex, SWITCH, _switch), INFIX, _infix)
    tex = NAMED.sub(r"\\operatorname*\1", tex)
    tex = BRACED_ROWS.sub(_braced_rows, tex) if typst else tex
    is_alone = ALONE.fullmatch("".join(outside_groups(tex))) is not None
    tex = with_environments(tex, partial(environment, typst=typst, is_alone=is_alone))
    if {"&", r"\\"} & set(outside_groups(tex)) and not ROWS.search(tex):
        tex = rf"\begin{{aligned}}{tex}\end{{aligned}}"
    return (_marked(tex) if typst else SPACE.sub(_ems, tex)), "; ".join(notes) or None


def _braced_rows(found: re.Match[str]) -> str:
    """Rows behind a brace as cases, which are aligned where the rows are, and not in columns."""
    return rf"\begin{{cases}}{AMPERSAND.sub(lambda _: mark('nbat'), found[2])}\end{{cases}}"


def _reference(found: re.Match[str]) -> str:
    return rf"\text{{({found[2]})}}" if found[1] else rf"\text{{{found[2]}}}"


def _ems(found: re.Match[str]) -> str:
    return rf"\hspace{{{_width(found):.3f}em}}"


def _width(found: re.Match[str]) -> float:
    return float(found[1] or found[3]) * EMS[found[2] or found[4]]


def with_arguments(tex: str, pattern: str, count: int, write: Callable[..., str]) -> str:
    """`tex` with `write(match, *arguments)` for each command that `pattern` finds, those within arguments first."""
    pieces, at = [], 0
    for found in re.finditer(pattern, tex):
        end, values = found.end(), []
        while found.start() >= at and len(values) < count and (taken := argument(tex, end)):
            values.append(with_arguments(taken[0], pattern, count, write))
            end = taken[1]
        if found.start() >= at and len(values) == count:
            pieces += [tex[at : found.start()], write(found, *values)]
            at = end
    return "".join([*pieces, tex[at:]])


def _without_wrappers(tex: str) -> str:
    """Without what shows nothing, or only says how something is shown."""
    tex = with_arguments(tex, r"\\enclose(?:\s*\[[^\]]*\])?(?=\s*\{)", 2, _enclosed)
    tex = with_arguments(tex, r"\\colorbox(?![A-Za-z])", 2, lambda _, __, shown: rf"\text{{{shown}}}")
    tex = with_arguments(tex, r"\\(?:text\w*|mbox)(?=\s*\{)", 1, _words)
    for name, modern in PLAIN_NAMES.items():
        begin, end = rf"\begin{{{modern}}}", rf"\end{{{modern}}}"
        tex = with_arguments(tex, rf"\\{name}(?=\s*\{{)", 1, lambda _, shown, b=begin, e=end: f"{b}{shown}{e}")
    return tex


def _enclosed(_: re.Match[str], notation: str, shown: str) -> str:
    """Struck out or in a box, whatever its form."""
    return rf"\cancel{{{shown}}}" if "strike" in notation else rf"\boxed{{{shown}}}"


def _words(found: re.Match[str], words: str) -> str:
    """Words; formulas between dollars in them are formulas."""
    for quote, own in IN_WORDS.items():
        words = words.replace(quote, own)
    pieces = DOLLAR.split(words)
    if len(pieces) % 2 == 0:
        pieces = [r"\$".join(pieces)]
    written = []
    for n, piece in enumerate(pieces):
        inner = [f"{{{piece}}}"] if n % 2 else INNER.split(piece)  # words of another font stand between words
        written += [part if n % 2 or m % 2 else f"{found[0]}{{{part}}}" for m, part in enumerate(inner) if part]
    return written[0] if len(written) == 1 else f"{{{''.join(written)}}}"


def _infix(found: re.Match[str], above: str, below: str) -> str:
    r"""a \over b as \frac{a}{b}."""
    made = {"over": rf"\frac{{{above}}}{{{below}}}", "choose": rf"\binom{{{above}}}{{{below}}}"}
    begin, end = {"brace": (r"\left\{", r"\right\}"), "brack": (r"\left[", r"\right]")}.get(found[1], ("", ""))
    return made.get(found[1], rf"{begin}\begin{{matrix}}{above}\\{below}\end{{matrix}}{end}")


def _switch(found: re.Match[str], before: str, behind: str) -> str:
    r"""{\bf x} as {\mathbf{x}}: a switch holds to the end of its group."""
    return before + (rf"\math{found[1]}{{{behind}}}" if behind.strip() else "")


def _marked(tex: str) -> str:
    """What the Typst writer loses, marked."""
    tex = with_arguments(tex, r"\\([dt])frac(?![A-Za-z])", 2, _fraction)
    tex = scoped(tex, STYLE, _style)
    tex = SPACE.sub(lambda found: mark(f"nbspace{_width(found) * 1000:.0f}"), tex)
    tex = re.sub(r"\\limits(?![A-Za-z])", lambda _: mark("nblimits"), tex)
    tex = re.sub(r"\\nolimits(?![A-Za-z])", lambda _: mark("nbscripts"), tex)
    tex = re.sub(r"\\middle(?![A-Za-z])\s*", r"\\llcorner ", tex)
    tex = with_arguments(tex, r"\\(over|under)set(?![A-Za-z])", 2, _set)
    tex = with_arguments(tex, r"\\mathop(?![A-Za-z])", 1, lambda _, it: f"{mark('nbfillopfill')}{it}{mark('nbunfill')}")
    tex = MATHOP.sub(lambda found: f"{mark('nbfilllimitsfill')}{found[1]}{mark('nbunfill')}", tex)
    tex = with_arguments(tex, r"\\((?:over|under)(?:bracket|paren))(?![A-Za-z])", 1, _bracket)
    tex = re.sub(r"\\operatorname\*\s*\{", lambda _: rf"\operatorname{{{MARK}nblimits ", tex)
    return with_arguments(tex, ARROW.pattern, 1, _arrow)


def _fraction(found: re.Match[str], above: str, below: str) -> str:
    return rf"{{\{'display' if found[1] == 'd' else 'text'}style\frac{{{above}}}{{{below}}}}}"


def _style(found: re.Match[str], before: str, behind: str) -> str:
    r"""{\displaystyle x}: it holds to the end of its group or cell."""
    name = STYLES[found[1]]
    return f"{before}{mark(f'nbfill{name}fill')}{behind}{mark('nbunfill')}" if behind.strip() else before


def _set(found: re.Match[str], shown: str, base: str) -> str:
    """What stands above or below something, wherever the formula stands."""
    script = "_" if found[1] == "under" else "^"
    if script == "_" and (upright := UPRIGHT.fullmatch(base)):
        return rf"\operatorname{{{upright[1]}}}{mark('nblimits')}_{{{shown}}}"
    return f"{mark('nbfilllimitsfill')}{base}{mark('nbunfill')}{script}{{{shown}}}"


def _bracket(found: re.Match[str], shown: str) -> str:
    outer, inner, end = mark("nbfilllimitsfill"), mark(f"nbfill{found[1]}fill"), mark("nbunfill")
    return f"{outer}{inner}{shown}{end}{end}"


def _arrow(found: re.Match[str], above: str) -> str:
    arrow = mark(f"nbarrow{found[1]}")
    return (
        rf"\underset{{{found[2]}}}{{\overset{{{above}}}{{{arrow}}}}}"
        if found[2]
        else rf"\overset{{{above}}}{{{arrow}}}"
    )
