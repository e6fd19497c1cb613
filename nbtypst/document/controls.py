"""Controls of forms as the words, marks and numbers that a browser shows in them."""

from collections.abc import Iterable
from html import escape

from lxml.html import HtmlElement

CONTROLS = {"input", "select", "progress", "meter"}
MARKS = {"checkbox": "☐☑", "radio": "○●"}
NAMES = {"submit": "Submit", "reset": "Reset", "file": "Choose File"}  # of buttons that have none of their own
LONGEST = 200  # letters of a password that are shown as points


def shown(control: HtmlElement) -> str:
    """HTML of what a control shows; "" for nothing."""
    words = {"select": _chosen, "progress": _share, "meter": _share}.get(control.tag, _input)(control)
    return f"<span>{words} </span>" if words else ""


def _input(control: HtmlElement) -> str:
    kind, value = (control.get("type") or "text").lower(), control.get("value") or ""
    if kind == "hidden":
        return ""
    if kind in MARKS:
        return MARKS[kind][control.get("checked") is not None]
    if kind == "password":
        return "•" * len(value[:LONGEST])
    if kind == "image":
        return escape(control.get("alt") or "")
    return escape(value or NAMES.get(kind) or control.get("placeholder") or "")


def _chosen(control: HtmlElement) -> str:
    """The option that is chosen; of a list that shows several, all of them, each with a mark."""
    options = list(control.iter("option"))
    chosen = [option for option in options if option.get("selected") is not None]
    size = control.get("size") or "1"
    if control.get("multiple") is not None or (size.isdecimal() and int(size) > 1):
        return "<br>".join(f"{MARKS['checkbox'][option in chosen]} {_words(option)}" for option in options)
    free = [option for option in options if option.get("disabled") is None]
    one = chosen[-1:] or free[:1] or options[:1]
    return f"{_words(one[0])} ▾" if one else ""


def _words(option: HtmlElement) -> str:
    return escape(option.get("label") or " ".join(option.text_content().split()))


def _share(control: HtmlElement) -> str:
    """How far a bar goes, in per cent; what stands within it is for browsers that have none."""
    lowest, highest, value = _numbers(control, (("min", 0.0), ("max", 1.0), ("value", None)))
    if value is None:
        return "…" if control.tag == "progress" else "0 %"
    lowest = 0.0 if control.tag == "progress" else lowest
    share = (value - lowest) / (highest - lowest) if highest > lowest else 0.0
    return f"{100 * min(1.0, max(0.0, share)):.3g} %"


def _numbers(control: HtmlElement, names: Iterable[tuple[str, float | None]]) -> Iterable[float]:
    for name, default in names:
        try:
            yield float(control.get(name, ""))
        except ValueError:
            yield default
