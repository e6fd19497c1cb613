"""Formulas, from TeX to Typst and to MathML, by pandoc, with what it gets wrong put right."""

import html
import json
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import pypandoc

from .mathml import repaired_mathml
from .tex import (
    COLOUR,
    UNKNOWN,
    Formula,
    definitions,
    is_left_aligned,
    labels_and_tag,
    macros_used,
    prepared,
    with_matrices,
    with_pairs_marked,
    without_colour,
)

__all__ = ["Converted", "Formula", "definitions", "labels_and_tag", "to_mathml", "to_typst"]
SCRIPT = Path(__file__).parent / "pandoc.lua"
MOST_UNKNOWN = 6  # commands of one formula; with more it is shown as its source
COMMAND = re.compile(r"nbcommand([A-Za-z]+)nbend")
MATHML = re.compile(r"<math display=\"(\w+)\".*?><semantics>(.*)<annotation.*</math>", re.DOTALL)


@dataclass(frozen=True)
class Converted:
    """A formula for a writer: `markup`, None if it cannot be converted; `problem`: what is shown less well, or why.

    For Typst `markup` is the body of an equation, for the web a `math` element.
    """

    markup: str | None
    problem: str | None = None


def to_typst(formulas: Sequence[Formula]) -> list[Converted]:
    """The formulas as bodies of Typst's `math.equation`."""
    return _converted(formulas, "typst", lambda tex: with_pairs_marked(with_matrices(tex)), _typst_body)


def to_mathml(formulas: Sequence[Formula]) -> list[Converted]:
    """The formulas as `math` elements of HTML, with their source as alternative text."""
    return _converted(formulas, "html", str, _math_element)


def _converted(
    formulas: Sequence[Formula],
    writer: str,
    prepare: Callable[[str], str],
    finish: Callable[[str, str, str], str | None],
) -> list[Converted]:
    """Let pandoc convert; what it does not know is tried in other words, in rounds, all formulas of a round at once."""
    results: dict[int, Converted] = {}
    asked = {number: _asked(formula) for number, formula in enumerate(formulas) if formula.tex.strip()}
    notes = {number: "the colour is not shown" for number in asked if COLOUR.search(formulas[number].tex)}
    for _ in range(MOST_UNKNOWN):
        if not asked:
            break
        answers = _pandoc(writer, tuple(replace(formula, tex=prepare(formula.tex)) for formula in asked.values()))
        again: dict[int, Formula] = {}
        for (number, formula), (markup, problem) in zip(asked.items(), answers, strict=True):
            done = None if problem else finish(markup, formula.tex, formulas[number].tex)
            if done is not None:
                results[number] = Converted(COMMAND.sub(r"\\\\\1", done), notes.get(number))
            elif (other := _in_other_words(formula, problem)) is not None:
                again[number] = other
                if unknown := UNKNOWN.search(problem):
                    notes[number] = f"\\{unknown[1]} is not known"
            else:
                results[number] = Converted(None, f"a formula is shown as its source ({_first_line(problem)})")
        asked = again
    results |= {number: Converted(None, "a formula is shown as its source") for number in asked}
    return [results.get(number, Converted("[]")) for number in range(len(formulas))]


def _asked(formula: Formula) -> Formula:
    tex = prepared(without_colour(formula.tex))
    return Formula(tex, formula.display, macros_used(tex, formula.macros))


def _in_other_words(formula: Formula, problem: str) -> Formula | None:
    """The formula for another try: an unknown command as words, as MathJax shows it; lines as an environment."""
    unknown = UNKNOWN.search(problem)
    if unknown:
        tex = re.sub(rf"\\{unknown[1]}(?![A-Za-z])", rf"\\text{{nbcommand{unknown[1]}nbend}}", formula.tex)
        return replace(formula, tex=tex) if tex != formula.tex else None
    if "\\\\" in formula.tex and "aligned}" not in formula.tex:
        return replace(formula, tex=rf"\begin{{aligned}}{formula.tex}\end{{aligned}}")
    return None


