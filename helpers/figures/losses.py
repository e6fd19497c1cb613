"""What a validation loss consists of, and what the learning rate makes of it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes

from nbtypst import TEXT_WIDTH_INCHES, Figure

from ..evidence.measures import measure_of
from ..evidence.numbers import line_label, seeds_text, short_name
from ..evidence.runs import summarise
from ..experiments.result import Runs
from .style import (
    Look,
    dress,
    in_print_style,
    legend_above,
    logarithmic,
    looks_of,
    new_figure,
    stretch_towards_all,
    ticks_at,
)

PARTS = (("training_loss", "0.45"), ("gap", "0.8"))  # measures that add up to the validation loss, and their colours


@in_print_style
def loss_parts_figure(results: Runs, names: Sequence[str], *, label: str = "fig:loss-parts") -> Figure:
    """Show for each network how much of its validation loss is training loss, and how much is the gap."""
    names = [name for name in names if results[name]]
    figure, (axes,) = new_figure(1, 1, height=0.5 + 0.15 * len(names))
    said = []
    for row, name in enumerate(names):
        start = 0.0
        for part, colour in PARTS:
            found = summarise(results, name, part)
            if found.count:
                spread = [[max(found.mean - found.low, 0)], [max(found.high - found.mean, 0)]]
                axes.barh(row, found.mean, left=start, color=colour, height=0.66)
                axes.errorbar(start + found.mean, row, xerr=spread, color="0.1", capsize=2, linewidth=0.9)
                start += found.mean
        parts = " + ".join(measure_of(part).text(summarise(results, name, part).mean) for part, _ in PARTS)
        said.append(f"{short_name(name)} {parts}")
    axes.set_yticks(range(len(names)), [short_name(name) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlabel("cross entropy [nats]")
    dress(axes)
    axes.set_axisbelow(True)
    legend_above(figure, {}, {}, fills={measure_of(part).title: colour for part, colour in PARTS})
    return Figure(
        figure,
        label=label,
        caption="The validation loss of each network (the whole bar) as the loss of its training images, with the "
        f"weights kept, and the gap between the two. Mean over {seeds_text(results, names)}; strokes: the intervals "
        "of training loss and gap.",
        alt=f"Stacked bars, one a network, training loss and gap in nats: {'; '.join(said) or 'none'}.",
    )


@in_print_style
def learning_rates_figure(results: Runs, names: Sequence[str], *, label: str = "fig:learning-rates") -> Figure:
    """Show validation loss and accuracy against the learning rate: a curve for each of some networks.

    Each is shown with all those of the results that differ from it in their learning rate alone.
    """
    figure, panels = new_figure(1, 2, height=0.4 * TEXT_WIDTH_INCHES)
    curves = {name: at_other_rates(results, name) for name in names if results[name]}
    looks = looks_of(curves)
    for axes, measure in zip(panels, ("loss", "accuracy"), strict=True):
        for name, rates in curves.items():
            _plot_rates(axes, results, rates, measure, looks[name])
        axes.set(xscale="log", xlabel="learning rate", ylabel=measure_of(measure).heading)
        ticks_at(axes.xaxis, sorted({rate for rates in curves.values() for rate in rates}), lambda rate, _: f"{rate:g}")
        dress(axes)
    logarithmic(panels[0])
    stretch_towards_all(panels[1])
    legend_above(figure, {line_label(results[name][0].experiment): looks[name] for name in curves}, {})
    shown = [name for rates in curves.values() for name in rates.values()]
    best = {name: min(rates, key=lambda rate: _mean(results, rates[rate])) for name, rates in curves.items()}
    listed = "; ".join(f"{short_name(name)} {rate:g}" for name, rate in best.items())
    return Figure(
        figure,
        label=label,
        caption="Validation loss and accuracy against the learning rate, each training stopped early, with the weights "
        f"kept. Mean over {seeds_text(results, shown)} and a stroke for each; ringed: the best rate of each network.",
        alt=f"Two line plots against the learning rate. Rate of the lowest validation loss: {listed or 'none'}.",
    )


def at_other_rates(results: Runs, name: str) -> dict[float, str]:
    """Return the networks that differ from one in their learning rate alone, itself included, by ascending rate."""
    base = results[name][0].experiment
    found = {}
    for runs in filter(None, results.values()):
        other = runs[0].experiment
        same_rate = replace(other.config, learning_rate=base.config.learning_rate)
        if replace(other, name=base.name, config=same_rate) == base:
            found[other.config.learning_rate] = other.name
    return dict(sorted(found.items()))


def _plot_rates(axes: Axes, results: Runs, rates: dict[float, str], measure: str, look: Look) -> None:
    how = measure_of(measure)
    found = {rate: summarise(results, name, measure) for rate, name in rates.items()}
    found = {rate: one for rate, one in found.items() if one.count}
    if not found:
        return
    means = {rate: how.scale * one.mean for rate, one in found.items()}
    for rate, one in found.items():
        strokes = np.full(len(one.values), rate)
        axes.plot(strokes, how.scale * one.values, "_", color=look.colour, markersize=9, alpha=0.6)
    axes.plot(*zip(*means.items(), strict=True), marker=look.marker, markersize=6, color=look.colour,
              markeredgecolor="white", linewidth=1.2)  # fmt: skip
    best = (min if how.lower_is_better else max)(means, key=means.get)
    axes.plot(best, means[best], "o", markersize=12, markerfacecolor="none", markeredgecolor=look.colour)


def _mean(results: Runs, name: str) -> float:
    mean = summarise(results, name, "loss").mean
    return mean if np.isfinite(mean) else np.inf
