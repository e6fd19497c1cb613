"""Loss and accuracy against gradient steps: of results over seeds, and of single trainings."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from nbtypst import TEXT_WIDTH_INCHES, Figure

from ..evidence.numbers import line_label, seeds_text, short_name
from ..experiments.experiment import Experiment
from ..experiments.result import Runs, runs_of
from ..experiments.table import name_of
from ..network.history import History
from .style import SPLIT_STYLES, Look, dress, in_print_style, legend_above, looks_of, new_figure

Shown = str | Experiment | tuple[str, History]  # a network of the results, or a label and the history of one training
LOWEST_LOSS = 1e-6  # nats; of what is lower the axes show no more
PANELS = ("loss", "accuracy", *(f"{split} {quantity}" for split in SPLIT_STYLES for quantity in ("loss", "accuracy")))


class Line(NamedTuple):
    """The trainings that one line shows: its name, its label, their histories, and how many diverged."""

    name: str
    label: str
    histories: list[History]
    diverged: int
    validations_per_epoch: int


class Band(NamedTuple):
    """A curve over several trainings, until the first of them stopped: steps, mean, lowest and highest."""

    steps: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


def band(histories: Sequence[History], split: str, quantity: str) -> Band:
    """Return the band of a split's loss or accuracy; the histories must have a validation each."""
    steps = min((history.validation_steps for history in histories), key=len)
    curves = np.array([history.curve(split, quantity)[: len(steps)] for history in histories])
    return Band(steps, curves.mean(0), curves.min(0), curves.max(0))


