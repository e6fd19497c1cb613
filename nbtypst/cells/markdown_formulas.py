r"""Formulas of Markdown as nbconvert finds them: before all else, over lines, and none where a dollar means money.

They stand in `$...$`, `$$...$$`, `\\(...\\)`, `\\[...\\]`, or in an environment of their own.
"""

import re

from mistune import BlockParser, BlockState, InlineParser, InlineState, Markdown

DISPLAYS = (  # those that no other block of Markdown parts
    r"(?<!\\)\$\$(?P<{0}_dollars>(?s:.*?))(?<!\\)\$\$",
    r"\\\\\[(?P<{0}_brackets>(?s:.*?))\\\\\]",
    r"(?P<{0}_environment>\\begin\{{(?P<{0}_name>[a-z]*\*?)\}}(?s:.*?)\\end\{{(?P={0}_name)\}})",
)
INLINES = (
    r"(?<![$\\])\$(?P<{0}_dollar>(?s:.+?))(?<![$\\])\$",
    r"(?<!\\)\\\\\((?P<{0}_parentheses>(?s:.*?))(?<!\\)\\\\\)",
)
BLOCK = "|".join(DISPLAYS).format("block")
INLINE = "|".join((*DISPLAYS, *INLINES)).format("formula")
KINDS = ("dollars", "brackets", "environment", "dollar", "parentheses")
DISPLAYED = re.compile(r"\s*\\begin\{(?:align|equation|gather|multline|eqnarray|flalign|alignat)\*?\}")
ENDED = re.compile(r"</[A-Za-z][A-Za-z0-9]*\s*>")  # MathJax looks for formulas within one element
BRACES = re.compile(r"\\.|[{}$]", re.DOTALL)
LONGEST = 5000  # letters of a formula within a line that goes on over dollars
MOST_OPEN = 100  # formulas in which a brace stays open
MONEY = re.compile(
    r"\d[\d.,]*+(?:\s*+[kKM]|\s?(?:bn|million|billion)|/[A-Za-z]+)?[.,;:)]?\s++(?=[^\\^_={}$]*?[A-Za-z]{2})[^\\^_={}$]*+"
)


def formulas(md: Markdown) -> None:
    """The plugin; a formula is a token `formula`, with its TeX and whether it is displayed."""
    md.block.register("formula", BLOCK, _block, before="fenced_code")
    for rules in (md.block.block_quote_rules, md.block.list_rules):
        md.block.insert_rule(rules, "formula", before="fenced_code")
    md.inline.register("formula", INLINE, _inline, before="escape")


def _block(block: BlockParser, found: re.Match[str], state: BlockState) -> int:
    state.add_paragraph(found[0])
    return found.end()


def _inline(inline: InlineParser, found: re.Match[str], state: InlineState) -> int | None:
    kind = next(kind for kind in KINDS if found[f"formula_{kind}"] is not None)
    tex, end = found[f"formula_{kind}"], found.end()
    if kind == "dollar" and tex.count("{") > tex.count("}") and (further := _end(found, state)):
        tex, end = state.src[found.start() + 1 : further - 1], further
    elif kind == "dollar" and (MONEY.fullmatch(tex) or ENDED.search(tex)):
        return None
    displayed = kind in KINDS[: len(DISPLAYS)] or bool(DISPLAYED.match(tex))
    state.append_token({"type": "formula", "raw": tex, "attrs": {"display": displayed}})
    return end


def _end(found: re.Match[str], state: InlineState) -> int | None:
    """Where a formula ends that goes on over dollars in braces: at a dollar outside of them, as MathJax has it."""
    depth = 0
    if state.env.get("open formulas", 0) > MOST_OPEN:
        return None
    for sign in BRACES.finditer(state.src, found.start() + 1, found.start() + LONGEST):
        if sign[0] == "$" and depth <= 0:
            return sign.end()
        depth += {"{": 1, "}": -1}.get(sign[0], 0)
    state.env["open formulas"] = state.env.get("open formulas", 0) + 1
    return None
