"""What a claim expects of the numbers, and whether they bear it out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..experiments.result import Result
from .numbers import counted, short_name


@dataclass(frozen=True)
class Judgement:
    """One thing that a claim expects.

    what: in words, as a row of the evidence says it. measured: the numbers. p, family: of a test, where there was one.
    found: what was found, or why nothing could be. holds: whether it is as expected; `None` where it is not judged.
    """

    what: str
    measured: str
    found: str
    holds: bool | None
    p: str = ""
    family: str = ""

    def __bool__(self) -> bool:
        raise TypeError("a judgement may be open too, so it is neither true nor false; give it to claim()")


def flat(expected: Iterable[object]) -> list[Judgement]:
    """Return what a claim expects as judgements: those given, alone or in lists, and plain truths.

    Raises `ValueError` for anything else, such as a number that is not a number.
    """
    judged: list[Judgement] = []
    for one in expected:
        if isinstance(one, Judgement):
            judged.append(one)
        elif type(one).__name__ in ("bool", "bool_"):
            judged.append(Judgement("a count or a formula", "worked out", "so" if one else "not so", bool(one)))
        elif isinstance(one, list | tuple):
            judged += flat(one)
        else:
            raise ValueError(
                f"a claim expects {one!r}; allowed: judgements, such as compare(...).rises(...), and truths"
            )
    return judged


def have(results: Mapping[str, Sequence[Result]], names: str | Sequence[str], **settings: object) -> Judgement:
    """Judge that experiments have these settings, as they were trained: of `Experiment` or of its config.

    For example `have(results, ["narrow", "wide"], activation="improved_sigmoid", momentum=0.9)`. Raises `ValueError`
    for a network or a setting that there is not.
    """
    names = [names] if isinstance(names, str) else names
    departing, shortened = [], set()
    for name in names:
        if name not in results:
            raise ValueError(f"no results of {name!r}; there are: {', '.join(results) or 'none'}")
        for experiment in dict.fromkeys(run.experiment for run in results[name]):
            known = vars(experiment.config) | {key: value for key, value in vars(experiment).items() if key != "config"}
            if unknown := settings.keys() - known.keys():
                raise ValueError(f"no setting is called {', '.join(unknown)}; there are: {', '.join(known)}")
            if experiment.shortened and "max_epochs" in settings:
                shortened.add(known["max_epochs"])
                known["max_epochs"] = settings["max_epochs"]
            others = {key: known[key] for key, value in settings.items() if known[key] != value}
            departing += [f"{short_name(name)}: {key} {value}" for key, value in others.items()]
    what = f"settings of {', '.join(map(short_name, names))}: {', '.join(key.replace('_', ' ') for key in settings)}"
    if departing:
        return Judgement(what, "; ".join(departing), "not so", False)
    if shortened:
        return Judgement(what, "shortened", f"not judged on trainings of {counted(max(shortened), 'epoch')}", None)
    return Judgement(what, "as set", "so", True)
