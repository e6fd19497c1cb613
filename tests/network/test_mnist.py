"""Loading data: the embedded MNIST's known numbers, splits, and every way in which a file can be wrong."""

import gzip
import shutil
import struct
import tracemalloc
from hashlib import sha256

import numpy as np
import pytest

from helpers import MNISTError, load_mnist
from helpers.data import mnist as mnist_module
from helpers.data import mnist_files
from helpers.data.mnist_files import EMBEDDED_DIRECTORY, MAX_IMAGES, read_files

pytestmark = pytest.mark.usefixtures("clean_environment")

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
FILES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)
SMALL = {"train_size": 20, "validation_size": 10}


@pytest.fixture
def raw_data(draw_images):
    return draw_images(30), draw_images(12, seed=1)


@pytest.fixture(params=[False, True], ids=["plain", "gzipped"])
def folder(request, tmp_path, write_data, raw_data):
    """Thirty training and twelve test images in four files, plain or gzipped."""
    return write_data(tmp_path / "squares", *raw_data, zipped=request.param)


def change(folder, name, edit):
    """Replace a file's content by `edit(content)`; return the file's path."""
    [path] = folder.glob(f"{name}*")
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(edit(gzip.decompress(path.read_bytes()))))
    else:
        path.write_bytes(edit(path.read_bytes()))
    return path


def refused(folder, path, *fragments):
    """Loading fails with an error that names the file, what was found and expected, and what to do."""
    with pytest.raises(MNISTError) as error:
        load_mnist(folder, **SMALL)
    message = str(error.value)
    assert message.startswith(f"{path}: ")
    for fragment in (*fragments, "put the data set's four IDX files, or its .npz, there"):
        assert fragment in message


# The embedded data --------------------------------------------------------------------------------------


