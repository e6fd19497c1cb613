"""Writing files: at once or not at all."""

import errno
import os
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
    """`content` becomes the file `path` at once: nobody ever finds half of it there.

    Raises NotebookError if it cannot be written.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        with suppress(OSError):  # gone, or on a disk that may not be written, which is told above
            part.unlink()


def _unwritable(path: Path, error: OSError) -> NotebookError:
    return NotebookError(f"{path}: cannot be written: {error.strerror}; make room or choose another place")
