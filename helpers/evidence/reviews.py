"""Claims that others made, each reviewed: what they said, our verdict on it, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from .claims import Claim
from .judgement import Judgement, flat

SUPPORTED, REFUTED, UNDECIDED = "supported", "refuted", "undecided"
Expected = Judgement | bool | Iterable[Judgement]


@dataclass(frozen=True)
class Review:
    """task: where it was claimed. said: what. written: the verdict that `why` explains. found: that of the numbers."""

    task: str
    said: str
    written: str
    why: str
    found: str

    @property
    def holds(self) -> bool | None:
        """Whether the numbers give the verdict that was written; `None` where they cannot be judged."""
        return None if self.found.startswith("not judged") else self.found == self.written

    def as_claim(self) -> Claim:
        """Return the review as a claim of ours, which holds if its verdict is that of the numbers."""
        verdict = Judgement("verdict", self.written, f"by the numbers {self.found}", self.holds)
        return Claim(f'{self.task}, "{self.said}": {self.written}', (verdict,))


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
    return Review(task, said, verdict, why, _found(support, against))


def _found(support: list[Judgement], against: list[Judgement]) -> str:
    if any(judgement.holds for judgement in against):
        return REFUTED
    open_ones = [judgement.found for judgement in [*support, *against] if judgement.holds is None]
    if open_ones:
        return open_ones[0]
    return SUPPORTED if support and all(judgement.holds for judgement in support) else UNDECIDED
