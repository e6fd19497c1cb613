"""The one hash for everything that is told apart by content: SHA-256."""

import hashlib

import numpy as np


def sha256(*pieces: bytes | np.ndarray) -> str:
    """Return the hexadecimal SHA-256 of pieces of content, one after the other."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
