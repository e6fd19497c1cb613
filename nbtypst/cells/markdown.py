"""Markdown as Jupyter's tools render it (nbconvert's mistune), with mathematics and code as marked elements.

What it makes of mathematics is `<span class="math">TeX</span>`, with class `display` where it stands for itself, and
of code `<pre class="code" data-lang="python">`. A dollar that its renderer took for a dollar is `DOLLAR`.
"""

import re
from html import escape, unescape

from mistune import InlineState, import_plugin
from nbconvert.filters.markdown_mistune import (
    IPythonRenderer,
    MarkdownWithMath,
    MathBlockParser,
    MathInlineParser,
)

from ..formulas import DOLLAR, math, tamed
from .markdown_tables import tables

TAG = re.compile(r"<[^>]*>")
PARAGRAPH = re.compile(r"\s*<p>(.*)</p>\s*", re.DOTALL)
NOTE = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:[ \t]+\S.*(?:\n(?:[ \t]*\n)?[ ]{4,}\S.*)*", re.MULTILINE)
NOTE_CALL = re.compile(r"\[\^([^\]\s]+)\](?!:)")
DISPLAYED = re.compile(r"\s*\\begin\{(?:align|equation|gather|multline|eqnarray|flalign|alignat)\*?\}")
MORE = ("footnotes", "mistune.plugins.table.table_in_list", "mistune.plugins.table.table_in_quote")  # as JupyterLab has
DEEPEST = 20  # lists and quotations in each other; deeper ones are shown as their source
TOO_DEEP = re.compile(
    rf"^(?!\s*([-*_])(?:[ \t]*\1)*+\s*$)(?:[ \t]*+(?:>|[-*+](?=[ \t])|\d{{1,9}}[.)](?=[ \t]))){{{DEEPEST + 1},}}",
    re.MULTILINE,
)
ENDED = re.compile(r"</[A-Za-z][A-Za-z0-9]*\s*>")  # MathJax looks for formulas within one element
BRACES = re.compile(r"\\.|[{}$]", re.DOTALL)
LONGEST = 5000  # letters of a formula within a line that goes on over dollars
MOST_OPEN = 100  # formulas in which a brace stays open
MONEY = re.compile(
    r"\d[\d.,]*+(?:\s*+[kKM]|\s?(?:bn|million|billion)|/[A-Za-z]+)?[.,;:)]?\s++(?=[^\\^_={}$]*?[A-Za-z]{2})[^\\^_={}$]*+"
)


class InlineParser(MathInlineParser):
    """nbconvert's parser, to which "$5 or $10" is no formula but two sums of money."""

    def parse_inline_math_tex(self, m: re.Match[str], state: InlineState) -> int | None:
        """A formula between dollars; None if they are money, or stand in two elements of HTML."""
        tex = m["math_inline_tex"]
        if tex.count("{") > tex.count("}") and (end := self._end(m, state)):
            state.append_token({"type": "inline_math", "raw": state.src[m.start() + 1 : end - 1]})
            return end
        return None if MONEY.fullmatch(tex) or ENDED.search(tex) else super().parse_inline_math_tex(m, state)

    def _end(self, m: re.Match[str], state: InlineState) -> int | None:
        """Where a formula ends that goes on over dollars in braces: at a dollar outside of them, as MathJax has it."""
        depth = 0
        if state.env.get("open formulas", 0) > MOST_OPEN:
            return None
        for found in BRACES.finditer(state.src, m.start() + 1, m.start() + LONGEST):
            if found[0] == "$" and depth <= 0:
                return found.end()
            depth += {"{": 1, "}": -1}.get(found[0], 0)
        state.env["open formulas"] = state.env.get("open formulas", 0) + 1
        return None


class Renderer(IPythonRenderer):
    """nbconvert's renderer without highlighting, anchors and embedding, which are of use to a browser alone."""

    def __init__(self) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)

    def text(self, text: str) -> str:
        """Words: their dollars begin no mathematics any more."""
        return super().text(text).replace("$", DOLLAR)

    def inline_math(self, body: str) -> str:
        """`$...$`, or `\\\\(...\\\\)`."""
        return math(body, display=bool(DISPLAYED.match(body)))

    def block_math(self, body: str) -> str:
        """`$$...$$`, or `\\\\[...\\\\]`."""
        return math(body, display=True)

    def latex_environment(self, name: str, body: str) -> str:
        """A bare `\\begin{align}...\\end{align}`."""
        return math(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)

    def block_code(self, code: str, info: str | None = None) -> str:
        """A block of code, fenced or set in."""
        language = (info or "").strip().split(maxsplit=1)[:1]
        return code_block(code, language[0] if language else "")

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture; its source is looked up later."""
        alt = escape(unescape(TAG.sub("", text)))
        caption = f' title="{escape(escape(title, quote=False))}"' if title else ""
        marked_up = f' data-caption="{escape(text)}"' if text != alt else ""
        return f'<img src="{escape(url)}" alt="{alt}"{caption}{marked_up}>'


def code_block(code: str, language: str) -> str:
    """A block of code as an element."""
    return f'<pre class="code" data-lang="{escape(language)}">{escape(code, quote=False)}</pre>'


def as_html(source: str) -> str:
    """A cell's Markdown as HTML."""
    plugins = [*map(import_plugin, (*MarkdownWithMath.DEFAULT_PLUGINS, *MORE)), tables]
    source = tamed(source.replace(DOLLAR, "\ufffd"))
    block = MathBlockParser(max_nested_level=DEEPEST)
    return MarkdownWithMath(Renderer(), block=block, inline=InlineParser(hard_wrap=False), plugins=plugins).render(
        source
    )


def with_footnotes(sources: list[str]) -> list[str]:
    """Markdown of a notebook's cells in which notes that stand in another cell are at hand; no note is left out."""
    notes = {found[1]: found[0] for source in sources for found in NOTE.finditer(source)}
    called = {name for source in sources for name in NOTE_CALL.findall(source)}
    completed = []
    for source in sources:
        own = {found[1] for found in NOTE.finditer(source)}
        elsewhere = [name for name in dict.fromkeys(NOTE_CALL.findall(source)) if name in notes and name not in own]
        uncalled = NOTE.sub(lambda found: found[0] if found[1] in called else "\\" + found[0].lstrip(), source)
        completed.append("\n\n".join([uncalled, *(notes[name] for name in elsewhere)]))
    return completed


def inline_html(source: str) -> str:
    """A line of Markdown, such as a caption, as HTML within a paragraph."""
    rendered = as_html(source)
    paragraph = PARAGRAPH.fullmatch(rendered)
    return paragraph[1] if paragraph and "<p>" not in paragraph[1] else rendered
