"""How the time to print a notebook grows with what is in it: `python -m benchmarks.doublings`.

For each construct, notebooks with n, 2n and 4n of it are printed as PDF and as web page, each in a process of its own.
Seconds are those of the processor, with the programs that are started. The last column says by what power of the size
they grew at the last doubling; 1 is work that grows with the size.
"""

import argparse
import json
import math
import resource
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from nbformat import NotebookNode, v4, write

from nbtypst import NotebookWarning, build
from nbtypst.printing import typesetter

from .report import markdown_table

SLOW = 20.0  # seconds from which on no more doubling is tried


def _text(source: str) -> NotebookNode:
    return v4.new_markdown_cell(source)


def _html(source: str) -> NotebookNode:
    return v4.new_code_cell("x", outputs=[v4.new_output("display_data", data={"text/html": source})])


def _said(source: str) -> NotebookNode:
    return v4.new_code_cell("x", outputs=[v4.new_output("stream", name="stdout", text=source)])


def _rows(rows: int, columns: int, attributes: str = "") -> str:
    row = f"<tr>{f'<td{attributes}>1</td>' * columns}</tr>"
    return f"<table>{row * rows}</table>"


CASES: dict[str, tuple[int, Callable[[int], NotebookNode]]] = {
    "words": (20_000, lambda n: _text("egg " * n)),
    "paragraphs": (4_000, lambda n: _text("An egg.\n\n" * n)),
    "headings of one name": (2_000, lambda n: _text("## Egg\n\n" * n)),
    "headings of blanks": (20_000, lambda n: _text("# egg" + " " * n + "hen")),
    "formulas": (1_000, lambda n: _text("".join(f"$x_{k}$ " for k in range(n)))),
    "colours in a formula": (500, lambda n: _text("$" + r"\color{red}a" * n + "$")),
    "letters in a formula": (500, lambda n: _text("$" + r"\bf a " * n + "$")),
    "arguments of a macro": (5_000, lambda n: _text(r"$\newcommand{\x}[1]{" + "#1" * n + r"}\x{a}$")),
    "marks of lists": (1_000, lambda n: _text("- " * n)),
    "quotations": (1_000, lambda n: _text("> " * n + "egg")),
    "money": (2_000, lambda n: _text("$5 " + "a" * n + "=$")),
    "open formulas": (5_000, lambda n: _text(r"\\[" * n)),
    "open environments": (2_000, lambda n: _text(r"\begin{a}" * n)),
    "open formulas in HTML": (5_000, lambda n: _html(r"\[" * n)),
    "open environments in HTML": (2_000, lambda n: _html(r"\begin{a}" * n)),
    "open works": (5_000, lambda n: _text("[@a@a" * n)),
    "open links": (5_000, lambda n: _text("[a](" * n)),
    "open emphasis": (5_000, lambda n: _text("*a_ " * n)),
    "open drawings": (5_000, lambda n: _html("<svg>" * n)),
    "drawings": (500, lambda n: _html('<svg width="9" height="9"><path d="M0 0L9 9"/></svg> ' * n)),
    "declarations": (5_000, lambda n: _html("<!DOCTYPE " * n)),
    "open comments": (5_000, lambda n: _html("<!--" * n)),
    "open scripts": (5_000, lambda n: _html("<script>" * n)),
    "elements in each other": (2_000, lambda n: _html("<div>" * n + "egg")),
    "tables in each other": (10, lambda n: _html("<table><tr><td>" * n + "egg")),
    "rows": (500, lambda n: _html(_rows(n, 6))),
    "rows and columns": (20, lambda n: _html(_rows(4 * n, n))),
    "spans": (100, lambda n: _html(_rows(n, 1, " colspan=1000 rowspan=1000"))),
    "a line of output": (50_000, lambda n: _said("egg " * n)),
    "a word of output": (50_000, lambda n: _said("e" * n)),
    "lines of output": (4_000, lambda n: _said("egg\n" * n)),
    "colours of output": (2_000, lambda n: _said("\x1b[31megg\x1b[0m " * n)),
    "returns of output": (5_000, lambda n: _said("egg\r" * n)),
    "a line of code": (20_000, lambda n: v4.new_code_cell("egg + " * n)),
    "a word of text": (20_000, lambda n: _text("e" * n)),
    "signs without a font": (1_000, lambda n: _text("".join(map(chr, range(0xF0000, 0xF0000 + n))))),
    "attributes": (5_000, lambda n: _html("<p " + " ".join(f"a{k}=1" for k in range(n)) + ">x</p>")),
    "rules of a style sheet": (500, lambda n: _html("<style>" + "p {color: red}" * n + "</style>" + "<p>x</p>" * n)),
    "notes": (300, lambda n: _text("".join(f"egg[^{k}]\n\n[^{k}]: hen\n\n" for k in range(n)))),
}


def measured(case: str, size: int, suffix: str) -> float:
    """Seconds of the processor for one notebook, in this process and those that it starts."""
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", NotebookWarning)
        cells = [CASES[case][1](size), v4.new_markdown_cell("The end.")]
        write(v4.new_notebook(cells=cells), Path(folder, "a.ipynb"))
        before = _spent()
        build(Path(folder, "a.ipynb"), Path(folder, f"a{suffix}"))
        typesetter.close()
        return _spent() - before


def _spent() -> float:
    used = [resource.getrusage(kind) for kind in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def row_of(case: str, suffix: str, doublings: int) -> list[str]:
    """A row of the table: seconds for each size, and the power of the last doubling."""
    seconds: list[float] = []
    for doubling in range(doublings + 1):
        size = CASES[case][0] * 2**doubling
        command = [sys.executable, "-m", "benchmarks.doublings", "--measure", case, str(size), suffix]
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
        seconds.append(json.loads(done.stdout) if done.returncode == 0 else math.inf)
        if seconds[-1] > SLOW:
            break
    power = math.log2(seconds[-1] / seconds[-2]) if len(seconds) > 1 and seconds[-1] < math.inf else math.inf
    shown = [f"{one:.2f}" for one in seconds] + ["-"] * (doublings + 1 - len(seconds))
    return [case, suffix[1:], str(CASES[case][0]), *shown, f"{power:.1f}"]


def main() -> None:
    """Measure and print, or one notebook alone for such a measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", help="parts of names; all by default")
    parser.add_argument("--doublings", type=int, default=2)
    parser.add_argument("--only", choices=["pdf", "html"])
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measured(given.measure[0], int(given.measure[1]), given.measure[2])))
        return
    sizes = ["n", *(f"{2**k}n [s]" for k in range(given.doublings + 1))]
    chosen = [case for case in CASES if not given.cases or any(part in case for part in given.cases)]
    rows = []
    for case in chosen:
        for suffix in [f".{given.only}"] if given.only else [".pdf", ".html"]:
            rows.append(row_of(case, suffix, given.doublings))
            print(*rows[-1], sep="\t", file=sys.stderr, flush=True)
    print(markdown_table(["construct", "as", *sizes, "power"], rows))


if __name__ == "__main__":
    main()
