"""MNIST's files, and those of data sets like it: read by what is in them, and checked."""

import gzip
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
MAX_IMAGES = 1_000_000  # more than in any data set of this layout
MAX_BYTES = 2**30  # of one part of the data, unpacked: twice as much as the largest of EMNIST
MAX_RATIO = 100  # how many times its size a file may unpack to: images of digits unpack to 3 to 20 times theirs,
ANY_RATIO_BYTES = 2**26  # but so many bytes are no harm
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
    """The data as read: images `(N, rows, columns)` and labels `(N,)`, all unsigned bytes, read-only.

    A label is the number of its class among the `label_names`: those that any image for training or test has.
    """

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
    archives = [path for path in sorted(directory.glob("*.npz")) if path.is_file()]
    if archives and not any(found.values()):
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


def _checked(directory: Path, labels_path: Path, arrays: list[np.ndarray], pieces: list[bytes | np.ndarray]) -> RawData:
    """Check that images and labels fit each other, and number the classes that occur from 0."""
    train_images, train_labels, test_images, test_labels = arrays
    for images, labels in ((train_images, train_labels), (test_images, test_labels)):
        if len(images) != len(labels):
            what = f"{len(labels):,} labels for the {len(images):,} images beside it, expected as many"
            raise _error(labels_path, what)
    if train_images.shape[1:] != test_images.shape[1:]:
        shapes = [" × ".join(map(str, images.shape[1:])) for images in (train_images, test_images)]
        raise _error(directory, f"images for training are {shapes[0]} pixels, for test {shapes[1]}, expected the same")
    occurs = np.bincount(train_labels, minlength=256) + np.bincount(test_labels, minlength=256) > 0
    names = label_names(directory, labels_path, np.flatnonzero(occurs).tolist())
    number = (np.cumsum(occurs) - 1).astype(np.uint8)  # of each class among those that occur
    arrays[1::2] = [number[train_labels], number[test_labels]]
    for array in arrays:
        array.setflags(write=False)
    return RawData(*arrays, names, sha256(*pieces))


def _first_good(paths: list[Path], dimensions: int, pieces: list[bytes | np.ndarray]) -> tuple[np.ndarray, Path]:
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


def _read_idx(path: Path, dimensions: int) -> tuple[np.ndarray, list[bytes | np.ndarray]]:
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
            _check_bytes(path, math.prod(shape), path.stat().st_size)
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


def _read_exactly(path: Path, stream: BinaryIO, size: int) -> bytearray:
    """Read `size` bytes, in pieces so that memory follows the file and not its header; make sure it ends there."""
    content, missing = bytearray(), size
    while missing and (piece := stream.read(min(PIECE, missing))):
        content += piece
        missing -= len(piece)
    if missing:
        raise _error(path, f"ends after {size - missing:,} values, the header announces {size:,}")
    if stream.read(1):
        raise _error(path, f"goes on after the {size:,} values that the header announces")
    return content


def _check_bytes(path: Path, unpacked: int, packed: int) -> None:
    """Refuse to unpack more bytes than images of so many packed ones can be, whatever is announced."""
    allowed = min(MAX_BYTES, max(ANY_RATIO_BYTES, MAX_RATIO * packed))
    if unpacked > allowed:
        raise _error(path, f"{packed:,} bytes announce {unpacked:,} unpacked, expected at most {allowed:,}")


def _read_npz(path: Path) -> tuple[list[np.ndarray], list[bytes | np.ndarray]]:
    """Return images and labels of an archive as Keras has it, and their content."""
    arrays, pieces = [], []
    try:
        with zipfile.ZipFile(path) as archive:
            for name, dimensions in zip(NPZ_NAMES, (3, 1, 3, 1), strict=True):
                arrays.append(_read_member(path, archive, name, dimensions))
                pieces += [str(arrays[-1].shape).encode(), arrays[-1].ravel()]
    except MNISTError:
        raise
    except Exception as error:  # of the many kinds that zipfile and NumPy raise for what is damaged
        what = f"cannot be read as an archive with {', '.join(NPZ_NAMES)} ({str(error)[:200]})"
        raise _error(path, what) from error
    return arrays, pieces


def _read_member(path: Path, archive: zipfile.ZipFile, name: str, dimensions: int) -> np.ndarray:
    """Return one array of an archive as unsigned bytes, unpacked only after its size, type and shape are checked."""
    member = archive.getinfo(f"{name}.npy")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _error(path, f"{name} is packed in a way that NumPy does not use")
    _check_bytes(path, member.file_size, member.compress_size)
    with archive.open(member) as stream:
        if np.lib.format.read_magic(stream) != (1, 0):
            raise _error(path, f"{name} is in a format for other arrays than those of whole numbers")
        shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
        sides = [MAX_IMAGES, *[MAX_SIDE] * (dimensions - 1)]
        fits = len(shape) == dimensions and all(1 <= side <= most for side, most in zip(shape, sides, strict=True))
        whole = dtype.kind in "iu" and stream.tell() + math.prod(shape) * dtype.itemsize == member.file_size
    if fits and whole:
        with archive.open(member) as stream:
            array = np.lib.format.read_array(stream, allow_pickle=False)
        fits = array.min() >= 0 and array.max() <= 255
    if not (fits and whole):
        what = f"{name} is of {dtype} and shape {shape} in {member.file_size:,} bytes"
        raise _error(path, f"{what}, expected whole numbers 0 to 255 in {dimensions} dimensions")
    return np.ascontiguousarray(array, np.uint8)


def _error(path: Path, problem: str) -> MNISTError:
    remedy = (
        'restore it with "git checkout -- data/mnist"'
        if path.parent == EMBEDDED_DIRECTORY
        else "put the data set's four IDX files, or its .npz, there, or unset MNIST_DIR to use the embedded MNIST"
    )
    return MNISTError(f"{path}: {problem}; {remedy}")
