"""What the report works out beside its trainings: slopes of untrained units, and which size comes closest."""

from collections.abc import Sequence

import numpy as np

from ..experiments.experiment import num_parameters
from ..network.activations import ACTIVATIONS
from ..network.mlp import MLP


def mean_slope(model: MLP, images: np.ndarray) -> float:
    """Return the mean slope `f'(z_j)` of the first hidden layer's units over some images, `(N, num_inputs)`."""
    function = ACTIVATIONS[model.activation]
    return float(function.slope(function.value(images @ model.weights[0])).mean())


def closest_size(hidden_layers: Sequence[int], *shape: int, depth: int = 2) -> int:
    """Return the units of equal hidden layers, `depth` of them, whose weights come closest to those of other layers.

    shape: number of inputs and of classes; those of MNIST unless given.
    """

    def count(units: int) -> int:
        return num_parameters((units,) * depth, *shape)

    target, units = num_parameters(hidden_layers, *shape), 1
    while count(units + 1) <= target:
        units += 1
    return min((units, units + 1), key=lambda n: abs(count(n) - target))
