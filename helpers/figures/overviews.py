"""All networks at a glance: paired differences, steps to a loss, learning rates, accuracy against size and time."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator

from nbtypst import TEXT_WIDTH_INCHES, Figure

from ..evidence.comparison import compare
from ..evidence.families import Pair
from ..evidence.measures import measure_of
from ..evidence.network_numbers import Runs, summarise
from ..evidence.numbers import network_label, seeds_text, short_name
from .curves import vertical_range
from .style import dress, in_print_style, label_ends, legend_above, looks_of, new_figure, ticks_at


@in_print_style
def forest_figure(results: Runs, pairs: Sequence[Pair], measures: Sequence[str], *, label: str, see: str) -> Figure:
    """Show the paired differences of some comparisons: every seed's, and the mean with its interval."""
    pairs = [pair for pair in pairs if all(results.get(name) for name in pair)]
    height = 0.55 + 0.24 * len(pairs)
    figure, panels = new_figure(1, len(measures), height=height, sharey=True)
    for axes, name in zip(panels, measures, strict=True):
        measure = measure_of(name)
        axes.axvline(0, color="0.5", linewidth=0.8)
        for row, (before, after) in enumerate(pairs):
            found, look = compare(results, before, after).difference(name), looks_of([after])[after]
            seeds, mean, low, high = (measure.scale * n for n in (found.values, found.mean, found.low, found.high))
            axes.plot(seeds, np.full(len(seeds), row), "|", color=look.colour, markersize=9, alpha=0.55)
            if found.count:
                spread = [[max(mean - low, 0)], [max(high - mean, 0)]]
                axes.errorbar(mean, row, xerr=spread, fmt=look.marker, color=look.colour, markersize=5, capsize=2.5,
                              markeredgecolor="white")  # fmt: skip
        unit = "" if measure.unit == "steps" else f" [{measure.unit_of_difference}]"
        axes.set_title(f"{measure.title}{unit}".replace(" loss", "\nloss").replace(" accuracy", "\naccuracy"), size=8)
        axes.xaxis.set_major_locator(MaxNLocator(3))
        axes.xaxis.set_major_formatter(lambda number, _: f"{number:+,.6g}".replace("-", "−") if number else "0")
        axes.set_yticks(range(len(pairs)), [f"{short_name(before)} → {short_name(after)}" for before, after in pairs])
        axes.set_ylim(len(pairs) - 0.4, -0.6)
        dress(axes)
    listed = "; ".join(
        f"{short_name(after)} less {short_name(before)}: {compare(results, before, after).text(measures[0])}"
        for before, after in pairs
    )
    names = [name for pair in pairs for name in pair]
    return Figure(
        figure,
        label=label,
        caption=f"{see} Paired differences, the second network less the first, on the same split, weights' seed and "
        f"order: a stroke for each of {seeds_text(results, names)}, mark and bar for the mean and its interval.",
        alt=f"One panel for each measure, one row for each comparison. {measure_of(measures[0]).title}: {listed}.",
    )


@in_print_style
def steps_to_loss_figure(results: Runs, names: Sequence[str], *, label: str = "fig:steps-to-loss") -> Figure:
    """Show how many gradient steps networks need until their validation loss is first at or below any loss."""
    figure, (axes,) = new_figure(1, 1, height=0.37 * TEXT_WIDTH_INCHES)
    looks, ends = looks_of(names), []
    losses = np.geomspace(1.0, 0.1, 200)
    for name in names:
        histories = [run.history for run in results[name] if not run.diverged]
        needed = np.array([_steps_to(history, losses) for history in histories]).reshape(-1, len(losses))
        reached = np.isfinite(needed).all(axis=0) & (len(needed) > 0)
        if not reached.any():
            continue
        middle = np.median(needed[:, reached], axis=0)
        axes.plot(losses[reached], middle, color=looks[name].colour, linewidth=1.4)
        axes.plot(losses[reached][-1], middle[-1], looks[name].marker, color=looks[name].colour, markersize=6,
                  markeredgecolor="white")  # fmt: skip
        ends.append((short_name(name), losses[reached][-1], middle[-1], looks[name].colour))
    axes.set(xscale="log", yscale="log", xlabel="validation loss reached [nats]", ylabel="gradient steps needed")
    axes.set_xlim(1.0, 0.105)
    ticks_at(axes.xaxis, (1, 0.7, 0.5, 0.4, 0.3, 0.2, 0.15, 0.12), lambda loss, _: f"{loss:g}")
    axes.yaxis.set_major_formatter(lambda steps, _: f"{steps:,.0f}")
    dress(axes)
    label_ends(axes, ends)
    listed = ", ".join(f"{name} {loss:.3f} nats after {steps:,.0f} steps" for name, loss, steps, _ in ends)
    return Figure(
        figure,
        label=label,
        caption="Gradient steps needed against the validation loss reached, median over "
        f"{seeds_text(results, names)}, as far as every seed gets: lower is faster, further to the right is better.",
        alt=f"Line plot, one line a network, both axes on a log scale. Lowest loss that every seed reaches: {listed}.",
    )


