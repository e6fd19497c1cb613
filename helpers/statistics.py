"""What the seeds say: means with intervals, and paired comparisons with a verdict by fixed rules."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from scipy import stats

from .training import History
from .trials import Result

SEEDS_FOR_A_VERDICT = 6  # with n pairs the smallest two-sided p of the sign-flip test is 2 / 2^n: 0.03 for 6
SIGNIFICANT = 0.05
NEGLIGIBLE_ACCURACY = 0.001  # 0.1 percentage points
CONVERGED = 1.05  # as a multiple of the baseline's lowest validation loss
RESAMPLES = 10_000
EXACT = 1 << 17  # permutations; with more than 17 seeds as many are drawn at random
ROUNDING = 1e-12  # relative; numbers as close as that are equal

Results = Mapping[str, Sequence[Result]]


@dataclass(frozen=True)
class Measure:
    """A number read off a result, given the baseline's result with the same seed.

    negligible: a difference within +- this is too small to matter.
    unit, scale, decimals: how it is written: `scale` times the number, then the unit.
    """

    name: str
    read: Callable[[Result, Result], float]
    unit: str
    decimals: int
    scale: float = 1.0
    lower_is_better: bool = True
    negligible: float = 0.0

    @property
    def noun(self) -> str:
        """Return how a sentence calls it."""
        return f"number of {self.name}" if self.unit == "steps" else self.name

    @property
    def unit_of_difference(self) -> str:
        """Return what stands behind a difference in a table, with its space; nothing where the name says it."""
        return {"%": " points", "steps": ""}.get(self.unit, f" {self.unit}")

    def text(self, number: float, *, signed: bool = False) -> str:
        """Return a value (or a signed difference) as written in the report, without its unit."""
        if not np.isfinite(number):
            return "none"
        digits = f"{number * self.scale:{'+' if signed else ''},.{self.decimals}f}"
        return digits.replace("-", "−")


def _steps_to_converge(result: Result, baseline: Result) -> float:
    """Steps until the validation loss is first within 5 % of the baseline's lowest; NaN if it never is."""
    lowest = baseline.history.validation_loss.min(initial=np.nan if baseline.diverged else np.inf)
    near = result.history.validation_loss <= CONVERGED * lowest
    return float(result.history.validation_steps[near.argmax()]) if near.any() else np.nan


def _final_gap(result: Result, baseline: Result) -> float:
    """Last validation loss less the last training loss."""
    history = result.history
    return float(history.validation_loss[-1]) - final_train_loss(history) if len(history.validation_loss) else np.nan


def final_train_loss(history: History) -> float:
    """Return the mean loss [nats] of the mini-batches since the sixth last validation: of about one epoch."""
    steps = history.validation_steps
    return float(history.train_loss[steps[-6] if len(steps) > 5 else 0 :].mean()) if len(steps) else np.nan


