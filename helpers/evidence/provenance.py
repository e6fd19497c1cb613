"""Where the numbers come from: code, data, programs, machine, and the time of every training."""

import subprocess
from datetime import datetime
from pathlib import Path

import numpy as np

from nbtypst import Table, program_versions

from ..data.mnist import Dataset
from ..data.mnist_files import read_files
from ..experiments.result import Runs
from .numbers import seeds_text, short_name

ROOT = Path(__file__).resolve().parents[2]


def provenance_table(dataset: Dataset, results: Runs) -> Table:
    """List what made this report: the code's commit, the data's SHA-256, seeds, programs and machines."""
    runs = [run for of_one in results.values() for run in of_one]
    rows = [
        ["code", commit()],
        ["data", f"{dataset.name}, SHA-256 of the four files' content `{read_files(dataset.directory).fingerprint}`"],
        ["seeds", ", ".join(map(str, sorted({run.seed for run in runs})))],
        *(["trained with", environment] for environment in sorted({run.environment for run in runs})),
    ]
    if programs := program_versions():
        rows.append(["exported with", ", ".join(f"{name} {version}" for name, version in programs.items())])
    return Table(
        ["", "made with"],
        rows,
        label="tbl:provenance",
        caption="What made this report. The same code, data and programs on the same machine give the same "
        "numbers, times excepted.",
        align="ll",
    )


def trainings_table(results: Runs) -> Table:
    """List when and how long each experiment was trained, as stored with its results."""
    rows = []
    for name, runs in results.items():
        if not runs:
            continue
        times = sorted(run.trained_at for run in runs)
        seconds = [run.history.wall_seconds for run in runs]
        steps = [len(run.history.train_loss) for run in runs]
        rows.append(
            [
                short_name(name),
                times[0] if times[0] == times[-1] else f"{times[0]} to {_shorter(times[-1], times[0])}",
                f"{np.mean(seconds):.1f} ({min(seconds):.1f}–{max(seconds):.1f})",
                f"{min(steps):,}–{max(steps):,}" if min(steps) < max(steps) else f"{steps[0]:,}",
            ]
        )
    return Table(
        ["network", "finished (UTC)", "seconds each", "steps each"],
        rows,
        label="tbl:trainings",
        caption=f"When and how long the networks were trained, {seeds_text(results)} each: first and last result; wall "
        "time and steps of a training, mean and range. A report built later from the stored results says the same.",
        align="llrr",
    )


def _shorter(time: str, after: str) -> str:
    """Return a time without its day, if that is the day of the other."""
    return time[11:] if time[:10] == after[:10] else time


def last_trained(results: Runs) -> str:
    """Return the day (UTC) on which the newest of the results was trained, for example "1 March 2026"."""
    newest = datetime.fromisoformat(max(run.trained_at for runs in results.values() for run in runs))
    return f"{newest.day} {newest:%B %Y}"


def commit() -> str:
    """Return the commit of the code and whether files differ from it; or that git does not know."""
    try:
        head, changes = (
            subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603, S607
            for arguments in (("rev-parse", "HEAD"), ("status", "--porcelain"))
        )
    except (OSError, subprocess.CalledProcessError):
        return "of no known commit (git is not at hand, this is no clone, or it is another user's)"
    state = "with changes that are not committed" if changes.strip() else "unchanged"
    return f"commit `{head.strip()}`, {state}"
