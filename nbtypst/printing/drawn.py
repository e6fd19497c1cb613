"""How large pictures are, and squares and bars that are drawn by a colour alone."""

from math import inf

from lxml.html import HtmlElement

from .looks import SHARE, colour, declarations, length

MOST_WIDE = 340.0  # points


def picture_size(
    image: HtmlElement, natural: tuple[float | None, float | None], most: tuple[float, float], letters: float
) -> tuple[float, float | None]:
    """The width and height of a picture, None for the height that its proportions give.

    `natural` is what its file says, `most` the room that there is, `letters` their size, all in points.
    """
    style, (room, tallest) = declarations(image), most
    wide = length(style.get("width") or image.get("width"), room, letters)
    high = length(style.get("height") or image.get("height"), inf, letters)
    natural_wide, natural_high = natural[0] or room, natural[1]
    told = bool(wide and high and {"width", "height"} <= style.keys())  # else Jupyter keeps the proportions
    ratio = high / wide if told else natural_high / natural_wide if natural_high else 0.75
    if not wide:
        wide = high / ratio if high and ratio else natural_wide
    wide = max(1.0, min(wide, length(style.get("max-width"), room, letters) or room, room))
    if ratio * wide > tallest:
        wide = max(1.0, tallest / ratio)
    return wide, wide * ratio if told or not natural_high else None


def swatch(element: HtmlElement, room: float, letters: float) -> str:
    """A coloured square or bar without words, such as those of legends; "" if it is none."""
    style = declarations(element)
    paint = colour(style.get("background-color") or style.get("background"))
    high = length(style.get("height"), inf, letters) or (letters if "\xa0" in element.text_content() else None)
    if not paint or not high or (element.tag == "span" and "inline-block" not in style.get("display", "")):
        return ""
    share = SHARE.fullmatch(style.get("width", "100%"))
    wide = (
        share[1] if share and room >= letters else f"{min(MOST_WIDE, length(style.get('width'), 100.0) or 0.0):.1f}pt"
    )
    return f"#box(width: {wide}, height: {high:.1f}pt, fill: {paint});"
