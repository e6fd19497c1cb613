"""What is kept between two builds, with a digest: what was damaged, or edited by hand, is not taken for numbers.

The digest lies in the file that it is of. It finds accidents and edits, not somebody who computes it anew.
"""

import json
from collections.abc import Mapping

from .hashing import sha256

DIGEST = "sha256"  # its place in the metadata, where a notebook may hold it too


def sealed(content: Mapping[str, object], key: str = "") -> bytes:
    """Return content as JSON with its digest. key: what it was made of; it opens under the same one only."""
    metadata = {**content.get("metadata", {}), DIGEST: _digest(content, key)}
    text = json.dumps({**content, "metadata": metadata}, indent=1, ensure_ascii=False)
    return text.encode(errors="backslashreplace")  # half a surrogate pair, as JSON writes it


def unsealed(text: bytes, key: str = "") -> dict[str, object]:
    """Return content as it was sealed. Raises `ValueError` for anything else: damaged, edited, of another key."""
    try:
        content = json.loads(text)
        found = content["metadata"].pop(DIGEST)
        expected = _digest(content, key)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise ValueError("not what is kept here") from None
    if found != expected:
        raise ValueError("not as it was written")
    return content


def _digest(content: Mapping[str, object], key: str) -> str:
    whole = {**content, "metadata": content.get("metadata", {})}
    return sha256(json.dumps([key, whole], sort_keys=True).encode())
