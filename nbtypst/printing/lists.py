"""What HTML says of a list: its marks and its numbers."""

import re

from lxml.html import HtmlElement

from . import markup
from .looks import declarations


def is_without_marks(element: HtmlElement) -> bool:
    """Whether the items of a list have neither bullets nor numbers."""
    style = declarations(element)
    return "none" in style.get("list-style", style.get("list-style-type", ""))


NUMBERINGS = {
    "decimal": "1", "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A", "lower-roman": "i",
    "upper-roman": "I", "lower-greek": "α",
}  # fmt: skip


OF_JUPYTER = "1Aai1"  # of lists in each other, by its style sheet


def call_of_numbers(element: HtmlElement) -> tuple[str, str]:
    """The call that makes a list with numbers, and its arguments."""
    style, numbers = declarations(element), _numbers_of(element)
    words = f"{style.get('list-style-type', '')} {style.get('list-style', '')}".split()
    named = next((NUMBERINGS[word] for word in words if word in NUMBERINGS), None)
    within = OF_JUPYTER[min(sum(1 for _ in element.iterancestors("ol")), len(OF_JUPYTER) - 1)]
    pattern = named or (element.get("type") if element.get("type") in ("1", "a", "A", "i", "I") else within)
    arguments = f'numbering: "{pattern}.", ' if pattern and pattern != "1" else ""
    if any(number < 0 or number != numbers[0] + n for n, number in enumerate(numbers)):
        return "deep-enum", f"numbers: {markup.array(list(map(str, numbers)))}, {arguments}"
    return "enum", (f"start: {numbers[0]}, " if numbers and numbers[0] != 1 else "") + arguments


def _numbers_of(element: HtmlElement) -> list[int]:
    """The number of each item: HTML's `start`, `reversed`, and an item's own `value`, from which counting goes on."""
    step = 1 if element.get("reversed") is None else -1
    number = _integer(element.get("start"), 1 if step == 1 else len(element))
    numbers = []
    for item in element:
        number = _integer(item.get("value"), number)
        numbers.append(number)
        number += step
    return numbers


def _integer(given: str | None, default: int) -> int:
    return int(given) if given and re.fullmatch(r"\s*[+-]?\d{1,8}\s*", given) else default
