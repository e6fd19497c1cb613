"""MNIST's files, and those of data sets like it: read by what is in them, and checked."""

import gzip
import io
import math
import warnings
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from ..common.hashing import sha256
from .data_names import NPZ_NAMES, STANDARD, candidates, is_transposed, label_names, prefixes

EMBEDDED_DIRECTORY = Path(__file__).resolve().parents[2] / "data" / "mnist"
IMAGE_SHAPE = (28, 28)  # of MNIST
NUM_CLASSES = 10  # likewise
MAX_SIDE = 128  # pixels of an image
MAX_IMAGES = 1_000_000  # more than in any data set of this layout; bounds the memory that a header can ask for
PIECE = 2**20  # bytes that are read at once
UNSIGNED_BYTE = 0x08  # the IDX type code of every file of the layout
GZIP_MAGIC = b"\x1f\x8b"

# SHA-256 of the embedded files' decompressed content.
SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


class MNISTError(ValueError):
    """A data file is missing, damaged or not what its name says."""


class RawData(NamedTuple):
    """The data as read: images `(N, rows, columns)` and labels `(N,)` from 0, all unsigned bytes, read-only."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    label_names: tuple[str, ...]
    fingerprint: str  # SHA-256 over the content of the four parts, hexadecimal


@lru_cache(maxsize=1)
def read_files(directory: Path) -> RawData:
    """Read and check the data of a folder. Raises `MNISTError`; keeps the last folder in memory.

    Four files in IDX format, gzipped or not, under the usual or similar names, or one `.npz` as of Keras. A good file
    beside a broken one of the same part is taken, with a warning.
    """
    found = {(part, kind): candidates(directory, part, kind) for part in ("train", "t10k") for kind in STANDARD}
    archives = sorted(directory.glob("*.npz")) if not any(found.values()) and directory.is_dir() else []
    if archives:
        return _checked(directory, archives[0], *_read_npz(archives[0]))
    arrays, pieces, read = [], [], []
    for (part, kind), paths in found.items():
        if not paths:
            raise _error(directory / f"{STANDARD[kind].format(part)}.gz", "no such file, nor the same without .gz")
        array, path = _first_good(paths, 3 if kind == "images" else 1, pieces)
        arrays.append(array.transpose(0, 2, 1) if kind == "images" and is_transposed(path) else array)
        read.append(path)
    if len(prefixes(read)) > 1:
        names = ", ".join(path.name for path in read)
        raise _error(directory, f"holds files of several data sets ({names}), expected one a folder")
    return _checked(directory, read[1], arrays, pieces)


def _checked(directory: Path, labels_path: Path, arrays: list[np.ndarray], pieces: list[bytes]) -> RawData:
    """Check that images and labels fit each other and count classes from 0."""
    train_images, train_labels, test_images, test_labels = arrays
    for images, labels in ((train_images, train_labels), (test_images, test_labels)):
        if len(images) != len(labels):
            what = f"{len(labels):,} labels for the {len(images):,} images beside it, expected as many"
            raise _error(labels_path, what)
    if train_images.shape[1:] != test_images.shape[1:]:
        shapes = [" × ".join(map(str, images.shape[1:])) for images in (train_images, test_images)]
        raise _error(directory, f"images for training are {shapes[0]} pixels, for test {shapes[1]}, expected the same")
    classes = np.unique(train_labels)
    lowest = int(classes[0] == 1)
    missing = np.setdiff1d(np.arange(lowest, int(classes[-1]) + 1), classes)
    if len(missing):
        label = int(classes[classes > missing[0]][0])
        row = int(np.argmax(train_labels == label))
        raise _error(labels_path, f"label {label} at position {row:,}, but no image has label {missing[0]}")
    strange = np.flatnonzero(~np.isin(test_labels, classes))
    if len(strange):
        what = f"label {test_labels[strange[0]]} at position {strange[0]:,} of the test labels"
        raise _error(directory, f"{what}, which no image for training has")
    if len(classes) < 2:
        raise _error(labels_path, f"all labels are {classes[0]}, expected at least two classes")
    names = label_names(directory, labels_path, len(classes), lowest)
    shifted = [train_labels - np.uint8(lowest), test_labels - np.uint8(lowest)]
    return RawData(train_images, shifted[0], test_images, shifted[1], names, sha256(*pieces))


def _first_good(paths: list[Path], dimensions: int, pieces: list[bytes]) -> tuple[np.ndarray, Path]:
    """Return the first of some files that can be read, and its path; warn of broken ones before it."""
    broken: list[MNISTError] = []
    for path in paths:
        try:
            array, content = _read_idx(path, dimensions)
        except MNISTError as error:
            broken.append(error)
            continue
        for error in broken:
            warnings.warn(f"{error}; {path.name} beside it is taken", stacklevel=3)
        pieces += content
        return array, path
    raise broken[0]


def _read_idx(path: Path, dimensions: int) -> tuple[np.ndarray, list[bytes]]:
    """Return one IDX file of unsigned bytes as an array, and its content.

    Format: two zero bytes, type code, number of dimensions, each dimension as a big-endian 32-bit integer,
    then the values (Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database").
    """
    try:
        with path.open("rb") as stream:
            zipped = stream.read(2) == GZIP_MAGIC
        with gzip.open(path) if zipped else path.open("rb") as stream:
            header = stream.read(4 + 4 * dimensions)
            shape = _parse_header(path, header, dimensions)
            content = _read_exactly(path, stream, math.prod(shape))
    except (OSError, EOFError, zlib.error) as error:
        raise _error(path, f"cannot be read ({error})") from error
    if path.parent == EMBEDDED_DIRECTORY:
        found, expected = sha256(header, content), SHA256.get(path.name.removesuffix(".gz"), "one of MNIST's files")
        if found != expected:
            raise _error(path, f"SHA-256 of the content is {found}, expected {expected}")
    return np.frombuffer(content, np.uint8).reshape(shape), [header, content]


def _parse_header(path: Path, header: bytes, dimensions: int) -> tuple[int, ...]:
    """Check an IDX header and return the shape that it announces."""
    expected_magic = bytes([0, 0, UNSIGNED_BYTE, dimensions])
    if not header:
        raise _error(path, "is empty")
    if header.lstrip().lower().startswith((b"<!doctype", b"<html", b"<!doc", b"<head", b"<?xml")):
        raise _error(path, "is a web page that was saved under this name, not the data; download the file itself")
    if len(header) < 4 + 4 * dimensions:
        raise _error(path, f"ends after {len(header)} bytes, expected a header of {4 + 4 * dimensions}")
    if header[:4] != expected_magic:
        raise _error(
            path,
            f"magic number is 0x{header[:4].hex()}, expected 0x{expected_magic.hex()}: unsigned bytes in "
            f"{dimensions} dimension{'s' * (dimensions > 1)} (is it another file under this name?)",
        )
    shape = tuple(int(size) for size in np.frombuffer(header, ">u4", offset=4))
    if not 1 <= shape[0] <= MAX_IMAGES or not all(1 <= side <= MAX_SIDE for side in shape[1:]):
        expected = " x ".join([f"1 to {MAX_IMAGES:,}", *[f"1 to {MAX_SIDE}"] * (dimensions - 1)])
        raise _error(path, f"dimensions are {' x '.join(map(str, shape))}, expected {expected}")
    return shape


def _read_exactly(path: Path, stream: BinaryIO, size: int) -> bytes:
    """Read `size` bytes, in pieces so that memory follows the file and not its header; make sure it ends there."""
    pieces, missing = [], size
    while missing and (piece := stream.read(min(PIECE, missing))):
        pieces.append(piece)
        missing -= len(piece)
    if missing:
        raise _error(path, f"ends after {size - missing:,} values, the header announces {size:,}")
    if stream.read(1):
        raise _error(path, f"goes on after the {size:,} values that the header announces")
    return b"".join(pieces)


def _read_npz(path: Path) -> tuple[list[np.ndarray], list[bytes]]:
    """Return images and labels of an archive as Keras has it, and their content."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            arrays = [file[name] for name in NPZ_NAMES]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise _error(path, f"cannot be read as an archive with {', '.join(NPZ_NAMES)} ({error})") from error
    for name, array, dimensions in zip(NPZ_NAMES, arrays, (3, 1, 3, 1), strict=True):
        whole = np.issubdtype(array.dtype, np.integer) and array.ndim == dimensions and 1 <= len(array) <= MAX_IMAGES
        if not whole or array.min() < 0 or array.max() > 255 or not all(side <= MAX_SIDE for side in array.shape[1:]):
            what = f"{name} is of {array.dtype} and shape {array.shape}"
            raise _error(path, f"{what}, expected whole numbers 0 to 255 in {dimensions} dimensions")
    arrays = [np.ascontiguousarray(array, np.uint8) for array in arrays]
    for array in arrays:
        array.setflags(write=False)
    return arrays, [bytes(str(array.shape), "ascii") + array.tobytes() for array in arrays]


def _error(path: Path, problem: str) -> MNISTError:
    remedy = (
        'restore it with "git checkout -- data/mnist"'
        if path.parent == EMBEDDED_DIRECTORY
        else "put the data set's four IDX files, or its .npz, there, or unset MNIST_DIR to use the embedded MNIST"
    )
    return MNISTError(f"{path}: {problem}; {remedy}")
