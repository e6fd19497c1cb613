"""LaTeX of outputs: formulas, and text and tables by pandoc."""

import re
from collections.abc import Callable
from html import escape, unescape

from .finding import DOLLAR, math
from .latex_tables import readable, with_looks
from .pandoc import ask
from .scopes import TooMuchError

NO_FORMULA = re.compile(
    r"\\begin\s*\{(?:tabular|table|itemize|enumerate|document|center|longtable|xltabular|threeparttable|sidewaystable)"
)
FROM_LATEX = ["--sandbox", "-f", "latex", "-t", "html", "--mathjax", "--wrap=none"]
SKIPPED = re.compile(r"Skipped '?(\\[A-Za-z]+)")
SILENT = re.compile(  # commands of LaTeX that show no words and no sign
    r"\\(?:tiny|(?:script|footnote|normal)size|[sS]mall|[lL]arge|LARGE|[hH]uge|centering|ragged\w+|arraybackslash|"
    r"noindent|\w+skip|[hv]space|[hv]fil+|label|captionsetup|sisetup|setlength|addtolength|setcounter|arraystretch|"
    r"renewcommand|\w+spacing|\w*group|protect|font\w*|selectfont|\w+page|begin|end|resizebox|usepackage|rowcolors)"
)
WHOLE_FORMULA = re.compile(r"\s*(\$\$?)(.*?)\1\s*|\s*\\\[(.*?)\\\]\s*|\s*\\\((.*?)\\\)\s*", re.DOTALL)
PANDOCS_FORMULA = re.compile(r'<span\s+class="math (inline|display)">\\[(\[](.*?)\\[)\]]</span>', re.DOTALL)


def from_latex(text: str, remark: Callable[[str], None], seconds: float) -> str | None:
    """LaTeX of an output as HTML: a formula, or text and tables; None where it must be shown as its source."""
    formula = WHOLE_FORMULA.fullmatch(text)
    if formula and (formula[1] is None or formula[1] not in formula[2]):
        tex = next(part for part in formula.groups()[1:] if part is not None)
        return math(tex, display=formula[4] is None)  # it stands for itself, between single dollars too
    if NO_FORMULA.search(text):
        return _by_pandoc(text, remark, seconds)
    if re.match(r"\s*\\begin\{", text):
        return math(text.strip(), display=True)
    return f"<p>{escape(text, quote=False)}</p>"


def _by_pandoc(text: str, remark: Callable[[str], None], seconds: float) -> str | None:
    """LaTeX that is no formula, such as a table, as HTML."""
    try:
        answer = ask([*FROM_LATEX, "--verbose"], readable(text), seconds)
        problem = answer.problem
    except TooMuchError as error:
        problem = str(error)
    if problem or not answer.text.strip():
        if problem:
            remark(f"LaTeX is shown as its source ({problem})")
        return None
    lost = dict.fromkeys(name for name in SKIPPED.findall(answer.warnings) if not SILENT.fullmatch(name))
    if lost:
        remark(f"of LaTeX, {', '.join(list(lost)[:10])} is not shown")
    return with_looks(
        PANDOCS_FORMULA.sub(
            lambda found: math(unescape(found[2].replace(DOLLAR, "$")), display=found[1] == "display"),
            answer.text.replace("$", DOLLAR),  # no dollar that it writes begins a formula
        )
    )
