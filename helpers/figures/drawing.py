"""A drawing of the network, with the symbols of Task 1."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from matplotlib.axes import Axes

from nbtypst import TEXT_WIDTH_INCHES, Figure

from .style import in_print_style, new_figure

RADIUS = 0.16
TOP, HEIGHT = 1.05, 2.2


class Layer(NamedTuple):
    """A column of the drawing: where it stands, what its units are called, how many there are, the units drawn."""

    x: float
    what: str
    count: int
    units: tuple[str, ...]
    colour: str

    @property
    def heights(self) -> list[float]:
        """Heights at which the units are drawn, the first on top."""
        return [TOP - HEIGHT * number / (len(self.units) - 1) for number in range(len(self.units))]


@in_print_style
def network_figure(layer_sizes: Sequence[int] = (785, 64, 10), *, label: str = "fig:network") -> Figure:
    """Draw a network with one hidden layer, its symbols, and how many units each layer has."""
    inputs, hidden, outputs = layer_sizes
    layers = (
        Layer(0.0, "inputs", inputs, ("x_1", "x_i", f"x_{{{inputs - 1}}}", f"x_{{{inputs}}}"), "#E8EEF4"),
        Layer(1.0, "hidden units", hidden, ("a_1", "a_j", f"a_{{{hidden}}}"), "#E3F1EA"),
        Layer(2.0, "outputs", outputs, ("y_1", "y_k", f"y_{{{outputs}}}"), "#FBEBDD"),
    )
    figure, (axes,) = new_figure(1, 1, width=0.86 * TEXT_WIDTH_INCHES, height=0.56 * TEXT_WIDTH_INCHES)
    axes.set_axis_off()
    axes.set(xlim=(-0.5, 2.8), ylim=(-1.75, 1.6))
    for below, above in pairwise(layers):
        _connect(axes, below, above)
    for layer in layers:
        _draw(axes, layer)
    axes.text(-0.2, layers[0].heights[-1], "$1 =$", ha="right", va="center", size=9)
    axes.text(0.52, 0.26, "$w_{ji}$", ha="center", size=10)
    axes.text(1.5, 0.04, "$w_{kj}$", ha="center", size=10)
    axes.text(1.0, 1.42, "$z_j = \\sum_i w_{ji} x_i,\\ a_j = f(z_j)$", ha="center", size=9)
    axes.text(2.0, 1.42, "softmax", ha="center", size=9)
    axes.text(2.2, layers[2].heights[1], "compared\nwith $t_k$", ha="left", va="center", size=9)
    return Figure(
        figure,
        label=label,
        caption=f"The network of Task 1: {inputs} inputs $x_i$, the last of them always 1, {hidden} hidden units with "
        f"activations $a_j$, and {outputs} softmax outputs $y_k$, which are compared with the targets $t_k$. Every "
        "unit of a layer is connected with every unit of the next; two of the weights are named.",
        alt=f"Drawing of a network in three layers: {inputs} inputs, {hidden} hidden units, {outputs} outputs, fully "
        "connected; the weights w_ji and w_kj are named.",
        width=86,
    )


def _connect(axes: Axes, below: Layer, above: Layer) -> None:
    """Draw the connections of two layers; the one between the middle units, whose weight is named, in black."""
    for start in below.heights:
        for end in above.heights:
            named = (start, end) == (below.heights[1], above.heights[1])
            look = {"color": "0.1", "linewidth": 1.3} if named else {"color": "0.78", "linewidth": 0.6}
            axes.plot([below.x, above.x], [start, end], zorder=1, **look)


def _draw(axes: Axes, layer: Layer) -> None:
    for height, unit in zip(layer.heights, layer.units, strict=True):
        axes.scatter(layer.x, height, s=520, color=layer.colour, edgecolor="0.35", linewidth=0.8, zorder=2)
        axes.text(layer.x, height, f"${unit}$", ha="center", va="center", size=9, zorder=3)
    for upper, lower in pairwise(layer.heights[:3]):
        for step in (-0.07, 0.0, 0.07):
            axes.plot(layer.x, (upper + lower) / 2 + step, ".", color="0.35", markersize=2.5, zorder=2)
    axes.text(layer.x, -1.6, f"{layer.count} {layer.what}", ha="center", va="center", size=9)
