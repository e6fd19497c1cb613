"""The data, and the activation functions."""

import numpy as np

from nbtypst import TEXT_WIDTH_INCHES, Figure

from ..data.mnist import Dataset
from ..network.activations import improved_sigmoid, improved_sigmoid_slope, sigmoid, sigmoid_slope
from .style import OWN_LOOKS, dress, in_print_style, label_ends, new_figure


@in_print_style
def digits_figure(dataset: Dataset, columns: int = 10) -> Figure:
    """Show the first training images of each class, one row for each class."""
    labels, classes = dataset.train.labels, range(dataset.num_classes)
    rows = [dataset.train.images[np.flatnonzero(labels == digit)[:columns]] for digit in classes]
    height, width = dataset.image_shape
    picture = np.zeros((dataset.num_classes * height, columns * width))  # white where a class has fewer images
    for digit, row in enumerate(rows):
        for column, image in enumerate(dataset.pixels_of(row)):
            picture[digit * height :, column * width :][:height, :width] = image
    missing = [name for name, row in zip(dataset.label_names, rows, strict=True) if not len(row)]
    none = f" No training image is of class {', '.join(missing)}." if missing else ""
    size = TEXT_WIDTH_INCHES * 0.44
    figure, (axes,) = new_figure(1, 1, width=size * picture.shape[1] / picture.shape[0], height=size)
    axes.imshow(picture, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    axes.set_axis_off()
    return Figure(
        figure,
        label="fig:digits",
        caption=f"The first {columns} training images of each class of {dataset.name}, {height} × {width} pixels, with "
        f"the normalisation undone; one class a row.{none} What the images of a row share is what a network has to "
        "find.",
        alt=f"{len(rows)} rows of {columns} small images of {dataset.name}, dark on white: class "
        f"{dataset.label_names[0]} in the first row, class {dataset.label_names[-1]} in the last.",
        width=44,
    )


@in_print_style
def sigmoids_figure() -> Figure:
    """Show both activation functions and their slopes."""
    x = np.linspace(-4, 4, 401)
    figure, (left, right) = new_figure(1, 2, height=0.42 * TEXT_WIDTH_INCHES)
    looks = (("plain", "0.0", "--"), ("improved", OWN_LOOKS["sigmoid"].colour, "-"))
    values = (sigmoid(x), improved_sigmoid(x))
    slopes = (sigmoid_slope(values[0]), improved_sigmoid_slope(values[1]))
    for (_, colour, style), value, slope in zip(looks, values, slopes, strict=True):
        left.plot(x, value, style, color=colour)
        right.plot(x, slope, style, color=colour)
    for axes, name in ((left, "$f(x)$"), (right, "$f\\,'(x)$")):
        axes.set(xlabel="$x$", ylabel=name)
        dress(axes)
    ends = [
        (name, 2.2, np.interp(2.2, x, value) - 0.3, colour)
        for (name, colour, _), value in zip(looks, values, strict=True)
    ]
    label_ends(left, ends)
    label_ends(right, [("plain", -0.75, 0.34, "0.0"), ("improved", 0.9, 0.85, looks[1][1])])
    return Figure(
        figure,
        label="fig:sigmoids",
        caption="The plain sigmoid and the improved one (left) and their slopes (right). The improved sigmoid is odd, "
        f"passes through ±1 at ±1, and is up to {slopes[1].max() / slopes[0].max():.1f} times as steep.",
        alt="Left: two S-shaped curves, the plain sigmoid from 0 to 1, the improved sigmoid from about -1.7 to 1.7 "
        "through the origin. Right: their slopes, bell-shaped, peaks at x = 0 of 0.25 and about 1.14.",
    )
