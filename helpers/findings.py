"""The claims of the first report, each with what was measured here and a verdict by fixed rules."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from IPython.display import Markdown

from nbtypst import Table

from .activations import AMPLITUDE
from .derivations import largest_difference, slope_forms
from .experiments import EXPERIMENTS, num_parameters
from .plots import in_prose, seeds_text, short_name, spread_text
from .statistics import (
    CPU_SECONDS,
    FINAL_GAP,
    FINAL_TRAIN_LOSS,
    KEPT_GAP,
    NOISE,
    SEEDS_FOR_A_VERDICT,
    STEPS_TO_CONVERGE,
    TEST_ACCURACY,
    VALIDATION_ACCURACY,
    VALIDATION_LOSS,
    Comparison,
    Measure,
    Results,
    compare,
    final_train_loss,
    ratio,
    summarise,
    trainings,
)
from .tables import scientific

SUPPORTED, REFUTED, UNDECIDED = "supported", "refuted", "undecided"
NEARLY_ZERO = 0.01  # nats: what "the loss goes to zero" is taken to mean for the training loss
ABOUT_EQUAL = 0.05  # parameter counts within 5 % of each other are "about the same"


class Finding(NamedTuple):
    """One claim of the first report: what it said, what was measured, verdict, and why."""

    task: str
    claim: str
    measured: str
    verdict: str


class Expectation(NamedTuple):
    """That a measure is "better" or "worse" in the second network of a pair."""

    pair: tuple[str, str]
    measure: Measure
    verdict: str


def findings(results: Results) -> list[Finding]:
    """Return a finding for each claim of the first report, in its order."""
    return [_parameters(), *(finding(results) for finding in CLAIMS)]


def findings_table(results: Results) -> Table:
    """Return the findings as a table."""
    return Table(
        ["task", "claim of the first report", "measured here", "verdict"],
        [[f.task, f.claim, f.measured, f"**{f.verdict}**"] for f in findings(results)],
        label="tbl:findings",
        caption=f"The claims of the first report, measured over {seeds_text(results)} or worked out again. "
        f"Differences are paired, with their {spread_text(results)}. *Supported*: the corrected test finds every "
        "difference claimed. *Refuted*: it finds the opposite of one, or an accuracy's interval lies within ±0.1 "
        "points. Else *undecided*. Claims on time are judged by their direction; that on early stopping is supported "
        "where the ratio claimed lies within the range over the seeds, else undecided. Counts and formulas are worked "
        f"out. *To zero* means a training loss at the end below {NEARLY_ZERO} nats with every seed; undecided where "
        "early stopping ended a training before.",
        align="llll",
    )


def summary(results: Results) -> Markdown:
    """Return the summary of findings: counts of verdicts, the best network, what mattered most."""
    found = findings(results)
    counts = {verdict: sum(f.verdict == verdict for f in found) for verdict in (SUPPORTED, REFUTED, UNDECIDED)}
    plain = [name for name in EXPERIMENTS if name in results]
    accuracy = {name: summarise(results, name, VALIDATION_ACCURACY).mean for name in plain}
    best = max(plain, key=lambda name: np.nan_to_num(accuracy[name], nan=-1))
    test = summarise(results, best, TEST_ACCURACY)
    steps = [("2c", "3a"), ("3a", "3b"), ("3b", "3c")]
    gains = {pair: compare(results, *pair, VALIDATION_ACCURACY) for pair in steps}
    largest = max(steps, key=lambda pair: abs(np.nan_to_num(gains[pair].difference.mean)))
    sentences = [
        "A first, hand-made report on this assignment made a number of claims; each is measured again here.",
        f"Of its {len(found)} claims, {counts[SUPPORTED]} found support, "
        f"{counts[REFUTED]} were refuted and {counts[UNDECIDED]} left undecided.",
        f"{len(results)} networks in plain NumPy were trained with {seeds_text(results)} each, in "
        f"{len(trainings(results))} trainings: ten layers with and without early stopping are one training.",
        f"Of the tricks of the trade, added one after the other, "
        f"{EXPERIMENTS[largest[1]].title.removeprefix('+ ')} changed the validation accuracy most, by "
        f"{_signed(gains[largest])} points; momentum with the lower learning rate changed it by "
        f"{_signed(gains['3b', '3c'])}, ten hidden layers in place of one by "
        f"{_signed(compare(results, '3c', '4e', VALIDATION_ACCURACY))}.",
        f"The highest mean validation accuracy is that of {in_prose(best)}"
        + (f": {_signed(compare(results, '3c', best, VALIDATION_ACCURACY))} against 3c." if best != "3c" else "."),
        f"It recognises {TEST_ACCURACY.text(test.mean)} % of the test images ({TEST_ACCURACY.text(test.low)} to "
        f"{TEST_ACCURACY.text(test.high)}).",
    ]
    if len(next(iter(results.values()))) < SEEDS_FOR_A_VERDICT:
        sentences.append(
            f"This is a run on fewer than {SEEDS_FOR_A_VERDICT} seeds: it gives no verdict on differences."
        )
    return Markdown(" ".join(sentences).replace(" %", "\N{NO-BREAK SPACE}%"))


def judge(results: Results, expectations: Sequence[Expectation]) -> str:
    """Return supported if every expectation was found, refuted if the contrary of any was, else undecided.

    A difference that is too small to matter is contrary to either direction.
    """
    contrary = {"better": {"worse", "too small to matter"}, "worse": {"better", "too small to matter"}}
    found = [(compare(results, *e.pair, e.measure).verdict, e.verdict) for e in expectations]
    if any(verdict in contrary[expected] for verdict, expected in found):
        return REFUTED
    return SUPPORTED if all(verdict == expected for verdict, expected in found) else UNDECIDED


def _parameters() -> Finding:
    count = num_parameters((64,))
    measured = f"785·64 + 64·10 = {count:,}; the bias column is counted in the 785"
    return Finding("2d", "The network has 52,880 parameters", measured, SUPPORTED if count == 52_880 else REFUTED)


def _differences(task: str, claim: str, *expectations: Expectation) -> Callable[[Results], Finding]:
    """Return a finding on differences between networks."""

    def finding(results: Results) -> Finding:
        measured = "; ".join(_measured(compare(results, *e.pair, e.measure)) for e in expectations)
        return Finding(task, claim, measured, judge(results, expectations))

    return finding


def _measured(found: Comparison) -> str:
    measure, difference = found.measure, found.difference
    mean, low, high = (measure.text(n, signed=True) for n in (difference.mean, difference.low, difference.high))
    verdict = "" if found.verdict == "too few seeds" else f"; *{found.verdict}*"
    return f"{measure.name} {mean}{measure.unit_of_difference} ({low} to {high}{verdict})"


def _slope(results: Results) -> Finding:
    x = np.linspace(-6, 6, 2401)
    forms = slope_forms(x)
    error = largest_difference(forms["with cosh"], forms["with tanh"])
    as_written = (4 / 3) * AMPLITUDE / np.cosh(4 * x / 3) + 1
    wrong = largest_difference(as_written, forms["with tanh"])
    measured = (
        f"as written, with + 1 behind the fraction, wrong by up to {wrong:.2f}; with the 1 in the denominator right to "
        f"{scientific(error)}"
    )
    verdict = SUPPORTED if wrong < 1e-12 else REFUTED
    return Finding("3b", "The slope of the improved sigmoid, as the notes' last line gives it", measured, verdict)


def _nearly_zero(task: str, name: str) -> Callable[[Results], Finding]:
    def finding(results: Results) -> Finding:
        losses = np.array([final_train_loss(run.history) for run in results[name]])
        losses = losses[np.isfinite(losses)]
        stopped = any(run.history.stopped_early for run in results[name])
        zero = len(losses) and losses.max() < NEARLY_ZERO
        verdict = SUPPORTED if zero else UNDECIDED if stopped else REFUTED
        measured = (
            f"training loss at the end {losses.min():.4f} to {losses.max():.4f} nats over the seeds"
            if len(losses)
            else "none"
        )
        if stopped and not zero:
            measured += ", where early stopping ended it"
        return Finding(task, f"The loss of {in_prose(name)} still goes to zero", measured, verdict)

    return finding


def _equal_size(results: Results) -> Finding:
    two, one = num_parameters((32, 32)), num_parameters((64,))
    equal = abs(two / one - 1) < ABOUT_EQUAL
    claim = "Two layers of 32 have about the parameters of one layer of 64"
    return Finding("4d", claim, f"{two:,} against {one:,}: {two / one:.2f} times", SUPPORTED if equal else REFUTED)


def _far_longer(results: Results) -> Finding:
    counts = num_parameters(EXPERIMENTS["4e"].hidden_layers), num_parameters(EXPERIMENTS["3c"].hidden_layers)
    verdict = judge(results, [Expectation(("3c", "4e"), CPU_SECONDS, "worse")])
    measured = (
        f"{counts[0]:,} parameters, {counts[0] / counts[1]:.2f} times; CPU time {_times(results, '3c', '4e')} times"
    )
    return Finding("4e", "Ten layers have many more parameters and take far longer", measured, verdict)


def _beats_all(results: Results) -> Finding:
    others = ("4a", "4b", "4d", "4d_32", "4e")
    expectations = [
        Expectation(("3c", other), measure, "worse")
        for measure in (VALIDATION_ACCURACY, CPU_SECONDS)
        for other in others
    ]
    found = {other: compare(results, "3c", other, VALIDATION_ACCURACY) for other in others}
    better = [short_name(other) for other in others if found[other].verdict == "better"]
    measured = "validation accuracy against 3c: " + ", ".join(
        f"{short_name(other)} {_signed(comparison)}" for other, comparison in found.items()
    )
    measured += f" points{'; better: ' * bool(better)}{', '.join(better)}"
    times = ", ".join(f"{short_name(other)} {_times(results, '3c', other)}" for other in others)
    claim = "One hidden layer of 64 beats all other topologies, with far less computing"
    return Finding("4e", claim, f"{measured}; CPU time {times} times", judge(results, expectations))


def _stopping(results: Results) -> Finding:
    """Early stopping saves time by construction; what can be found is how much."""
    pair, claimed = ("4e_no_stopping", "4e"), 132.17 / 342.85
    unstopped, stopped = (CPU_SECONDS.text(summarise(results, name, CPU_SECONDS).mean) for name in pair)
    found = ratio(results, *pair, CPU_SECONDS)
    measured = f"{unstopped} s to {stopped} s of CPU time, {_times(results, *pair, 2)} times; claimed: {claimed:.2f}"
    lowest, highest = np.nanmin(found.values, initial=np.inf), np.nanmax(found.values, initial=-np.inf)
    if found.count:
        measured += f", over the seeds: {lowest:.2f} to {highest:.2f}"
    within = found.count >= SEEDS_FOR_A_VERDICT and lowest <= claimed <= highest
    verdict = SUPPORTED if within else UNDECIDED
    return Finding("stopping", "Early stopping cut the run from 342.85 s to 132.17 s", measured, verdict)


def _times(results: Results, before: str, after: str, decimals: int = 1) -> str:
    """Return the ratio of CPU times with its interval."""
    found = ratio(results, before, after, CPU_SECONDS)
    mean, low, high = (f"{number:.{decimals}f}" for number in (found.mean, found.low, found.high))
    return f"{mean} ({low} to {high})" if found.count else "unknown"


def _signed(found: Comparison) -> str:
    """Return a difference with its interval, without its unit."""
    difference = found.difference
    mean, low, high = (found.measure.text(n, signed=True) for n in (difference.mean, difference.low, difference.high))
    return f"{mean} ({low} to {high})"


CLAIMS: tuple[Callable[[Results], Finding], ...] = (
    _differences(
        "3a",
        "Improved weights converge faster and are more accurate",
        Expectation(("2c", "3a"), STEPS_TO_CONVERGE, "better"),
        Expectation(("2c", "3a"), VALIDATION_ACCURACY, "better"),
    ),
    _differences(
        "3b",
        "The improved sigmoid improves accuracy and loss further",
        Expectation(("3a", "3b"), VALIDATION_ACCURACY, "better"),
        Expectation(("3a", "3b"), VALIDATION_LOSS, "better"),
    ),
    _differences(
        "3b",
        "It overfits less",
        Expectation(("3a", "3b"), KEPT_GAP, "better"),
        Expectation(("3a", "3b"), FINAL_GAP, "better"),
    ),
    _differences("3b", "It converges faster still", Expectation(("3a", "3b"), STEPS_TO_CONVERGE, "better")),
    _slope,
    _differences("4a", "With 32 units accuracy is worse", Expectation(("3c", "4a"), VALIDATION_ACCURACY, "worse")),
    _nearly_zero("4a", "4a"),
    _differences("4b", "With 128 units accuracy is worse", Expectation(("3c", "4b"), VALIDATION_ACCURACY, "worse")),
    _nearly_zero("4b", "4b"),
    _differences("4b", "With 128 units the run takes longer", Expectation(("3c", "4b"), CPU_SECONDS, "worse")),
    _equal_size,
    _differences(
        "4d",
        "Two layers of 32 are noisier and worse",
        Expectation(("3c", "4d_32"), NOISE, "worse"),
        Expectation(("3c", "4d_32"), VALIDATION_ACCURACY, "worse"),
    ),
    _differences(
        "4d",
        "More units (here two layers of 60) would help",
        Expectation(("4d_32", "4d"), NOISE, "better"),
        Expectation(("4d_32", "4d"), VALIDATION_ACCURACY, "better"),
    ),
    _far_longer,
    _differences(
        "4e",
        "With ten layers the training data are learnt better",
        Expectation(("3c", "4e"), FINAL_TRAIN_LOSS, "better"),
    ),
    _beats_all,
    _stopping,
)
