"""Drawings and photos of a digit, made into images like those of MNIST."""

import os

import numpy as np
from PIL import Image, ImageOps

from ..data.mnist_files import IMAGE_SHAPE

BOX = 20  # pixels; the longer side of a digit
CENTRE = 14  # row and column at which the ink's centre of mass lies, to half a pixel, in every image of MNIST
CONTRAST = 0.35  # of the way from the paper's grey to the darkest ink; fainter is paper


def centred(ink: np.ndarray) -> np.ndarray:
    """Return a digit in its box, 0..1 `(20, 20)`, as grey values 0..255 `(28, 28)`, moved by whole pixels.

    Its centre of mass comes to lie at the image's centre (Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database").
    """
    image = np.zeros(IMAGE_SHAPE)
    rows, columns = np.indices(ink.shape)
    middle = np.array([(rows * ink).sum(), (columns * ink).sum()]) / ink.sum()
    row, column = np.clip(np.rint(CENTRE - middle).astype(int), 0, np.subtract(IMAGE_SHAPE, BOX))
    image[row : row + BOX, column : column + BOX] = 255 * ink
    return image


def fitted(image: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return grey values 0..255 at another size, for networks whose images are not those of MNIST."""
    if image.shape == shape:
        return image
    return np.asarray(Image.fromarray(np.uint8(image.clip(0, 255))).resize(shape[::-1]), float)


def read_photo(path: str | os.PathLike) -> np.ndarray:
    """Return a photo of one digit, dark on light or light on dark, as grey values 0..255 `(28, 28)`, 255 = ink.

    The paper is what the photo's edge shows. Raises `ValueError` for a file that is no picture, or shows no digit.
    """
    try:
        with Image.open(path) as file:
            grey = np.asarray(ImageOps.exif_transpose(file).convert("L"), float)
    except (OSError, SyntaxError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise ValueError(f"{path}: not a picture ({error})") from error
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ink = np.abs(grey - np.median(edge))
    ink = np.clip((ink / max(ink.max(), 1) - CONTRAST) / (1 - CONTRAST), 0, 1)
    if np.abs(grey - np.median(edge)).max() < 20 or not ink.any():
        raise ValueError(f"{path}: no digit is seen on it; photograph it dark on light paper")
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    size = tuple(max(1, round(BOX * side / max(cut.shape))) for side in cut.shape[::-1])
    small = np.asarray(Image.fromarray(np.uint8(255 * cut)).resize(size, Image.Resampling.BOX), float) / 255
    box = np.zeros((BOX, BOX))
    top, left = (BOX - small.shape[0]) // 2, (BOX - small.shape[1]) // 2
    box[top : top + small.shape[0], left : left + small.shape[1]] = small
    return centred(box)
