"""Thousands of damaged data files: read as an independent reader reads them, or refused; never anything else."""

import gzip
import math
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import MNISTError
from helpers.data.mnist_files import MAX_IMAGES, MAX_SIDE, read_files

EXAMPLES = 2_500
NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
SIZES = (0, 1, 2, 3, 4, 27, 28, 29, 56, 128, 129, 255, 256, 1_000_000, 1_000_001, 2**31 - 1, 2**31, 2**32 - 1)
A_MEGABYTE = 1_000_000
MOST = 3 * A_MEGABYTE  # bytes that reading small files may take, whatever they announce


# A reader that shares no line with the package's ---------------------------------------------------------


class BadFileError(Exception):
    """The reader found something wrong."""


def inflated(content):
    """The content of a gzip file after RFC 1952, its checksum and length checked; several members, zeros between."""
    whole = b""
    while content:
        if len(content) < 10 or content[:3] != b"\x1f\x8b\x08":
            raise BadFileError("no gzip")
        flags, start = content[3], 10
        if flags & 4:
            if len(content) < start + 2:
                raise BadFileError("short")
            start += 2 + struct.unpack_from("<H", content, start)[0]
        for flag in (8, 16):
            if flags & flag:
                start = content.find(b"\0", start) + 1
                if not start:
                    raise BadFileError("no end of a name")
        start += 2 * bool(flags & 2)
        member = zlib.decompressobj(-15)
        try:
            part = member.decompress(content[start:])
        except zlib.error as error:
            raise BadFileError(str(error)) from error
        if not member.eof or len(member.unused_data) < 8:
            raise BadFileError("short")
        if struct.unpack("<II", member.unused_data[:8]) != (zlib.crc32(part), len(part) % 2**32):
            raise BadFileError("checksum")
        whole += part
        content = member.unused_data[8:].lstrip(b"\0")
    return whole


def values(content, dimensions):
    """The array of an IDX file's content."""
    head = 4 + 4 * dimensions
    if len(content) < head or content[:4] != bytes([0, 0, 8, dimensions]):
        raise BadFileError("magic")
    count, *sides = (int.from_bytes(content[at : at + 4], "big") for at in range(4, head, 4))
    if not 1 <= count <= MAX_IMAGES or not all(1 <= side <= MAX_SIDE for side in sides):
        raise BadFileError("sizes")
    if len(content) - head != count * math.prod(sides):
        raise BadFileError("length")
    return np.array(list(content[head:]), np.uint8).reshape(count, *sides)


def reference(files):
    """The four arrays of a folder's files, content by name; raises `BadFileError`."""
    arrays = []
    for name in NAMES:
        content = files[f"{name}.gz" if f"{name}.gz" in files else name]
        content = inflated(content) if content[:2] == b"\x1f\x8b" else content
        arrays.append(values(content, 3 if "images" in name else 1))
    images, labels, test_images, test_labels = arrays
    if len(images) != len(labels) or len(test_images) != len(test_labels):
        raise BadFileError("as many labels as images")
    if images[0].shape != test_images[0].shape:
        raise BadFileError("one size of images")
    classes, lowest = set(labels.tolist()), min(labels.tolist())
    if lowest > 1 or len(classes) < 2 or classes != set(range(lowest, max(classes) + 1)):
        raise BadFileError("classes without gaps")
    if not classes.issuperset(test_labels.tolist()):
        raise BadFileError("classes of the test")
    return [images, labels - lowest, test_images, test_labels - lowest]


# Damage -------------------------------------------------------------------------------------------------


def idx(array):
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def whole_files():
    """The content of four small files, by name: three images of two classes for training, two for testing."""
    stream = np.random.default_rng(7)
    arrays = []
    for count in (3, 2):
        arrays += [stream.integers(0, 256, (count, 28, 28), np.uint8), np.arange(count, dtype=np.uint8) % 2]
    return dict(zip(NAMES, map(idx, arrays), strict=True))


def patched(content, place, new, old=0):
    """Content with new bytes at a place, in place of so many old ones."""
    return content[:place] + new + content[place + old :]


def flip(content, at, number):
    """Change some bits of one byte."""
    place = at % max(1, len(content))
    return patched(content, place, bytes(byte ^ (number % 255 + 1) for byte in content[place : place + 1]), 1)


