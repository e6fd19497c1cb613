"""What a claim expects of the numbers, and whether they bear it out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from ..experiments.result import Runs, runs_of
from .numbers import NOT_TRAINED, counted, short_name

LIKELY = 0.95  # a verdict that fresh seeds are less likely to give again is fragile


class Verdict(Enum):
    """Of the numbers, on one thing that is expected of them."""

    HOLDS = "holds"
    FAILS = "does not hold"
    OPEN = "not judged"
    MISSING = NOT_TRAINED

    @classmethod
    def of(cls, truth: object) -> "Verdict":
        """Return the verdict on what is true or not."""
        return cls.HOLDS if truth else cls.FAILS


@dataclass(frozen=True)
class Judgement:
    """One thing that a claim expects.

    what: in words, as a row of the evidence says it. measured: the numbers; nothing where it was stated, and nothing
    measured. found: what was found instead, or why nothing could be. seeds: over which it is judged, such as "0-9";
    nothing for a setting or a count. p: of a test, where there was one; family: the comparisons over which it is
    corrected. again: how likely as many fresh seeds give the same verdict.
    """

    what: str
    measured: str
    verdict: Verdict
    found: str = ""
    seeds: str = ""
    p: str = ""
    family: str = ""
    again: float | None = None

    def __bool__(self) -> bool:
        raise TypeError("a judgement may be open too, so it is neither true nor false; give it to claim()")

    @property
    def holds(self) -> bool | None:
        """Whether it is as expected; `None` where it is not judged."""
        return {Verdict.HOLDS: True, Verdict.FAILS: False}.get(self.verdict)

    @property
    def fragile(self) -> bool:
        """Whether it holds, and fresh seeds are too likely to find otherwise."""
        return bool(self.holds) and self.again is not None and self.again < LIKELY

    @property
    def words(self) -> str:
        """The verdict, and what was found instead or why there is none."""
        between = " on " if self.verdict is Verdict.OPEN else ": "
        return f"{self.verdict.value}{between * bool(self.found)}{self.found}"


def computed(
    what: str,
    value: float,
    *,
    equals: float | None = None,
    below: float | None = None,
    above: float | None = None,
) -> Judgement:
    """Judge a number that was computed here, such as a count or an error of rounding; it is shown in the evidence.

    For example `computed("largest error of the gradients", worst, below=1e-5)`. Raises `ValueError` unless exactly
    one limit is given, and for a value that is no number.
    """
    limits = {"equals": equals, "below": below, "above": above}
    given = {word: limit for word, limit in limits.items() if limit is not None}
    if len(given) != 1:
        raise ValueError(f"{what}: {', '.join(given) or 'no limit'} given; allowed: one of {', '.join(limits)}")
    ((word, limit),) = given.items()
    if value != value:
        raise ValueError(f"{what} is {value!r}; allowed: a number")
    truth = {"equals": value == limit, "below": value < limit, "above": value > limit}[word]
    return Judgement(f"{what}, {word} {limit:,.6g}", f"{value:,.6g}", Verdict.of(truth))


def flat(expected: Iterable[object]) -> list[Judgement]:
    """Return what a claim expects as judgements: those given, alone or in lists, and plain truths as stated.

    Raises `ValueError` for anything else, such as a number that is not a number.
    """
    judged: list[Judgement] = []
    for one in expected:
        if isinstance(one, Judgement):
            judged.append(one)
        elif type(one).__name__ in ("bool", "bool_"):
            judged.append(Judgement("stated, not measured", "", Verdict.of(one)))
        elif isinstance(one, list | tuple):
            judged += flat(one)
        else:
            raise ValueError(
                f"a claim expects {one!r}; allowed: judgements, such as compare(...).rises(...), and truths"
            )
    return judged


def have(results: Runs, names: str | Sequence[str], **settings: object) -> Judgement:
    """Judge that experiments have these settings, as they were trained: of `Experiment` or of its config.

    For example `have(results, ["narrow", "wide"], activation="improved_sigmoid", momentum=0.9)`. Raises `ValueError`
    for a network or a setting that there is not.
    """
    names = [names] if isinstance(names, str) else names
    departing, shortened = [], set()
    for name in names:
        for experiment in dict.fromkeys(run.experiment for run in runs_of(results, name)):
            known = experiment.settings()
            if unknown := settings.keys() - known.keys():
                raise ValueError(f"no setting is called {', '.join(unknown)}; there are: {', '.join(known)}")
            if experiment.shortened and "max_epochs" in settings:
                shortened.add(known["max_epochs"])
                known["max_epochs"] = settings["max_epochs"]
            others = {key: known[key] for key, value in settings.items() if known[key] != value}
            departing += [f"{short_name(name)}: {key} {value}" for key, value in others.items()]
    what = f"settings of {', '.join(map(short_name, names))}: {', '.join(key.replace('_', ' ') for key in settings)}"
    if departing:
        return Judgement(what, "; ".join(departing), Verdict.FAILS)
    if not all(runs_of(results, name) for name in names):
        return Judgement(what, "none", Verdict.MISSING)
    if shortened:
        return Judgement(what, "shortened", Verdict.OPEN, f"trainings of {counted(max(shortened), 'epoch')}")
    return Judgement(what, "as set", Verdict.HOLDS)
