"""Claims: sentences written by people, judged by the numbers, and the evidence for each."""

import html
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from IPython import get_ipython
from IPython.display import publish_display_data

from nbtypst import Table

from ..common.hashing import sha256
from ..settings import build_directory
from .judgement import Judgement, flat

METADATA = "claims"  # key in an output's metadata; there is a list of them

_made: dict[str, "Claim"] = {}  # in this process, by identifier, in their order


@dataclass(frozen=True)
class Claim:
    """A sentence, with what it expects of the numbers."""

    text: str
    judgements: tuple[Judgement, ...]

    @property
    def identifier(self) -> str:
        return sha256(re.sub(r"[\d.,−]+", "", self.text).encode())[:8]

    @property
    def holds(self) -> bool | None:
        """Whether all that it expects is so: no, if anything is not; else not judged, if anything is not judged."""
        verdicts = [judgement.holds for judgement in self.judgements]
        return False if False in verdicts else None if None in verdicts else True

    def markdown(self) -> str:
        """Return the sentence as it may be said, with a mark that leads to its evidence."""
        title = html.escape(self._evidence())
        mark = f'<sup><a href="#evidence-{self.identifier}" title="{title}">{MARKS[self.holds]}</a></sup>'
        text = self.text.replace(" %", "\N{NO-BREAK SPACE}%")
        if self.holds is False:
            wrong = "; ".join(f"{j.what}: {j.measured}, {j.found}" for j in self.judgements if j.holds is False)
            text = f"<del>{text}</del> *Measured:* {wrong}."
        elif self.holds is None:
            open_ones = dict.fromkeys(judgement.found for judgement in self.judgements if judgement.holds is None)
            text = f'<span style="color: #757575">{text} ({"; ".join(open_ones)})</span>'
        return f'<a id="claim-{self.identifier}"></a>{text}{mark}'

    def _evidence(self) -> str:
        return "; ".join(f"{j.what}: {j.measured}{', p ' + j.p if j.p else ''}, {j.found}" for j in self.judgements)

    def _ipython_display_(self) -> None:
        publish_display_data({"text/markdown": self.markdown(), "text/plain": self.text}, {METADATA: [asdict(self)]})

    @classmethod
    def from_metadata(cls, stored: dict) -> "Claim":
        return cls(stored["text"], tuple(Judgement(**judgement) for judgement in stored["judgements"]))


MARKS = {True: "✓", False: "✗", None: "?"}


def claim(text: str, *expected: Judgement | bool | list[Judgement]) -> None:
    """Show a sentence of yours, judged by the numbers.

    text: Markdown; its numbers come from results. expected: what must be so for it to be said: judgements, such as
    `compare(results, "baseline", "weights").rises("accuracy")`, and truths, such as `count == 50_880`.

    Where all hold, the sentence stands as written; where one does not, it is struck out, with what was measured; where
    one cannot be judged, it is grey. A mark leads to its row in the table of evidence.
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


def evidence_table(claims: Iterable[Claim] | None = None, label: str = "tbl:evidence") -> Table:
    """Return a row for each thing that a claim expects: claim, difference with interval, p, family, verdict.

    claims: those of all notebooks at the last `make pdf`, and of this notebook so far, unless given.
    """
    claims = list({**_claims_of_the_last_build(), **_made}.values()) if claims is None else list(claims)
    rows = [row for one in claims for row in _rows(one)]
    return Table(
        ["claim", "expected of", "measured (95 % interval)", "$p$", "family", "verdict"],
        [[cell.replace("|", r"\|") for cell in row] for row in rows],
        label=label,
        caption="The evidence for every marked sentence of this report; each leads back to it. Differences are paired "
        "over the seeds, with their bootstrap interval (with fewer than six seeds their range); $p$ is that of the "
        "exact sign-flip test, corrected after Holm over as many comparisons of the same measure as stand behind the "
        "family; a ratio is judged by its interval. Intervals are not corrected, so one may leave out zero where no "
        "difference counts as found.",
        align="lllrll",
    )


def _rows(one: Claim) -> list[list[str]]:
    heads = [f'<a id="evidence-{one.identifier}"></a>[{_gist(one.text)}](#claim-{one.identifier})']
    heads += [""] * (len(one.judgements) - 1)
    return [
        [head, j.what, j.measured, j.p, j.family, _verdict(j)] for head, j in zip(heads, one.judgements, strict=True)
    ]


def _verdict(judgement: Judgement) -> str:
    if judgement.holds is None:
        return judgement.found
    said = "holds" if judgement.holds else "does not hold"
    return said if judgement.found in ("so", "not so") else f"{said}: {judgement.found}"


def claims_file() -> Path:
    """Return the file of the claims of all notebooks at the last `make pdf`."""
    return build_directory() / "claims.json"


def claims_in(cells: Iterable[dict]) -> list[tuple[int, Claim]]:
    """Return the claims that the outputs of a notebook's cells show, each with the number of its cell, from 1."""
    outputs = [(number, output) for number, cell in enumerate(cells, start=1) for output in cell.get("outputs", ())]
    found = [(number, one) for number, output in outputs for one in output.get("metadata", {}).get(METADATA, ())]
    return [(number, Claim.from_metadata(stored)) for number, stored in found]


def keep_for_the_appendix(claims: Iterable[Claim]) -> str:
    """Return what `claims_file()` must hold for `evidence_table` to list these claims."""
    return json.dumps([asdict(one) for one in claims], indent=1)


def _claims_of_the_last_build() -> dict[str, Claim]:
    if not claims_file().exists():
        return {}
    claims = [Claim.from_metadata(stored) for stored in json.loads(claims_file().read_text(encoding="utf-8"))]
    return {one.identifier: one for one in claims}


def _gist(text: str) -> str:
    """Return the beginning of a sentence without its markup: up to its first stop, or about sixty letters."""
    bare = re.sub(r"\*|`|\[-?@[^\]]*\]|\$[^$]*\$|[\[\]]", "", text)
    first = re.split(r"(?<=[a-z%)])[.:;] ", bare, maxsplit=1)[0].rstrip(".")
    return first if 12 < len(first) <= 70 else bare[:60].rsplit(" ", 1)[0] + " …"
