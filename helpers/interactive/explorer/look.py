"""What the explorer's parts look like, in Jupyter's light and dark themes."""

import html

import ipywidgets as widgets

WIDTH = "984px"
CARD = {
    "border": "1px solid var(--jp-border-color2)",
    "padding": "6px 12px 10px",
    "margin": "0 0 8px 0",
    "flex": "1 1 240px",
    "overflow": "hidden",
}
FIELD = {"style": {"description_width": "98px"}, "layout": {"width": "auto"}}


def no_wider(**layout: str) -> dict[str, str]:
    """Return a layout as wide as there is room, up to three cards."""
    return {"width": "100%", "max_width": WIDTH, **layout}


def say(place: widgets.HTML, text: str, *, wrong: bool = False) -> None:
    """Write plain text, in the theme's colour of errors if something is wrong."""
    colour = "var(--jp-error-color1)" if wrong else "var(--jp-ui-font-color1)"
    line = f'<span style="color: {colour}; line-height: 1.4; display: inline-block">{html.escape(text)}</span>'
    place.value = line if text else ""


def close_all(widget: widgets.Widget) -> None:
    """Close a widget and all that belongs to it."""
    for child in getattr(widget, "children", ()):
        close_all(child)
    for part in ("layout", "style"):
        if isinstance(owned := getattr(widget, part, None), widgets.Widget):
            owned.close()
    widgets.Widget.close(widget)
