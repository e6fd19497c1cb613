"""Loss and accuracy, drawn while a network trains."""

import base64
import io
import time

import matplotlib as mpl
from IPython import get_ipython
from IPython.display import display
from matplotlib.figure import Figure

from nbtypst import TEXT_WIDTH_INCHES, figure_style

from ..figures.style import SPLIT_STYLES, dress
from ..network.history import History

SHORTEST_PAUSE = 0.5  # seconds from one picture to the next
LARGEST_SHARE = 0.04  # of the training's time that drawing may take
DPI = 110


class LivePlot:
    """A callback that redraws loss and accuracy in the notebook: `train(..., callback=LivePlot())`.

    It draws at most twice a second, and less often where drawing would take more than 4 % of the time. The last
    picture is that of the last validation, and stays. Outside a notebook it does nothing.
    """

    def __init__(self) -> None:
        self.shell = get_ipython()
        self.handle = None
        self.history: History | None = None
        self.drawn: History | None = None
        self.due = 0.0

    def __call__(self, history: History) -> None:
        """Take the history so far, and draw it if it is time to."""
        if self.shell is None:
            return
        if self.history is None:
            self.shell.events.register("post_run_cell", self._finish)
        self.history = history
        if time.perf_counter() >= self.due:
            self._draw()

    def _draw(self) -> None:
        start = time.perf_counter()
        data, metadata = picture(self.history)
        if self.handle is None:
            self.handle = display(data, metadata=metadata, raw=True, display_id=True)
        else:
            self.handle.update(data, metadata=metadata, raw=True)
        self.drawn = self.history
        end = time.perf_counter()
        self.due = end + max(SHORTEST_PAUSE, (end - start) / LARGEST_SHARE)

    def _finish(self, *_: object) -> None:
        """When the cell has ended, draw what came after the last picture; the next training gets a new one."""
        self.shell.events.unregister("post_run_cell", self._finish)
        if self.drawn is not self.history:
            self._draw()
        self.handle = self.history = self.drawn = None
        self.due = 0.0


def picture(history: History) -> tuple[dict[str, str], dict[str, object]]:
    """Return a history's losses and accuracies as display data and metadata, which a report can show as well."""
    with mpl.rc_context(figure_style()):
        figure = Figure(figsize=(TEXT_WIDTH_INCHES, 0.42 * TEXT_WIDTH_INCHES), layout="constrained")
        for axes, quantity in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
            for split, style in SPLIT_STYLES.items():
                values = history.curve(split, quantity)
                axes.plot(history.validation_steps, values, linestyle=style, label=split, linewidth=1.2)
            axes.axvline(history.best_step, color="0.6", linewidth=0.8, linestyle=":")
            dress(axes, quantity)
        axes.legend()
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
    shown = {
        "kind": "figure",
        "caption": "A training as it went: loss and accuracy; dotted, the step of the lowest validation loss.",
        "alt": f"Line plots of loss and accuracy against gradient steps. {history!r}",
    }
    return {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": repr(history)}, {"nbtypst": shown}
