"""MNIST, or any data set in its four-file layout: a `Dataset` ready for the network.

The files are embedded in `data/mnist` and checked before use; nothing here touches the internet.
"""

import math
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..common.checks import check, check_dtype, is_integer
from ..common.display import Bundle, bundle, strip_of_images
from ..settings import setting
from .mnist_files import EMBEDDED_DIRECTORY, IMAGE_SHAPE, NUM_CLASSES, MNISTError, read_files
from .random_streams import random_stream

TRAIN_SIZE, VALIDATION_SIZE = 20_000, 10_000  # images, where there are as many


class Split(NamedTuple):
    """Images `(N, 785)` normalised, with a last column of ones; labels `(N,)` integers."""

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Dataset:
    """Three disjoint splits of one data set; `mean` and `std` of the training split's pixels on 0..255.

    image_shape: rows and columns of an image. label_names: what the classes are called; a label is a place in it.
    """

    train: Split = field(repr=False)
    validation: Split = field(repr=False)
    test: Split = field(repr=False)
    mean: float
    std: float
    name: str
    directory: Path = field(repr=False)
    image_shape: tuple[int, int] = IMAGE_SHAPE
    label_names: tuple[str, ...] = tuple(map(str, range(NUM_CLASSES)))

    @property
    def num_inputs(self) -> int:
        """Pixels, and the 1 that carries the bias."""
        return self.train.images.shape[1]

    @property
    def num_classes(self) -> int:
        """How many classes there are."""
        return len(self.label_names)

    def pixels(self, split: Split) -> np.ndarray:
        """Undo normalisation and bias trick: images `(N, 28, 28)`, grey values 0..255 with 255 = ink."""
        return self.pixels_of(split.images)

    def pixels_of(self, images: np.ndarray) -> np.ndarray:
        """Do the same with rows `(N, num_inputs)` of a split's images."""
        return (images[:, :-1] * self.std + self.mean).reshape(-1, *self.image_shape)

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        """Show the splits' sizes and classes, and a strip with one training image of each class."""
        splits = {"train": self.train, "validation": self.validation, "test": self.test}
        counts = {name: np.bincount(split.labels, minlength=self.num_classes) for name, split in splits.items()}
        rows = [[name, f"{len(splits[name]):,}", " ".join(f"{n:,}" for n in counts[name])] for name in splits]
        firsts = [np.flatnonzero(self.train.labels == label)[:1] for label in range(self.num_classes)]
        pixels = self.pixels_of(self.train.images[np.concatenate(firsts)])
        strip = strip_of_images(pixels, f"One training image of each class of {self.name}")
        return bundle(self, ["split", "images", f"of class {' '.join(self.label_names)}"], rows, strip)

    def __repr__(self) -> str:
        sizes = f"{len(self.train):,} train, {len(self.validation):,} validation, {len(self.test):,} test"
        return f"Dataset({self.name}: {sizes}; pixel mean {self.mean:.2f}, std {self.std:.2f})"


def load_mnist(
    directory: str | os.PathLike | None = None,
    *,
    train_size: int | None = None,
    validation_size: int | None = None,
    split_seed: int | None = None,
    dtype: type = np.float32,
) -> Dataset:
    """Load the embedded MNIST, or another data set in the same four-file IDX layout.

    directory: folder with the four files, plain or gzipped, or an `.npz`; without it `$MNIST_DIR`, then the embedded
        data. Image size (up to 128 x 128), classes and their names are those of the data: each label that an image
        for training or test has is a class, and `Split.labels` are their places in `label_names`.
    train_size, validation_size: images drawn from those for training for the two splits. Unless given 20,000 and
        10,000, or where there are fewer than 30,000, all in the same proportion; if one is given, the other is what
        remains, at most its usual size. `train_size=60_000` takes all of MNIST and leaves 0 for validation.
    split_seed: draws both splits at random, disjoint; without it the first `train_size` and the last
        `validation_size` training images are taken. The test split is always the whole test file.
    dtype: `np.float32` or `np.float64`, of the images.

    Raises `MNISTError` for a file that is missing, truncated, swapped or damaged (the embedded files are
    checked against their SHA-256, others for structure), and `ValueError` for sizes that do not fit.
    """
    directory = data_directory(directory)
    check_dtype(dtype)
    raw = read_files(directory)
    available = len(raw.train_labels)
    sizes = _sizes(available, train_size, validation_size, directory)
    train_rows, validation_rows = _draw_split(available, *sizes, split_seed)
    train_pixels = raw.train_images[train_rows]
    mean, std = pixel_statistics(train_pixels)
    if std == 0:
        raise MNISTError(f"{directory}: all training pixels have the value {mean:g}; check the image file")

    def split(pixels: np.ndarray, labels: np.ndarray) -> Split:
        return Split(normalise(pixels, mean, std, dtype), labels.astype(np.int64))

    return Dataset(
        train=split(train_pixels, raw.train_labels[train_rows]),
        validation=split(raw.train_images[validation_rows], raw.train_labels[validation_rows]),
        test=split(raw.test_images, raw.test_labels),
        mean=mean,
        std=std,
        name=data_name(directory),
        directory=directory,
        image_shape=raw.train_images.shape[1:],
        label_names=raw.label_names,
    )