def _noise(result: Result, baseline: Result) -> float:
    """Standard deviation of the validation loss's change from one validation to the next, over the last half."""
    losses = result.history.validation_loss
    return float(np.diff(losses[len(losses) // 2 :]).std()) if len(losses) > 3 else np.nan


ACCURACY = {"unit": "%", "decimals": 2, "scale": 100, "lower_is_better": False, "negligible": NEGLIGIBLE_ACCURACY}

VALIDATION_LOSS = Measure("validation loss", lambda result, _: result.validation[0], "nats", 4)
TEST_LOSS = Measure("test loss", lambda result, _: result.test[0], "nats", 4)
VALIDATION_ACCURACY = Measure("validation accuracy", lambda result, _: result.validation[1], **ACCURACY)
TEST_ACCURACY = Measure("test accuracy", lambda result, _: result.test[1], **ACCURACY)
STEPS_TO_CONVERGE = Measure("steps to converge", _steps_to_converge, "steps", 0)
STEPS_TO_BEST = Measure("steps to the best", lambda result, _: float(result.history.best_step), "steps", 0)
KEPT_GAP = Measure("gap with the weights kept", lambda result, _: result.validation[0] - result.train[0], "nats", 3)
FINAL_GAP = Measure("gap at the end of training", _final_gap, "nats", 3)
FINAL_TRAIN_LOSS = Measure("training loss at the end", lambda result, _: final_train_loss(result.history), "nats", 4)
SATURATION = Measure(
    "saturated share of the first hidden layer", lambda result, _: float(result.saturation[1][0]), "%", 1, scale=100
)
NOISE = Measure("noise of the validation loss", _noise, "nats", 4)
CPU_SECONDS = Measure("CPU time", lambda result, _: result.history.cpu_seconds, "s", 1)
MEASURES = (
    VALIDATION_LOSS,
    VALIDATION_ACCURACY,
    TEST_ACCURACY,
    STEPS_TO_CONVERGE,
    STEPS_TO_BEST,
    KEPT_GAP,
    FINAL_GAP,
    NOISE,
    CPU_SECONDS,
)

BASELINE = "2c"
# Every comparison of the report, as (before, after): one family for Holm's correction.
COMPARISONS = (
    ("2c", "3a"),
    ("3a", "3b"),
    ("3b", "3c"),
    ("3c", "4a"),
    ("3c", "4b"),
    ("3c", "4d"),
    ("3c", "4d_32"),
    ("4d_32", "4d"),
    ("3c", "4e"),
    ("4e_no_stopping", "4e"),
)


@dataclass(frozen=True)
class Estimate:
    """Mean over seeds with its 95 % bootstrap interval (BCa), and every seed's value; NaN where a run has none.

    With too few seeds for a verdict, `low` and `high` are the lowest and the highest value.
    """

    values: np.ndarray
    mean: float
    low: float
    high: float

    @property
    def count(self) -> int:
        """Number of seeds that gave a value."""
        return int(np.isfinite(self.values).sum())


@dataclass(frozen=True)
class Comparison:
    """A paired comparison over seeds: `after` less `before`.

    difference: mean with interval over the pairs; p: exact two-sided sign-flip permutation test;
    p_holm: corrected over the family; verdict: "better", "worse", "no difference found", "too small to matter",
    or "too few seeds".
    """

    before: str
    after: str
    measure: Measure
    difference: Estimate
    p: float
    p_holm: float
    verdict: str

    @property
    def improves(self) -> bool:
        """Whether the mean difference, whatever its size, goes in the good direction."""
        return (self.difference.mean < 0) == self.measure.lower_is_better


def values(results: Results, name: str, measure: Measure) -> np.ndarray:
    """Return one measure of one experiment for each seed, `(seeds,)`; NaN where a run diverged or has none.

    Raises `ValueError` where the experiment and the baseline were not trained with the same seeds.
    """
    if [run.seed for run in results[name]] != [run.seed for run in results[BASELINE]]:
        raise ValueError(f"{name} and {BASELINE} have results of different seeds; let run_experiments finish")
    pairs = zip(results[name], results[BASELINE], strict=True)
    return np.array([np.nan if run.diverged else measure.read(run, baseline) for run, baseline in pairs])


def trainings(results: Results) -> list[Result]:
    """Return the results of all trainings; two networks that differ in patience alone come of one training."""
    return [run for name, runs in results.items() if not (name == "4e" and "4e_no_stopping" in results) for run in runs]


def estimate(numbers: Iterable[float]) -> Estimate:
    """Return mean and interval (with few numbers, range) of the finite numbers; a point if they are all equal."""
    numbers = np.asarray(list(numbers), float)
    finite = numbers[np.isfinite(numbers)]
    mean = float(finite.mean()) if len(finite) else np.nan
    if not len(finite):
        return Estimate(numbers, mean, mean, mean)
    if len(finite) < SEEDS_FOR_A_VERDICT or np.ptp(finite) <= ROUNDING * np.abs(finite).max():
        return Estimate(numbers, mean, float(finite.min()), float(finite.max()))
    interval = stats.bootstrap(
        (finite,), np.mean, n_resamples=RESAMPLES, method="BCa", rng=np.random.default_rng(0)
    ).confidence_interval
    return Estimate(numbers, mean, float(interval.low), float(interval.high))


def summarise(results: Results, name: str, measure: Measure) -> Estimate:
    """Return the estimate of one measure of one experiment."""
    return estimate(values(results, name, measure))


def ratio(results: Results, before: str, after: str, measure: Measure) -> Estimate:
    """Return the estimate of a measure of `after` over that of `before`, seed by seed."""
    return estimate(values(results, after, measure) / values(results, before, measure))


def compare(results: Results, before: str, after: str, measure: Measure) -> Comparison:
    """Compare two experiments seed by seed, corrected over the report's comparisons of the same measure.

    results: must hold every experiment of `COMPARISONS`, or only some of them: the correction then is over those.
    """
    family = {pair: _differences(results, *pair, measure) for pair in _family(results, before, after)}
    p_values = {pair: _sign_flip_p(tuple(differences)) for pair, differences in family.items()}
    corrected = dict(zip(p_values, holm(list(p_values.values())), strict=True))
    pair = before, after
    comparison = Comparison(before, after, measure, estimate(family[pair]), p_values[pair], corrected[pair], "")
    return replace(comparison, verdict=_verdict(comparison))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's step-down corrected p values (S. Holm, 1979), in the order given."""
    order = np.argsort(p_values, kind="stable")
    corrected = np.empty(len(p_values))
    weights = np.arange(len(p_values), 0, -1)
    corrected[order] = np.minimum(1, np.maximum.accumulate(weights * np.asarray(p_values, float)[order]))
    return corrected.tolist()


def _family(results: Results, before: str, after: str) -> list[tuple[str, str]]:
    known = [pair for pair in COMPARISONS if set(pair) <= set(results)]
    return known if (before, after) in known else [*known, (before, after)]


def _differences(results: Results, before: str, after: str, measure: Measure) -> np.ndarray:
    return values(results, after, measure) - values(results, before, measure)


@cache
def _sign_flip_p(differences: tuple[float, ...]) -> float:
    """Return the exact two-sided p: how often random signs give a mean difference as large as the one seen."""
    finite = np.array(differences)[np.isfinite(differences)]
    if len(finite) < 2 or not finite.any():
        return 1.0
    test = stats.permutation_test((finite,), np.mean, permutation_type="samples", n_resamples=EXACT, rng=0)
    return float(test.pvalue)


def _verdict(comparison: Comparison) -> str:
    difference, negligible = comparison.difference, comparison.measure.negligible
    if difference.count < SEEDS_FOR_A_VERDICT or not detectable(difference.count):
        return "too few seeds"
    if -negligible < difference.low and difference.high < negligible:
        return "too small to matter"
    if comparison.p_holm < SIGNIFICANT:
        return "better" if comparison.improves else "worse"
    return "no difference found"


def detectable(seeds: int) -> bool:
    """Return whether so many pairs can give a significant corrected p at all: the smallest is 2 / 2^seeds."""
    return len(COMPARISONS) * 2 / 2**seeds < SIGNIFICANT
