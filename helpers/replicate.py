"""`make replicate`: the report's claims, judged unchanged on seeds that no report uses."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from nbtypst import execute, read_notebook

from .common.display import markdown_table
from .evidence.claims import Claim
from .evidence.evidence_table import claims_of_the_last_build
from .evidence.numbers import ranges_text, seeds_in
from .evidence.replication import Replication
from .experiments.environment import environment
from .experiments.runner import run_experiments
from .report import ROOT, claims_of, notebooks_of
from .settings import setting

FIRST_SEED = 100  # far from those of any report


def replicate(root: Path = ROOT) -> str | None:
    """Train on other seeds, run the notebooks on them, and keep what became of the claims; return it as a table.

    `None` if the user interrupted the trainings. Raises `ValueError` where there is no report to replicate, or where it
    uses these seeds itself, and `NotebookError` for a cell that fails.
    """
    here = list(claims_of_the_last_build().values())
    if not any(one.again is not None for one in here):
        raise ValueError("there is no report with judged claims to replicate; run `make pdf` first")
    with _other_seeds(_seeds(here)):
        if run_experiments().interrupted:
            return None
        run = execute([read_notebook(path) for path in notebooks_of(root)])
    there = [one for *_, one in claims_of(run)]
    seeds = ranges_text(_seeds(there))
    made = Replication.of(there, seeds, environment(), f"{datetime.now(UTC):%Y-%m-%d}")
    table = markdown_table(["claim", "found here", f"on seeds {seeds}"], made.rows(here))
    return f"{table}\nkept in {made.keep()}"


@contextmanager
def _other_seeds(used: set[int]) -> Iterator[None]:
    """Have `$SEEDS` say the seeds that are meant, for the trainings and for the notebooks' kernels."""
    given, before = setting("SEEDS"), os.environ.get("SEEDS", "")
    text = f"{FIRST_SEED}-{FIRST_SEED + given - 1}" if isinstance(given, int) else before or f"{FIRST_SEED}-"
    first, _, last = text.partition("-")
    if any(int(first) <= seed <= int(last or seed) for seed in used):
        raise ValueError(f"SEEDS is {text!r}, but the report uses {ranges_text(used)} itself; choose others")
    os.environ["SEEDS"] = text
    try:
        yield
    finally:
        os.environ["SEEDS"] = before


def _seeds(claims: list[Claim]) -> set[int]:
    return set().union(*(seeds_in(judgement.seeds) for one in claims for judgement in one.judgements))