def test_mnist_has_its_known_sizes_and_statistics(mnist):
    assert [len(split) for split in (mnist.train, mnist.validation, mnist.test)] == [20_000, 10_000, 10_000]
    assert (round(mnist.mean, 2), round(mnist.std, 2)) == (33.55, 78.88)
    pixels = read_files(EMBEDDED_DIRECTORY).train_images
    counts = sum(np.bincount(block.ravel(), minlength=256) for block in np.split(pixels, 12))
    mean = counts @ np.arange(256) / counts.sum()
    std = np.sqrt(counts @ (np.arange(256) - mean) ** 2 / counts.sum())
    assert (round(mean, 2), round(std, 2)) == (33.32, 78.57)
    assert np.bincount(mnist.test.labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert repr(mnist) == ("Dataset(MNIST: 20,000 train, 10,000 validation, 10,000 test; pixel mean 33.55, std 78.88)")


def test_images_are_normalised_rows_with_a_last_column_of_ones(mnist):
    for split in (mnist.train, mnist.validation, mnist.test):
        assert (split.images.shape, split.images.dtype) == ((len(split), 785), np.float32)
        assert np.issubdtype(split.labels.dtype, np.integer)
        np.testing.assert_array_equal(split.images[:, -1], 1)
    pixels = mnist.train.images[:, :-1]
    assert (pixels.mean(dtype=np.float64), pixels.std(dtype=np.float64)) == pytest.approx((0, 1), abs=1e-4)


@pytest.fixture
def embedded_copy(tmp_path, monkeypatch):
    """A copy of the embedded files that is taken for them."""
    folder = tmp_path / "data" / "mnist"
    shutil.copytree(EMBEDDED_DIRECTORY, folder)
    for module in (mnist_module, mnist_files):
        monkeypatch.setattr(module, "EMBEDDED_DIRECTORY", folder)
    return folder


@pytest.mark.parametrize("name", FILES)
def test_one_changed_bit_in_an_embedded_file_is_told_by_its_digest(embedded_copy, name):
    path = embedded_copy / f"{name}.gz"
    content = bytearray(gzip.decompress(path.read_bytes()))
    content[-1] ^= 1
    path.write_bytes(gzip.compress(content, compresslevel=0))
    with pytest.raises(MNISTError) as error:
        load_mnist()
    assert str(error.value) == (
        f"{path}: SHA-256 of the content is {sha256(content).hexdigest()}, "
        f'expected {mnist_files.SHA256[name]}; restore it with "git checkout -- data/mnist"'
    )


def test_the_embedded_data_is_known_by_its_content_not_by_how_it_is_compressed(embedded_copy, mnist):
    path = embedded_copy / f"{TEST_LABELS}.gz"
    (embedded_copy / TEST_LABELS).write_bytes(gzip.decompress(path.read_bytes()))
    path.unlink()
    np.testing.assert_array_equal(load_mnist().test.labels, mnist.test.labels)


# Another data set in the same layout --------------------------------------------------------------------


def test_another_data_set_is_read_as_it_was_written(folder, raw_data):
    dataset = load_mnist(folder, **SMALL, dtype=np.float64)
    (images, labels), (test_images, test_labels) = raw_data
    assert dataset.name == "squares"
    assert dataset.train.images.dtype == np.float64
    for split, pixels, expected in (
        (dataset.train, images[:20], labels[:20]),
        (dataset.validation, images[20:], labels[20:]),
        (dataset.test, test_images, test_labels),
    ):
        np.testing.assert_allclose(dataset.pixels(split), pixels, atol=1e-10)
        np.testing.assert_array_equal(split.labels, expected)


def test_the_variable_mnist_dir_names_the_folder_and_the_argument_goes_before_it(tmp_path, folder, monkeypatch):
    monkeypatch.setenv("MNIST_DIR", str(folder))
    assert load_mnist(**SMALL).name == "squares"
    assert load_mnist(str(shutil.copytree(folder, tmp_path / "given")), **SMALL).name == "given"
    monkeypatch.setenv("MNIST_DIR", "")
    assert load_mnist(**SMALL).name == "MNIST"


@pytest.mark.parametrize("rest", [0, 255])
def test_mean_and_std_are_of_the_training_split_alone(tmp_path, write_data, raw_data, rest):
    (images, labels), (test_images, test_labels) = raw_data
    expected = images[:20].mean(), images[:20].std()
    images[20:] = test_images[:] = rest
    dataset = load_mnist(write_data(tmp_path, (images, labels), (test_images, test_labels)), **SMALL)
    assert (dataset.mean, dataset.std) == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(dataset.validation.images[:, :-1], (rest - expected[0]) / expected[1], rtol=1e-5)


# Splits -------------------------------------------------------------------------------------------------


@pytest.fixture
def numbered(tmp_path, write_data):
    """Three hundred training images whose first two grey values are their number; the label is its last digit."""
    images = np.full((300, 28, 28), 128, np.uint8)
    images[:, 0, 0], images[:, 0, 1] = divmod(np.arange(300), 256)
    data = images, (np.arange(300) % 10).astype(np.uint8)
    return write_data(tmp_path / "numbered", data, data)


def numbers(dataset, split):
    high, low = dataset.pixels(split)[:, 0, :2].round().astype(int).T
    return (256 * high + low).tolist()


@pytest.mark.parametrize("seed", [None, 0, 1])
@pytest.mark.parametrize("sizes", [(200, 100), (1, 299), (30, 20), (300, 0)])
def test_splits_are_disjoint_and_keep_each_image_with_its_label(numbered, sizes, seed):
    dataset = load_mnist(numbered, train_size=sizes[0], validation_size=sizes[1], split_seed=seed, dtype=np.float64)
    drawn = {}
    for name, size in (("train", sizes[0]), ("validation", sizes[1]), ("test", 300)):
        split = getattr(dataset, name)
        drawn[name] = numbers(dataset, split)
        assert len(drawn[name]) == size
        np.testing.assert_array_equal(split.labels, np.array(drawn[name]) % 10)
    assert len({*drawn["train"], *drawn["validation"]}) == sum(sizes)
    assert drawn["test"] == list(range(300))
    if seed is None:
        assert [*drawn["train"], *drawn["validation"]] == [*range(sizes[0]), *range(300 - sizes[1], 300)]


def test_the_split_that_is_not_given_gets_what_remains_at_most_its_usual_size():
    for given, sizes in (
        ({}, (20_000, 10_000)),
        ({"train_size": 60_000}, (60_000, 0)),
        ({"train_size": 55_000}, (55_000, 5_000)),
        ({"train_size": 1_000}, (1_000, 10_000)),
        ({"validation_size": 0}, (20_000, 0)),
        ({"validation_size": 45_000}, (15_000, 45_000)),
    ):
        dataset = load_mnist(**given)
        assert (len(dataset.train), len(dataset.validation), len(dataset.test)) == (*sizes, 10_000)


def test_all_images_without_a_validation_split_are_shown_as_that():
    dataset = load_mnist(train_size=60_000, validation_size=0)
    assert dataset.pixels(dataset.validation).shape == (0, 28, 28)
    assert "60,000 train, 0 validation, 10,000 test" in repr(dataset)
    assert "| validation | 0      | 0 0 0 0" in dataset._repr_mimebundle_()["text/markdown"]


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_images_are_all_for_training(tmp_path, write_data, draw_images, count):
    dataset = load_mnist(write_data(tmp_path, draw_images(count), draw_images(12, seed=1)))
    assert (len(dataset.train), len(dataset.validation)) == (count, 0)


def test_a_split_seed_draws_the_same_split_each_time_and_another_seed_another(numbered):
    drawn = [
        numbers(dataset, dataset.train)
        for dataset in (load_mnist(numbered, train_size=100, validation_size=50, split_seed=s) for s in (0, 0, 1, None))
    ]
    assert drawn[0] == drawn[1]
    assert len({tuple(sorted(rows)) for rows in drawn}) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        *(({"train_size": size}, f"train_size is {size}; allowed: an integer from 1") for size in (0, -5, 10.0, True)),
        ({"validation_size": -1}, "validation_size is -1; allowed: an integer from 0"),
        ({"train_size": None, "validation_size": 300}, "validation_size 300 need 301 different images"),
        ({"train_size": 301, "validation_size": None}, "train_size 301 and validation_size 0 need 301 different"),
        ({"train_size": 301}, "301 and validation_size 10 need 311 different images, but .*numbered has 300"),
        ({"train_size": 251, "validation_size": 50}, "need 301 different images"),
        ({"split_seed": -1}, "split_seed is -1; allowed"),
        ({"dtype": np.float16}, "allowed: np.float32, np.float64"),
        ({"dtype": np.uint8}, "allowed: np.float32, np.float64"),
    ],
)
def test_sizes_and_settings_that_do_not_fit_are_refused_with_what_does(numbered, arguments, message):
    with pytest.raises(ValueError, match=message) as error:
        load_mnist(numbered, **(SMALL | arguments))
    assert not isinstance(error.value, MNISTError)


