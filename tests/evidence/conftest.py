"""Made-up repetitions, fewer than the report draws: enough for these tests."""

import pytest

from helpers.evidence import statistics


@pytest.fixture(autouse=True)
def few_repetitions(monkeypatch):
    monkeypatch.setattr(statistics, "REPETITIONS", 500)
    statistics.repetitions.cache_clear()
