"""Drawings and photos of a digit, made into images like those of MNIST."""

import os
import stat
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from ..data.mnist_files import IMAGE_SHAPE

BOX = 20  # pixels; the longer side of a digit
CENTRE = 14  # row and column at which the ink's centre of mass lies, to half a pixel, in every image of MNIST
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")  # Pillow has more, one of which runs Ghostscript
MAX_PIXELS = 80_000_000  # of a photo, which take up to four bytes each
PHOTO_SIDE = 1000  # pixels; a larger photo is made smaller before it is looked at
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


def _grey(path: str | os.PathLike) -> Image.Image:
    """Return a photo upright and in grey, no side longer than a thousand pixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            if not stat.S_ISREG(os.stat(path).st_mode):  # of a pipe, one would wait for the first byte
                raise ValueError("a folder, a pipe or a device")
            file = Image.open(path, formats=FORMATS)
        with file:
            if file.width * file.height > MAX_PIXELS:
                raise Image.DecompressionBombError(f"{file.width:,} x {file.height:,} pixels")
            file.draft("L", (PHOTO_SIDE, PHOTO_SIDE))  # a JPEG is unpacked no larger than need be
            ImageOps.exif_transpose(file, in_place=True)
            grey = file.convert("L")
    except FileNotFoundError:
        raise
    except Image.DecompressionBombError as error:
        what = f"too many pixels, expected at most {MAX_PIXELS:,}"
        raise ValueError(f"{path}: {what} ({error}); make the photo smaller") from error
    except Exception as error:  # of the many kinds that Pillow raises for what is damaged
        raise ValueError(f"{path}: not a picture, expected {', '.join(FORMATS)} ({error})") from error
    grey.thumbnail((PHOTO_SIDE, PHOTO_SIDE), Image.Resampling.BOX)
    return grey


def read_photo(path: str | os.PathLike) -> np.ndarray:
    """Return a photo of one digit, dark on light or light on dark, as grey values 0..255 `(28, 28)`, 255 = ink.

    The paper is what the photo's edge shows. Raises `ValueError` for a file that is no picture in one of the usual
    formats, has more than 80 million pixels, or shows no digit.
    """
    grey = np.asarray(_grey(path), float)
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ink = np.abs(grey - np.median(edge))
    ink = np.clip((ink / max(ink.max(), 1) - CONTRAST) / (1 - CONTRAST), 0, 1)
    if np.abs(grey - np.median(edge)).max() < 20 or not ink.any():
        raise ValueError(f"{path}: no digit is seen on it; photograph it dark on light paper")
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    size = tuple(max(1, round(BOX * side / max(cut.shape))) for side in cut.shape[::-1])
    small = np.asarray(Image.fromarray(np.uint8(255 * cut)).resize(size, Image.Resampling.BOX), float) / 255
    small /= small.max()  # the darkest ink is black, as in every image of MNIST; a thin stroke has got faint
    box = np.zeros((BOX, BOX))
    top, left = (BOX - small.shape[0]) // 2, (BOX - small.shape[1]) // 2
    box[top : top + small.shape[0], left : left + small.shape[1]] = small
    return centred(box)


def read_photos(folder: str | os.PathLike, shape: tuple[int, int] = IMAGE_SHAPE) -> tuple[np.ndarray, np.ndarray]:
    """Return all photos of a folder as `read_photo` does, at a size, `(N, rows, columns)`, and what they show, `(N,)`.

    A file's name begins with its digit, as "7-garden.jpg"; others are left alone. Raises `ValueError` where there is
    none.
    """
    paths = sorted(path for path in Path(folder).iterdir() if path.name[:1] in set("0123456789"))
    if not paths:
        raise ValueError(f"{folder}: no photos; expected files whose names begin with the digit they show: 7-a.jpg")
    return np.stack([fitted(read_photo(path), shape) for path in paths]), np.array(
        [int(path.name[0]) for path in paths]
    )
