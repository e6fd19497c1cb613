"""Pictures of a notebook as files that Typst can read, whatever they were."""

import base64
import binascii
import hashlib
import io
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, unquote_to_bytes

from PIL import Image, ImageOps, UnidentifiedImageError

from .files import OUTSIDE, OutsideError, content
from .svg import SVGError, holds_html, looks_like_svg, normalised

PIXEL = 0.75  # points
KEPT = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}  # kinds that Typst reads
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "ICO", "PPM")  # no others: EPS would start a program
MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "I;16"}
DATA = re.compile(r"data:([^;,]*)((?:;[^;,]*)*),(.*)", re.DOTALL | re.IGNORECASE)
REMOTE = re.compile(r"(?:https?|ftp):|//", re.IGNORECASE)
SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:")
LARGEST = 120_000_000  # pixels
ORIENTATION = 0x0112  # of EXIF


class PictureError(Exception):
    """A picture cannot be shown; the message says which and why. `link` leads to it, if it is elsewhere."""

    def __init__(self, message: str, link: str | None = None):
        super().__init__(message)
        self.link = link


@dataclass(frozen=True)
class Picture:
    """A picture's file: its name is made of its content. Natural width and height are in points, None if unknown.

    `note` says what of it is not shown.
    """

    name: str
    content: bytes
    width: float | None
    height: float | None
    note: str | None = None


def from_source(
    src: str, folder: Path, attachments: Mapping[str, Mapping[str, str]] | None = None, root: Path | None = None
) -> Picture:
    """The picture that HTML names: a data URI, an attachment, or a file in `folder` or `root`; nothing is fetched."""
    src = src.strip()
    if not src:
        raise PictureError("a picture without an address")
    if src.lower().startswith("data:"):
        return _from_data(src)
    if src.startswith("attachment:"):
        return _from_attachment(unquote(src.removeprefix("attachment:")), attachments or {})
    if REMOTE.match(src):
        address = f"https:{src}" if src.startswith("//") else src
        raise PictureError(f"the picture {address[:200]} is elsewhere, and nothing is fetched", address)
    if SCHEME.match(src) and not re.match(r"[a-zA-Z]:[\\/]", src):
        raise PictureError(f"the picture {src[:200]} is elsewhere, and nothing is fetched")
    return _from_file(src, folder, root)


def from_mime(mime: str, data: str | bytes) -> Picture:
    """The picture in an entry of an output or of attachments: SVG, or base64."""
    if isinstance(data, str) and "svg" in mime and not _is_base64(data):
        return from_bytes(data.encode(errors="replace"))
    try:
        return from_bytes(base64.b64decode(data))
    except (binascii.Error, ValueError):
        raise PictureError(f"a picture ({mime}) is broken") from None


def _is_base64(data: str) -> bool:
    return "<" not in data[:2000]


def _from_data(src: str) -> Picture:
    found = DATA.match(src)
    if not found:
        raise PictureError("a picture's data are broken")
    if "base64" in found[2].lower():
        return from_mime(found[1], re.sub(r"\s+", "", unquote(found[3])))
    return from_bytes(unquote_to_bytes(found[3]))


def _from_attachment(name: str, attachments: Mapping[str, Mapping[str, str]]) -> Picture:
    bundle = attachments.get(name)
    if not isinstance(bundle, Mapping) or not bundle:
        raise PictureError(f"the attachment {name} is not there")
    for kind in ("image/svg+xml", "image/png", "image/jpeg", *bundle):
        if kind in bundle:
            data = bundle[kind]
            return from_mime(kind, "".join(data) if isinstance(data, list) else str(data))
    raise PictureError(f"the attachment {name} is not there")


def _from_file(src: str, folder: Path, root: Path | None) -> Picture:
    names = [src, unquote(src), unquote(re.split(r"[?#]", src)[0]), unquote(src).replace("\\", "/")]
    problem = "is not there"
    for name in dict.fromkeys(names):
        try:
            found = content(name, folder, root)
        except OutsideError:
            problem = OUTSIDE
        except (OSError, ValueError):  # a name that no file can have, or one that may not be read
            continue
        else:
            return from_bytes(found, unquote(src))
    raise PictureError(f"the picture {unquote(src)[:200]} {problem}")


def from_bytes(data: bytes, name: str = "") -> Picture:
    """The picture in `data`, converted where Typst could not read it; `name` is for messages."""
    called = f"the picture {name[:200]}" if name else "a picture"
    if looks_like_svg(data):
        try:
            drawing, width, height = normalised(data)
        except SVGError as error:
            raise PictureError(f"{called} is broken: {error}") from None
        note = f"{called} holds words in HTML, which are not shown" if holds_html(drawing) else None
        return Picture(f"{_digest(drawing)}.svg", drawing, width, height, note)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _raster(data)
    except Image.DecompressionBombError:
        raise PictureError(f"{called} is too large") from None
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        MemoryError,
        KeyError,
        IndexError,
    ) as error:
        what = "is no picture" if isinstance(error, UnidentifiedImageError) else "is broken"
        raise PictureError(f"{called} {what}") from None


def _raster(data: bytes) -> Picture:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        if image.width * image.height > LARGEST:
            raise Image.DecompressionBombError
        size = image.size
        turned = image.getexif().get(ORIENTATION, 1) != 1 if image.format in ("JPEG", "WEBP") else False
        if not _is_whole(data, image.format):
            image.load()  # a broken one fails here
        if image.format in KEPT and image.mode in MODES and not turned:
            return Picture(f"{_digest(data)}.{KEPT[image.format]}", data, PIXEL * size[0], PIXEL * size[1])
        upright = ImageOps.exif_transpose(image)
        upright = upright.convert("RGBA" if "A" in upright.mode or "transparency" in upright.info else "RGB")
        png = io.BytesIO()
        upright.save(png, format="PNG")
    made = png.getvalue()
    return Picture(f"{_digest(made)}.png", made, PIXEL * upright.width, PIXEL * upright.height)


def _is_whole(data: bytes, kind: str | None) -> bool:
    """Whether a PNG's sums of its parts are right, which takes less time than to draw it; of other kinds none knows."""
    if kind != "PNG":
        return False
    try:
        Image.open(io.BytesIO(data), formats=(kind,)).verify()
    except Exception:  # whatever it is, drawing it shows whether it matters
        return False
    return True


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:20]
