"""The runs of the explorer, each in a line: how it is drawn, what it has reached, how it is set up."""

import html
from collections.abc import Callable, Mapping

import ipywidgets as widgets

from ...experiments.wording import in_words
from ...figures.style import Look
from .form import units_text
from .live_run import LiveRun
from .look import close_all, no_wider

SYMBOLS = {"o": "&#9679;", "s": "&#9632;", "D": "&#9670;", "^": "&#9650;", "v": "&#9660;", "P": "&#10010;"}


class RunLine(widgets.HBox):
    """The line of a run, with a button that calls `remove` with the run."""

    def __init__(self, run: LiveRun, look: Look, remove: Callable[[LiveRun], None]):
        self.run, self.look = run, look
        self.text = widgets.HTML(layout={"flex": "1 1 auto"})
        self.remove = widgets.Button(description="Remove", icon="trash", layout={"width": "96px"})
        self.remove.on_click(lambda _: remove(run))
        self.show()
        super().__init__([self.text, self.remove], layout=no_wider())

    def show(self) -> None:
        """Write what is so now."""
        run, words = self.run, in_words(self.run.experiment.settings())
        words["hidden_layers"] = units_text(run.experiment.hidden_layers)
        settings = ", ".join([*filter(None, words.values()), f"seed {run.seed}"])
        colour = "var(--jp-error-color1)" if run.message else "inherit"
        self.text.value = (
            f'<div style="line-height: 1.4; margin-bottom: 4px">'
            f'<span style="color: {self.look.colour}">{SYMBOLS[self.look.marker]}</span> '
            f'<b>{html.escape(run.name)}</b>: <span style="color: {colour}">{html.escape(_progress(run))}</span><br>'
            f'<span style="color: var(--jp-ui-font-color2)">{html.escape(settings)}</span></div>'
        )


class RunList(widgets.VBox):
    """A line for each run, with a button that calls `remove` with the run."""

    def __init__(self, remove: Callable[[LiveRun], None]):
        self._lines: dict[LiveRun, RunLine] = {}  # not taken from `children`, which a page can set
        self._remove = remove
        super().__init__()

    def show(self, runs: Mapping[LiveRun, Look]) -> None:
        """Write what is so now; the lines of runs that were there before stay."""
        for run, look in runs.items():
            if run in self._lines:
                self._lines[run].show()
            else:
                self._lines[run] = RunLine(run, look, self._remove)
        self.children = [self._lines[run] for run in runs]
        for run in self._lines.keys() - runs.keys():
            close_all(self._lines.pop(run))


def _progress(run: LiveRun) -> str:
    """Say how far a run is and what it has reached."""
    history, state = run.history, run.state
    if run.message:
        return f"{state}; {run.message}"
    if history is None or not len(history.validation_steps):
        return state
    return (
        f"{state}, epoch {run.epoch} of {run.experiment.config.max_epochs}, step {history.validation_steps[-1]:,}; "
        f"best validation loss {history.validation_loss[history.best]:.4f}, "
        f"accuracy {history.validation_accuracy[history.best]:.2%}"
    )
