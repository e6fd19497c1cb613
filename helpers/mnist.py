"""MNIST, or any data set in its four-file layout: IDX files -> a `Dataset` ready for the network.

The files are embedded in `data/mnist` and checked before use; nothing here touches the network.
"""

import gzip
import hashlib
import math
import os
import re
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .random_streams import random_stream

EMBEDDED_DIRECTORY = Path(__file__).resolve().parent.parent / "data" / "mnist"
IMAGE_SHAPE = (28, 28)
NUM_CLASSES = 10
NUM_INPUTS = math.prod(IMAGE_SHAPE) + 1  # pixels, and the 1 that carries the bias
MAX_IMAGES = 1_000_000  # more than in any data set of this layout; bounds the memory that a header can ask for
PIECE = 2**20  # bytes that are read at once
UNSIGNED_BYTE = 0x08  # the IDX type code of every file of the layout

# SHA-256 of the embedded files' decompressed content.
SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


class MNISTError(ValueError):
    """A data file is missing, damaged or not what its name says."""


class Split(NamedTuple):
    """Images `(N, 785)` normalised, with a last column of ones; labels `(N,)` integers."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


class RawData(NamedTuple):
    """The four files as read: images `(N, 28, 28)` and labels `(N,)`, all unsigned bytes, read-only."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    fingerprint: str  # SHA-256 over the content of the four files, hexadecimal


@dataclass(frozen=True)
class Dataset:
    """Three disjoint splits of one data set; `mean` and `std` of the training split's pixels on 0..255."""

    train: Split = field(repr=False)
    validation: Split = field(repr=False)
    test: Split = field(repr=False)
    mean: float
    std: float
    name: str
    directory: Path = field(repr=False)

    def pixels(self, split: Split) -> np.ndarray:
        """Undo normalisation and bias trick: images `(N, 28, 28)`, grey values 0..255 with 255 = ink."""
        return (split.images[:, :-1] * self.std + self.mean).reshape(-1, *IMAGE_SHAPE)

    def __repr__(self) -> str:
        sizes = f"{len(self.train):,} train, {len(self.validation):,} validation, {len(self.test):,} test"
        return f"Dataset({self.name}: {sizes}; pixel mean {self.mean:.2f}, std {self.std:.2f})"


def load_mnist(
    directory: str | os.PathLike | None = None,
    *,
    train_size: int = 20_000,
    validation_size: int = 10_000,
    split_seed: int | None = None,
    dtype: type = np.float32,
) -> Dataset:
    """Load the embedded MNIST, or another data set in the same four-file IDX layout.

    directory: folder with the four files, plain or gzipped; without it `$MNIST_DIR`, then the embedded data.
    train_size, validation_size: images drawn from the training file for the two splits.
    split_seed: draws both splits at random, disjoint; without it the first `train_size` and the last
        `validation_size` training images are taken. The test split is always the whole test file.
    dtype: `np.float32` or `np.float64`, of the images.

    Raises `MNISTError` for a file that is missing, truncated, swapped or damaged (the embedded files are
    checked against their SHA-256, others for structure), and `ValueError` for sizes that do not fit.
    """
    directory = data_directory(directory)
    check_dtype(dtype)
    raw = read_files(directory)
    train_rows, validation_rows = _draw_split(len(raw.train_labels), train_size, validation_size, split_seed, directory)
    train_pixels = raw.train_images[train_rows]
    mean, std = pixel_statistics(train_pixels)
    if std == 0:
        raise MNISTError(f"{directory}: all training pixels have the value {mean:g}; check the image file")

    def split(pixels: np.ndarray, labels: np.ndarray) -> Split:
        return Split(_normalise(pixels, mean, std, dtype), labels.astype(np.int64))

    return Dataset(
        train=split(train_pixels, raw.train_labels[train_rows]),
        validation=split(raw.train_images[validation_rows], raw.train_labels[validation_rows]),
        test=split(raw.test_images, raw.test_labels),
        mean=mean,
        std=std,
        name="MNIST" if directory == EMBEDDED_DIRECTORY else _readable(directory.name),
        directory=directory,
    )


def _readable(name: str) -> str:
    """Return a folder's name without the signs that mean something in Markdown or mathematics."""
    return re.sub(r"[^\w.+-]+", " ", name).strip("_ ") or "data"


