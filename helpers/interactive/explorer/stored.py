"""Networks that were trained before, to look inside: of a stored result, or of a file."""

from math import isqrt

import numpy as np

from ...common.checks import check
from ...data.mnist_files import IMAGE_SHAPE
from ...evidence.numbers import short_name
from ...experiments.result import Result
from ...network.mlp import MLP
from ..photo import fitted


class StoredNetwork:
    """A trained network, with what `LiveRun` has to look inside: name, model, image_shape, read."""

    def __init__(self, name: str, model: MLP, image_shape: tuple[int, int]):
        self.name, self.model, self.image_shape = name, model, image_shape

    @classmethod
    def of(cls, result: Result) -> "StoredNetwork":
        """Return the network of a stored result."""
        name = f"{short_name(result.experiment)}, stored, seed {result.seed}"
        return cls(name, result.model(), result.dataset().image_shape)

    @classmethod
    def given(cls, model: MLP, num_classes: int) -> "StoredNetwork":
        """Return a network that somebody gave, such as `MLP.load` does.

        Raises `ValueError` for what is none, for one that reads no square images or does not know how they were
        normalised, and for another number of classes.
        """
        check("network", model, isinstance(model, MLP), "an MLP, such as MLP.load gives")
        pixels = model.layer_sizes[0] - 1
        check("network's pixels", pixels, isqrt(pixels) ** 2 == pixels, f"a square, such as {IMAGE_SHAPE[0] ** 2}")
        check("network's normalisation", model.normalisation, model.normalisation is not None, "of a trained network")
        classes = model.layer_sizes[-1]
        check("network's classes", classes, classes == num_classes, f"the data's, {num_classes}")
        return cls("the given network", model, (isqrt(pixels), isqrt(pixels)))

    def read(self, image: np.ndarray) -> np.ndarray:
        """Return the probabilities of the classes for an image of grey values 0..255, `(28, 28)`."""
        return self.model.read(fitted(image, self.image_shape))[0]
