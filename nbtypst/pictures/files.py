"""Files that a notebook names: regular ones in its own folder, or in a further one that is allowed; no others."""

import os
import stat
from pathlib import Path

OUTSIDE = "lies outside the notebook's folder, and is not read (the option root allows a further one)"
LARGEST = 300_000_000  # bytes


class OutsideError(ValueError):
    """A notebook names a file that it may not read."""


def allowed(name: str, folder: Path, root: Path | None = None) -> Path:
    """The file `name` beside a notebook in `folder`, links followed; `root` is a further folder that it may lie in.

    Raises OutsideError if it is elsewhere, OSError or ValueError for a name that no file can have.
    """
    try:
        file = (folder / name).resolve()
    except RuntimeError as error:  # links in a circle
        raise OSError(str(error)) from None
    if not any(file.is_relative_to(one.resolve()) for one in (folder, root) if one is not None):
        raise OutsideError(name)
    return file


def content(name: str, folder: Path, root: Path | None = None) -> bytes:
    """What stands in the file `name`; raises as `allowed` does, and OSError if it cannot be read, or is no file."""
    with open(allowed(name, folder, root), "rb", opener=_without_waiting) as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST:
            raise OSError("no regular file, or a huge one")
        return file.read(LARGEST)


def _without_waiting(path: str, flags: int) -> int:
    """A pipe or a device would keep its reader waiting."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
