"""Claims: sentences written by people, and how they are shown once the numbers have judged them."""

import html
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import Enum
from math import prod

from IPython import get_ipython
from IPython.display import publish_display_data

from ..common.hashing import sha256
from .judgement import LIKELY, Judgement, Verdict, flat
from .numbers import NOT_TRAINED, NOT_YET, likelihood

METADATA = "claims"  # key in an output's metadata; there is a list of them
NUMBERS = re.compile(rf"([\d.,−]+|never|none|{NOT_TRAINED})(\N{{NO-BREAK SPACE}}(%|\w+))?")

_made: dict[str, "Claim"] = {}  # in this process, by identifier, in their order


class State(Enum):
    """What became of a claim, and the mark that it gets."""

    HOLDS = "✓"
    FRAGILE = "fragile"
    STATED = "stated"
    STRUCK = "✗"
    OPEN = "?"
    MISSING = "–"

    @property
    def words(self) -> str:
        """How the state is called in print."""
        return {
            State.HOLDS: "holds",
            State.FRAGILE: "holds, fragile",
            State.STATED: "stated, not measured",
            State.STRUCK: "struck out",
            State.OPEN: "not judged",
            State.MISSING: NOT_TRAINED,
        }[self]

    @property
    def holds(self) -> bool | None:
        """Whether the claim may be said; `None` where that is not known."""
        return {State.STRUCK: False, State.OPEN: None, State.MISSING: None}.get(self, True)


@dataclass(frozen=True)
class Claim:
    """A sentence, with what it expects of the numbers."""

    text: str
    judgements: tuple[Judgement, ...]

    @property
    def identifier(self) -> str:
        """Of the words without their numbers: it stays when those change."""
        return sha256(NUMBERS.sub("", self.text).encode())[:8]

    @property
    def again(self) -> float | None:
        """How likely fresh seeds judge all of it as these did, each by itself; `None` where no seeds judged it."""
        known = [judgement.again for judgement in self.judgements if judgement.again is not None]
        return prod(known) if known else None

    @property
    def state(self) -> State:
        """What became of it: the worst of what became of the things that it expects."""
        verdicts = {judgement.verdict for judgement in self.judgements}
        if Verdict.MISSING in verdicts or NOT_TRAINED in self.text:
            return State.MISSING
        for verdict, state in ((Verdict.FAILS, State.STRUCK), (Verdict.OPEN, State.OPEN)):
            if verdict in verdicts:
                return state
        if not any(judgement.measured for judgement in self.judgements):
            return State.STATED
        return State.FRAGILE if self.again is not None and self.again < LIKELY else State.HOLDS

    @property
    def holds(self) -> bool | None:
        """Whether all that it expects is so; `None` where that is not known."""
        return self.state.holds

    @property
    def over_seeds(self) -> bool:
        """Whether anything that it expects is judged over seeds, and could be otherwise on others."""
        return any(judgement.seeds for judgement in self.judgements)

    @property
    def gist(self) -> str:
        """The beginning of the sentence without its markup: up to its first stop, or about sixty letters."""
        bare = re.sub(r"\*|`|\[-?@[^\]]*\]|\$[^$]*\$|[\[\]]", "", self.text)
        first = re.split(r"(?<=[a-z%)])[.:;] ", bare, maxsplit=1)[0].rstrip(".")
        return first if 12 < len(first) <= 70 else bare[:60].rsplit(" ", 1)[0] + " …"

    def wrong(self) -> str:
        """Return what is not as expected, and what was measured instead."""
        fails = [one for one in self.judgements if one.verdict is Verdict.FAILS]
        found = [", ".join(filter(None, [j.measured, j.found])) for j in fails]
        return "; ".join(
            f"{j.what}{f'; not so: {what}' if what else ', and not so'}" for j, what in zip(fails, found, strict=True)
        )

    def markdown(self) -> str:
        """Return the sentence as it may be said, with a mark that leads to its evidence."""
        text, state = self.text.replace(" %", "\N{NO-BREAK SPACE}%"), self.state
        if state is State.STRUCK:
            text = f"<del>{text}</del> *Measured:* {self.wrong()}."
        elif state is State.FRAGILE:
            text += f" {_grey(f'(fragile: other seeds find it again with a probability of {likelihood(self.again)})')}"
        elif state is State.OPEN:
            reasons = dict.fromkeys(j.found for j in self.judgements if j.verdict is Verdict.OPEN)
            text = _grey(f"{text} ({Verdict.OPEN.value} on {'; '.join(reasons)})")
        elif state is State.MISSING:
            text = _grey(f"{NOT_YET[0].upper()}{NOT_YET[1:]}.")
        return f'<a id="claim-{self.identifier}"></a>{text}<sup>{self._mark()}</sup>'

    def _mark(self) -> str:
        title = "; ".join(
            f"{j.what}{': ' * bool(j.measured)}{j.measured}{', p ' + j.p if j.p else ''}, {j.words}"
            for j in self.judgements
        )  # fmt: skip
        where = f' href="#evidence-{self.identifier}"' if self.over_seeds else ""  # only then the evidence has a row
        return f'<a{where} title="{html.escape(title)}">{self.state.value}</a>'

    def _ipython_display_(self) -> None:
        metadata = {METADATA: [self.as_metadata()]}
        publish_display_data({"text/markdown": self.markdown(), "text/plain": self.text}, metadata)

    def as_metadata(self) -> dict[str, object]:
        """Return the claim as an output's metadata hold it."""
        return {
            "text": self.text,
            "judgements": [asdict(one) | {"verdict": one.verdict.value} for one in self.judgements],
        }

    @classmethod
    def from_metadata(cls, stored: dict) -> "Claim":
        """Return the claim that a cell's output holds. Raises `ValueError` for what is none."""
        try:
            judgements = [Judgement(**one | {"verdict": Verdict(one["verdict"])}) for one in stored["judgements"]]
            return cls(str(stored["text"]), tuple(judgements))
        except (LookupError, TypeError, AttributeError) as error:
            raise ValueError(f"no claim: {stored!r:.100}") from error


