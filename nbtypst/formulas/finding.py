"""Formulas in Markdown and in HTML: found in time that grows with the text alone, and the elements that hold them."""

import re
from collections.abc import Iterator
from html import escape

DOLLAR = "\ufdd2"  # a dollar that begins no formula: no sign at all, nobody may write it
FORMULA = re.compile(
    r"(?<!\\)\$\$(?P<a>.+?)(?<!\\)\$\$|(?<![\\$])\$(?P<b>[^$]+?)(?<![\\$])\$(?!\$)"
    r"|\\\[(?P<c>.+?)\\\]|\\\((?P<d>.+?)\\\)|(?P<e>\\begin\{(?P<name>[a-z]+\*?)\}.*?\\end\{(?P=name)\})",
    re.DOTALL,
)
BEGIN = re.compile(r"\$\$?|\\[\[(]|\\begin\{[a-z]+\*?\}")
END = re.compile(r"\$\$?|\\[\])]|\\end\{[a-z]+\*?\}")
END_OF = {r"\[": r"\]", r"\(": r"\)", "$": "$", "$$": "$$"}
MARKDOWN_BEGIN = re.compile(r"\\\\[\[(]|\\begin\{[a-z]*\*?\}")
MARKDOWN_END = re.compile(r"\\\\[\])]|\\end\{[a-z]*\*?\}")
CLOSES = str.maketrans("[(", "])")
MOST_OPEN = 200  # formulas that are begun and never ended, for each of which all that follows is looked through
BLANKS = re.compile(r"[ \t]{1000,}")


def formulas_in(words: str) -> Iterator[re.Match[str]]:
    """What is between marks of formulas; where none ends, none is looked for."""
    last = {found[0]: found.start() for found in END.finditer(words)}
    at = 0
    while found := BEGIN.search(words, at):
        ends = last.get(END_OF.get(found[0], found[0].replace("begin", "end")), -1) > found.start()
        whole = FORMULA.match(words, found.start()) if ends else None
        if whole:
            yield whole
        at = whole.end() if whole else found.end()


def tamed(source: str) -> str:
    """`source` in which no run of blanks and no number of open formulas takes more time than its letters."""
    source = BLANKS.sub(" " * 999, source)
    last = {found[0]: found.start() for found in MARKDOWN_END.finditer(source)}

    def is_open(found: re.Match[str]) -> bool:
        return last.get(found[0].translate(CLOSES).replace("begin", "end"), -1) < found.start()

    if sum(map(is_open, MARKDOWN_BEGIN.finditer(source))) <= MOST_OPEN:
        return source
    return MARKDOWN_BEGIN.sub(lambda found: found[0].replace("\\", "&#92;", 1) if is_open(found) else found[0], source)


def math(tex: str, *, display: bool) -> str:
    """A formula as an element."""
    return f'<span class="math{" display" if display else ""}">{escape(tex, quote=False)}</span>'
