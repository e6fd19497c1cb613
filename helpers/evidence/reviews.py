"""Claims that others made, each reviewed: what they said, our verdict on it, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from .claims import Claim
from .judgement import Judgement, Verdict, flat

SUPPORTED, REFUTED, UNDECIDED = "supported", "refuted", "undecided"
Expected = Judgement | bool | Iterable[Judgement]


@dataclass(frozen=True)
class Review:
    """task: where it was claimed. said: what. written: the verdict that `why` explains. support, against: of it."""

    task: str
    said: str
    written: str
    why: str
    support: tuple[Judgement, ...]
    against: tuple[Judgement, ...]

    @property
    def found(self) -> str:
        """The verdict of the numbers, or why there is none."""
        if any(judgement.holds for judgement in self.against):
            return REFUTED
        if self._open is not None:
            return self._open.words
        return SUPPORTED if self.support and all(judgement.holds for judgement in self.support) else UNDECIDED

    @property
    def holds(self) -> bool | None:
        """Whether the numbers give the verdict that was written; `None` where they cannot be judged."""
        return None if self.found not in (SUPPORTED, REFUTED, UNDECIDED) else self.found == self.written

    def as_claim(self) -> Claim:
        """Return the review as a claim of ours, which holds if its verdict is that of the numbers."""
        verdict = Verdict.of(self.holds) if self.holds is not None else self._open.verdict
        why_not = "" if self.holds is not None else self._open.found
        seeds = next((one.seeds for one in (*self.support, *self.against) if one.seeds), "")
        again = self._again() if seeds and self.holds is not None else None
        numbers = "; ".join(dict.fromkeys(one.measured for one in (*self.support, *self.against) if one.measured))
        by_these = "" if self.found == self.written and numbers else f"by the numbers {self.found}"
        what, measured = f'"{self.said}" ({self.task}): {self.written}', ": ".join(filter(None, [by_these, numbers]))
        judgement = Judgement(what, measured, verdict, why_not, seeds, again=again)
        return Claim(f'{self.task}, "{self.said}": {self.written}', (judgement,))

    @property
    def _open(self) -> Judgement | None:
        return next((one for one in (*self.support, *self.against) if one.holds is None), None)

    def _again(self) -> float:
        """Return how likely fresh seeds give the same verdict, as if what it rests on came out each by itself."""
        refuted = 1 - prod(1 - _likely(one) for one in self.against)
        supported = (1 - refuted) * prod(_likely(one) for one in self.support) if self.support else 0.0
        return {REFUTED: refuted, SUPPORTED: supported}.get(self.found, 1 - refuted - supported)


def review(
    task: str, said: str, verdict: str, why: str, *, supported_if: Expected = (), refuted_if: Expected = ()
) -> Review:
    """Review a claim: supported where all of `supported_if` holds, refuted where any of `refuted_if` does.

    verdict: "supported", "refuted" or "undecided", and why, as you write it; it is struck out where the numbers find
    another. Raises `ValueError` for another verdict, or where nothing is expected.
    """
    if verdict not in (SUPPORTED, REFUTED, UNDECIDED):
        raise ValueError(f"verdict is {verdict!r}; allowed: {SUPPORTED}, {REFUTED}, {UNDECIDED}")
    support, against = flat([supported_if]), flat([refuted_if])
    if not support and not against:
        raise ValueError("a review must expect something; give supported_if or refuted_if")
    return Review(task, said, verdict, why, tuple(support), tuple(against))


def _likely(judgement: Judgement) -> float:
    """Return how likely fresh seeds find it so."""
    again = 1.0 if judgement.again is None else judgement.again
    return again if judgement.holds else 1 - again
