"""The network of a stored result, to look inside."""

import numpy as np

from ...evidence.numbers import short_name
from ...experiments.result import Result
from ..photo import fitted


class StoredNetwork:
    """The network of a stored result, with what `LiveRun` has to look inside: name, model, image_shape, read."""

    def __init__(self, result: Result):
        self.image_shape = result.dataset().image_shape
        self.name = f"{short_name(result.experiment)}, stored, seed {result.seed}"
        self.model = result.model()

    def read(self, image: np.ndarray) -> np.ndarray:
        """Return the probabilities of the classes for an image of grey values 0..255, `(28, 28)`."""
        return self.model.read(fitted(image, self.image_shape))[0]
