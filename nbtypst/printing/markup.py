"""Text and values as Typst markup."""

import re

# Signs with a meaning anywhere in markup; a slash may begin a comment or an address.
ANYWHERE = re.compile(r"[\\#*_`$<>@~\[\]/]")
# A hyphen between two letters is itself; elsewhere it may become a dash, a minus sign, a soft hyphen or a list.
HYPHEN = re.compile(r"(?<![^\W\d_])-|-(?![^\W\d_])")
DOTS = re.compile(r"\.(?=\.)")
AT_START = re.compile(r"^(\s*)([=+]|\d+(?=\.))")  # would begin a heading or a list
SPACE = re.compile(r"[ \t\n\r\f]+")


def text(words: str) -> str:
    """`words` as markup that shows just them; white space is folded to single blanks."""
    folded = SPACE.sub(" ", words)
    escaped = DOTS.sub(r"\.", HYPHEN.sub(r"\-", ANYWHERE.sub(r"\\\g<0>", folded)))
    return AT_START.sub(lambda found: found[1] + (f"\\{found[2]}" if found[2] in "=+" else f"{found[2]}\\"), escaped)


def string(value: str) -> str:
    """`value` as a string literal."""
    escaped = (
        value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f'"{escaped}"'


def one_line(value: str) -> str:
    """`value` as a string literal, its white space folded."""
    return string(" ".join(value.split()))


def array(items: list[str]) -> str:
    """An array of values that are markup already."""
    return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
