"""SVG as Typst can draw it: well-formed, with a size, with fonts that are there, without what fetches or runs."""

import gzip
import io
import re
import zlib

from lxml import etree
from lxml.etree import _Element

from .endless import EndlessError, check_end

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
PARSER = {"resolve_entities": False, "no_network": True, "huge_tree": True, "remove_comments": True, "load_dtd": False}
POINTS = {
    "": 0.75, "px": 0.75, "pt": 1.0, "in": 72.0, "mm": 72 / 25.4, "cm": 720 / 25.4, "pc": 12.0, "em": 12.0, "ex": 6.0,
}  # fmt: skip
ROOT = re.compile(r"<(?:\w+:)?svg\b", re.IGNORECASE)
ENDED = re.compile(r"</(?:\w+:)?svg\s*>", re.IGNORECASE)
NAMED_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)")
DRAWN = {  # elements of a drawing that stands still; HTML in it is words alone
    "svg", "g", "defs", "symbol", "use", "switch", "title", "desc", "style", "a", "view",
    "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "image", "text", "tspan", "textPath", "tref",
    "linearGradient", "radialGradient", "stop", "pattern", "clipPath", "mask", "marker", "filter", "foreignObject",
    "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feConvolveMatrix", "feDiffuseLighting",
    "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR",
    "feGaussianBlur", "feImage", "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight",
    "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence",
    "body", "div", "span", "p", "br", "b", "i", "em", "strong", "sub", "sup", "code", "pre", "table", "tbody", "tr",
    "td", "th", "ul", "ol", "li", "h1", "h2", "h3", "center", "font", "label",
}  # fmt: skip
POINTING = {"use", "image", "feImage", "textPath", "linearGradient", "radialGradient", "pattern", "filter", "tref"}
EMBEDDED = re.compile(r"#|data:image/(?:png|jpe?g|gif|webp);base64,", re.IGNORECASE)
ADDRESS = re.compile(r"(?:url|image|image-set|src|attr)\s*\(|@import|javascript\s*:", re.IGNORECASE)
OWN = re.compile(r"url\(\s*['\"]?#")
SUSPECT = re.compile(r"[\\(@:]")
LIMITED = {"numOctaves": 8, "radius": 50, "stdDeviation": 200, "order": 15}  # of filters, beyond which they have no end
PIXELS = (b"\x89PNG", b"\xff\xd8", b"GIF8", b"RIFF", b"BM", b"II*", b"MM\0*")
LARGEST = 100_000_000  # bytes, unpacked
SERIF = "Libertinus Serif, DejaVu Sans"
SANS = "DejaVu Sans, Libertinus Serif"


class SVGError(ValueError):
    """What should be SVG cannot be read."""


def looks_like_svg(content: bytes) -> bool:
    """Whether a file may be SVG, to judge by its beginning; pictures of pixels may speak of it in their metadata."""
    if content.startswith(PIXELS):
        return False
    start = content[:2000]
    return start[:2] == b"\x1f\x8b" or b"<svg" in start.lower() or b"<\0s\0v\0g" in start or b":svg" in start


def normalised(content: bytes) -> tuple[bytes, float | None, float | None]:
    """(the drawing, its width and height in points or None); SVGError if it cannot be read."""
    root = _root(_text(content))
    _take_out(root)
    try:
        check_end(root)
    except EndlessError as error:
        raise SVGError(str(error)) from None
    for element in root.iter():
        _name_fonts(element)
    width, height = _size(root)
    return etree.tostring(root, encoding="utf-8"), width, height


def holds_html(drawing: bytes) -> bool:
    """Whether a normalised drawing has words in HTML, which Typst does not draw."""
    if b"foreignObject" not in drawing:
        return False
    root = etree.fromstring(drawing, etree.XMLParser(**PARSER))
    return any("".join(inner.itertext()).strip() for inner in root.iter(f"{{{SVG}}}foreignObject"))


