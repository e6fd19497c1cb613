"""A code cell's outputs as HTML: of each the richest form that can be printed."""

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from html import escape
from itertools import groupby
from typing import Any

from ..common.errors import printable
from ..formulas import from_latex
from ..pictures import Collected, PictureError, from_mime
from . import markdown, terminal
from .notebooks import BROKEN, Node

log = logging.getLogger("nbtypst")

SHOWN = "nbtypst"  # the key of an output's metadata under which `Figure` and `Table` give captions and the like
PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
STAND_IN = re.compile(r"\s*<[^<>]*>\s*|\s*\w[\w.]*\(.*(?:\)|…)\s*", re.DOTALL)  # "<IPython...object>", "HBox(...)"
HIDING = re.compile(r"<(script|style|template)\b|<!--", re.IGNORECASE)
SOMETHING = re.compile(r"<(?:img|svg|table|hr|input)\b|<\w[^<>]*\bstyle\s*=[^<>]*\bbackground", re.IGNORECASE)
SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
ELSEWHERE = re.compile(r"<(?:iframe|video|audio|object|embed|canvas)\b", re.IGNORECASE)
FIRST_FRAME = re.compile(r'frames\[0\]\s*=\s*"(data:image/[a-z]+;base64,[^"]+)"')
BROKEN_LINE = re.compile(r"\\\s+")  # of JavaScript
TAG = re.compile(r"<[^<>]*>")


def as_html(outputs: Iterable[Node], tags: Iterable[str], collected: Collected, *, stderr: bool) -> str:
    """The outputs of one cell, one below the other; remarks on what is shown less well than in Jupyter."""
    shown = []
    for output in _joined(outputs):
        if output.output_type == BROKEN:
            collected.remark(f"an output that breaks the notebook format is left out: {output.problem}")
        elif output.output_type == "stream":
            shown.append(_stream(output, collected.place, stderr))
        elif output.output_type == "error":
            if "raises-exception" not in tags:
                what = f"{output.ename}: {output.evalue}" if output.ename else "".join(output.traceback[:1])
                collected.remark(f"the cell failed: {terminal.plain(what).strip()[:200]}")
            text = "\n".join(output.traceback) or f"{output.ename}: {output.evalue}"
            shown.append(_printed(text, "error"))
        else:
            shown.append(_rich(output, collected))
    return "\n".join(shown)


def _joined(outputs: Iterable[Node]) -> Iterator[Node]:
    """Pieces of one stream that follow each other become one."""
    for kind, group in groupby(outputs, lambda output: (output.output_type, output.get("name"))):
        pieces = list(group)
        if kind[0] == "stream":
            yield Node(output_type="stream", name=kind[1], text="".join(piece.text for piece in pieces))
        else:
            yield from pieces


def _stream(output: Node, place: str, stderr: bool) -> str:
    if output.name == "stdout" or stderr:
        return _printed(output.text, "output")
    if said := terminal.plain(output.text).strip():  # no part of the document, but not kept from whoever makes it
        log.warning("%s wrote to stderr:\n%s", printable(place), "\n".join(map(printable, said.split("\n"))))
    return ""


def _printed(text: str, kind: str) -> str:
    """Text of a terminal; nothing for blank lines alone."""
    shown = terminal.as_html(text)
    return f'<pre class="{kind}">{shown.rstrip()}</pre>' if shown.strip() else ""


def _rich(output: Node, collected: Collected) -> str:
    data = output.data
    if _about(output.metadata).get("kind") == "caption":  # shown to Jupyter, which has no captions
        return ""
    for mime, show in SHOWN_BY.items():
        if mime in data and _is_printable(mime, data):
            try:
                return show(data[mime], output.metadata, collected)
            except Exception as error:  # whatever a registered function, or strange data, leads to
                collected.remark(f"an output of {mime[:100]} is shown in another way ({error!r})"[:300])
    return _unprintable(data, collected)


def _about(metadata: dict) -> dict:
    about = metadata.get(SHOWN)
    return about if isinstance(about, dict) else {}


def _is_printable(mime: str, data: dict) -> bool:
    if mime == "text/html":
        visible = _visible(data[mime])
        if SOMETHING.search(visible) or TAG.sub("", visible).strip():
            return True
        return bool(ELSEWHERE.search(visible)) and not set(PICTURES) & set(data)  # a still of a film is better
    if mime == "text/plain":
        return not ((set(data) - {"text/plain"}) and STAND_IN.fullmatch(data[mime]))
    if mime == "application/json":
        return "text/plain" not in data or bool(STAND_IN.fullmatch(data["text/plain"]))
    return True


