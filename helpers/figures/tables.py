"""Tables of measured results, each with its caption."""

from collections.abc import Mapping, Sequence

import numpy as np

from nbtypst import Table

from ..evidence.claims import METADATA, State
from ..evidence.comparison import Comparison, Difference
from ..evidence.measures import MEASURES, measure_of
from ..evidence.numbers import line_label, network_label, seeds_text
from ..evidence.reviews import Review
from ..evidence.runs import summarise
from ..evidence.statistics import ENOUGH_SEEDS, Estimate
from ..experiments.result import Result, Runs

LISTED = tuple(name for name, measure in MEASURES.items() if measure.listed)
SIGNS = {True: "+", False: "−"}


def networks_table(
    results: Runs,
    names: Sequence[str],
    measures: Sequence[str] = ("test_accuracy", "steps"),
    *,
    label: str,
    see: str,
    intervals: bool = False,
) -> Table:
    """Give parameters and measures of networks, one network a row: means over the seeds, with interval if asked."""
    rows = []
    for name in (name for name in names if results[name]):
        runs = results[name]
        cells = [_cell(summarise(results, name, measure), measure, intervals) for measure in measures]
        rows.append([network_label(runs[0].experiment), f"{runs[0].parameters.size:,}", *cells])
    return Table(
        ["network", "parameters", *(measure_of(measure).heading for measure in measures)],
        rows,
        label=label,
        caption=f"{see} Mean over {seeds_text(results, names)}"
        + (f" with the {_spread(results, names)}." if intervals else ".")
        + _bracketed(rows)
        + _diverged(results, names)
        + _censored(results, names),
    )


def measures_table(results: Runs, names: Sequence[str], measures: Sequence[str], *, label: str, see: str) -> Table:
    """Give some measures of networks with their intervals: one measure a row, one network a column."""
    names = [name for name in names if results[name]]
    rows = [
        [measure_of(measure).heading, *(_cell(summarise(results, name, measure), measure, False) for name in names)]
        for measure in measures
    ]
    return Table(
        ["", *(line_label(results[name][0].experiment) for name in names)],
        rows,
        label=label,
        caption=f"{see} Mean over {seeds_text(results, names)}."
        + _bracketed(rows)
        + _diverged(results, names)
        + _censored(results, names),
    )


def signs_table(rows: Mapping[str, Comparison], measures: Sequence[str], *, label: str, see: str) -> Table:
    """Say for each comparison, by a sign, what became of each measure: one comparison a row."""
    return Table(
        ["", *(measure_of(measure).title for measure in measures)],
        [[what, *(_sign(comparison, measure) for measure in measures)] for what, comparison in rows.items()],
        label=label,
        caption=f"{see} +: better; −: worse; 0: no difference found; ?: not judged. Each column stands for itself.",
        align="l" + "c" * len(measures),
    )


def glossary_table(measures: Sequence[str] = LISTED) -> Table:
    """Say what each measure is; without names, each that the report's notebooks use."""
    return Table(
        ["measure", "name in code", "unit", "what it is"],
        [[measure_of(name).title, f"`{name}`", measure_of(name).unit, measure_of(name).meaning] for name in measures],
        label="tbl:glossary",
        caption="The measures, by the names that comparisons and tables take.",
        align="llll",
    )


def reviews_table(reviews: Sequence[Review], *, label: str = "tbl:first-report") -> Table:
    """List reviewed claims by task: what was said, the verdict, why; struck out where the numbers find another."""
    rows, reviews = [], sorted(reviews, key=lambda one: one.task)
    for one in reviews:
        verdict, why = f"**{one.written}**", one.why
        if one.holds is False:
            verdict, why = f"~~{one.written}~~ {one.found}", f"~~{one.why}~~"
        elif one.holds is None:
            verdict, why = one.found, ""
        elif one.as_claim().state is State.FRAGILE:
            verdict += " (fragile)"
        anchor = f'<a id="claim-{one.as_claim().identifier}"></a>'  # to which its row in the evidence leads back
        rows.append([one.task, anchor + one.said, verdict, why])
    return Table(
        ["task", "claim", "verdict", "why"],
        rows,
        label=label,
        caption="The claims of the first report. *Supported*: the numbers of this report bear out all of it. "
        "*Refuted*: they bear out the opposite of a part, or that it is too small to count. *Undecided*: neither.",
        align="llll",
        metadata={METADATA: [one.as_claim().as_metadata() for one in reviews]},
    )


def _cell(found: Estimate, measure: str, interval: bool) -> str:
    if not found.count:
        return "none"
    how = measure_of(measure)
    spread = f" ({how.text(found.low)}–{how.text(found.high)})" if interval and found.low != found.high else ""
    missing = f" [{found.count} of {len(found.values)}]" if found.count < len(found.values) else ""
    never = int(np.isinf(found.values).sum())
    some = f" [{never} never]" if 0 < never < len(found.values) else ""
    return how.text(found.mean) + spread + missing + some


def _bracketed(rows: Sequence[Sequence[str]]) -> str:
    """Say for a caption what `_cell` puts into brackets, where it does."""
    there = any("[" in cell for row in rows for cell in row[1:])
    return " In brackets: how many of the seeds have a value, or never reach it." * there


def _sign(comparison: Comparison, measure: str) -> str:
    found = comparison.found(measure)
    if found in (None, Difference.NOT_FOUND):
        return "?" if found is None else "0"
    return SIGNS[(found is Difference.LOWER) == measure_of(measure).lower_is_better]


def _spread(results: Runs, names: Sequence[str]) -> str:
    few = min(len(results[name]) for name in names) < ENOUGH_SEEDS
    return "range over the seeds" if few else "95 % interval"


def _counted(results: Runs, names: Sequence[str], counts: object) -> str:
    found = {name: sum(map(counts, results[name])) for name in names}
    return ", ".join(f"{count} of {name.replace('_', ' ')}" for name, count in found.items() if count)


def _censored(results: Runs, names: Sequence[str]) -> str:
    """Say for a caption which trainings the last epoch ended, where patience had not yet run out."""

    def ended_by_the_last_epoch(run: Result) -> bool:
        return run.experiment.config.patience is not None and not (run.history.stopped_early or run.diverged)

    found = _counted(results, names, ended_by_the_last_epoch)
    return f" Ended by the last epoch, not by early stopping: {found}." if found else ""


def _diverged(results: Runs, names: Sequence[str]) -> str:
    """Say for a caption which trainings diverged; they count in no mean."""
    found = _counted(results, names, lambda run: run.diverged)
    return f" Diverged, and in no mean: {found}." if found else ""
