"""How numbers, seeds and networks are written in text, tables and figures."""

from collections.abc import Iterable, Sequence

import numpy as np

from ..experiments.experiment import Experiment
from ..experiments.result import Results

NOT_TRAINED = "not trained yet"
NOT_YET = f"{NOT_TRAINED}: run `make pdf`, or Task 2, 3 or 4"


def decimal(number: float, decimals: int, *, signed: bool = False) -> str:
    """Return a number with a true minus and no negative nought; "none" where there is none, "never" if endless."""
    if not np.isfinite(number):
        return "never" if number > 0 else "none"
    return f"{round(number, decimals) + 0.0:{'+' if signed else ''},.{decimals}f}".replace("-", "−")


def rounded(number: float, digits: int = 2) -> str:
    """Return a number rounded to so many leading digits, for example 11,962 as "12,000"; else as `decimal`."""
    if not np.isfinite(number):
        return decimal(number, 0)
    return decimal(float(f"{number:.{digits - 1}e}"), 0 if abs(number) >= 10 ** (digits - 1) else digits - 1)


def scientific(number: float) -> str:
    """Return a number as mathematics, for example `$2.3 \\cdot 10^{-11}$`."""
    if not np.isfinite(number):
        return "none"
    if number == 0:
        return "$0$"
    mantissa, exponent = f"{number:.1e}".split("e")
    return f"${mantissa} \\cdot 10^{{{int(exponent)}}}$"


def factor(number: float) -> str:
    """Return a ratio with two decimals, as mathematics where it is small."""
    return f"{number:.2f}" if number >= 1e-2 else scientific(number)


def listed(words: Sequence[str], conjunction: str = "and") -> str:
    """Return for example "a, b and c"."""
    return f" {conjunction} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def short_name(experiment: Experiment | str) -> str:
    """Return the shortest way to say which experiment is meant, for example "two layers"."""
    return (experiment if isinstance(experiment, str) else experiment.name).replace("_", " ")


def line_label(experiment: Experiment) -> str:
    """Return how the legend of a figure calls an experiment: "4a: narrow"; without a task what it is too."""
    if not experiment.task:
        return network_label(experiment)
    return f"{experiment.task}: {short_name(experiment)}"


def network_label(experiment: Experiment) -> str:
    """Return how tables call an experiment, for example "4a: narrow (32 units)"."""
    task = f"{experiment.task}: " if experiment.task else ""
    return f"{task}{short_name(experiment)} ({experiment.summary})"


def seeds_text(results: Results, names: Sequence[str] | None = None) -> str:
    """Return for example "10 seeds", or "3 to 10 seeds" where networks differ; where there are none, what to do."""
    counts = sorted({len(results[name]) for name in (names or results)})
    ends = list(dict.fromkeys([counts[0], counts[-1]])) if counts else [0]
    if ends == [0]:
        return f"0 seeds ({NOT_YET})"
    return f"{ends[0]} to {counted(ends[1], 'seed')}" if len(ends) == 2 else counted(ends[0], "seed")


def ranges_text(seeds: Iterable[int]) -> str:
    """Return for example "0-9", "0, 3-5"; "none" where there are none."""
    seeds = sorted(seeds)
    starts = [seed for seed in seeds if seed - 1 not in seeds]
    ends = [seed for seed in seeds if seed + 1 not in seeds]
    runs = [f"{a}" if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True)]
    return ", ".join(runs) or "none"


def seeds_in(text: str) -> set[int]:
    """Return the seeds that `ranges_text` wrote."""
    ends = [part.partition("-") for part in text.split(", ") if part[:1].isdecimal()]
    return {seed for first, _, last in ends for seed in range(int(first), int(last or first) + 1)}


def likelihood(again: float | None) -> str:
    """Return a probability with two decimals, rounded down: "0.94", or ">0.99"; nothing where there is none."""
    if again is None:
        return ""
    return ">0.99" if again > 0.99 else f"{np.floor(100 * again) / 100:.2f}"


def counted(count: int, what: str) -> str:
    """Return for example "1 epoch", "2 epochs"."""
    return f"{count} {what}{'s' * (count != 1)}"
