"""Every table of the report, with its caption."""

from collections.abc import Sequence

import numpy as np

from nbtypst import Table

from .derivations import element_gradients, largest_difference, numerical_gradients, slope_forms
from .experiments import EXPERIMENTS, num_parameters
from .gradcheck import gradient_check
from .mlp import MLP
from .mnist import Dataset, pixel_statistics, read_files
from .plots import layer_ratios, network_label, seeds_text, short_name, spread_text
from .statistics import (
    COMPARISONS,
    CPU_SECONDS,
    TEST_ACCURACY,
    VALIDATION_ACCURACY,
    Estimate,
    Measure,
    Results,
    compare,
    summarise,
)

FINAL_MEASURES = (VALIDATION_ACCURACY, TEST_ACCURACY, CPU_SECONDS)


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
    x = np.linspace(-6, 6, 2401)
    forms = slope_forms(x)
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
        f"at {len(x):,} points from −6 to 6.",
    )


def normalisation_table(dataset: Dataset) -> Table:
    """Give mean and standard deviation of the pixels, and what normalisation makes of the three splits."""
    whole = read_files(dataset.directory).train_images
    mean, std = pixel_statistics(whole)
    rows = [
        ["pixels, training split", f"{len(dataset.train):,}", f"{dataset.mean:.2f}", f"{dataset.std:.2f}"],
        ["pixels, all images for training", f"{len(whole):,}", f"{mean:.2f}", f"{std:.2f}"],
    ]
    for name in ("train", "validation", "test"):
        split = getattr(dataset, name)
        pixels = split.images[:, :-1]
        mean, std = pixels.mean(dtype=np.float64), pixels.std(dtype=np.float64)
        rows.append(
            [
                f"normalised, {'training' if name == 'train' else name} split",
                f"{len(split):,}",
                _number(mean, 3),
                _number(std, 3),
            ]
        )
    return Table(
        ["", "images", "mean", "standard deviation"],
        rows,
        label="tbl:normalisation",
        caption="Pixels (0 to 255) before and after normalisation. Mean and deviation are those of the training split, "
        "used for all three, so validation and test come out near 0 and 1, not at them.",
    )


def tried_sizes_table(sizes: Sequence[int], like: Sequence[int]) -> Table:
    """Compare the number of parameters of two equal hidden layers with that of the hidden layers `like`."""
    rows, target = [], num_parameters(like)
    for units in sizes:
        count = num_parameters((units, units))
        difference = count - target
        rows.append([f"{units}, {units}", f"{count:,}", f"{difference:+,}".replace("-", "−"), f"{count / target:.3f}"])
    return Table(
        ["hidden layers", "parameters", "difference", "ratio"],
        rows,
        label="tbl:sizes",
        caption=f"Two hidden layers of equal size against the {target:,} parameters of the network of Task 3.",
    )


def measures_table(
    results: Results, names: Sequence[str], measures: Sequence[Measure], *, label: str, see: str
) -> Table:
    """Give some measures of some networks, one network a row: mean over the seeds with its interval."""
    return Table(
        ["network", *map(_with_unit, measures)],
        [[short_name(name), *(_estimate_cell(results, name, measure) for measure in measures)] for name in names],
        label=label,
        caption=f"{see} Mean over {seeds_text(results)} with the {spread_text(results)}. Loss and accuracy are those "
        "of the weights kept; without early stopping, of the last."
        + _censored(results, names)
        + _diverged(results, names),
    )


def final_table(results: Results, names: Sequence[str], *, label: str = "tbl:final") -> Table:
    """Give parameters, validation and test accuracy and CPU time of the networks, one a row."""
    rows = [
        [network_label(name), f"{num_parameters(EXPERIMENTS[name].hidden_layers):,}"]
        + [_estimate_cell(results, name, measure) for measure in FINAL_MEASURES]
        for name in names
    ]
    return Table(
        ["network", "parameters", *map(_with_unit, FINAL_MEASURES)],
        rows,
        label=label,
        caption=f"What the networks that were trained in full reach and cost, mean over {seeds_text(results)} with the "
        f"{spread_text(results)}. The test set was opened once for each finished training, and for no choice. CPU "
        "times were taken network after network, so small differences in them may be the machine's."
        + _diverged(results, names),
    )


