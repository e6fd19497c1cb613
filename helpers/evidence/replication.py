"""The report's claims on seeds that it does not use: what was found there, beside what is found here."""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from IPython.display import Markdown

from nbtypst import Table

from ..common.files import write_whole
from ..common.hashing import sha256
from ..data.mnist import data_directory
from ..data.mnist_files import read_files
from ..experiments.keys import common_determinants
from ..experiments.store import Store
from .claims import Claim, State
from .evidence_table import claims_so_far
from .numbers import counted

METADATA = "replication"  # key in the table's metadata; its value is the table's label


@dataclass(frozen=True)
class Replication:
    """What other seeds found. seeds, environment, day: which, with what, when. found: by claim, its state.

    expected: by claim, what was judged; a claim that now expects something else was not replicated.
    """

    seeds: str
    environment: str
    day: str
    found: dict[str, str]
    expected: dict[str, list[str]]

    @classmethod
    def of(cls, claims: Iterable[Claim], seeds: str, environment: str, day: str) -> "Replication":
        """Return what became of these claims."""
        judged = [one for one in claims if one.over_seeds]
        found = {one.identifier: one.state.name for one in judged}
        return cls(seeds, environment, day, found, {one.identifier: _expected(one) for one in judged})

    @classmethod
    def kept(cls) -> "Replication | None":
        """Return the last one with this code and these data, if there was any."""
        with suppress(OSError, ValueError, TypeError):
            return cls(**json.loads(_file().read_text(encoding="utf-8")))
        return None

    def keep(self) -> Path:
        """Write it beside the results. Raises `OSError` that says what to do."""
        write_whole(_file(), json.dumps(asdict(self), indent=1).encode(), "RESULTS_DIR")
        return _file()

    def state(self, claim: Claim) -> State | None:
        """Return what became of a claim there; `None` where it was not judged as it now is."""
        if self.expected.get(claim.identifier) != _expected(claim):
            return None
        return State.__members__.get(self.found[claim.identifier])

    def rows(self, claims: Iterable[Claim]) -> list[list[str]]:
        """Return claim, found here, found there: a row for all that are the same, and one for each of the others."""
        judged = [(one, self.state(one)) for one in claims if one.over_seeds]
        same = [one for one, there in judged if one.state is there is State.HOLDS]
        others = [
            [one.gist, one.state.words, there.words if there else "not tried as it now is"]
            for one, there in judged
            if one not in same
        ]
        return [*([[counted(len(same), "claim"), "holds", "holds"]] if same else []), *others]


def replication_table(claims: Iterable[Claim] | None = None, label: str = "tbl:replication") -> Table | Markdown:
    """Return what other seeds found of the claims, `make replicate`; or a line that says how to find out.

    claims: those of the last `make pdf`, and of this notebook so far, unless given.
    """
    kept, claims = Replication.kept(), claims_so_far() if claims is None else list(claims)
    rows = kept.rows(claims) if kept else []
    if not rows:
        return Markdown("Not replicated on other seeds yet: `make replicate`.", metadata={METADATA: label})
    there = [kept.state(one) for one in claims if one.over_seeds]
    lost, fragile = sum(not (state and state.holds) for state in there), there.count(State.FRAGILE)
    said = f"all but {lost} hold" if lost else "all hold"
    return Table(
        ["claim", "found here", f"on seeds {kept.seeds}"],
        [[cell.replace("|", r"\|") for cell in row] for row in rows],
        label=label,
        caption=f"The same claims on seeds {kept.seeds}, which this report does not use, judged by the same rules: "
        f"{said} there as they do here{f', {fragile} of them fragile' * bool(fragile)}. "
        f"Trained with {kept.environment}; {kept.day}.",
        align="lll",
        metadata={METADATA: label},
    )


def _expected(claim: Claim) -> list[str]:
    return [judgement.what for judgement in claim.judgements]


def _file() -> Path:
    common = common_determinants(read_files(data_directory()).fingerprint)
    key = sha256(json.dumps(common, sort_keys=True).encode())[:20]
    return Store().directory / f"replication-{key}.json"