def check_dtype(dtype: object) -> None:
    """Raise `ValueError` unless it is one of the two that images and networks may have."""
    if dtype not in (np.float32, np.float64, "float32", "float64", np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(f"dtype is {dtype!r}; allowed: np.float32, np.float64")


def pixel_statistics(pixels: np.ndarray) -> tuple[float, float]:
    """Return mean and standard deviation of grey values 0..255, exact up to rounding: their sums are integers."""
    total = int(pixels.sum(dtype=np.int64))
    squares = int(np.square(pixels, dtype=np.uint16).sum(dtype=np.int64))
    return total / pixels.size, math.sqrt(pixels.size * squares - total**2) / pixels.size


def data_directory(directory: str | os.PathLike | None = None) -> Path:
    """Return the folder of the data: the one given, else `$MNIST_DIR`, else the embedded one."""
    if directory is not None and not isinstance(directory, str | os.PathLike):
        raise ValueError(f"directory is {directory!r}; allowed: a path, or None for $MNIST_DIR or the embedded data")
    return Path(directory or os.environ.get("MNIST_DIR") or EMBEDDED_DIRECTORY).resolve()


def _draw_split(
    available: int, train_size: int, validation_size: int, seed: int | None, directory: Path
) -> tuple[np.ndarray, np.ndarray]:
    """Return the disjoint row numbers of the training and of the validation split."""
    for name, size in (("train_size", train_size), ("validation_size", validation_size)):
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
            raise ValueError(f"{name} is {size!r}; allowed: an integer from 1")
    if train_size + validation_size > available:
        raise ValueError(
            f"train_size {train_size:,} and validation_size {validation_size:,} need "
            f"{train_size + validation_size:,} different images, but {directory} has {available:,} for training; "
            "use a larger data set, or ask `load_mnist` for fewer"
        )
    try:
        rows = np.arange(available) if seed is None else random_stream(seed, "split").permutation(available)
    except ValueError as error:
        raise ValueError(f"split_{error}") from None
    return rows[:train_size], rows[available - validation_size :]


def _normalise(pixels: np.ndarray, mean: float, std: float, dtype: type) -> np.ndarray:
    """Return `(pixels - mean) / std` as rows `(N, 785)`, the last column 1 (the bias trick)."""
    images = np.empty((len(pixels), NUM_INPUTS), dtype)
    images[:, -1] = 1
    np.subtract(pixels.reshape(len(pixels), -1), mean, out=images[:, :-1], dtype=dtype)
    images[:, :-1] /= std
    return images


@lru_cache(maxsize=1)
def read_files(directory: Path) -> RawData:
    """Read and check the four files of a folder. Raises `MNISTError`; keeps the last folder in memory."""
    arrays, digest = [], hashlib.sha256()
    for part in ("train", "t10k"):
        images = _read_idx(directory, f"{part}-images-idx3-ubyte", IMAGE_SHAPE, digest)
        labels = _read_idx(directory, f"{part}-labels-idx1-ubyte", (), digest)
        path = _find_file(directory, f"{part}-labels-idx1-ubyte")
        if len(images) != len(labels):
            raise _error(path, f"{len(labels):,} labels for the {len(images):,} images beside it, expected as many")
        if labels.max() >= NUM_CLASSES:
            row = int(np.argmax(labels >= NUM_CLASSES))
            raise _error(path, f"label {labels[row]} at position {row:,}, expected 0 to {NUM_CLASSES - 1}")
        arrays += [images, labels]
    return RawData(*arrays, fingerprint=digest.hexdigest())


def _read_idx(directory: Path, name: str, item_shape: tuple[int, ...], digest) -> np.ndarray:
    """Return one IDX file of unsigned bytes as an array `(N, *item_shape)`; add its content to `digest`.

    Format: two zero bytes, type code, number of dimensions, each dimension as a big-endian 32-bit integer,
    then the values (Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database").
    """
    path = _find_file(directory, name)
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            header = stream.read(8 + 4 * len(item_shape))
            shape = _parse_header(path, header, item_shape)
            content = _read_exactly(path, stream, math.prod(shape))
    except (OSError, EOFError, zlib.error) as error:
        raise _error(path, f"cannot be read ({error})") from error
    digest.update(header)
    digest.update(content)
    if directory == EMBEDDED_DIRECTORY:
        found = hashlib.sha256(header + content).hexdigest()
        if found != SHA256[name]:
            raise _error(path, f"SHA-256 of the content is {found}, expected {SHA256[name]}")
    return np.frombuffer(content, np.uint8).reshape(shape)


def _find_file(directory: Path, name: str) -> Path:
    """Return the path of the gzipped or plain file."""
    for path in (directory / f"{name}.gz", directory / name):
        if path.is_file():
            return path
    raise _error(directory / f"{name}.gz", "no such file, nor the same without .gz")


def _parse_header(path: Path, header: bytes, item_shape: tuple[int, ...]) -> tuple[int, ...]:
    """Check an IDX header and return the shape that it announces."""
    dimensions = 1 + len(item_shape)
    expected_magic = bytes([0, 0, UNSIGNED_BYTE, dimensions])
    if len(header) < 4 + 4 * dimensions:
        raise _error(path, f"ends after {len(header)} bytes, expected a header of {4 + 4 * dimensions}")
    if header[:4] != expected_magic:
        raise _error(
            path,
            f"magic number is 0x{header[:4].hex()}, expected 0x{expected_magic.hex()}: unsigned bytes in "
            f"{dimensions} dimension{'s' * (dimensions > 1)} (is it another file under this name?)",
        )
    shape = tuple(int(size) for size in np.frombuffer(header, ">u4", offset=4))
    if not 1 <= shape[0] <= MAX_IMAGES or shape[1:] != item_shape:
        expected = " x ".join([f"1 to {MAX_IMAGES:,}", *map(str, item_shape)])
        raise _error(path, f"dimensions are {' x '.join(map(str, shape))}, expected {expected}")
    return shape


def _read_exactly(path: Path, stream, size: int) -> bytes:
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


def _error(path: Path, problem: str) -> MNISTError:
    remedy = (
        'restore it with "git checkout -- data/mnist"'
        if path.parent == EMBEDDED_DIRECTORY
        else "put the four IDX files of the data set there, or unset MNIST_DIR to use the embedded MNIST"
    )
    return MNISTError(f"{path}: {problem}; {remedy}")