def _text(content: bytes) -> str:
    if content[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
                content = file.read(LARGEST + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise SVGError(f"its compression is broken: {error}") from None
        if len(content) > LARGEST:
            raise SVGError("it is too large")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"<\0s\0v\0g" in content[:2000] else "utf-8"
    return content.decode(encoding, errors="replace")


def _root(text: str) -> _Element:
    begin = ROOT.search(text)
    if not begin:
        raise SVGError("it has no svg element")
    end = max((found.end() for found in ENDED.finditer(text)), default=len(text))
    text = NAMED_ENTITY.sub("&amp;", text[begin.start() : end])
    head = text[: text.find(">")]
    if "xlink:" in text and "xmlns:xlink" not in head:
        text = text.replace("<svg", f'<svg xmlns:xlink="{XLINK}"', 1)
    if "xmlns=" not in head and "xmlns:svg" not in head:
        text = text.replace("<svg", f'<svg xmlns="{SVG}"', 1)
    for parser in (etree.XMLParser(**PARSER), etree.XMLParser(recover=True, **PARSER)):
        try:
            root = etree.fromstring(text.encode(), parser)
        except etree.XMLSyntaxError:
            continue
        if root is not None and etree.QName(root).localname == "svg" and len(root):
            return root
    raise SVGError("it is no well-formed XML")


def _take_out(root: _Element) -> None:
    """Drop what runs, fetches, moves or takes no end of time; what stays is drawn, and leads nowhere."""
    for element in list(root.iter()):
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if element is not root and name not in DRAWN:
            _without(element)
            continue
        for attribute, value in element.attrib.items():
            own = etree.QName(attribute).localname
            if own == "href":
                allowed = value if name in POINTING and EMBEDDED.match(value.strip()) else None
            elif own == "style":
                allowed = _local(value)
            elif own in LIMITED:
                allowed = " ".join(f"{min(LIMITED[own], one):g}" for one in _numbers(value)) or None
            else:
                allowed = value if not own.lower().startswith("on") and own != "base" and _is_local(value) else None
            if allowed is None:
                del element.attrib[attribute]
            elif allowed != value:
                element.set(attribute, allowed)
        if name == "style" and element.text:
            element.text = _local(re.sub(r"@[^;{]*(?:;|\{[^{}]*\})", "", element.text))


def _without(element: _Element) -> None:
    """Take an element out, and leave what follows it."""
    parent, tail = element.getparent(), element.tail
    if parent is None:
        return
    before = element.getprevious()
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _is_local(value: str) -> bool:
    """Whether a value leads nowhere but within the drawing."""
    if not SUSPECT.search(value):
        return True
    return "\\" not in value and len(ADDRESS.findall(value)) == len(OWN.findall(value))


def _local(style: str) -> str:
    """A style attribute or sheet, of which nothing stays if it leads elsewhere."""
    return style if _is_local(style) else ""


def _numbers(value: str) -> list[float]:
    try:
        return [float(one) for one in value.replace(",", " ").split()]
    except ValueError:
        return []


def _name_fonts(element: _Element) -> None:
    """Add fonts that are at hand behind those named, so that letters are drawn on any machine."""
    if element.get("font-family"):
        element.set("font-family", _with_known(element.get("font-family")))
    if "font" in element.get("style", ""):
        element.set(
            "style", re.sub(r"(font-family\s*:\s*)([^;]+)", lambda f: f[1] + _with_known(f[2]), element.get("style"))
        )


def _with_known(families: str) -> str:
    known = SERIF if re.search(r"(?<!sans-)serif|times|roman|georgia", families, re.IGNORECASE) else SANS
    return f"{families.strip()}, {known}"


def _size(root: _Element) -> tuple[float | None, float | None]:
    width, height = (_points(root.get(name)) for name in ("width", "height"))
    box = [
        float(number)
        for number in re.findall(r"-?[\d.]+(?:[eE][-+]?\d+)?", root.get("viewBox", ""))[:4]
        if number.strip("-.")
    ]
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        if width and not height:
            height = width * box[3] / box[2]
        elif height and not width:
            width = height * box[2] / box[3]
        elif not width:
            width, height = 0.75 * box[2], 0.75 * box[3]
    if width and height:
        root.set("width", f"{width:.6g}pt")
        root.set("height", f"{height:.6g}pt")
        if len(box) != 4:
            root.set("viewBox", f"0 0 {width / 0.75:.6g} {height / 0.75:.6g}")
    return width, height


def _points(length: str | None) -> float | None:
    found = re.fullmatch(r"\s*([\d.]+(?:[eE][-+]?\d+)?)\s*(\w*)\s*", length or "")
    try:
        return (float(found[1]) * POINTS[found[2]] or None) if found else None
    except (KeyError, ValueError):
        return None
