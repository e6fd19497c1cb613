"""Data sets like MNIST as they are found: other names, other sizes, other classes, one archive."""

import gzip

import numpy as np
import pytest

from helpers import MNISTError, load_mnist
from helpers.data.mnist_files import read_files

pytestmark = pytest.mark.usefixtures("clean_environment")

STANDARD = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def labelled(count, classes=3, shape=(6, 4), lowest=0):
    """Images of noise, and labels that take turns."""
    images = np.random.default_rng(count).integers(0, 256, (count, *shape), np.uint8)
    return images, (lowest + np.arange(count) % classes).astype(np.uint8)


@pytest.fixture
def data():
    return [*labelled(30), *labelled(9)]


@pytest.fixture
def write(tmp_path, idx_bytes):
    """Function: write arrays as IDX files of these names; return the folder."""

    def write(arrays, names=STANDARD):
        for name, array in zip(names, arrays, strict=True):
            content = idx_bytes(array)
            (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return tmp_path

    return write


@pytest.mark.parametrize(
    "names",
    [
        ("train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"),
        ("kmnist-train-images.gz", "kmnist-train-labels.gz", "kmnist-test-images.gz", "kmnist-test-labels.gz"),
        ("TRAIN_IMAGES", "TRAIN_LABELS", "TEST_IMAGES", "TEST_LABELS"),
    ],
)
def test_files_are_found_by_similar_names(write, data, names):
    for array, expected in zip(read_files(write(data, names))[:4], data, strict=True):
        np.testing.assert_array_equal(array, expected)


def test_a_file_is_unzipped_by_its_content_whatever_its_name_says(write, data, tmp_path):
    for path in write(data).iterdir():
        path.write_bytes(gzip.compress(path.read_bytes()))
    labels = tmp_path / STANDARD[1]
    labels.write_bytes(gzip.decompress(labels.read_bytes()))
    for name in STANDARD[:2]:
        (tmp_path / name).rename(tmp_path / f"{name}.gz")
    np.testing.assert_array_equal(read_files(tmp_path).train_labels, data[1])


def test_an_archive_as_of_keras_gives_the_same_data(data, tmp_path):
    np.savez(tmp_path / "some.npz", **dict(zip(("x_train", "y_train", "x_test", "y_test"), data, strict=True)))
    for array, expected in zip(read_files(tmp_path)[:4], data, strict=True):
        np.testing.assert_array_equal(array, expected)


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.pop("y_test"),
        lambda a: a.update(x_train=a["x_train"] / 255),
        lambda a: a.update(y_train=np.int64(a["y_train"]) - 1),
        lambda a: a.update(x_test=a["x_test"].ravel()),
        lambda a: a.update(y_test=np.array([None], object)),
    ],
    ids=["a part missing", "fractions", "negative", "flat", "objects"],
)
def test_an_archive_that_holds_something_else_is_refused(data, tmp_path, change):
    arrays = dict(zip(("x_train", "y_train", "x_test", "y_test"), data, strict=True))
    change(arrays)
    np.savez(tmp_path / "some.npz", **arrays)
    with pytest.raises(MNISTError, match=r"some\.npz: .*; put the data set's four IDX files, or its \.npz, there"):
        read_files(tmp_path)


def test_a_good_file_beside_a_broken_one_is_taken_with_a_warning(write, data, tmp_path):
    write(data)
    (tmp_path / f"{STANDARD[0]}.gz").write_bytes(b"<!DOCTYPE html>")
    with pytest.warns(UserWarning, match=rf"is a web page .*; {STANDARD[0]} beside it is taken"):
        raw = read_files(tmp_path)
    np.testing.assert_array_equal(raw.train_images, data[0])


def test_files_of_two_data_sets_in_one_folder_are_refused(write, data):
    names = ("a-train-images.gz", "a-train-labels.gz", "b-test-images.gz", "b-test-labels.gz")
    with pytest.raises(MNISTError, match=r"holds files of several data sets \(a-train-images\.gz, .*\), expected one"):
        read_files(write(data, names))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda data: [*data[:2], *labelled(9, shape=(4, 6))], "for training are 6 × 4 pixels, for test 4 × 6"),
        (lambda data: [data[0], 0 * data[1], data[2], 0 * data[3]], "all labels are 0, expected at least two"),
        (lambda data: [data[0], 2 * data[1], *data[2:]], "label 2 at position 1, but no image has label 1"),
        (lambda data: [*data[:3], data[3] + 1], "label 3 at position 2 of the test labels, which no image for"),
    ],
    ids=["sizes", "one class", "a class missing", "a class in the test alone"],
)
def test_parts_that_do_not_fit_each_other_are_refused(write, data, change, problem):
    with pytest.raises(MNISTError, match=problem):
        read_files(write(change(data)))


def test_images_have_their_own_size_and_classes_and_few_are_split_in_the_usual_proportion(write, data):
    dataset = load_mnist(write(data))
    assert (dataset.image_shape, dataset.num_inputs) == ((6, 4), 25)
    assert (dataset.label_names, dataset.num_classes) == (("0", "1", "2"), 3)
    assert [len(split) for split in (dataset.train, dataset.validation, dataset.test)] == [20, 10, 9]
    np.testing.assert_allclose(dataset.pixels(dataset.test), data[2], atol=1e-4)


def test_labels_that_begin_at_1_count_from_0_and_keep_their_names(write):
    raw = read_files(write([*labelled(30, lowest=1), *labelled(9, lowest=1)]))
    assert raw.label_names == ("1", "2", "3")
    np.testing.assert_array_equal(raw.test_labels, np.arange(9) % 3)


def test_emnist_is_turned_upright_and_its_letters_have_their_names(write):
    names = [f"emnist-letters-{name}.gz".replace("t10k", "test") for name in STANDARD]
    data = [*labelled(52, classes=26, lowest=1), *labelled(26, classes=26, lowest=1)]
    raw = read_files(write(data, names))
    np.testing.assert_array_equal(raw.train_images, data[0].transpose(0, 2, 1))
    assert "".join(raw.label_names) == "abcdefghijklmnopqrstuvwxyz"


def test_a_mapping_file_names_the_classes(write, data, tmp_path):
    (tmp_path / "some-mapping.txt").write_text("0 65\n1 98\n2 51\n")
    assert read_files(write(data)).label_names == ("A", "b", "3")
