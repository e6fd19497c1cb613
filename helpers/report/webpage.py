"""A document -> one web page that needs nothing else: no other file, no host, no script."""

import base64
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools import subset
from fontTools.ttLib import TTFont

from .conversion import convert
from .style import FONTS

PLACE_OF_FONTS = "/* fonts */"
# letters that browsers set for <mi>x</mi>, and signs that they draw for <msqrt> and accents
ITALIC = {0x210E, *range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C)}
DRAWN = set(map(ord, "√∛′‾¯ˆ˜→⏞⏟"))


def web_page(document):
    """The page's bytes, the same for the same document; ReportError with every problem found on the way."""
    with TemporaryDirectory(prefix="report-") as name:
        page = convert(Path(name), document, "html")["body"]
    return page.replace(PLACE_OF_FONTS, _math_font(page) if "<math" in page else "", 1).encode()


def _math_font(page):
    """A rule with the report's font for mathematics, of the letters that the page may need: few devices have one."""
    font = TTFont(FONTS / "LibertinusMath-Regular.otf", recalcTimestamp=False)
    subsetter = subset.Subsetter(subset.Options(layout_features=["ssty"], hinting=False))
    subsetter.populate(unicodes={*map(ord, page), *ITALIC, *DRAWN})
    subsetter.subset(font)
    font.flavor = "woff"
    woff = io.BytesIO()
    font.save(woff)
    data = base64.b64encode(woff.getvalue()).decode()
    return f'@font-face {{ font-family: "Report Math"; src: url(data:font/woff;base64,{data}); }}'
