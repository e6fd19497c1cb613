"""Changes of the training images, anew for each epoch: shifts, rotations, scales and elastic deformations.

P. Y. Simard, D. Steinkraus and J. C. Platt, "Best practices for convolutional neural networks applied to visual
document analysis", 2003: each pixel takes its grey value from another place, by bilinear interpolation.
"""

from dataclasses import dataclass

import numpy as np

from ..common.checks import check, is_number

BLOCK = 500  # images at a time: their fields stay in the cache


@dataclass(frozen=True)
class Deformation:
    """A random change of every image, for `TrainingConfig(augmentation=...)`.

    shift: by up to so many pixels, in both directions. rotation: by up to so many degrees. scale: by up to this share,
    larger or smaller. elastic: root mean square of the pixels' own displacements [pixels], which are smoothed by a
    Gaussian of deviation `smoothness` [pixels]. Raises `ValueError` for what is no number from 0.
    """

    shift: float = 0.0
    rotation: float = 0.0
    scale: float = 0.0
    elastic: float = 0.0
    smoothness: float = 4.0

    def __post_init__(self) -> None:
        """Check every setting."""
        for name, value in vars(self).items():
            check(name, value, is_number(value) and value >= 0, "a finite number from 0")
        check("smoothness", self.smoothness, self.smoothness > 0, "above 0")
        check("scale", self.scale, self.scale < 1, "below 1")

    def __call__(self, pixels: np.ndarray, stream: np.random.Generator) -> np.ndarray:
        """Return changed images of grey values, `(N, rows, columns)`; what comes from outside is paper, 0."""
        pixels = np.asarray(pixels, np.float32)
        blocks = [pixels[start : start + BLOCK] for start in range(0, len(pixels), BLOCK)]
        return np.concatenate([looked_up(block, *self.places(block.shape, stream)) for block in blocks])

    def places(self, shape: tuple[int, int, int], stream: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Return for each pixel of `shape (N, rows, columns)` from which row and column it takes its grey value."""
        count, rows, columns = shape
        turn, log_scale, down, right = stream.uniform(-1, 1, (4, count, 1, 1)).astype(np.float32)
        angle, factor = np.radians(self.rotation) * turn, (1 + self.scale) ** log_scale
        y = np.arange(rows, dtype=np.float32)[:, None] - (rows - 1) / 2
        x = np.arange(columns, dtype=np.float32) - (columns - 1) / 2
        cos, sin = factor * np.cos(angle), factor * np.sin(angle)
        row = cos * y - sin * x + (self.shift * down + (rows - 1) / 2)
        column = sin * y + cos * x + (self.shift * right + (columns - 1) / 2)
        if self.elastic:
            noise = stream.standard_normal((2, count, rows, columns), np.float32)
            smooth = _smoothing(rows, self.smoothness) @ noise @ _smoothing(columns, self.smoothness).T
            row += self.elastic * smooth[0]
            column += self.elastic * smooth[1]
        return row, column


def looked_up(pixels: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return the grey values of images `(N, rows, columns)` at these places, interpolated between four pixels."""
    count, rows, columns = pixels.shape
    framed = np.zeros((count, rows + 2, columns + 2), np.float32)  # paper around each image
    framed[:, 1:-1, 1:-1] = pixels
    row, column = np.clip(row + 1, 0, rows + 0.999), np.clip(column + 1, 0, columns + 0.999)
    top, left = row.astype(np.int32), column.astype(np.int32)
    down, right = row - top, column - left
    first = (np.arange(count, dtype=np.int32)[:, None, None] * (rows + 2) + top) * (columns + 2) + left
    flat = framed.ravel()
    upper, lower = (flat.take(first + skip) for skip in (0, columns + 2))
    upper += right * (flat.take(first + 1) - upper)
    lower += right * (flat.take(first + columns + 3) - lower)
    upper += down * (lower - upper)
    return upper


def _smoothing(size: int, deviation: float) -> np.ndarray:
    """Return the matrix that smooths noise along an axis by a Gaussian, `(size, size)`; unit noise stays of size 1."""
    distance = np.subtract.outer(np.arange(size), np.arange(size))
    weights = np.exp(-np.square(distance / deviation) / 2)
    return (weights / np.linalg.norm(weights, axis=1, keepdims=True)).astype(np.float32)
