"""What the store holds of the report's experiments. Nothing is trained for it."""

from ..experiments import run_experiments
from ..inside import dataset_of, networks
from ..plots import short_name
from ..store import Store
from ..trials import Result


class _NotStoredError(LookupError):
    """The store holds no such result."""


class _StoredOnly(Store):
    """A store in which nothing may be missing: looking for what is not there ends `run_experiments`."""

    def load(self, path):
        stored = super().load(path)
        if stored is None:
            raise _NotStoredError(path)
        return stored


def stored_results(name: str) -> list[Result]:
    """Return the stored results of an experiment for seeds 0, 1, ..., as many as there are without a gap."""
    found: list[Result] = []
    try:
        while True:
            found += run_experiments(name, seeds=[len(found)], store=_StoredOnly(), progress=False)[name]
    except _NotStoredError:
        return found


class StoredNetwork:
    """The network of a stored result, with what `LiveRun` has to look inside: name, model, pixel_mean, pixel_std."""

    def __init__(self, result: Result):
        dataset = dataset_of(result.seed)
        self.name = f"{short_name(result.experiment)}, stored, seed {result.seed}"
        self.model = networks(result)[1]
        self.pixel_mean, self.pixel_std = dataset.mean, dataset.std