def gradients_table(results: Results, names: Sequence[str], *, label: str = "tbl:gradients") -> Table:
    """Give for each network how the gradient shrinks on its way back, how saturated it is, and what it learnt."""
    rows = []
    for name in names:
        saturated = [[run.saturation[m][0] for run in results[name] if not (m and run.diverged)] for m in (0, 1)]
        rows.append(
            [
                network_label(name),
                *(factor(layer_ratios(results[name], moment).mean) for moment in (0, 1)),
                *(f"{100 * np.mean(shares):.1f} %" if shares else "none" for shares in saturated),
                _estimate_cell(results, name, VALIDATION_ACCURACY),
            ]
        )
    return Table(
        [
            "network",
            "first / last, before",
            "first / last, after",
            "saturated, before",
            "saturated, after",
            _with_unit(VALIDATION_ACCURACY),
        ],
        rows,
        label=label,
        caption="The gradient of the first layer over that of the last (root mean squares), and the share of the "
        "first hidden layer's activations in the outer twentieth of their range; before and after training, mean over "
        f"{seeds_text(results)}. Where the first number is far below 1, the gradient vanishes on its way back.",
    )


def comparison_table(
    results: Results, pairs: Sequence[tuple[str, str]], measures: Sequence[Measure], *, label: str, see: str
) -> Table:
    """Give the paired differences of some comparisons, with interval, corrected p value and verdict."""
    rows = []
    for before, after in pairs:
        for measure in measures:
            found = compare(results, before, after, measure)
            low, high = (measure.text(end, signed=True) for end in (found.difference.low, found.difference.high))
            rows.append(
                [
                    f"{short_name(before)} → {short_name(after)}" if measure is measures[0] else "",
                    measure.name,
                    measure.text(found.difference.mean, signed=True)
                    + measure.unit_of_difference
                    + _missing(found.difference),
                    f"{low} to {high}",
                    f"{found.p_holm:.3f}",
                    found.verdict,
                ]
            )
    return Table(
        ["networks", "measure", "difference", spread_text(results), "$p$", "verdict"],
        rows,
        label=label,
        caption=f"{see} Paired differences over {seeds_text(results)}: the second network less the first, with its "
        f"{spread_text(results)}, and $p$ by an exact sign-flip permutation test, corrected after Holm over "
        f"the report's {len(COMPARISONS)} comparisons of the same measure.",
        align="llrrrl",
    )


def _estimate_cell(results: Results, name: str, measure: Measure) -> str:
    found = summarise(results, name, measure)
    if not found.count:
        return "none"
    interval = f" ({measure.text(found.low)}–{measure.text(found.high)})" if found.low != found.high else ""
    return measure.text(found.mean) + interval + _missing(found)


def _missing(found: Estimate) -> str:
    """Say how many of the seeds gave a value, where not all did: of those that diverged, or never got so far."""
    return f" [{found.count} of {len(found.values)}]" if found.count < len(found.values) else ""


def _censored(results: Results, names: Sequence[str]) -> str:
    """Say for a caption which trainings the last epoch ended, where patience had not yet run out."""
    counts = {
        name: sum(not (run.history.stopped_early or run.diverged) for run in results[name])
        for name in names
        if EXPERIMENTS[name].config.patience is not None
    }
    listed = ", ".join(f"{count} of {short_name(name)}" for name, count in counts.items() if count)
    return (
        f" Ended by the last epoch and not by early stopping: {listed}; they might have gone on to lower losses."
        if listed
        else ""
    )


def _diverged(results: Results, names: Sequence[str]) -> str:
    """Say for a caption what is counted in brackets, where trainings diverged."""
    counts = {name: sum(run.diverged for run in results[name]) for name in names}
    listed = ", ".join(f"{count} of {short_name(name)}" for name, count in counts.items() if count)
    return f" Diverged trainings, which count in no mean: {listed}." if listed else ""


def _with_unit(measure: Measure) -> str:
    return measure.name if measure.unit == "steps" else f"{measure.name} [{measure.unit}]"


def _shape(array: np.ndarray) -> str:
    return " × ".join(map(str, array.shape))


def factor(number: float) -> str:
    """Return a ratio with two digits, as mathematics where it is small."""
    return f"{number:.2g}" if number >= 1e-2 else scientific(number)


def scientific(number: float) -> str:
    """Return a number as mathematics, for example `$2.3 \\cdot 10^{-11}$`."""
    if not np.isfinite(number):
        return "none"
    if number == 0:
        return "$0$"
    mantissa, exponent = f"{number:.1e}".split("e")
    return f"${mantissa} \\cdot 10^{{{int(exponent)}}}$"


def _number(number: float, decimals: int) -> str:
    return f"{round(number, decimals) + 0.0:,.{decimals}f}".replace("-", "−")
