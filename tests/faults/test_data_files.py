"""Thousands of damaged data files: read as an independent reader reads them, or refused; never anything else."""

import gzip
import io
import math
import struct
import time
import tracemalloc
import zipfile
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
    classes = sorted({*labels.tolist(), *test_labels.tolist()})
    numbered = [np.array([classes.index(label) for label in part.tolist()], np.uint8) for part in (labels, test_labels)]
    return [images, numbered[0], test_images, numbered[1]]


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


@settings(max_examples=200, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(0, 255), min_size=3, max_size=3), st.lists(st.integers(0, 255), min_size=2, max_size=2))
def test_any_labels_are_read(tmp_path, train, test):
    files = whole_files()
    files |= {name: idx(np.array(labels, np.uint8)) for name, labels in ((NAMES[1], train), (NAMES[3], test))}
    assert agrees(tmp_path, files)
    assert read_files(tmp_path).label_names == tuple(map(str, sorted({*train, *test})))


# Little that unpacks to much ----------------------------------------------------------------------------


def zeros_after(head, megabytes):
    """A head and so many megabytes of zeros, gzipped."""
    packer, zeros = zlib.compressobj(9, zlib.DEFLATED, 31), bytes(2**20)
    return b"".join([packer.compress(head), *(packer.compress(zeros) for _ in range(megabytes)), packer.flush()])


def test_a_gzip_bomb_is_refused_at_the_size_that_its_header_announces(tmp_path):
    bomb = zeros_after(whole_files()[NAMES[0]][:16], 400)
    assert len(bomb) < 5e5
    _, message, peak = read(tmp_path, damaged((), (), NAMES) | {f"{NAMES[0]}.gz": bomb})
    assert "goes on after the 2,352 values that the header announces" in message
    assert peak < A_MEGABYTE


def test_a_gzip_bomb_whose_header_announces_all_of_it_is_refused_still_packed(tmp_path):
    bomb = zeros_after(bytes([0, 0, 8, 3]) + struct.pack(">3I", 12_800, MAX_SIDE, MAX_SIDE), 200)
    _, message, peak = read(tmp_path, damaged((), (), NAMES) | {f"{NAMES[0]}.gz": bomb})
    assert f"{len(bomb):,} bytes announce 209,715,200 unpacked, expected at most 67,108,864" in message
    assert peak < A_MEGABYTE


def test_a_large_file_of_images_is_held_in_memory_once(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (4_000, 64, 64), np.uint8)
    files = whole_files() | {NAMES[0]: idx(images), NAMES[1]: idx(images[:, 0, 0])}
    _, message, peak = read(tmp_path, files)
    assert "for training are 64 × 64 pixels, for test 28 × 28" in message
    assert peak < 1.5 * images.nbytes


@pytest.mark.parametrize(
    "text", ["\n" * A_MEGABYTE, "1 " * A_MEGABYTE, "9" * A_MEGABYTE], ids=["lines", "pairs", "digits"]
)
def test_a_mapping_file_of_a_megabyte_takes_no_time(text, tmp_path):
    started = time.process_time()
    arrays, _, _ = read(tmp_path, whole_files() | {"some-mapping.txt": text.encode()})
    assert arrays is not None
    assert time.process_time() - started < 5


# Archives -----------------------------------------------------------------------------------------------


def parts():
    """The small files' arrays under the names that they have in an archive."""
    names = ("x_train", "y_train", "x_test", "y_test")
    arrays = [values(content, 1 + 2 * ("images" in name)) for name, content in whole_files().items()]
    return dict(zip(names, arrays, strict=True))


def archive(members, method=zipfile.ZIP_DEFLATED):
    """A zip file of these members, content by name."""
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w", method) as packed:
            for name, content in members.items():
                packed.writestr(name, content)
        return file.getvalue()


def npy(array):
    """The bytes of an array in NumPy's format."""
    with io.BytesIO() as file:
        np.lib.format.write_array(file, array, version=(1, 0))
        return file.getvalue()


def members(**changed):
    """The members of a whole archive, some of them exchanged for other content."""
    return {f"{name}.npy": npy(array) for name, array in parts().items()} | {f"{n}.npy": c for n, c in changed.items()}


@settings(max_examples=300, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.sampled_from(list(DAMAGE)), NUMBERS, NUMBERS), min_size=1, max_size=3),
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
    st.sampled_from(["outside", *members()]),
)
def test_hundreds_of_damaged_archives_are_read_rightly_or_refused(tmp_path, steps, method, place):
    content = members()
    for change, at, number in steps:
        if place != "outside":
            content[place] = DAMAGE[change](content[place], at % 160, number)
    whole = archive(content, method)
    for change, at, number in steps:
        if place == "outside":
            whole = DAMAGE[change](whole, at, number)
    arrays, message, peak = read(tmp_path, {"data.npz": whole})
    assert peak < MOST
    assert (arrays is None) == (message is not None)
    for array, correct in zip(arrays or (), parts().values(), strict=bool(arrays)):
        if place == "outside":  # else a value may be another, and the archive whole
            np.testing.assert_array_equal(array, correct)


def announced(shape, dtype="|u1", more=b""):
    """The head of an array in NumPy's format that says it has this shape."""
    text = str({"descr": dtype, "fortran_order": False, "shape": shape}).encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + more


HOSTILE = {
    "a bomb": (announced((12_800, 128, 128), more=bytes(12_800 * 128**2)), "expected at most 67,108,864"),
    "more announced than there is": (announced((MAX_IMAGES, 128, 128)), "and shape (1000000, 128, 128) in 128 bytes"),
    "beyond any memory": (announced((2**62, 4, 4)), "expected whole numbers 0 to 255 in 3 dimensions"),
    "fewer announced than there are": (announced((1, 28, 28), more=bytes(785)), "in 913 bytes"),
    "a negative shape": (announced((-1, 28, 28)), "and shape (-1, 28, 28)"),
    "a pickle": (announced((3,), "|O", b"cos\nsystem\n(S'false'\ntR."), "is of object"),
    "text without end": (announced((3, 28, 28), "<U99999999"), "is of <U99999999"),
    "brackets without end": (announced((3,))[:10] + b"(" * 118, "cannot be read as an archive"),
    "another format": (b"\x93NUMPY\x02\x00" + bytes(200), "in a format for other arrays"),
}


@pytest.mark.parametrize(("content", "problem"), HOSTILE.values(), ids=HOSTILE)
def test_an_archive_is_checked_before_it_is_unpacked(content, problem, tmp_path):
    _, message, peak = read(tmp_path, {"data.npz": archive(members(x_train=content))})
    assert problem in message
    assert len(message) < 600
    assert peak < A_MEGABYTE


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_archive_packed_as_numpy_never_packs_is_refused(method, tmp_path):
    _, message, _ = read(tmp_path, {"data.npz": archive(members(), method)})
    assert "x_train is packed in a way that NumPy does not use" in message