@in_print_style
def curves_figure(
    results: Runs,
    shown: Sequence[Shown],
    panels: Sequence[str] = ("validation loss", "training loss", "validation accuracy"),
    *,
    label: str,
    see: str,
    like: str = "",
    skip_epochs: float = 1,
    log_steps: bool = False,
) -> Figure:
    """Show how loss and accuracy of some networks develop with the gradient steps.

    shown: names of the results, experiments that are among them, or pairs of a label and a `History` of your own.
    panels: "loss" or "accuracy" for both splits together, or one split, such as "training loss".
    see: the sentence of the caption that says what to see. like: label of a figure whose caption explains the lines.
    skip_epochs: the vertical axes are zoomed to what follows this many epochs. log_steps: steps on a log scale.
    Raises `ValueError` for a network or a panel that there is not.
    """
    if not shown:
        raise ValueError("curves_figure is to show nothing; give it names, experiments, or labels with histories")
    for panel in panels:
        if panel not in PANELS:
            raise ValueError(f"no panel is called {panel!r}; there are: {', '.join(PANELS)}")
    lines = [_line(results, one) for one in shown]
    looks = looks_of(line.name for line in lines)
    rows = -(-len(panels) // 3)
    columns = -(-len(panels) // rows)
    figure, all_axes = new_figure(rows, columns, height=(0.34 if columns > 2 else 0.4) * rows * TEXT_WIDTH_INCHES)
    for axes in all_axes[len(panels) :]:
        axes.set_axis_off()
    all_axes = all_axes[: len(panels)]
    for axes, panel in zip(all_axes, panels, strict=True):
        plot_curves(axes, lines, looks, panel, skip_epochs=skip_epochs, log_steps=log_steps)
        if columns > 2:  # room for short numbers alone
            axes.xaxis.set_major_formatter(lambda steps, _: f"{steps / 1000:g}k" if steps else "0")
        axes.set_title(panel if " " in panel else "")
    one_split = all(" " in panel for panel in panels)
    legend_above(figure, {line.label: looks[line.name] for line in lines}, {} if one_split else SPLIT_STYLES)
    return Figure(figure, label=label, caption=_caption(lines, see, like), alt=_alternative(lines, panels))


def plot_curves(
    axes: Axes,
    lines: Sequence[Line],
    looks: Mapping[str, Look],
    panel: str,
    *,
    skip_epochs: float = 1,
    log_steps: bool = False,
) -> Axes:
    """Draw one panel of `curves_figure`: the mean over the trainings and, for validation, their range."""
    *one_split, quantity = panel.split(" ")
    dress(axes, quantity)
    axes.set_autoscaley_on(False)  # set below, and nothing shown may be constant
    shown: list[np.ndarray] = []
    for line in lines:
        skip = round(skip_epochs * line.validations_per_epoch)
        for split in (one_split or SPLIT_STYLES) if line.histories else ():
            shown += _draw(axes, line, looks[line.name], split, quantity, skip, mark=split == "validation" or one_split)
    if any(part.size for part in shown):
        low, high = min(part.min() for part in shown if part.size), max(part.max() for part in shown if part.size)
        axes.set_ylim(*vertical_range(low, high, quantity))
    if log_steps:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda steps, _: f"{steps:,.0f}")
    else:
        axes.set_xlim(left=0)
        axes.xaxis.set_major_locator(MaxNLocator(4))
    return axes


def vertical_range(low: float, high: float, quantity: str) -> tuple[float, float]:
    """Return the ends of the vertical axis, with some room; a loss has a logarithmic one."""
    if quantity == "loss":
        low, high = max(low, LOWEST_LOSS), max(high, LOWEST_LOSS)
        margin = max((high / low) ** 0.05, 1.02)
        return low / margin, high * margin
    margin = 0.05 * (high - low) or 0.01
    return max(low - margin, 0), high + margin


def _draw(axes: Axes, line: Line, look: Look, split: str, quantity: str, skip: int, *, mark: bool) -> list[np.ndarray]:
    """Draw one split of one network; return what of it the axes have to show."""
    found = band(line.histories, split, quantity)
    if np.isnan(found.mean).all():  # there were no images to validate on
        return []
    skip = min(skip, len(found.steps) - 1)
    width = 1.4 if split == "validation" else 0.9
    axes.plot(found.steps, found.mean, color=look.colour, linestyle=SPLIT_STYLES[split], linewidth=width)
    shown = [found.mean[skip:]]
    if split == "validation" and len(line.histories) > 1:
        axes.fill_between(found.steps, found.low, found.high, color=look.colour, alpha=0.2, linewidth=0)
        shown += [found.low[skip:], found.high[skip:]]
    if mark:
        step = min(np.median([history.best_step for history in line.histories]), found.steps[-1])
        on_it = step, np.interp(step, found.steps, found.mean)
        axes.plot(*on_it, look.marker, color=look.colour, markeredgecolor="white", markersize=6.5, zorder=5)
        shown.append(np.array([on_it[1]]))
    return shown


def _line(results: Runs, shown: Shown) -> Line:
    if isinstance(shown, tuple):
        label, history = shown
        return Line(label, label, [history] if len(history.validation_steps) else [], 0, 5)
    name = shown.name if isinstance(shown, Experiment) else name_of(shown, results.keys())
    runs = runs_of(results, name)
    usable = [run for run in runs if not run.diverged]
    experiment = next((run.experiment for run in runs), shown if isinstance(shown, Experiment) else None)
    label = line_label(experiment) if experiment else short_name(name)
    per_epoch = experiment.config.validations_per_epoch if experiment else 5
    return Line(name, label, [run.history for run in usable], len(runs) - len(usable), per_epoch)


def _caption(lines: Sequence[Line], see: str, like: str) -> str:
    counts = {line.name: len(line.histories) for line in lines}
    several = len(set(counts.values())) > 1
    seeds = seeds_text({name: [None] * count for name, count in counts.items()})
    listed = f" ({', '.join(f'{short_name(name)}: {count}' for name, count in counts.items())})" if several else ""
    over = f"Mean over {seeds}{listed} until the first of them stopped"
    bands, median = "bands, of validation: lowest to highest; ", "median "
    if max(counts.values()) == 1:
        over, bands, median = f"One training{' each' * (len(lines) > 1)}", "", ""
    how = f"{bands}marks: the {median}step of the lowest validation loss. "
    how += "Dashed: training, over the batches since the last validation."
    diverged = sum(line.diverged for line in lines)
    lost = f" {diverged} diverged training{'s are' if diverged > 1 else ' is'} not drawn." if diverged else ""
    return f"{see} {over}; {f'lines as in [@{like}].' if like else how}{lost}"


def _alternative(lines: Sequence[Line], panels: Sequence[str]) -> str:
    """Say in words which lines there are, and where each validation curve is lowest."""
    lowest = [
        f"{short_name(line.name)} {np.mean([history.validation_loss.min() for history in line.histories]):.3f}"
        for line in lines
        if line.histories and np.isfinite(line.histories[0].validation_loss).any()
    ]
    listed = ", ".join(line.label for line in lines)
    ends = f" Lowest validation loss: {', '.join(lowest)} nats." if lowest else ""
    return f"Line plots of {' and '.join(panels)} against gradient steps for: {listed}.{ends}"
