"""The size of the gradient in every layer."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from nbtypst import TEXT_WIDTH_INCHES, Figure

from ..evidence.network_numbers import Interval
from ..evidence.numbers import line_label, seeds_text, short_name
from ..evidence.statistics import Estimate, estimate
from ..experiments.result import Result, Runs
from .style import Look, dress, in_print_style, legend_above, looks_of, new_figure


@in_print_style
def gradients_figure(results: Runs, names: Sequence[str], *, label: str = "fig:gradients") -> Figure:
    """Show the size of the gradient in each layer, before training and with the weights kept."""
    figure, panels = new_figure(1, 2, height=0.41 * TEXT_WIDTH_INCHES, sharey=True)
    looks = looks_of(names)
    for axes, moment, title in zip(panels, (0, 1), ("before training", "with the weights kept"), strict=True):
        for name in names:
            plot_gradients(axes, results[name], moment, looks[name])
        axes.set_title(title)
        axes.set_xlabel("layer, from the input")
    panels[0].set_ylabel("rms of $\\partial C/\\partial w$")
    labels = {name: line_label(results[name][0].experiment) if results[name] else name for name in names}
    legend_above(figure, {labels[name]: looks[name] for name in names}, {})
    ratios = "; ".join(f"{labels[name]}: {layer_ratios(results[name], 0).mean:.2g}" for name in names if results[name])
    return Figure(
        figure,
        label=label,
        caption="Size of the gradient in each layer over 1,000 training images (log scale), "
        f"geometric mean and range over {seeds_text(results, names)}. A line that falls towards the left is a gradient "
        "that shrinks on its way back to the input.",
        alt="Two line plots on a log scale of the gradient's root mean square for each layer, before and after "
        f"training. Ratio of first to last layer before training: {ratios or 'none'}.",
    )


def plot_gradients(axes: Axes, runs: Sequence[Result], moment: int, look: Look) -> Axes:
    """Draw the gradient's size over the layers, before (`moment` 0) or after (1) training."""
    sizes = np.array([run.gradient_rms[moment] for run in runs if not run.diverged])
    if not sizes.size:
        return axes
    layers = np.arange(1, sizes.shape[1] + 1)
    axes.fill_between(layers, sizes.min(0), sizes.max(0), color=look.colour, alpha=0.2, linewidth=0)
    axes.plot(layers, np.exp(np.log(sizes).mean(0)), marker=look.marker, markersize=4, color=look.colour)
    axes.set_yscale("log")
    dress(axes)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return axes


def layer_ratios(runs: Sequence[Result], moment: int) -> Estimate:
    """Return the gradient of the first layer over that of the last, before (0) or after (1) training."""
    return estimate(run.gradient_rms[moment][0] / run.gradient_rms[moment][-1] for run in runs)


def gradient_ratio(results: Runs, name: str) -> Interval:
    """Return the first layer's gradient over the last one's before training, to be judged."""
    what, runs = f"first layer's gradient over the last one's: {short_name(name)}", results[name]
    return Interval(what, layer_ratios(runs, 0), [run.seed for run in runs])
