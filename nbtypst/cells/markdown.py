"""Markdown as nbconvert renders it, by mistune, with mathematics and code as marked elements.

What it makes of mathematics is `<span class="math">TeX</span>`, with class `display` where it stands for itself, and
of code `<pre class="code" data-lang="python">`. A dollar that its renderer took for a dollar is `DOLLAR`.
"""

import re
from functools import cache
from html import escape, unescape

from mistune import BlockParser, HTMLRenderer, InlineParser, Markdown, import_plugin

from ..formulas import DOLLAR, math, tamed
from .markdown_formulas import formulas
from .markdown_tables import tables

TAG = re.compile(r"<[^>]*>")
PARAGRAPH = re.compile(r"\s*<p>(.*)</p>\s*", re.DOTALL)
NOTE = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:[ \t]+\S.*(?:\n(?:[ \t]*\n)?[ ]{4,}\S.*)*", re.MULTILINE)
LAZY = re.compile(  # a note's first paragraph that goes on in lines which are not set in
    r"^ {0,3}\[\^[^\]\s]+\]:[ \t]+\S[^\n]*(?:\n(?!\[\^|[-*+>#|`~]|\d+[.)]|\$\$)\S[^\n]*)+", re.MULTILINE
)
NOTE_CALL = re.compile(r"\[\^([^\]\s]+)\](?!:)")
PLUGINS = ("strikethrough", "table", "url", "task_lists", "def_list")  # nbconvert's
PLUGINS += ("footnotes", "mistune.plugins.table.table_in_list", "mistune.plugins.table.table_in_quote")  # JupyterLab's
HEADING = r"^ {0,3}(?P<atx_1>#{1,6})(?!#)(?P<atx_2>[^\n]*)$"  # as nbconvert has it, without a blank as well
DEEPEST = 20  # lists and quotations in each other; deeper ones are shown as their source
TOO_DEEP = re.compile(
    rf"^(?!\s*([-*_])(?:[ \t]*\1)*+\s*$)(?:[ \t]*+(?:>|[-*+](?=[ \t])|\d{{1,9}}[.)](?=[ \t]))){{{DEEPEST + 1},}}",
    re.MULTILINE,
)


class Renderer(HTMLRenderer):
    """mistune's renderer, with what is decided later left as it stands."""

    def text(self, text: str) -> str:
        """Words: their dollars begin no mathematics any more."""
        return super().text(text).replace("$", DOLLAR)

    def formula(self, tex: str, *, display: bool) -> str:
        """TeX, in a line or displayed."""
        return math(tex, display=display)

    def block_code(self, code: str, info: str | None = None) -> str:
        """A block of code, fenced or set in; none of blanks alone."""
        if not code.strip():
            return ""
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


@cache
def _renderer() -> Markdown:
    block = BlockParser(max_nested_level=DEEPEST)
    block.specification["atx_heading"] = HEADING
    plugins = [formulas, *map(import_plugin, PLUGINS), tables]
    return Markdown(Renderer(escape=False, allow_harmful_protocols=True), block, InlineParser(), plugins)


def as_html(source: str) -> str:
    """A cell's Markdown as HTML."""
    return str(_renderer()(tamed(source.replace(DOLLAR, "\ufffd"))))


def with_footnotes(sources: list[str]) -> list[str]:
    """Markdown of a notebook's cells in which notes that stand in another cell are at hand; no note is left out."""
    sources = [LAZY.sub(lambda found: found[0].replace("\n", "\n    "), source) for source in sources]
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
