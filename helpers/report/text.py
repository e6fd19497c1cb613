"""Plain text of outputs: what a terminal would show, fenced for Markdown, no wider than the page."""

import re

MAX_COLUMNS = 88  # of code and verbatim output on the page, see report.typ

ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")


def plain(text):
    """`text` as it stands on a terminal in the end: no escape sequences, lines rewritten by carriage returns."""
    lines = ANSI.sub("", text).replace("\r\n", "\n").split("\n")
    return "\n".join(_last_rewrite(line) for line in lines).expandtabs()


def _last_rewrite(line):
    shown = ""
    for rewrite in line.split("\r"):
        shown = rewrite + shown[len(rewrite) :]
    return shown.rstrip()


def fenced(text, language):
    """`text` as a fenced block of Markdown, whatever backticks it holds; nothing for empty text."""
    if not text.strip():
        return ""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    lines = text.rstrip().lstrip("\n")
    return f"{fence} {language}\n{lines}\n{fence}"


def too_wide(text):
    """The first line of `text` that is wider than the page, or None."""
    return next((line for line in plain(text).splitlines() if len(line) > MAX_COLUMNS), None)
