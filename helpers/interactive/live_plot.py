"""Loss and accuracy, drawn while a network trains, or while the trainings of several end one after the other."""

import base64
import io
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

from IPython import get_ipython
from IPython.display import display

from nbtypst import Figure

from ..experiments.result import Results
from ..figures.curves import Shown, curves_figure
from ..network.history import History

SHORTEST_PAUSE = 0.5  # seconds from one picture to the next
LARGEST_SHARE = 0.04  # of the time that drawing may take
DPI = 110

News = TypeVar("News")
Picture = tuple[dict[str, str], dict[str, object]]  # display data and metadata, which a report can show as well


class _Live(ABC, Generic[News]):
    """A callback whose `picture` of the newest is drawn in the notebook again and again, in its place.

    It draws at most twice a second, and less often where drawing would take more than 4 % of the time. The last
    picture shows the last news, and stays. Outside a notebook it does nothing.
    """

    def __init__(self) -> None:
        self.shell = get_ipython()
        self.handle = None
        self.news: News | None = None
        self.drawn: News | None = None
        self.due = 0.0

    @abstractmethod
    def picture(self, news: News) -> Picture:
        """Return what is to be seen now."""

    def __call__(self, news: News) -> None:
        """Take what is so now, and draw it if it is time to."""
        if self.shell is None:
            return
        if self.news is None:
            self.shell.events.register("post_run_cell", self._finish)
        self.news = news
        if time.perf_counter() >= self.due and self.has_something(news):
            self._draw()

    def has_something(self, news: News) -> bool:
        """Whether there is anything to be seen yet."""
        return True

    def _draw(self) -> None:
        start = time.perf_counter()
        data, metadata = self.picture(self.news)
        if self.handle is None:
            self.handle = display(data, metadata=metadata, raw=True, display_id=True)
        else:
            self.handle.update(data, metadata=metadata, raw=True)
        self.drawn = self.news
        end = time.perf_counter()
        self.due = end + max(SHORTEST_PAUSE, (end - start) / LARGEST_SHARE)

    def _finish(self, *_: object) -> None:
        """When the cell has ended, draw what came after the last picture; the next run gets a new one."""
        self.shell.events.unregister("post_run_cell", self._finish)
        if self.drawn is not self.news and self.has_something(self.news):
            self._draw()
        self.handle = self.news = self.drawn = None
        self.due = 0.0


class LivePlot(_Live[History]):
    """A callback that redraws loss and accuracy in the notebook: `train(..., callback=LivePlot())`."""

    def picture(self, news: History) -> Picture:
        """Return the curves of the training so far."""
        return _picture(curves_figure({}, [("this training", news)], label="fig:so-far", see="A training as it went."))


class LiveCurves(_Live[Results]):
    """A callback that redraws the mean of trainings: `run_experiments(["wide"], callback=LiveCurves(["wide"]))`.

    shown: as for `curves_figure`. The caption says over how many seeds each line goes so far.
    """

    def __init__(self, shown: Sequence[Shown]):
        super().__init__()
        self.shown = shown

    def has_something(self, news: Results) -> bool:
        """Whether a training of what is shown has ended."""
        return bool(self._there(news))

    def _there(self, news: Results) -> list[Shown]:
        return [one for one in self.shown if not isinstance(one, str) or news[one]]

    def picture(self, news: Results) -> Picture:
        """Return the curves of the trainings that have ended."""
        return _picture(curves_figure(news, self._there(news), label="fig:so-far", see="So far.", skip_epochs=2))


def _picture(found: Figure) -> Picture:
    with io.BytesIO() as file:
        found.figure.savefig(file, format="png", dpi=DPI, facecolor="white", metadata={"Software": None})
        png = base64.b64encode(file.getvalue()).decode()
    about = {"kind": "figure", "caption": found.caption, "alt": found.alt}
    return {"image/png": png, "text/plain": found.alt}, {"nbtypst": about}