def claim(text: str, *expected: Judgement | bool | list[Judgement]) -> None:
    """Show a sentence of yours, judged by the numbers.

    text: Markdown; its numbers come from results. expected: what must be so for it to be said: judgements, such as
    `compare(results, "baseline", "weights").rises("accuracy")` or `computed("parameters", count, equals=50_880)`.
    A plain truth is no measurement: a claim that rests on such alone is marked as stated.

    Where all hold, the sentence stands as written, with a mark that leads to its evidence; where fresh seeds are less
    than 95 % likely to find it again, it says so ("fragile"). Where something does not hold, it is struck out, with
    what was measured; where something cannot be judged, it is grey; where results are missing, it says how to get them.
    Raises `ValueError` where nothing is expected, or something that is no judgement.
    """
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"the text of a claim is {text!r}; allowed: a sentence")
    judgements = flat(expected)
    if not judgements:
        raise ValueError("a claim must expect something; a sentence of your own needs no claim, write it in Markdown")
    made = Claim(" ".join(text.split()), tuple(judgements))
    _made[made.identifier] = made
    if get_ipython() is None:
        print(made.text)
    else:
        made._ipython_display_()


def claims_in(cells: Iterable[dict]) -> list[tuple[int, Claim]]:
    """Return the claims that the outputs of a notebook's cells show, each with the number of its cell, from 1.

    Raises `ValueError` for one that is not as it was written.
    """
    outputs = [(number, output) for number, cell in enumerate(cells, start=1) for output in cell.get("outputs", ())]
    found = [(number, one) for number, output in outputs for one in output.get("metadata", {}).get(METADATA, ())]
    return [(number, Claim.from_metadata(stored)) for number, stored in found]


def _grey(text: str) -> str:
    return f'<span style="color: #757575">{text}</span>'
