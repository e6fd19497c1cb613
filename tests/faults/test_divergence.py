"""Diverging trainings: reported as diverged, and nowhere in the report as a number."""

import ast
import re
from dataclasses import replace

import matplotlib.pyplot as plt
import nbformat
import pytest
from IPython.display import Markdown

import helpers
from helpers import EXPERIMENTS, run_experiments
from helpers.evidence import claims
from helpers.experiments.result import Results
from helpers.experiments.store import Store
from helpers.report import ROOT, notebooks_of
from nbtypst import Figure, Table

NO_NUMBER = re.compile(r"(?<![a-z])[-+−]?(nan|inf)(?![a-z])", re.IGNORECASE)
SEEDS = 2


def cells():
    """(place, source) of every code cell of the report but magics, the trainings to look at, and the explorer."""
    for path in notebooks_of(ROOT):
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells, start=1):
            if cell.cell_type == "code" and not re.search(r"^%|^first = |explorer", cell.source, re.MULTILINE):
                yield f"{path.name}, cell {number}", cell.source


def texts_of(shown):
    """Everything that a cell's value says."""
    if isinstance(shown, Markdown):
        return [shown.data]
    if isinstance(shown, Table):
        return [str(cell) for row in (shown.header, *shown.rows) for cell in row] + [shown.caption]
    if isinstance(shown, Figure):
        return [shown.caption, shown.alt]
    return []


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Results of all experiments as they are and with a learning rate of a million, one epoch, two seeds, on MNIST."""
    store = Store(tmp_path_factory.mktemp("results"))
    usual = run_experiments(seeds=SEEDS, max_epochs=1, store=store, progress=False)
    wild = [replace(e, config=replace(e.config, learning_rate=1e6)) for e in EXPERIMENTS.values()]
    diverged = run_experiments(wild, seeds=SEEDS, max_epochs=1, store=store, progress=False)
    return usual, diverged


def test_a_learning_rate_of_a_million_is_reported_as_diverged(trained):
    usual, diverged = trained
    assert not any(run.diverged for runs in usual.values() for run in runs)
    assert all(run.diverged for runs in diverged.values() for run in runs)


CASES = {
    "the baseline": (["baseline"], [0, 1]),
    "the network of Task 3": (["momentum"], [0, 1]),
    "ten layers": (["deep", "deep_to_the_end", "deep_plain", "deep_uniform"], [0, 1]),
    "one seed of all": (list(EXPERIMENTS), [0]),
    "all": (list(EXPERIMENTS), [0, 1]),
}


@pytest.mark.parametrize("case", CASES)
def test_every_cell_of_the_report_says_what_it_can_and_never_nan(case, trained, monkeypatch):
    usual, diverged = trained
    names, seeds = CASES[case]
    mixed = {
        name: [diverged[name][seed] if name in names and seed in seeds else run for seed, run in enumerate(runs)]
        for name, runs in usual.items()
    }
    results = Results(EXPERIMENTS.values(), mixed)
    for name in ("run_experiments", "load_results"):
        monkeypatch.setattr(helpers, name, lambda *arguments, **options: results)
    monkeypatch.setattr(claims, "_made", {})
    problems, tables, values = [], [], {}
    for place, source in cells():
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        try:
            exec(compile(tree, place, "exec"), values)  # noqa: S102, the report's own cells
            shown = eval(compile(ast.Expression(last.value), place, "eval"), values) if last else None  # noqa: S307
        except Exception as error:
            problems.append(f"{place}: {type(error).__name__}: {error}")
            continue
        tables += [shown] if isinstance(shown, Table) else []
        problems += [f"{place}: {text}" for text in texts_of(shown) if NO_NUMBER.search(text)]
        plt.close("all")
    said = [claim.markdown() for claim in claims._made.values()]
    problems += [text for text in said if NO_NUMBER.search(text)]
    assert not problems, "\n".join(problems)
    told = [table for table in tables if "iverged" in table.caption]
    assert told, "no table says that trainings diverged"