@in_print_style
def learning_rates_figure(results: Runs, names: Sequence[str], beside: str, *, label: str) -> Figure:
    """Show accuracy and training loss of networks that differ in their learning rate, beside one other network."""
    figure, panels = new_figure(1, 2, height=0.42 * TEXT_WIDTH_INCHES)
    looks = looks_of([*names, beside])
    rates = {name: results[name][0].experiment.config.learning_rate for name in names if results[name]}
    for axes, measure, quantity in zip(panels, ("accuracy", "training_loss"), ("accuracy", "loss"), strict=True):
        how, reference = measure_of(measure), summarise(results, beside, measure)
        axes.set(xscale="log", yscale="log" if quantity == "loss" else "linear")
        axes.set_autoscaley_on(False)
        if reference.count:
            axes.axhline(reference.mean, color=looks[beside].colour, linestyle="--", linewidth=1)
        for name, rate in rates.items():
            found = summarise(results, name, measure)
            look = {"color": looks[name].colour, "linestyle": "none"}
            axes.plot(np.full(len(found.values), rate), found.values, marker="_", markersize=9, alpha=0.6, **look)
            axes.plot(rate, found.mean, marker=looks[name].marker, markersize=6.5, markeredgecolor="white", **look)
        values = np.concatenate([[reference.mean], *(summarise(results, name, measure).values for name in rates)])
        if np.isfinite(values).any():
            axes.set_ylim(*vertical_range(np.nanmin(values), np.nanmax(values), quantity))
        ticks_at(axes.xaxis, sorted(rates.values()), lambda rate, _: f"{rate:g}")
        axes.set(xlabel="learning rate", ylabel=how.heading)
        dress(axes)
    panels[0].yaxis.set_major_formatter(lambda accuracy, _: f"{100 * accuracy:g}")
    panels[1].yaxis.set_major_formatter(lambda loss, _: f"{loss:g}")
    named = [name for name in [*rates, beside] if results[name]]
    legend_above(figure, {network_label(results[name][0].experiment): looks[name] for name in named}, {})
    listed = "; ".join(
        f"{rate:g}: {measure_of('accuracy').text(summarise(results, name, 'accuracy').mean)} %"
        for name, rate in rates.items()
    )
    return Figure(
        figure,
        label=label,
        caption=f"{short_name(names[0])} at other learning rates; what else differs is in the labels. Mean over "
        f"{seeds_text(results, list(rates))} and a stroke for each. Dashed: {short_name(beside)}.",
        alt=f"Validation accuracy and training loss against the learning rate. Accuracy: {listed}.",
    )


@in_print_style
def tradeoff_figure(results: Runs, names: Sequence[str], *, label: str = "fig:tradeoff") -> Figure:
    """Show test accuracy against the number of parameters and against the CPU time of a training."""
    figure, (left, right) = new_figure(1, 2, height=0.5 * TEXT_WIDTH_INCHES, sharey=True)
    looks, how = looks_of(names), measure_of("test_accuracy")
    ends: list[tuple[str, float, float, str]] = []
    for name in names:
        accuracy, seconds = summarise(results, name, "test_accuracy"), summarise(results, name, "cpu_seconds")
        if not accuracy.count:
            continue
        look = {"marker": looks[name].marker, "color": looks[name].colour, "markersize": 6, "markeredgecolor": "white"}
        error = 100 * np.array([[accuracy.mean - accuracy.low], [accuracy.high - accuracy.mean]]).clip(0)
        spread = np.array([[seconds.mean - seconds.low], [seconds.high - seconds.mean]]).clip(0)
        parameters = results[name][0].parameters.size
        left.errorbar(parameters, 100 * accuracy.mean, error, capsize=2, **look)
        right.errorbar(seconds.mean, 100 * accuracy.mean, error, spread, capsize=2, **look)
        ends.append((short_name(name), parameters, 100 * accuracy.mean, looks[name].colour))
    left.set(xlabel="parameters", ylabel="test accuracy [%]")
    right.set_xlabel("CPU time of a training [s]")
    left.xaxis.set_major_formatter(lambda count, _: f"{count / 1000:g}k" if count else "0")
    left.xaxis.set_major_locator(MaxNLocator(4))
    for axes in (left, right):
        dress(axes)
        axes.margins(x=0.16)
    _stretch(left)
    label_ends(left, ends)
    listed = "; ".join(f"{name}: {how.text(accuracy / 100)} %" for name, _, accuracy, _ in ends)
    return Figure(
        figure,
        label=label,
        caption="Test accuracy (stretched towards 100 %) against the number of parameters, and against the computing "
        f"that a training took. Mean over {seeds_text(results, names)}, with its interval.",
        alt=f"Two scatter plots of test accuracy, against parameters and against CPU seconds. {listed}.",
    )


def _stretch(axes: Axes) -> None:
    """Give room to the networks that are close to each other, near 100 %."""
    if axes.get_ylim()[1] < 100:
        axes.set_yscale("function", functions=(lambda a: -np.log(100 - a), lambda b: 100 - np.exp(-b)))
        axes.yaxis.set_major_locator(FixedLocator([20, 50, 70, 80, 85, 90, 92, 94, 95, 96, 97, 98, 99, 99.5]))


def _steps_to(history: object, losses: np.ndarray) -> np.ndarray:
    """Return the steps until the validation loss is first at or below each of some losses; NaN where it never is."""
    lowest = np.minimum.accumulate(history.validation_loss) if len(history.validation_steps) else np.array([np.inf])
    steps = history.validation_steps if len(history.validation_steps) else np.array([0])
    first = np.searchsorted(-lowest, -losses)
    return np.where(first < len(steps), steps[np.minimum(first, len(steps) - 1)], np.nan)
