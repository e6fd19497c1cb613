"""Tables of Markdown say on the page what they say in JupyterLab, row by row."""

import time

import pytest
from kitchen import built, md, text_of, words_of

from nbtypst.cells.markdown import as_html

HEAD = "| dish | note |\n|---|---|\n"


def rows(folder, source):
    """The lines of a cell as the page shows them: words from left to right."""
    built(folder, md(source), metadata={"title": ""})
    lines = {}
    for one in words_of(folder):
        lines.setdefault(round(one.height), []).append(one)
    shown = [" ".join(one.text for one in sorted(line, key=lambda one: one.left)) for line in lines.values()]
    return [line for line in shown if line != "1"]  # the page's number


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (HEAD + "| given | $P(A|B)$ |", ["dish note", "given 𝑃(𝐴|𝐵)"]),
        (HEAD + "| code | `a|b` |", ["dish note", "code a|b"]),
        (HEAD + r"| code | `a\|b` |", ["dish note", "code a|b"]),
        (HEAD + "| eggs |\n| soup | hot |", ["dish note", "eggs", "soup hot"]),
        (HEAD + "| eggs | soft | cold |", ["dish note", "eggs soft"]),
        (HEAD + "| $5 | $10 |", ["dish note", "$5 $10"]),
        ("dish | note\n:-- | --:\neggs | soft", ["dish note", "eggs soft"]),
        (f"Before\n{HEAD}| eggs | soft |\nafter", ["Before", "dish note", "eggs soft", "after"]),
        (f"> {HEAD}".replace("\n|-", "\n> |-") + "> | $x|y$ |", ["dish note", "𝑥|𝑦"]),
        ("| dish | note |\n|---|\n| eggs |", ["| dish | note | |---| | eggs |"]),
    ],
    ids=["formula", "code", "escaped", "short", "long", "money", "no outer bars", "text", "quotation", "no table"],
)
def test_bars_part_cells_as_in_jupyterlab(tmp_path, source, shown):
    assert rows(tmp_path, source) == shown


def test_a_table_ends_where_another_block_begins(tmp_path):
    pdf = built(tmp_path, md(HEAD + "| eggs | soft |\n## Soup\n\ndish | note\n---\n\nx"))
    assert "Soup" in text_of(pdf)
    assert "dish | note" in text_of(pdf)


@pytest.mark.parametrize("piece", ["|", "| `", r"| \\(", "|$", "|-\n", "-|", "|a|\n|-|\n"])
def test_bars_without_end_take_time_in_proportion(piece):
    start = time.process_time()
    as_html(piece * 20_000)
    assert time.process_time() - start < 10