def data_name(directory: Path) -> str:
    """Return "MNIST", or the folder's name without the signs that mean something in Markdown or mathematics."""
    if directory == EMBEDDED_DIRECTORY:
        return "MNIST"
    return re.sub(r"[^\w.+-]+", " ", directory.name).strip("_ ") or "data"


def pixel_statistics(pixels: np.ndarray) -> tuple[float, float]:
    """Return mean and standard deviation of grey values 0..255, exact up to rounding: their sums are integers."""
    total = int(pixels.sum(dtype=np.int64))
    squares = int(np.square(pixels, dtype=np.uint16).sum(dtype=np.int64))
    return total / pixels.size, math.sqrt(pixels.size * squares - total**2) / pixels.size


def data_directory(directory: str | os.PathLike | None = None) -> Path:
    """Return the folder of the data: the one given, else `$MNIST_DIR`, else the embedded one."""
    fits = directory is None or isinstance(directory, str | os.PathLike)
    check("directory", directory, fits, "a path, or None for $MNIST_DIR or the embedded data")
    return Path(directory or setting("MNIST_DIR") or EMBEDDED_DIRECTORY).resolve()


def _sizes(available: int, train_size: int | None, validation_size: int | None, directory: Path) -> tuple[int, int]:
    """Return how many of the available images are for training and for validation. Raises `ValueError`."""
    for name, size, lowest in (("train_size", train_size, 1), ("validation_size", validation_size, 0)):
        check(name, size, size is None or is_integer(size, lowest), f"an integer from {lowest}")
    if validation_size is None:
        remaining = available // 3 if train_size is None else max(0, available - train_size)
        validation_size = min(VALIDATION_SIZE, remaining)
    if train_size is None:
        train_size = min(TRAIN_SIZE, max(1, available - validation_size))
    if train_size + validation_size > available:
        raise ValueError(
            f"train_size {train_size:,} and validation_size {validation_size:,} need "
            f"{train_size + validation_size:,} different images, but {directory} has {available:,} for training; "
            "use a larger data set, or ask `load_mnist` for fewer"
        )
    return train_size, validation_size


def _draw_split(
    available: int, train_size: int, validation_size: int, seed: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the disjoint row numbers of the training and of the validation split."""
    try:
        rows = np.arange(available) if seed is None else random_stream(seed, "split").permutation(available)
    except ValueError as error:
        raise ValueError(f"split_{error}") from None
    return rows[:train_size], rows[available - validation_size :]


def normalise(pixels: np.ndarray, mean: float, std: float, dtype: type, out: np.ndarray | None = None) -> np.ndarray:
    """Return `(pixels - mean) / std` as rows `(N, 785)`, the last column 1 (the bias trick)."""
    num_pixels = math.prod(pixels.shape[1:])
    images = np.empty((len(pixels), num_pixels + 1), dtype) if out is None else out
    images[:, -1] = 1
    np.subtract(pixels.reshape(len(pixels), num_pixels), mean, out=images[:, :-1], dtype=dtype)
    images[:, :-1] /= std
    return images