DAMAGE = {
    "flip": flip,
    "cut": lambda content, at, number: content[: at % (len(content) + 1)],
    "insert": lambda content, at, number: patched(content, at % (len(content) + 1), number.to_bytes(4, "big")),
    "remove": lambda content, at, number: patched(content, at % (len(content) + 1), b"", 1 + number % 40),
    "append": lambda content, at, number: content + bytes(at % 5) + number.to_bytes(4, "big"),
    "a size over one of the header's": lambda content, at, number: patched(
        content, 4 + 4 * (at % 3), SIZES[number % len(SIZES)].to_bytes(4, "big"), 4
    ),
    "another type": lambda content, at, number: patched(
        content, 2, bytes([(8, 9, 11, 12, 13, 14)[number % 6], at % 5]), 2
    ),
    "twice": lambda content, at, number: content + content,  # in gzip two members, which are one file
}
NUMBERS = st.integers(0, 2**32 - 1)
BYTES = st.one_of(st.integers(0, 24), NUMBERS)  # a header more often than chance would have it
STEPS = st.lists(
    st.tuples(st.sampled_from(list(DAMAGE)), st.sampled_from(NAMES), BYTES, NUMBERS, st.booleans()),
    min_size=0,
    max_size=4,
)
SWAPS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=2)
ZIPPED = st.sets(st.sampled_from(NAMES))


def damaged(steps, swaps, zipped):
    """Four files, content by file name: damaged inside, exchanged, some of them gzipped, and damaged outside."""
    files = whole_files()
    for change, name, at, number, inside in steps:
        if inside:
            files[name] = DAMAGE[change](files[name], at, number)
    for one, other in swaps:
        files[one], files[other] = files[other], files[one]
    packed = {name: f"{name}.gz" if name in zipped else name for name in NAMES}
    files = {packed[name]: gzip.compress(files[name], mtime=0) if name in zipped else files[name] for name in NAMES}
    for change, name, at, number, inside in steps:
        if not inside:
            files[packed[name]] = DAMAGE[change](files[packed[name]], at, number)
    return files


def agrees(folder, files):
    """Reading the folder gives what the reference gives, or refuses where it refuses. Return whether it was read."""
    try:
        expected = reference(files)
    except BadFileError:
        expected = None
    arrays, error, peak = read(folder, files)
    assert peak < MOST
    if error is not None:
        assert error.startswith(str(folder))
        assert expected is None, f"whole files were refused: {error}"
        return False
    assert expected is not None, "damaged files were read"
    for array, correct in zip(arrays, expected, strict=True):
        assert array.dtype == np.uint8
        np.testing.assert_array_equal(array, correct)
    return True


def read(folder, files):
    """The arrays of these files in a folder or, if it is refused, the message; and the most bytes taken at once."""
    for path in folder.iterdir():
        path.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    arrays, message = None, None
    read_files.cache_clear()
    tracemalloc.start()
    try:
        arrays = read_files(folder)[:4]
    except MNISTError as error:
        message = str(error)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return arrays, message, peak


@pytest.mark.parametrize("packed", [set(), set(NAMES)], ids=["plain", "gzipped"])
def test_thousands_of_damaged_files_are_read_rightly_or_refused(packed, tmp_path):
    outcomes = {True: 0, False: 0}

    @settings(
        max_examples=EXAMPLES // 2,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(STEPS, SWAPS, ZIPPED)
    def check(steps, swaps, zipped):
        outcomes[agrees(tmp_path, damaged(steps, swaps, zipped ^ packed))] += 1

    check()
    assert sum(outcomes.values()) >= EXAMPLES // 2
    assert outcomes[True] > 20, outcomes  # what is not damaged, or damaged where it does not matter, is read
    assert outcomes[False] > 500, outcomes


def test_whole_files_are_read_plain_and_gzipped_and_in_several_members(tmp_path):
    for zipped in ((), NAMES, NAMES[:2]):
        assert agrees(tmp_path, damaged((), (), zipped))
    assert agrees(tmp_path, {f"{n}.gz": gzip.compress(c[:9]) + gzip.compress(c[9:]) for n, c in whole_files().items()})


def test_a_gzip_bomb_is_refused_at_the_size_that_its_header_announces(tmp_path):
    packer, zeros = zlib.compressobj(9, zlib.DEFLATED, 31), bytes(2**24)
    parts = [packer.compress(whole_files()[NAMES[0]][:16]), *(packer.compress(zeros) for _ in range(24))]
    bomb = b"".join([*parts, packer.flush()])  # four hundred megabytes
    assert len(bomb) < 5e5
    _, message, peak = read(tmp_path, damaged((), (), NAMES) | {f"{NAMES[0]}.gz": bomb})
    assert "goes on after the 2,352 values that the header announces" in message
    assert peak < A_MEGABYTE
