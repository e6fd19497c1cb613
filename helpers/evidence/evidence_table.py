"""The table of evidence, and the file that keeps the claims of the last build."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from nbtypst import Table

from ..common.sealed import sealed, unsealed
from ..settings import build_directory
from .claims import Claim, State, _made
from .judgement import LIKELY, Judgement, Verdict
from .numbers import counted, likelihood, listed

METADATA = "evidence"  # key in the table's metadata; its value is the table's label
NARROW = "\N{NO-BREAK SPACE}"


def evidence_table(claims: Iterable[Claim] | None = None, label: str = "tbl:evidence") -> Table:
    """Return a row for each difference that a claim rests on: what, the numbers, p, how likely again, and the claims.

    claims: those of all notebooks at the last `make pdf`, and of this notebook so far, unless given. `make pdf` makes
    the table anew, of the claims that it has just gathered.
    """
    claims = claims_so_far() if claims is None else list(claims)
    resting: dict[tuple[str, str], list[Claim]] = {}
    for one in claims:
        for judgement in filter(lambda judgement: judgement.seeds, one.judgements):
            resting.setdefault((judgement.what, judgement.measured), []).append(one)
    judged = {(j.what, j.measured): j for one in claims for j in one.judgements if j.seeds}
    shown: set[str] = set()
    rows = [_row(judgement, resting[key], shown) for key, judgement in judged.items()]
    return Table(
        ["judged", "measured (95 % interval)", "$p$", "again", "claims"],
        [[cell.replace("|", r"\|") for cell in row] for row in rows],
        label=label,
        caption=_caption(claims, list(judged.values())),
        align="llrrl",
        metadata={METADATA: label},
    )


def _row(judgement: Judgement, claims: list[Claim], shown: set[str]) -> list[str]:
    """Return a line of the table; the first of each claim is where the mark in its sentence leads to."""
    names = dict.fromkeys(one.identifier for one in claims)
    anchors = "".join(f'<a id="evidence-{name}"></a>' for name in names if name not in shown)
    shown.update(names)
    mark = {Verdict.HOLDS: State.HOLDS, Verdict.FAILS: State.STRUCK, Verdict.OPEN: State.OPEN}.get(
        judgement.verdict, State.MISSING
    )
    what = f"{anchors}{judgement.what}{f'; {judgement.words}' if mark is not State.HOLDS else ''}"
    again = f"**{likelihood(judgement.again)}**" if judgement.fragile else likelihood(judgement.again)
    return [
        what,
        judgement.measured,
        judgement.p,
        again,
        NARROW.join(f"[{mark.value}](#claim-{name})" for name in names),
    ]


def _caption(claims: list[Claim], judged: list[Judgement]) -> str:
    families = listed(sorted({one.family for one in judged if one.family}))
    others = [one for each in claims for one in each.judgements if not one.seeds and one.measured]
    wrong = [f"{one.what}: {one.measured}" for one in others if one.verdict is Verdict.FAILS]
    stated = sum(one.state is State.STATED for one in claims)
    return (
        "The differences that the marked sentences rest on; each leads back to them. Intervals are those of Student's "
        "$t$, not corrected; with fewer than six seeds the range. $p$ of a higher or a lower mean is corrected over "
        f"its family{f': {families}' * bool(families)}; of two networks within a margin it is the larger of two. "
        f"*Again*: how likely as many fresh seeds give the same verdict; below {LIKELY:g} (bold) the claim is fragile. "
        f"Besides, {counted(len(others), 'setting')} and counts stand behind claims: "
        + (f"not as said are {'; '.join(wrong)}." if wrong else "all are as said.")
        + (f" {counted(stated, 'claim')} rest on no measurement, and are marked as stated." if stated else "")
    )


def claims_file() -> Path:
    """Return the file of the claims of all notebooks at the last `make pdf`."""
    return build_directory() / "claims.json"


def claims_record(claims: Iterable[tuple[str, int, Claim]], versions: Mapping[str, object]) -> bytes:
    """Return what `claims_file()` holds: of every claim notebook, cell, state, sentence and judgements, sealed.

    claims: notebook, number of the cell, claim. versions: what the whole was made with.
    """
    rows = [
        {"notebook": notebook, "cell": cell, "claim": one.identifier, "state": one.state.words} | one.as_metadata()
        for notebook, cell, one in claims
    ]
    return sealed({"versions": versions, "claims": rows})


def claims_of_the_last_build() -> dict[str, Claim]:
    """Return the claims of the last `make pdf` by identifier; none where there was no such build."""
    with suppress(OSError, ValueError, LookupError, TypeError):  # none yet, or not as it was written
        kept = unsealed(claims_file().read_bytes())["claims"]
        return {row["claim"]: Claim.from_metadata(row) for row in kept}
    return {}


def claims_so_far() -> list[Claim]:
    """Return the claims of the last `make pdf`, and those of this notebook so far."""
    return list({**claims_of_the_last_build(), **_made}.values())
