"""Writing files: at once or not at all."""

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile

from .errors import NotebookError


def check_writable(path: str | Path) -> None:
    """Raise NotebookError, as `write_whole` would, before long work is done for what cannot be written."""
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=path.parent):
            pass
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    except OSError as error:
        raise _unwritable(path, error) from None


def write_whole(path: str | Path, content: bytes) -> None:
    """Do what `write_atomically` does, in a folder that is made if need be. Raises NotebookError."""
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
    except OSError as error:
        raise _unwritable(path, error) from None


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that `path` holds either what it held or all of `content`, whatever happens. Raises OSError."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):  # gone, or on a disk that may not be written, which is told already
            temporary.unlink(missing_ok=True)
        raise


def _unwritable(path: Path, error: OSError) -> NotebookError:
    return NotebookError(f"{path}: cannot be written: {error.strerror}; make room or choose another place")