def _visible(html: str) -> str:
    """HTML without comments and what is not for readers; what is not ended hides all that follows."""
    pieces, at = [], 0
    while found := HIDING.search(html, at):
        pieces.append(html[at : found.start()])
        end = re.compile(rf"</{found[1]}\s*>" if found[1] else "-->", re.IGNORECASE).search(html, found.end())
        if not end:
            return "".join(pieces)
        at = end.end()
    return "".join([*pieces, html[at:]])


def _html(text: str, _: dict, collected: Collected) -> str:
    """HTML as it stands; of matplotlib's animations the first picture, which Jupyter shows until they are begun."""
    if 'class="animation"' in text and (frame := FIRST_FRAME.search(text)):
        collected.remark("an animation is shown by its first picture")
        return f'<div class="picture"><img src="{escape(BROKEN_LINE.sub("", frame[1]))}" alt="An animation"></div>'
    return f'<div class="html">{text}</div>'


def _markdown(text: str, metadata: dict, _: Collected) -> str:
    shown, about = markdown.as_html(text), _about(metadata)
    return _captioned(shown, about) if about.get("kind") == "table" else shown


def _latex(text: str, _: dict, collected: Collected) -> str:
    return from_latex(text, collected.remark, collected.seconds) or _printed(text, "output")


def _json(content: object, *_: object) -> str:
    return markdown.code_block(json.dumps(content, indent=2, ensure_ascii=False), "json")


def _picture(mime: str, content: str, metadata: dict, collected: Collected) -> str:
    """A picture, with caption, label and alternative text where it has them."""
    about, sizes = _about(metadata), metadata.get(mime)
    sizes = sizes if isinstance(sizes, dict) else metadata  # where R's kernel has them
    caption, alt = about.get("caption"), about.get("alt") or sizes.get("alt")
    if not caption:
        collected.remark("a picture without a caption" + ("" if alt else " and an alternative text"))
    elif not alt:
        collected.remark("a picture without an alternative text")
    width = f"{about['width']}%" if about.get("width") else sizes.get("width")
    try:
        shown = collected.image(from_mime(mime, content), alt, width, sizes.get("height"))
    except PictureError as problem:
        shown = collected.box(str(problem))
    return _captioned(shown, about) if caption else f'<div class="picture">{shown}</div>'


SHOWN_BY: dict[str, Callable[[Any, dict, Collected], str]] = {  # what makes HTML of each type, the richest first
    "text/html": _html,
    "text/markdown": _markdown,
    "text/latex": _latex,
    **{mime: partial(_picture, mime) for mime in PICTURES},
    "application/json": _json,
    "text/plain": lambda text, *_: _printed(text, "output"),
}


def register_output(mime: str, show: Callable[[Any, dict], str]) -> None:
    """Show outputs of the type `mime` by what `show(data, metadata)` returns, as HTML; it goes before other types.

    `data` is what the notebook holds under that type: text, base64 of bytes, or for types that end in "json" what they
    hold; `metadata` is the output's. The HTML is read as that of any output is: no script of it runs, nothing is
    fetched. Where `show` raises an error, this is a remark, and the output's next type is shown.
    """
    others = {name: other for name, other in SHOWN_BY.items() if name != mime}
    SHOWN_BY.clear()
    SHOWN_BY.update({mime: lambda data, metadata, _: f'<div class="html">{show(data, metadata)}</div>'} | others)


def _captioned(content: str, about: dict) -> str:
    label = f' id="{escape(str(about["label"]))}"' if about.get("label") else ""
    caption = markdown.inline_html(str(about.get("caption", "")))
    return f'<figure class="numbered"{label}>{content}<figcaption>{caption}</figcaption></figure>'


def _unprintable(data: dict, collected: Collected) -> str:
    """A box that says what stood here; nothing for what shows nothing in Jupyter either."""
    kinds = sorted(mime for mime in data if mime != "text/plain")
    if not kinds:
        return ""
    if kinds == ["text/html"] and not _visible(data["text/html"]).strip() and not SCRIPT.search(data["text/html"]):
        return ""  # comments, and style sheets alone
    plain = " ".join(data.get("text/plain", "").split())[:120]
    named = next((name for name in ("plotly", "bokeh", "vega", "widget", "javascript") if name in " ".join(kinds)), "")
    what = {"widget": "a widget", "javascript": "a script", "": "an output of " + ", ".join(kinds)}.get(
        named, f"an interactive figure ({named})"
    )
    told = f"{what} cannot be printed"
    return f"<div>{collected.box(told, f'{told}: {plain}' if plain else '')}</div>"
