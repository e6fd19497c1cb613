"""NumPy archives (`.npz`) from anywhere: read whole, or refused with `ValueError`, whatever they hold."""

import io
import math
import zipfile
import zlib
from typing import BinaryIO

import numpy as np

LARGEST = 2**32  # bytes that an archive may unpack to; the largest result of this project has a thousandth of it


def read_arrays(content: bytes) -> dict[str, np.ndarray]:
    """Return the arrays of an archive by name.

    Raises `ValueError` for what is none: damaged, pickled, encrypted, larger than 4 GiB, or with a header that asks
    for other than the bytes that follow it. No more is unpacked than an entry says it has.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                raise ValueError(f"it unpacks to more than {LARGEST:,} bytes")
            return {entry.filename.removesuffix(".npy"): _read(archive, entry) for entry in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, MemoryError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> np.ndarray:
    with archive.open(entry) as file:
        shape, in_columns, dtype = _header(file, entry.filename)
        if dtype.hasobject:
            raise ValueError(f"{entry.filename} holds Python objects, which are not read")
        size = math.prod(shape) * dtype.itemsize
        content = file.read(size + 1)
    if len(content) != size:
        more = " or more" * (len(content) > size)
        raise ValueError(f"{entry.filename} holds {len(content):,} bytes{more}, its header asks for {size:,}")
    return np.frombuffer(content, dtype).reshape(shape, order="F" if in_columns else "C").copy()


def _header(file: BinaryIO, name: str) -> tuple[tuple[int, ...], bool, np.dtype]:
    try:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        return read(file)
    except Exception as error:
        raise ValueError(f"{name} is no array ({type(error).__name__}: {error})") from error
