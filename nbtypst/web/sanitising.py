"""The last step of a web page: nothing stays in it but the elements, attributes, styles and addresses listed here.

Every tag that is written is one of these, between escaped words, so a browser finds no other, however it reads them:
none of them runs a script, fetches anything, or makes a browser read words that follow in another way.
"""

import re
from functools import lru_cache

import tinycss2
from lxml.html import HtmlElement

ELEMENTS = {
    "a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center",
    "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure",
    "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "label", "li",
    "main", "mark", "nav", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "span",
    "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "tt",
    "u", "ul", "var", "wbr",
    # of MathML
    "math", "menclose", "merror", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom",
    "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd",
    "mtext", "mtr", "munder", "munderover",
}  # fmt: skip
WORDLESS = {  # what stands in them is not for readers
    "annotation", "annotation-xml", "head", "link", "meta", "noscript", "script", "style", "svg", "template", "title",
}  # fmt: skip
ATTRIBUTES = {
    "align", "alt", "aria-label", "class", "color", "colspan", "dir", "height", "href", "id", "lang", "open", "role",
    "rowspan", "scope", "size", "span", "src", "start", "style", "tabindex", "title", "type", "width",
    # of MathML
    "accent", "accentunder", "alttext", "columnalign", "columnlines", "columnspacing", "columnspan", "depth",
    "display", "displaystyle", "fence", "form", "frame", "largeop", "linethickness", "lspace", "mathbackground",
    "mathcolor", "mathsize", "mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rowalign", "rowlines",
    "rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "symmetric", "voffset",
}  # fmt: skip
PROPERTIES = re.compile(
    r"(?:background|border|margin|padding)(?:-(?:top|right|bottom|left|block|inline))?(?:-(?:color|style|width|radius))?"
    r"|border-(?:collapse|spacing)|(?:column-|row-)?gap|color|direction|display|empty-cells|float|clear"
    r"|flex(?:-(?:basis|direction|flow|grow|shrink|wrap))?|justify-content|align-(?:content|items|self)"
    r"|font(?:-(?:family|size|style|variant|weight))?|(?:max-|min-)?(?:height|width)|letter-spacing|line-height"
    r"|list-style-type|opacity|overflow(?:-[xy]|-wrap)?|break-(?:after|before|inside)|page-break-(?:after|before|inside)"
    r"|table-layout|text-(?:align|decoration|indent|transform)|vertical-align|visibility|white-space|word-(?:break|spacing)"
)
FUNCTIONS = {"rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "linear-gradient", "calc"}
TOKENS = {"ident", "dimension", "number", "percentage", "hash", "string", "literal", "whitespace"}
SIMPLE = re.compile(r"[\w\s:;,.#%()+-]*", re.ASCII)  # so that it may stay as it is written
LINK = re.compile(r"(?:#|https?:|ftp:|mailto:|tel:).*", re.IGNORECASE | re.DOTALL)
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=]*")


def sanitise(tree: HtmlElement) -> None:
    """Take out of `tree`, but not of its root, what is not listed; words of unknown elements stay."""
    for element in list(tree.iter()):
        if element is not tree and (not isinstance(element.tag, str) or element.tag in WORDLESS):
            element.drop_tree()
        elif element is not tree and element.tag not in ELEMENTS:
            element.drop_tag()
        elif isinstance(element.tag, str):
            _check_attributes(element)


def _check_attributes(element: HtmlElement) -> None:
    for name, value in element.attrib.items():
        if name == "style":
            allowed = style(value)
        elif name == "href":
            allowed = value if element.tag == "a" and LINK.fullmatch(value) else None
        elif name == "src":
            allowed = value if element.tag == "img" and PICTURE.fullmatch(value) else None
        else:
            allowed = value if name in ATTRIBUTES else None
        if not allowed and allowed != value:
            del element.attrib[name]
        elif allowed != value:
            element.set(name, allowed)


@lru_cache(maxsize=4096)
def style(value: str) -> str:
    """The declarations of a style attribute that only say how something looks: no address in them, nothing unknown."""
    kept, whole = [], True
    for one in tinycss2.parse_blocks_contents(value, skip_comments=True, skip_whitespace=True):
        if one.type == "declaration" and PROPERTIES.fullmatch(one.lower_name) and all(map(_says_a_look, one.value)):
            kept.append(f"{one.lower_name}:{tinycss2.serialize(one.value).strip()}{' !important' * one.important}")
        else:
            whole = False
    return value if whole and SIMPLE.fullmatch(value) else ";".join(kept)


def _says_a_look(token: tinycss2.ast.Node, depth: int = 0) -> bool:
    if token.type == "function":
        known = token.lower_name in FUNCTIONS and depth < 4
        return known and all(_says_a_look(one, depth + 1) for one in token.arguments)
    return token.type in TOKENS
