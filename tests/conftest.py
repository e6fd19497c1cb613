"""Shared by the tests: a toy data set for small networks, the embedded MNIST, and folders of IDX files."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from helpers import Dataset, Split, load_mnist
from helpers.data.mnist_files import read_files
from helpers.settings import SETTINGS

PARTS = ("train", "t10k")


@pytest.fixture
def clean_environment(monkeypatch, tmp_path):
    """Results go to a folder of the test's own, and no setting comes from outside."""
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RESULTS_DIR", str(tmp_path / "results"))
    monkeypatch.setenv("BUILD_DIR", str(tmp_path / "build"))
    read_files.cache_clear()


@pytest.fixture(scope="session")
def mnist():
    """The embedded MNIST in its default split."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MNIST_DIR", raising=False)
        return load_mnist()


@pytest.fixture(scope="session")
def toy():
    """Three noisy classes of points in five dimensions and a column of ones: 47 / 30 / 20 of them, read-only."""
    stream = np.random.default_rng(0)
    centres = stream.normal(0, 1.5, (3, 5))

    def draw(count):
        labels = stream.integers(0, 3, count)
        points = centres[labels] + stream.normal(0, 1, (count, 5))
        split = Split(np.column_stack([points, np.ones(count)]).astype(np.float32), labels)
        for array in split:
            array.setflags(write=False)
        return split

    return Dataset(draw(47), draw(30), draw(20), mean=0.0, std=1.0, name="toy", directory=Path("toy"))


@pytest.fixture(scope="session")
def draw_images():
    """Function: as many 28 x 28 images of ten classes of bright squares on noise as asked for, with their labels."""

    def draw(count, seed=0):
        stream = np.random.default_rng(seed)
        images = stream.integers(0, 120, (count, 28, 28), np.uint8)
        labels = stream.integers(0, 10, count, np.uint8)
        for label in range(10):
            row, column = 4 + 12 * (label // 5), 1 + 5 * (label % 5)
            images[labels == label, row : row + 6, column : column + 5] += 80
        return images, labels

    return draw


@pytest.fixture(scope="session")
def idx_bytes():
    """Function: an array of unsigned bytes in IDX format."""

    def encode(array):
        return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()

    return encode


@pytest.fixture(scope="session")
def write_data(idx_bytes):
    """Function: write (images, labels) for training and for test as the four files of a folder; return the folder."""

    def write(folder, train, test, zipped=False):
        folder.mkdir(parents=True, exist_ok=True)
        for part, (images, labels) in zip(PARTS, (train, test), strict=True):
            for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
                content = idx_bytes(array)
                path = folder / f"{part}-{kind}-ubyte{'.gz' * zipped}"
                path.write_bytes(gzip.compress(content, mtime=0) if zipped else content)
        return folder

    return write
