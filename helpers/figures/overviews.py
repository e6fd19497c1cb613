"""All networks at a glance: paired differences, steps to a loss, accuracy against size and time."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from nbtypst import TEXT_WIDTH_INCHES, Figure

from ..evidence.comparison import compare
from ..evidence.families import Pair
from ..evidence.measures import measure_of
from ..evidence.numbers import seeds_text, short_name
from ..evidence.runs import summarise
from ..experiments.result import Runs
from .style import (
    dress,
    in_print_style,
    looks_of,
    names_at_the_right,
    new_figure,
    stretch_towards_all,
    ticks_at,
)


@in_print_style
def forest_figure(
    results: Runs, groups: Sequence[Sequence[Pair]], measures: Sequence[str], *, label: str, see: str
) -> Figure:
    """Show the paired differences of some comparisons: every seed's, and the mean with its interval.

    groups: comparisons, those together whose differences are of a size: each group has scales of its own.
    """
    groups = [[pair for pair in group if all(results.get(name) for name in pair)] for group in groups]
    groups = [group for group in groups if group]
    pairs = [pair for group in groups for pair in group]
    figure, panels = new_figure(
        max(len(groups), 1), len(measures), height=0.4 + 0.2 * len(pairs) + 0.3 * len(groups),
        height_ratios=[len(group) + 0.4 for group in groups] or None,
    )  # fmt: skip
    for number, axes in enumerate(panels):
        measure = measure_of(measures[number % len(measures)])
        if number < len(measures):
            unit = "" if measure.unit == "steps" else f"[{measure.unit_of_difference}]"
            axes.set_title(f"{measure.title}\n{unit}".strip(), size=8)
        first = number % len(measures) == 0
        for group in groups[number // len(measures) :][:1]:
            _differences(axes, results, group, measures[number % len(measures)], named=first)
    listed = "; ".join(
        f"{short_name(after)} less {short_name(before)}: {compare(results, before, after).text(measures[0])}"
        for before, after in pairs
    )
    names = [name for pair in pairs for name in pair]
    scales = " Each block has scales of its own." if len(groups) > 1 else ""
    said = f"{measure_of(measures[0]).title}: {listed or 'none'}"
    return Figure(
        figure,
        label=label,
        caption=f"{see} Paired differences, the second network less the first, on the same split, weights' seed and "
        f"order: a stroke for each of {seeds_text(results, names)}, mark and bar for mean and interval.{scales}",
        alt=f"One panel for each measure, one row for each comparison. {said}.",
    )


def _differences(axes: Axes, results: Runs, pairs: Sequence[Pair], name: str, *, named: bool) -> None:
    """Draw one measure's differences, a row for each comparison."""
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
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.xaxis.set_major_formatter(lambda number, _: f"{number:+,.6g}".replace("-", "−") if number else "0")
    labels = [f"{short_name(before)} → {short_name(after)}" if named else "" for before, after in pairs]
    axes.set_yticks(range(len(pairs)), labels)
    axes.set_ylim(len(pairs) - 0.4, -0.6)
    dress(axes)


@in_print_style
def steps_to_loss_figure(results: Runs, names: Sequence[str], *, label: str = "fig:steps-to-loss") -> Figure:
    """Show how many gradient steps networks need until their validation loss is first at or below any loss."""
    figure, (axes,) = new_figure(1, 1, height=0.42 * TEXT_WIDTH_INCHES)
    looks, ends = looks_of(names), []
    losses = np.geomspace(1.0, 0.1, 400)
    for name in names:
        histories = [run.history for run in results[name] if not run.diverged]
        needed = [_steps_to(history, losses) for history in histories] or [np.full(len(losses), np.inf)]
        middle = np.sort(needed, axis=0)[len(needed) // 2]
        reached = np.isfinite(middle)
        if not reached.any():
            continue
        axes.plot(losses[reached], middle[reached], color=looks[name].colour, linewidth=1.4)
        end = losses[reached][-1], middle[reached][-1]
        axes.plot(*end, looks[name].marker, color=looks[name].colour, markersize=6, markeredgecolor="white")
        ends.append((short_name(name), *end, looks[name].colour))
    axes.set(xscale="log", yscale="log", xlabel="validation loss reached [nats]", ylabel="gradient steps needed")
    axes.set_xlim(1.0, 0.105)
    ticks_at(axes.xaxis, (1, 0.7, 0.5, 0.4, 0.3, 0.2, 0.15, 0.12), lambda loss, _: f"{loss:g}")
    axes.yaxis.set_major_formatter(lambda steps, _: f"{steps:,.0f}")
    dress(axes)
    names_at_the_right(axes, ends)
    listed = ", ".join(f"{name} {loss:.3f} nats after {steps:,.0f} steps" for name, loss, steps, _ in ends) or "none"
    return Figure(
        figure,
        label=label,
        caption="Gradient steps needed against the validation loss reached, median over "
        f"{seeds_text(results, names)}, as far as half of them get: lower is faster, further to the right is better.",
        alt=f"Line plot, one line a network, both axes on a log scale. Lowest loss that half of them reach: {listed}.",
    )


@in_print_style
def tradeoff_figure(results: Runs, names: Sequence[str], *, label: str = "fig:tradeoff") -> Figure:
    """Show test accuracy against the number of parameters and against the CPU time of a training."""
    figure, (left, right) = new_figure(1, 2, height=0.4 * TEXT_WIDTH_INCHES, sharey=True)
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
        ends.append((short_name(name), seconds.mean, 100 * accuracy.mean, looks[name].colour))
    left.set(xlabel="parameters", ylabel="test accuracy [%]")
    right.set_xlabel("CPU time of a training [s]")
    left.xaxis.set_major_formatter(lambda count, _: f"{count / 1000:g}k" if count else "0")
    left.xaxis.set_major_locator(MaxNLocator(4))
    for axes in (left, right):
        dress(axes)
        axes.margins(x=0.16)
    stretch_towards_all(left)
    names_at_the_right(right, ends)
    listed = "; ".join(f"{name}: {how.text(accuracy / 100)} %" for name, _, accuracy, _ in ends) or "None"
    return Figure(
        figure,
        label=label,
        caption="Test accuracy (stretched towards 100 %) against the number of parameters, and against the computing "
        f"that a training took. Mean over {seeds_text(results, names)}, with its interval.",
        alt=f"Two scatter plots of test accuracy, against parameters and against CPU seconds. {listed}.",
    )


def _steps_to(history: object, losses: np.ndarray) -> np.ndarray:
    """Return the steps until the validation loss is first at or below each of some losses; infinite if it never is."""
    lowest = np.minimum.accumulate(history.validation_loss) if len(history.validation_steps) else np.array([np.inf])
    steps = history.validation_steps if len(history.validation_steps) else np.array([0])
    first = np.searchsorted(-lowest, -losses)
    return np.where(first < len(steps), steps[np.minimum(first, len(steps) - 1)], np.inf)
