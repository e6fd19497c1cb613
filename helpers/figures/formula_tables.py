"""Tables that hold formulas against numbers: Task 1, the gradient checks, the slopes, the data, the sizes."""

from collections.abc import Sequence

import numpy as np

from nbtypst import Table

from ..data.mnist import Dataset, pixel_statistics
from ..data.mnist_files import read_files
from ..evidence.numbers import decimal, scientific
from ..experiments.experiment import num_parameters
from ..network.derivations import GRID, element_gradients, largest_difference, numerical_gradients, slope_forms
from ..network.gradient_check import gradient_check
from ..network.mlp import MLP


def deltas_table(model: MLP, image: np.ndarray, label: int) -> Table:
    """Hold the identities of Task 1a against central differences of the loss, for one image."""
    by_hand, numerical = element_gradients(model, image, label), numerical_gradients(model, image, label)
    formulas = {
        "delta_k": ("$\\delta_k = -(t_k - y_k)$", "$\\partial C / \\partial z_k$"),
        "delta_j": ("$\\delta_j = f'(z_j) \\sum_k w_{kj} \\delta_k$", "$\\partial C / \\partial z_j$"),
        "dC/dw_kj": ("$\\delta_k a_j$", "$\\partial C / \\partial w_{kj}$"),
        "dC/dw_ji": ("$\\delta_j x_i$", "$\\partial C / \\partial w_{ji}$"),
    }
    rows = [
        [*formulas[name], f"{by_hand[name].size:,}", scientific(largest_difference(by_hand[name], numerical[name]))]
        for name in formulas
    ]
    return Table(
        ["formula", "derivative", "values", "largest difference"],
        rows,
        label="tbl:deltas",
        caption="The formulas of Task 1a against central differences of the loss, in which no derivative was worked "
        "out by hand: every value, for one training image and a fresh network, in float64.",
        align="llrr",
    )


def shapes_table(model: MLP, batch_size: int) -> Table:
    """List every vector and matrix of Task 1b with its shape, read from arrays that a pass has filled."""
    num_inputs, num_hidden, _ = model.layer_sizes
    images = np.zeros((batch_size, num_inputs), model.dtype)
    _, (gradient_ji, gradient_kj) = model.loss_and_gradients(images, np.zeros(batch_size, np.int64))
    hidden = np.zeros((batch_size, num_hidden))
    outputs = model.forward(images)
    rows = [
        ("inputs, with the bias as last element", "$\\mathbf{x}$", images[0], "$X$", images),
        ("hidden pre-activations, activations", "$\\mathbf{z}_h, \\mathbf{a}$", hidden[0], "$Z_h, A$", hidden),
        ("output pre-activations, outputs", "$\\mathbf{z}_o, \\mathbf{y}$", outputs[0], "$Z_o, Y$", outputs),
        ("targets, one-hot", "$\\mathbf{t}$", outputs[0], "$T$", outputs),
        ("deltas of the hidden units", "$\\boldsymbol{\\delta}_h$", hidden[0], "$\\Delta_h$", hidden),
        ("deltas of the outputs", "$\\boldsymbol{\\delta}_o$", outputs[0], "$\\Delta_o$", outputs),
        ("weights to the hidden units", "$W_h$", gradient_ji.T, "$W_h^\\top$", model.weights[0]),
        ("weights to the outputs", "$W_o$", gradient_kj.T, "$W_o^\\top$", model.weights[1]),
    ]
    return Table(
        ["quantity", "one image", "shape", f"{batch_size} images", "shape"],
        [
            [what, one, _shape(vector if vector.ndim == 2 else vector[:, None]), many, _shape(matrix)]
            for what, one, vector, many, matrix in rows
        ],
        label="tbl:shapes",
        caption=f"Every vector and matrix of the update, for one image and for a mini-batch of {batch_size}, one image "
        "a row. The code keeps the transposed weights, one column a unit, so that a mini-batch is multiplied as "
        "$X W$.",
        align="lcrcr",
    )


def gradient_check_table(models: dict[str, MLP], images: np.ndarray, labels: np.ndarray, *, label: str) -> Table:
    """Check every weight of some networks against central differences."""
    rows = []
    for name, model in models.items():
        errors = gradient_check(model, images, labels)
        rows.append([name, str(len(errors)), f"{model.num_parameters:,}", scientific(max(errors))])
    return Table(
        ["network", "weight matrices", "weights checked", "largest relative error"],
        rows,
        label=label,
        caption=f"Backpropagation against central differences of the loss for every weight, on {len(images)} training "
        "images in float64. The error of a weight is relative to its gradient, but at least to a hundredth of the "
        "largest gradient in its matrix.",
    )


def slopes_table() -> Table:
    """Hold the two forms of the improved sigmoid's slope against each other and against differences."""
    forms = slope_forms(GRID)
    reference = forms.pop("with tanh")
    names = {
        "with cosh": "$\\frac{4}{3} \\cdot 1.7159 \\,/\\, (\\cosh \\frac{4}{3} x + 1)$",
        "central difference": "central difference of $f$",
        "as coded": "as the network computes it, from $f(x)$",
    }
    return Table(
        ["slope of the improved sigmoid", "largest difference"],
        [[names[name], scientific(largest_difference(values, reference))] for name, values in forms.items()],
        label="tbl:slopes",
        caption="Three ways to the slope against $\\frac{2}{3} \\cdot 1.7159\\,(1 - \\tanh^2 \\frac{2}{3}x)$, "
        f"at {len(GRID):,} points from −6 to 6.",
    )


def normalisation_table(dataset: Dataset) -> Table:
    """Give mean and standard deviation of the pixels, and what normalisation makes of each split that has images."""
    whole = read_files(dataset.directory).train_images
    mean, std = pixel_statistics(whole)
    rows = [
        ["pixels, training split", f"{len(dataset.train):,}", f"{dataset.mean:.2f}", f"{dataset.std:.2f}"],
        ["pixels, all images for training", f"{len(whole):,}", f"{mean:.2f}", f"{std:.2f}"],
    ]
    for name in ("train", "validation", "test"):
        split = getattr(dataset, name)
        if not len(split):
            continue
        pixels = split.images[:, :-1]
        mean, std = pixels.mean(dtype=np.float64), pixels.std(dtype=np.float64)
        rows.append(
            [
                f"normalised, {'training' if name == 'train' else name} split",
                f"{len(split):,}",
                decimal(mean, 3),
                decimal(std, 3),
            ]
        )
    return Table(
        ["", "images", "mean", "standard deviation"],
        rows,
        label="tbl:normalisation",
        caption="Pixels (0 to 255) before and after normalisation. Mean and deviation are those of the training split, "
        "used for all three, so validation and test come out near 0 and 1, not at them.",
    )


def tried_sizes_table(sizes: Sequence[int], like: Sequence[int], *shape: int) -> Table:
    """Compare the number of parameters of two equal hidden layers with that of the hidden layers `like`.

    shape: number of inputs and of classes; those of MNIST unless given.
    """
    rows, target = [], num_parameters(like, *shape)
    for units in sizes:
        count = num_parameters((units, units), *shape)
        difference = count - target
        rows.append([f"{units}, {units}", f"{count:,}", decimal(difference, 0, signed=True), f"{count / target:.3f}"])
    return Table(
        ["hidden layers", "parameters", "difference", "ratio"],
        rows,
        label="tbl:sizes",
        caption=f"Two hidden layers of equal size against the {target:,} parameters of the network of Task 3.",
    )


def _shape(array: np.ndarray) -> str:
    return " × ".join(map(str, array.shape))