def _first_line(problem: str) -> str:
    lines = [line.strip() for line in problem.splitlines() if line.strip().startswith("unexpected")]
    return lines[0] if lines else "pandoc cannot read it"


@lru_cache(maxsize=256)
def _pandoc(writer: str, formulas: tuple[Formula, ...]) -> list[tuple[str, str]]:
    """(markup, problem) of each formula, all from one run of pandoc."""
    request = json.dumps({"writer": writer, "formulas": [vars(formula) for formula in formulas]})
    command = [pypandoc.get_pandoc_path(), "lua", str(SCRIPT)]
    done = subprocess.run(command, input=request, capture_output=True, encoding="utf-8", check=False)  # noqa: S603
    if done.returncode:
        return [("", f"unexpected end of pandoc: {done.stderr.strip()[:200]}")] * len(formulas)
    return [(answer["markup"], answer["problem"]) for answer in json.loads(done.stdout)]


# Typst

REPAIRS: list[tuple[str, str]] = [  # names that Typst has changed, wrong spaces, large brackets
    (r"\\\| corner\.r\.t", "bar.v)"),
    (r"\.circle", ".o"),
    (r"(?<![\w.])sect(?!\w)", "inter"),
    (r"#h\(0em\)", "thick"),
    (r"#h\(-1em\)", "#h(0em)"),
]
LATER_REPAIRS: list[tuple[str, str]] = [
    (r"\[\\\|\]", "[│]"),
    (r"\\\|", ' class("normal", \\\\|)'),
    (r"\[│\]", "[\\\\|]"),
    (r"bar\.v\.double", 'class("normal", bar.v.double)'),
    (r"#scale\(x: (\d+)%, y: \d+%\)\[(\\?.)\]", r"lr(size: #\1%, \2)"),
    (r"corner\.l\.t \{", "lr(\\\\{"),
    (r"\} corner\.r\.t", "\\\\})"),
    (r"corner\.l\.t", "lr("),
    (r"corner\.r\.t", ")"),
]


def _typst_body(markup: str, tex: str, _: str) -> str | None:
    markup = " ".join(markup.split())
    if not (markup.startswith("$") and markup.endswith("$") and len(markup) > 2):
        return None
    for pattern, replacement in REPAIRS:
        markup = re.sub(pattern, replacement, markup)
    limits = ", limits: #true" if r"\operatorname*" in tex or r"\mathop" in tex else ""

    def operator(found: re.Match[str]) -> str:  # \operatorname is bare text; \text is upright(text)
        is_text = found[1] == "(" or not re.search(r"[^\W\d_]", found[2]) or "nbcommand" in found[2]
        return found[0] if is_text else f"{found[1]}op({found[2]}{limits})"

    markup = re.sub(r'(.)("[^"]*")', operator, markup)
    markup = re.sub(r"cases\([^()]*(?:\([^()]*\)[^()]*)*\)", lambda found: found[0].replace(" & ", " & quad "), markup)
    if "Bmatrix" in with_matrices(tex) and "Bmatrix" not in tex:
        align = ", align: #left" if is_left_aligned(tex) else ""
        markup = markup.replace('mat(delim: "{"', f"mat(delim: #none{align}")
    bars = "‖" if "Vmatrix" in tex else "|"  # the writer has one word for both
    markup = markup.replace('mat(delim: "||"', f'mat(delim: "{bars}"')
    for pattern, replacement in LATER_REPAIRS:
        markup = re.sub(pattern, replacement, markup)
    return f"{markup}.body"


# MathML


def _math_element(markup: str, _: str, source: str) -> str | None:
    found = MATHML.search(markup)
    if not found:
        return None
    alt = html.escape(" ".join(source.split()))
    return f'<math display="{found[1]}" alttext="{alt}">{repaired_mathml(found[2])}</math>'
