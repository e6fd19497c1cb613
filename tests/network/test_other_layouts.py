"""Data sets like MNIST as they are found: other names, other sizes, other classes, one archive."""

import gzip

import numpy as np
import pytest

from helpers import MLP, MNISTError, TrainingConfig, load_mnist, train
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


def test_images_for_training_and_for_test_of_two_sizes_are_refused(write, data):
    with pytest.raises(MNISTError, match="for training are 6 × 4 pixels, for test 4 × 6"):
        read_files(write([*data[:2], *labelled(9, shape=(4, 6))]))


@pytest.mark.parametrize(
    ("train", "test", "names"),
    [
        ([2, 3, 3, 2], [3, 2], ("2", "3")),
        ([0, 8, 8, 0], [8, 8], ("0", "8")),
        ([1, 3, 1, 3], [2, 3], ("1", "2", "3")),
        ([255, 0, 7, 0], [9, 0], ("0", "7", "9", "255")),
        ([7, 7, 7, 7], [7, 7], ("7",)),
    ],
    ids=["two and three", "nought and eight", "one in the test alone", "far apart", "one class"],
)
def test_every_label_that_occurs_is_a_class_and_no_other(write, train, test, names):
    arrays = [labelled(4)[0], np.array(train, np.uint8), labelled(2)[0], np.array(test, np.uint8)]
    dataset = load_mnist(write(arrays), train_size=4)
    assert dataset.label_names == names
    for split, labels in ((dataset.train, train), (dataset.test, test)):
        assert [int(dataset.label_names[label]) for label in split.labels] == labels
    assert f"of class {' '.join(names)} " in dataset._repr_mimebundle_()["text/markdown"]


def test_two_digits_of_mnist_are_learnt_by_a_network_with_two_outputs(mnist, write):
    arrays = []
    for split in (mnist.train, mnist.test):
        rows = np.flatnonzero(np.isin(split.labels, (2, 3)))[:600]
        arrays += [mnist.pixels_of(split.images[rows]).round().astype(np.uint8), split.labels[rows].astype(np.uint8)]
    dataset = load_mnist(write(arrays))
    model = MLP([dataset.num_inputs, 16, dataset.num_classes], weight_init="improved", seed=0)
    train(model, dataset, TrainingConfig(learning_rate=0.02, momentum=0.9, max_epochs=5), seed=0, progress=False)
    assert model.evaluate(dataset.test)[1] > 0.9
    assert dataset.label_names[model.read(arrays[2][0]).argmax()] == str(arrays[3][0])


def test_images_have_their_own_size_and_classes_and_few_are_split_as_usual(write, data):
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


@pytest.mark.parametrize(
    ("part", "labels", "names"),
    [("letters", [1, 3, 26], "acz"), ("balanced", [9, 10, 46], "9At"), ("digits", [2, 3], "23"), ("letters", [0], "0")],
)
def test_emnists_classes_have_their_names_where_some_do_not_occur(write, part, labels, names):
    files = [f"emnist-{part}-{name}".replace("t10k", "test") for name in STANDARD]
    images = labelled(len(labels))[0]
    raw = read_files(write([images, np.array(labels, np.uint8)] * 2, files))
    assert "".join(raw.label_names) == names


@pytest.mark.parametrize(
    ("mapping", "names"),
    [
        ("0 65\n1 98\n2 51\n", ("A", "b", "3")),
        ("0 65\n1 98\n", ("0", "1", "2")),
        ("0 65\n1 98\n2 55296\n", ("0", "1", "2")),
        (f"0 65\n1 98\n2 {'9' * 5000}\n", ("0", "1", "2")),
    ],
    ids=["of all", "one missing", "no sign", "a number without end"],
)
def test_a_mapping_file_names_the_classes_if_it_has_a_sign_for_each(write, data, tmp_path, mapping, names):
    (tmp_path / "some-mapping.txt").write_text(mapping)
    assert read_files(write(data)).label_names == names
