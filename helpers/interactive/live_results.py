"""Curves of several networks, redrawn as their trainings end one after the other."""

import base64
import io
import time
from collections.abc import Sequence

from IPython import get_ipython
from IPython.display import display

from ..experiments.result import Results
from ..figures.curves import Shown, curves_figure

SHORTEST_PAUSE = 2.0  # seconds from one picture to the next
DPI = 110


class LiveCurves:
    """Redraws loss and accuracy: `run_experiments(["2c"], callback=LiveCurves(["2c"]))`.

    shown: as for `curves_figure`. The caption says over how many seeds each line goes so far. Outside a notebook it
    does nothing.
    """

    def __init__(self, shown: Sequence[Shown]):
        self.shown, self.handle, self.due = shown, None, 0.0

    def __call__(self, results: Results) -> None:
        """Draw the results so far, if it is time to."""
        if get_ipython() is None or time.monotonic() < self.due:
            return
        there = [one for one in self.shown if not isinstance(one, str) or results[one]]
        figure = curves_figure(results, there, label="fig:so-far", see="So far.", skip_epochs=2)
        with io.BytesIO() as file:
            figure.figure.savefig(file, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
            png = base64.b64encode(file.getvalue()).decode()
        data = {"image/png": png, "text/plain": figure.caption}
        metadata = {"nbtypst": {"kind": "figure", "caption": figure.caption, "alt": figure.alt}}
        if self.handle is None:
            self.handle = display(data, metadata=metadata, raw=True, display_id=True)
        else:
            self.handle.update(data, metadata=metadata, raw=True)
        self.due = time.monotonic() + SHORTEST_PAUSE
