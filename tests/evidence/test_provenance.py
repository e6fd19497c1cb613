"""The last page says what made the numbers, and says the same again from the store."""

import subprocess
from dataclasses import replace

import pytest
from made_up import made_up_results

from helpers.data.mnist_files import read_files
from helpers.evidence import provenance
from helpers.experiments.environment import environment

GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Function: a git command in a new folder, which `commit` takes for the project's."""
    monkeypatch.setattr(provenance, "ROOT", tmp_path)

    def git(*arguments):
        command = [*GIT, *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603
        return done.stdout.strip()

    return git


def test_the_commit_is_named_and_changes_are_owned_up_to(repository, tmp_path):
    (tmp_path / "a.py").write_text("1")
    for command in ("init -q", "add .", "commit -qm one"):
        repository(*command.split())
    head = repository("rev-parse", "HEAD")
    assert provenance.commit() == f"commit `{head}`, unchanged"
    (tmp_path / "a.py").write_text("2")
    assert provenance.commit() == f"commit `{head}`, with changes that are not committed"


def test_without_a_repository_or_without_git_the_report_says_so(repository, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(provenance.ROOT.parent))
    assert "no known commit" in provenance.commit()
    monkeypatch.setenv("PATH", "")
    assert "no known commit" in provenance.commit()


def trained(results, *times):
    """The results as if they had been trained at these times, seed by seed, on a machine of some name."""
    return {
        name: [replace(run, trained_at=time, environment="An abacus") for run, time in zip(runs, times, strict=True)]
        for name, runs in results.items()
    }


def test_times_environments_data_and_seeds_stand_in_the_tables(mnist):
    results = trained(made_up_results(2), "2026-03-01 23:50", "2026-03-02 00:10")
    text = " ".join(" ".join(row) for row in provenance.provenance_table(mnist, results).rows)
    for part in ("An abacus", read_files(mnist.directory).fingerprint, "0, 1", "pandoc ", "Typst "):
        assert part in text
    rows = {row[0]: row for row in provenance.trainings_table(results).rows}
    assert (rows["momentum"][1], rows["momentum"][3]) == ("2026-03-01 23:50 to 2026-03-02 00:10", "20,000")
    assert provenance.last_trained(results) == "2 March 2026"
    same_day = trained(made_up_results(2), "2026-03-01 10:00", "2026-03-01 10:05")
    assert provenance.trainings_table(same_day).rows[0][1] == "2026-03-01 10:00 to 10:05"


def test_the_environment_names_versions_and_processor():
    for part in ("Python 3.", "NumPy ", " kernels), on "):
        assert part in environment()
