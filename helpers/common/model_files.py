"""Networks in files: a NumPy archive of plain arrays, without pickle."""

import io
import json
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from .archives import read_arrays
from .files import write_whole


def write_model(path: str | os.PathLike, settings: Mapping[str, object], parameters: np.ndarray) -> None:
    """Write settings and weights of a network: all of the file or nothing; its folder is made if need be."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, settings=json.dumps(dict(settings)), parameters=parameters)
    write_whole(Path(path), file.getvalue())


def read_model(path: str | os.PathLike) -> tuple[dict[str, object], np.ndarray]:
    """Return settings and weights as written. Raises `ValueError` for another or a damaged file."""
    try:
        arrays = read_arrays(Path(path).read_bytes())
        settings, parameters = json.loads(arrays["settings"].item()), arrays["parameters"]
        if not isinstance(settings, dict):
            raise ValueError("its settings are none")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"{path}: not a network that MLP.save wrote ({type(error).__name__}: {error})") from error
    return settings, parameters
