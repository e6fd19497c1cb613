"""Formulas, from TeX to Typst and to MathML, by pandoc, with what it gets wrong put right."""

import html
import json
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pypandoc

from .mathematics_colours import with_colours_marked
from .mathematics_macros import EndlessMacroError, expanded
from .mathematics_marks import COMMAND, repaired_typst
from .mathematics_repairs import rewritten
from .mathml import repaired_mathml
from .tex import Formula, definitions, labels_and_tag, macros_used, prepared, with_pairs_marked, without_colour

__all__ = ["Converted", "Formula", "definitions", "labels_and_tag", "to_mathml", "to_typst"]
SCRIPT = Path(__file__).parent / "pandoc.lua"
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


def to_typst(formulas: Sequence[Formula]) -> list[Converted]:
    """The formulas as bodies of Typst's `math.equation`; nothing that is wrong with them raises an error."""
    return _converted(formulas, "typst", lambda markup, _: repaired_typst(markup))


def to_mathml(formulas: Sequence[Formula]) -> list[Converted]:
    """The formulas as `math` elements of HTML, with their source as alternative text; nothing raises an error."""
    return _converted(formulas, "html", _math_element)


def _converted(formulas: Sequence[Formula], writer: str, finish: Callable[[str, str], str | None]) -> list[Converted]:
    """Each formula once prepared, converted, all by one run of pandoc, and put right."""
    ready = [_prepared(formula, writer) for formula in formulas]
    asked = tuple(dict.fromkeys((one.tex, one.display) for one in ready if isinstance(one, _Prepared)))
    answers = dict(zip(asked, _pandoc(writer, asked), strict=True)) if asked else {}
    results = []
    for formula, one in zip(formulas, ready, strict=True):
        if isinstance(one, Converted):
            results.append(one)
            continue
        markup, problem, unknown = answers[one.tex, one.display]
        done = None if problem else finish(markup, formula.tex)
        if done is None:
            results.append(Converted(None, f"a formula is shown as its source ({_first_line(problem)})"))
        else:
            notes = [*([one.note] if one.note else []), *(f"\\{name} is not known" for name in unknown)]
            results.append(Converted(done, "; ".join(notes) or None))
    return results


def _prepared(formula: Formula, writer: str) -> _Prepared | Converted:
    """The formula as pandoc is asked for it; what is to be said of it where there is no need to ask."""
    try:
        tex = expanded(formula.tex, macros_used(formula.tex, formula.macros))
    except EndlessMacroError as error:
        return Converted(None, f"a formula is shown as its source (no end of replacing {error})")
    coloured, lost = (
        with_colours_marked(tex) if writer == "typst" else (without_colour(tex), without_colour(tex) != tex)
    )
    tex, note = rewritten(coloured, typst=writer == "typst")
    notes = [*(["the colour is not shown"] if lost else []), *([note] if note else [])]
    tex = prepared(tex)
    if not tex:
        return Converted("[]")
    return _Prepared(with_pairs_marked(tex) if writer == "typst" else tex, formula.display, "; ".join(notes) or None)


def _first_line(problem: str) -> str:
    lines = [line.strip() for line in problem.splitlines() if line.strip().startswith("unexpected")]
    return lines[0] if lines else "pandoc cannot read it"


@lru_cache(maxsize=256)
def _pandoc(writer: str, formulas: tuple[tuple[str, bool], ...]) -> list[tuple[str, str, list[str]]]:
    """(markup, problem, unknown commands) of each formula, all from one run of pandoc."""
    asked = [{"tex": tex, "display": display} for tex, display in formulas]
    request = json.dumps({"kind": "formulas", "writer": writer, "formulas": asked})
    command = [pypandoc.get_pandoc_path(), "lua", str(SCRIPT)]
    done = subprocess.run(command, input=request, capture_output=True, encoding="utf-8", check=False)  # noqa: S603
    if done.returncode:
        return [("", f"unexpected end of pandoc: {done.stderr.strip()[:200]}", [])] * len(formulas)
    return [(answer["markup"], answer["problem"], answer["unknown"]) for answer in json.loads(done.stdout)]


def _math_element(markup: str, source: str) -> str | None:
    found = MATHML.search(markup)
    if not found:
        return None
    alt = html.escape(" ".join(source.split()))
    content = COMMAND.sub(r"\\\1", repaired_mathml(found[2])).replace("\ue001", "&quot;")
    return f'<math display="{found[1]}" alttext="{alt}">{content}</math>'
