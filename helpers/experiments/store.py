"""Results on disk, as they were: one file for each training, named by everything that determines it.

A file is a NumPy archive of plain arrays, one of them its metadata as JSON; nothing is pickled. It is written beside
its place and moved there at once, so it is whole or absent; it ends with the SHA-256 of its content, which is checked.
Several processes may use one folder at the same time.
"""

import io
import json
import os
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import numpy as np

from ..common.archives import read_arrays
from ..common.files import check_folder, read_regular, with_remedy, write_whole
from ..common.hashing import sha256
from ..network.history import History
from ..settings import ROOT, setting
from .experiment import Experiment
from .keys import result_key
from .result import Result

DIGEST_SIZE = 32  # bytes
HOUR = 3600  # seconds; no write takes that long
PLACE = "RESULTS_DIR"  # the setting that names the folder
CARRIED = ("experiment", "directory", "history")  # fields of a result that are not stored: the reader knows them


class Store:
    """A folder of results. directory: the project's `results`, or `$RESULTS_DIR`, unless given."""

    def __init__(self, directory: str | os.PathLike | None = None):
        self.directory = Path(directory or setting(PLACE) or ROOT / "results")

    def path(self, experiment: Experiment, seed: int, common: Mapping[str, object]) -> Path:
        """Return where a result lies. common: what all results of a run have in common, by `common_determinants`."""
        return self.directory / f"{experiment.name}-seed{seed}-{result_key(experiment, seed, common)}.npz"

    def save(self, result: Result, common: Mapping[str, object]) -> None:
        """Store a result: its arrays, and all else as metadata; on any failure the folder is as it was before.

        Raises `OSError`, which names the file and what to do, if it cannot be written.
        """
        values = {name: value for name, value in vars(result).items() if name not in CARRIED}
        values |= {f"history.{name}": value for name, value in vars(result.history).items()}
        arrays = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
        plain = {name: value for name, value in values.items() if name not in arrays}
        metadata = {**common, "experiment": result.experiment.name, "values": plain}
        self.write(self.path(result.experiment, result.seed, common), arrays, metadata)

    def load(self, experiment: Experiment, seed: int, common: Mapping[str, object], directory: Path) -> Result | None:
        """Return a stored result; `None` where there is none. directory: of the data. Raises `OSError` as `read`."""
        path = self.path(experiment, seed, common)
        stored = self.read(path)
        if stored is None:
            return None
        arrays, metadata = stored
        try:
            values = arrays | {n: tuple(v) if isinstance(v, list) else v for n, v in metadata["values"].items()}
            history = History(**{f.name: values[f"history.{f.name}"] for f in fields(History)})
            own = {f.name: values[f.name] for f in fields(Result) if f.name not in CARRIED}
        except (LookupError, TypeError, AttributeError) as error:
            return self._discard(path, f"no result ({type(error).__name__}: {error})")
        return Result(experiment=experiment, directory=directory, history=history, **own)

    def load_all(
        self, runs: Iterable[tuple[Experiment, int]], common: Mapping[str, object], directory: Path
    ) -> Iterator[Result]:
        """Yield what is stored of some experiments with their seeds, as `load` returns it."""
        for experiment, seed in runs:
            result = self.load(experiment, seed, common, directory)
            if result is not None:
                yield result

    def write(self, path: Path, arrays: Mapping[str, np.ndarray], metadata: Mapping[str, object]) -> None:
        """Write arrays and metadata to a file of the folder. Raises `OSError` as `save`."""
        archive = io.BytesIO()
        header = np.frombuffer(json.dumps({**metadata, "file": path.name}, sort_keys=True).encode(), np.uint8)
        np.savez(archive, allow_pickle=False, metadata=header, **arrays)
        self._clear()
        write_whole(path, archive.getvalue() + _digest(archive.getvalue()), PLACE)

    def prepare(self) -> None:
        """Create the folder and try to write in it, before hours are spent on results. Raises `OSError` as `save`."""
        check_folder(self.directory, PLACE)

    def read(self, path: Path) -> tuple[dict[str, np.ndarray], dict[str, object]] | None:
        """Return a file's arrays and metadata, or `None` where there is no such file.

        A file that is damaged, another's under this name, or a link or pipe is reported by a warning and deleted, so
        that its training runs again. Raises `OSError` if there is a file that cannot be read, or not be deleted.
        """
        try:
            content = read_regular(path)
        except FileNotFoundError:
            return None
        except ValueError as error:
            return self._discard(path, str(error))
        except OSError as error:
            raise with_remedy(error, "allow reading there", path, PLACE) from error
        archive, digest = content[:-DIGEST_SIZE], content[-DIGEST_SIZE:]
        if digest != _digest(archive):
            return self._discard(path, "damaged (its content does not match its digest)")
        try:
            arrays = read_arrays(archive)
            metadata = json.loads(arrays.pop("metadata").tobytes())
            name = metadata["file"]
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            return self._discard(path, f"no result ({type(error).__name__}: {error})")
        if name != path.name:
            return self._discard(path, f"the content of {name}")
        return arrays, metadata

    def _discard(self, path: Path, what: str) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            remedy = f"it is {what} and cannot be deleted: allow writing there"
            raise with_remedy(error, remedy, path, PLACE) from error
        # Said of the file itself, and not with the line of source that happened to read it.
        warnings.warn_explicit(f"{what}; deleted, its training runs again", UserWarning, str(path), 0)

    def _clear(self) -> None:
        """Delete the unfinished files of processes that were killed while they wrote."""
        for path in self.directory.glob(".*.npz.*"):
            with suppress(OSError):  # another process was faster, or it may not be deleted: then it stays
                if time.time() - path.stat().st_mtime > HOUR:
                    path.unlink()


def _digest(content: bytes) -> bytes:
    return bytes.fromhex(sha256(content))
