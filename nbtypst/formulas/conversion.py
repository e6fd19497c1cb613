"""Formulas, from TeX to Typst and to MathML, by pandoc, with what it gets wrong put right."""

import html
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from .colours import with_colours_marked
from .environments import with_numbers
from .for_typst import COMMAND, repaired_typst
from .macros import EndlessMacroError, Expansion
from .mathml import repaired_mathml
from .pandoc import SECONDS, ask
from .repairs import rewritten
from .scopes import TooMuchError, check_extent
from .tex import (
    OUR_OWN,
    Formula,
    macros_used,
    prepared,
    with_pairs_marked,
    with_quotes,
    without_colour,
)

SCRIPT = Path(__file__).parent / "pandoc.lua"
MOST_RUNS = 3  # of pandoc for the formulas of a document
MATHML = re.compile(r"<math display=\"(\w+)\".*?><semantics>(.*)<annotation.*</math>", re.DOTALL)


@dataclass(frozen=True)
class Converted:
    """A formula for a writer: `markup`, None if it cannot be converted; `problem`: what is shown less well, or why.

    For Typst `markup` is the body of an equation, for the web a `math` element.
    """

    markup: str | None
    problem: str | None = None


@dataclass(frozen=True)
class _Prepared:
    tex: str
    display: bool
    note: str | None = None


def to_typst(formulas: Sequence[Formula], seconds: float = SECONDS) -> list[Converted]:
    """The formulas as bodies of Typst's `math.equation`; nothing that is wrong with them raises an error."""
    return _converted(formulas, "typst", lambda markup, _: repaired_typst(markup), seconds)


def to_mathml(formulas: Sequence[Formula], seconds: float = SECONDS) -> list[Converted]:
    """The formulas as `math` elements of HTML, with their source as alternative text; nothing raises an error."""
    return _converted(formulas, "html", _math_element, seconds)


def _converted(
    formulas: Sequence[Formula], writer: str, finish: Callable[[str, str], str | None], seconds: float
) -> list[Converted]:
    """Each formula once prepared, converted, all by one run of pandoc, and put right."""
    expansion = Expansion(sum(len(formula.tex) for formula in formulas))
    ready = [_ready(formula, writer, expansion) for formula in formulas]
    asked = tuple(dict.fromkeys((one.tex, one.display) for one in ready if isinstance(one, _Prepared)))
    answers = dict(zip(asked, _pandoc(writer, asked, seconds), strict=True)) if asked else {}
    results = []
    for formula, one in zip(formulas, ready, strict=True):
        if isinstance(one, Converted):
            results.append(one)
            continue
        markup, problem, unknown = answers[one.tex, one.display]
        try:
            done = None if problem else finish(markup, formula.tex)
        except Exception as error:  # whatever strange markup leads to
            done, problem = None, f"unexpected {error!r}"[:100]
        if done is None:
            results.append(Converted(None, f"a formula is shown as its source ({_first_line(problem)})"))
        else:
            notes = [*([one.note] if one.note else []), *(f"\\{name} is not known" for name in unknown)]
            results.append(Converted(done, "; ".join(notes) or None))
    return results


def _ready(formula: Formula, writer: str, expansion: Expansion) -> _Prepared | Converted:
    """The formula as pandoc is asked for it; what is to be said of it where there is no need to ask, or no use."""
    try:
        return _prepared(formula, writer, expansion)
    except TooMuchError as error:
        what = str(error)
    except EndlessMacroError as error:
        what = f"no end of replacing {error}"
    except Exception as error:  # whatever a strange formula leads to
        what = repr(error)[:100]
    return Converted(None, f"a formula is shown as its source ({what})")


def _prepared(formula: Formula, writer: str, expansion: Expansion) -> _Prepared | Converted:
    tex = OUR_OWN.sub("\ufffd", formula.tex)
    check_extent(tex)
    for macros in (formula.macros, _mathjax()):
        tex = expansion.expanded(tex, macros_used(tex, macros))
    check_extent(tex)
    coloured, lost = (
        with_colours_marked(tex) if writer == "typst" else (without_colour(tex), without_colour(tex) != tex)
    )
    tex, note = rewritten(coloured, typst=writer == "typst")
    notes = [*(["the colour is not shown"] if lost else []), *([note] if note else [])]
    if formula.numbers:
        tex = with_numbers(tex, formula.numbers, typst=writer == "typst")
    tex = prepared(tex)
    check_extent(tex)
    if not tex:
        return Converted("[]" if writer == "typst" else "<span></span>")
    return _Prepared(with_pairs_marked(tex) if writer == "typst" else tex, formula.display, "; ".join(notes) or None)


@cache
def _mathjax() -> str:
    return (Path(__file__).parent / "mathjax.tex").read_text(encoding="utf-8")


def _first_line(problem: str) -> str:
    lines = [line.strip() for line in problem.splitlines() if line.strip().startswith("unexpected")]
    return lines[0] if lines else "pandoc cannot read it"


@lru_cache(maxsize=256)
def _pandoc(writer: str, formulas: tuple[tuple[str, bool], ...], seconds: float) -> list[tuple[str, str, list[str]]]:
    """(markup, problem, unknown commands) of each formula, all from one run of pandoc, or a few if one ends it."""
    answers: list[tuple[str, str, list[str]]] = []
    for _ in range(MOST_RUNS):
        asked = [{"tex": tex, "display": display} for tex, display in formulas[len(answers) :]]
        request = json.dumps({"kind": "formulas", "writer": writer, "formulas": asked})
        answer = ask(["lua", str(SCRIPT)], request, seconds)
        found = [json.loads(line) for line in answer.text.split("\n")[:-1]]
        answers += [(one["markup"], one["problem"], one["unknown"]) for one in found]
        if len(answers) == len(formulas):
            return answers
        answers.append(("", f"unexpected end: {answer.problem}", []))  # it was at this one
    return answers + [("", "unexpected end: pandoc was stopped too often", [])] * (len(formulas) - len(answers))


def _math_element(markup: str, source: str) -> str | None:
    found = MATHML.search(markup)
    if not found:
        return None
    alt = html.escape(" ".join(source.split()))
    content = with_quotes(COMMAND.sub(r"\\\1", repaired_mathml(found[2])), "&quot;")
    return f'<math display="{found[1]}" alttext="{alt}">{content}</math>'
