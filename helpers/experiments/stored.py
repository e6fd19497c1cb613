"""Results in the store: written, and read again as they were."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from ..data.mnist import read_files
from ..network.history import History
from .experiment import Experiment
from .keys import common_determinants, result_key
from .result import Result
from .store import Store

CARRIED = ("experiment", "directory", "history")  # fields of a result that are not stored: the reader knows them


@dataclass(frozen=True)
class Shelf:
    """The part of a store for one data set and the code as it is now."""

    store: Store
    directory: Path
    common: dict[str, object]

    @classmethod
    def of(cls, store: Store, directory: Path) -> "Shelf":
        """Raises `MNISTError` if the data cannot be read."""
        return cls(store, directory, common_determinants(read_files(directory).fingerprint))

    def path(self, experiment: Experiment, seed: int) -> Path:
        return self.store.path(experiment.name, seed, result_key(experiment, seed, self.common))

    def save(self, result: Result) -> None:
        """Store a result: its arrays, and all else as metadata. Raises `OSError` as `Store.save`."""
        values = {name: value for name, value in vars(result).items() if name not in CARRIED}
        values |= {f"history.{name}": value for name, value in vars(result.history).items()}
        arrays = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
        plain = {name: value for name, value in values.items() if name not in arrays}
        metadata = self.common | {"experiment": result.experiment.name, "values": plain}
        self.store.save(self.path(result.experiment, result.seed), arrays, metadata)

    def load(self, experiment: Experiment, seed: int) -> Result | None:
        """Return a stored result; `None` where there is none. Raises `OSError` as `Store.load`."""
        stored = self.store.load(self.path(experiment, seed))
        if stored is None:
            return None
        arrays, metadata = stored
        values = arrays | {n: tuple(v) if isinstance(v, list) else v for n, v in metadata["values"].items()}
        history = History(**{f.name: values[f"history.{f.name}"] for f in fields(History)})
        own = {f.name: values[f.name] for f in fields(Result) if f.name not in CARRIED}
        return Result(experiment=experiment, directory=self.directory, history=history, **own)

    def load_all(self, runs: Iterable[tuple[Experiment, int]]) -> dict[tuple[str, int], Result]:
        """Return the stored results by name and seed; those that are missing are left out."""
        found = {(experiment.name, seed): self.load(experiment, seed) for experiment, seed in runs}
        return {run: result for run, result in found.items() if result is not None}