# Files that are wrong -----------------------------------------------------------------------------------


def header(*sizes, magic=None):
    return (magic or bytes([0, 0, 8, len(sizes)])) + struct.pack(f">{len(sizes)}I", *sizes)


BAD_IMAGES = {
    "empty": (lambda b: b"", "is empty"),
    "header cut": (lambda b: b[:15], "ends after 15 bytes, expected a header of 16"),
    "no zero bytes in front": (lambda b: b"\1" + b[1:], "magic number is 0x01000803, expected 0x00000803"),
    "another type": (lambda b: b"\0\0\x0d" + b[3:], "magic number is 0x00000d03, expected 0x00000803"),
    "another number of dimensions": (lambda b: b"\0\0\x08\4" + b[4:], "0x00000804, expected 0x00000803"),
    "byte order reversed": (lambda b: b[:4][::-1] + b[4:], "magic number is 0x03080000, expected 0x00000803"),
    "no images": (lambda b: header(0, 28, 28), "are 0 x 28 x 28, expected 1 to 1,000,000 x 1 to 128 x 1 to 128"),
    "images without a width": (lambda b: header(30, 28, 0) + b[16:], "dimensions are 30 x 28 x 0, expected 1 to"),
    "images of too many pixels": (lambda b: header(30, 129, 28) + b[16:], "dimensions are 30 x 129 x 28"),
    "a web page": (lambda b: b"<!DOCTYPE html>\n<title>Not found</title>", "is a web page that was saved"),
    "billions of images": (lambda b: header(2**32 - 1, 28, 28) + b[16:], "dimensions are 4294967295 x 28 x 28"),
    "a million images announced": (lambda b: header(10**6, 28, 28) + b[16:], "announce 784,000,000 unpacked, expected"),
    "more values than there are": (lambda b: header(99, 28, 28) + b[16:], "the header announces 77,616"),
    "one value missing": (lambda b: b[:-1], "ends after 23,519 values, the header announces 23,520"),
    "no values": (lambda b: b[:16], "ends after 0 values, the header announces 23,520"),
    "one value too many": (lambda b: b + b"\0", "goes on after the 23,520 values"),
}

