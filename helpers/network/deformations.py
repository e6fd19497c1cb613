"""Changes of the training images, anew for each epoch: shifts, rotations, scales and elastic deformations.

P. Y. Simard, D. Steinkraus and J. C. Platt, "Best practices for convolutional neural networks applied to visual
document analysis", 2003: each pixel takes its grey value from another place, by bilinear interpolation.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..common.checks import check, is_number

LEFT_OUT = 1e-3  # share of the elastic displacements' mean square that is not drawn: their shortest waves


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
        pixels = np.asarray(pixels)
        return looked_up(pixels, *self.places(pixels.shape, stream))

    def places(self, shape: tuple[int, int, int], stream: np.random.Generator) -> np.ndarray:
        """Return for each pixel of `shape` from which row and column it takes its grey value, `(2, *shape)`.

        Both are sums of the same fields, with other weights for each image: one matrix product.
        """
        count, rows, columns = shape
        turn, log_scale, *shifts = stream.uniform(-1, 1, (4, count))
        angle, factor = np.radians(self.rotation) * turn, (1 + self.scale) ** log_scale
        fields = _fields(rows, columns, self.smoothness if self.elastic else np.inf)
        weights = np.empty((2, count, len(fields)), np.float32)
        weights[0, :, 0] = weights[1, :, 1] = factor * np.cos(angle)
        weights[1, :, 0] = factor * np.sin(angle)
        weights[0, :, 1] = -weights[1, :, 0]
        weights[:, :, 2] = self.shift * np.array(shifts) + [[(rows - 1) / 2], [(columns - 1) / 2]]
        weights[:, :, 3:] = self.elastic * stream.standard_normal(weights[:, :, 3:].shape, np.float32)
        return (weights.reshape(2 * count, -1) @ fields).reshape(2, *shape)


def looked_up(pixels: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return the grey values of images `(N, rows, columns)` at these places, interpolated between four pixels."""
    count, rows, columns = pixels.shape
    framed = np.zeros((count, rows + 2, columns + 2), np.float32)  # paper around each image
    framed[:, 1:-1, 1:-1] = pixels
    row, column = np.clip(row, -1, rows - 0.001), np.clip(column, -1, columns - 0.001)
    top, left = np.floor(row), np.floor(column)
    row -= top
    column -= left
    top *= columns + 2
    top += left
    first = top.astype(np.int32).astype(np.intp)  # straight to 64 bits takes five times as long
    first += np.arange(count)[:, None, None] * framed[0].size + columns + 3
    flat = framed.ravel()
    upper, lower = (
        _between(flat[start:].take(first, mode="clip"), flat[start + 1 :].take(first, mode="clip"), column)
        for start in (0, columns + 2)
    )
    return _between(upper, lower, row)


def _between(start: np.ndarray, end: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return `start + share * (end - start)`, worked out in both arrays' memory."""
    end -= start
    end *= share
    start += end
    return start


@lru_cache(maxsize=8)
def _fields(rows: int, columns: int, smoothness: float) -> np.ndarray:
    """Return what places are sums of, `(fields, rows * columns)`: row, column, 1, and the waves of smoothed noise.

    Noise that is smoothed along both axes is a sum of products of two waves, the singular vectors of the smoothing,
    with independent normal weights; all but the largest hardly count, so they are left out.
    """
    y, x = np.mgrid[:rows, :columns] - np.array([(rows - 1) / 2, (columns - 1) / 2])[:, None, None]
    plain = np.stack([y, x, np.ones_like(x)]).reshape(3, -1)
    if not np.isfinite(smoothness):
        return plain.astype(np.float32)
    (down, heights), (across, widths) = (_waves(size, smoothness) for size in (rows, columns))
    size = np.multiply.outer(heights, widths).ravel()
    order = np.argsort(-size)
    kept = order[: 1 + np.searchsorted(np.cumsum(size[order] ** 2), (1 - LEFT_OUT) * (size**2).sum())]
    waves = np.kron(heights[:, None] * down, widths[:, None] * across)[kept]
    waves /= np.linalg.norm(waves, axis=0)  # each pixel's displacement has a mean square of 1
    return np.concatenate([plain, waves]).astype(np.float32)


def _waves(size: int, deviation: float) -> tuple[np.ndarray, np.ndarray]:
    """Return singular vectors `(size, size)`, one a row, and values of the smoothing by a Gaussian along an axis."""
    distance = np.subtract.outer(np.arange(size), np.arange(size))
    weights = np.exp(-np.square(distance / deviation) / 2)
    vectors, values, _ = np.linalg.svd(weights / np.linalg.norm(weights, axis=1, keepdims=True))
    return vectors.T, values
