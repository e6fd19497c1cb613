"""Networks in files: a NumPy archive of plain arrays, without pickle."""

import io
import json
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ..network.mlp import MLP

SETTINGS = ("layer_sizes", "activation", "weight_init", "normalisation")


def write_model(path: str | os.PathLike, model: "MLP") -> None:
    """Write settings and weights of a network."""
    settings = json.dumps({name: getattr(model, name) for name in SETTINGS})
    with open(path, "wb") as file:  # so that NumPy adds no ending to the name
        np.savez(file, allow_pickle=False, settings=settings, parameters=model.parameters)


def read_model(path: str | os.PathLike) -> tuple[dict[str, object], np.ndarray]:
    """Return settings and weights as written. Raises `ValueError` for another or a damaged file."""
    try:
        with np.load(io.BytesIO(Path(path).read_bytes()), allow_pickle=False) as file:
            settings, parameters = json.loads(file["settings"].item()), file["parameters"]
        settings = {name: settings[name] for name in SETTINGS}
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path}: not a network that MLP.save wrote ({type(error).__name__}: {error})") from error
    if settings["normalisation"] is not None:
        settings["normalisation"] = tuple(settings["normalisation"])
    return settings, parameters
