"""Results on disk: one file for each training, named by everything that determines it.

A file is a NumPy archive of plain arrays, one of them its metadata as JSON; nothing is pickled. It is written beside
its place and moved there at once, so it is whole or absent; it carries a digest of its content, checked on reading.
"""

import hashlib
import io
import json
import os
import tempfile
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

DEFAULT_DIRECTORY = Path(__file__).resolve().parent.parent / "results"
NUMERIC_MODULES = ("activations", "mlp", "mnist", "random_streams", "training", "trials")


def result_key(**determinants: object) -> str:
    """Return the hexadecimal key of a result from all that determines it: JSON values by name."""
    text = json.dumps(determinants, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def source_hash() -> str:
    """Return the SHA-256 of the numeric modules' source, the same on every platform's line endings."""
    digest = hashlib.sha256()
    for name in NUMERIC_MODULES:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


class Store:
    """A folder of results. directory: the project's `results`, or `$RESULTS_DIR`, unless given."""

    def __init__(self, directory: str | os.PathLike | None = None):
        self.directory = Path(directory or os.environ.get("RESULTS_DIR") or DEFAULT_DIRECTORY)

    def path(self, name: str, seed: int, key: str) -> Path:
        return self.directory / f"{name}-seed{seed}-{key}.npz"

    def save(self, path: Path, arrays: Mapping[str, np.ndarray], metadata: Mapping[str, object]) -> None:
        """Write a result; on any failure the folder is as it was before. Raises `OSError` if it cannot be written."""
        content = {name: np.asarray(array) for name, array in arrays.items()}
        header = dict(metadata, digest=_digest(content))
        content["metadata"] = np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8)
        archive = io.BytesIO()
        np.savez(archive, **content)
        self.directory.mkdir(parents=True, exist_ok=True)
        write_atomically(path, archive.getvalue())

    def load(self, path: Path) -> tuple[dict[str, np.ndarray], dict[str, object]] | None:
        """Return a result's arrays and metadata, or `None` where there is none.

        A damaged file is reported by a warning and deleted, so that its training runs again.
        """
        try:
            with np.load(path, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            metadata = json.loads(arrays.pop("metadata").tobytes())
            if metadata.pop("digest") != _digest(arrays):
                raise ValueError("its content does not match its digest")
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile) as error:
            warnings.warn(f"{path}: damaged ({error}); deleted, its training runs again", stacklevel=2)
            path.unlink(missing_ok=True)
            return None
        return arrays, metadata


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that `path` holds either what it held or all of `content`, whatever happens."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _digest(arrays: Mapping[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape} ".encode())
        digest.update(array)
    return digest.hexdigest()
