"""Writing files: at once or not at all, and with a word on what to do where it cannot be done."""

import errno
import os
import secrets
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

if os.name == "nt":
    import msvcrt
else:
    import fcntl


def write_whole(path: Path, content: bytes, setting: str = "") -> None:
    """Write a file so that `path` holds either what it held or all of `content`; its folder is made if need be.

    setting: the one that names another folder for it, if there is one. Raises `OSError` that says what to do.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        with suppress(OSError):  # gone, or on a disk that may not be written, which is told already
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise with_remedy(error, "make room, allow writing there", path, setting) from error
        raise


def read_regular(path: Path) -> bytes:
    """Return what stands in a file. Raises `ValueError`, and waits for nothing, where there is a link or a pipe."""
    flags = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        with open(path, "rb", opener=lambda name, mode: os.open(name, mode | flags)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ValueError("a pipe or a device")
            return file.read()
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ValueError("a link") from None
        raise


def check_folder(folder: Path, setting: str) -> None:
    """Make a folder and try to write in it, before long work is done. Raises `OSError` as `write_whole`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise with_remedy(error, "allow writing there", folder, setting) from error


@contextmanager
def alone_in(folder: Path, setting: str = "") -> Iterator[None]:
    """Build in a folder alone: who comes second says so in one line, and waits.

    The system holds the lock for the process, and ends it with that, however it ends; the file `lock` stays, and means
    nothing. Raises `OSError` as `write_whole`.
    """
    check_folder(folder, setting)
    with open(folder / "lock", "ab") as file:
        if not _locked(file):
            print(
                f"{folder}: another build is under way there; this one waits for its end", file=sys.stderr, flush=True
            )
            while not _locked(file):
                time.sleep(0.1)
        yield


def _locked(file: BinaryIO) -> bool:
    """Try to lock a file until it is closed; return whether it is."""
    try:
        if os.name == "nt":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def with_remedy(error: OSError, remedy: str, path: Path, setting: str = "") -> OSError:
    """Return the error with the file's name, what to do, and the setting that names another folder."""
    elsewhere = f", or set {setting} to another folder" if setting else ""
    return OSError(error.errno, f"{error.strerror or error}; {remedy}{elsewhere}", str(path))
