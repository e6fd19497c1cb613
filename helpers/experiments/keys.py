"""The key of a stored result: everything that determines its numbers."""

import json
from pathlib import Path

import numpy as np
import scipy

from ..common.hashing import sha256
from .experiment import Experiment

PACKAGE = Path(__file__).resolve().parent.parent
RESULT_FORMAT = 5  # to be raised when what is stored of a result changes
COMPUTING = ("data", "network")  # rooms of which every byte counts


def source_hash() -> str:
    """Return the SHA-256 of the source that computes results, the same on every platform's line endings."""
    modules = [path for room in COMPUTING for path in sorted((PACKAGE / room).glob("*.py"))]
    modules += [PACKAGE / "experiments" / f"{name}.py" for name in ("experiment", "trial")]
    return sha256(*(path.read_bytes().replace(b"\r\n", b"\n") for path in modules))


def common_determinants(data_fingerprint: str) -> dict[str, object]:
    """Return what all results of a run have in common."""
    return {
        "format": RESULT_FORMAT,
        "data": data_fingerprint,
        "source": source_hash(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
    }


def result_key(experiment: Experiment, seed: int, common: dict[str, object]) -> str:
    """Return the hexadecimal key of one result."""
    settings, _ = experiment.own_code()
    text = json.dumps({"experiment": experiment.name, **settings, "seed": seed, **common}, sort_keys=True)
    return sha256(text.encode())[:20]