BAD_LABELS = {
    "another type": (lambda b: b"\0\0\x09" + b[3:], "magic number is 0x00000901, expected 0x00000801"),
    "one label missing": (lambda b: b[:-1], "ends after 29 values, the header announces 30"),
    "one label too many": (lambda b: b + b"\1", "goes on after the 30 values"),
    "fewer labels than images": (lambda b: header(29) + b[8:-1], "29 labels for the 30 images"),
    "more labels than images": (lambda b: header(31) + b[8:] + b"\1", "31 labels for the 30 images"),
}


@pytest.mark.parametrize(
    ("name", "damage", "problem"),
    [
        pytest.param(name, *case, id=f"{name[:12]}: {what}")
        for name, cases in ((TRAIN_IMAGES, BAD_IMAGES), (TRAIN_LABELS, BAD_LABELS))
        for what, case in cases.items()
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_with_what_was_found(folder, name, damage, problem):
    refused(folder, change(folder, name, damage), problem)


@pytest.mark.parametrize(("count", "most"), [(MAX_IMAGES, 3e6), (MAX_IMAGES + 1, 1e6), (2**32 - 1, 1e6)])
def test_what_a_header_announces_takes_no_memory_until_it_is_there(folder, count, most):
    change(folder, TRAIN_IMAGES, lambda content: header(count, 28, 28) + content[16:])
    tracemalloc.start()
    try:
        with pytest.raises(MNISTError):
            load_mnist(folder, **SMALL)
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", FILES)
def test_every_missing_file_is_named_and_of_a_missing_folder_the_first(folder, name):
    change(folder, name, lambda content: content).unlink()
    refused(folder, folder / f"{name}.gz", "no such file")
    refused(folder / "nowhere", folder / "nowhere" / f"{TRAIN_IMAGES}.gz", "no such file")


DAMAGED_GZIP = {
    "cut in the middle": lambda b: b[: len(b) // 2],
    "cut in the header": lambda b: b[:5],
    "checksum cut off": lambda b: b[:-8],
    "wrong checksum": lambda b: b[:-8] + bytes(4) + b[-4:],
    "wrong length at the end": lambda b: b[:-4] + bytes(4),
    "followed by something else": lambda b: b + b"something else",
    "no such kind of block": lambda b: b[:10] + b"\xff" + b[11:],
    "overwritten in the middle": lambda b: b[:100] + bytes(2000) + b[2100:],
}


@pytest.mark.parametrize("damage", DAMAGED_GZIP.values(), ids=DAMAGED_GZIP)
@pytest.mark.parametrize("name", [TRAIN_IMAGES, TEST_IMAGES])
def test_a_damaged_gzip_file_is_refused(tmp_path, write_data, raw_data, name, damage):
    folder = write_data(tmp_path, *raw_data, zipped=True)
    path = folder / f"{name}.gz"
    path.write_bytes(damage(path.read_bytes()))
    refused(folder, path)


def test_images_of_one_grey_value_are_refused_rather_than_divided_by_zero(tmp_path, write_data, raw_data):
    (images, labels), test = raw_data
    folder = write_data(tmp_path / "grey", (np.full_like(images, 7), labels), test)
    with pytest.raises(MNISTError, match="all training pixels have the value 7"):
        load_mnist(folder, **SMALL)


def test_a_file_put_right_is_read_without_starting_anew(folder):
    path = change(folder, TRAIN_IMAGES, lambda content: content + b"\0")
    refused(folder, path)
    change(folder, TRAIN_IMAGES, lambda content: content[:-1])
    assert len(load_mnist(folder, **SMALL).train) == 20


def test_a_loaded_data_set_can_be_changed_without_changing_the_next(folder):
    first, kept = load_mnist(folder, **SMALL), load_mnist(folder, **SMALL)
    for name in ("train", "validation", "test"):
        for array in getattr(first, name):
            array[:] = 7
        for found, expected in zip(getattr(load_mnist(folder, **SMALL), name), getattr(kept, name), strict=True):
            np.testing.assert_array_equal(found, expected)


def test_a_directory_that_is_no_path_is_a_clear_error():
    with pytest.raises(ValueError, match="directory is 5; allowed: a path"):
        load_mnist(directory=5)
