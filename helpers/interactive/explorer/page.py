"""The explorer's page: settings, runs, curves, and a look inside a network."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import ipywidgets as widgets

from ...evidence.numbers import network_label, short_name
from ...experiments.result import Result
from ...experiments.runner import load_results
from ...experiments.table import EXPERIMENTS
from ...figures.style import Look
from ...network.mlp import MLP
from .digit_pad import DigitPad
from .form import Choice, Settings, checked_name, inputs_and_labels
from .live_run import LiveRun
from .look import CARD, FIELD, close_all, no_wider, say
from .pictures import LOOKS, MAX_UNITS, Curve, curves_png, weights_png
from .run_line import RunList
from .stored import StoredNetwork

FIRST_EXPERIMENT = "momentum"
SECONDS_BETWEEN_DRAWINGS = 0.5

_opened: list["Explorer"] = []  # at most one: two trainings at a time would only slow each other down


def explore(network: MLP | None = None) -> "Explorer":
    """Return the explorer, for Jupyter to show. Closes the one opened before, and ends its training.

    network: one more that reads digits, such as `MLP.load("mine.npz")`; `ValueError` says why it cannot.
    """
    given = network and StoredNetwork.given(network, len(inputs_and_labels()[1]))
    while _opened:
        _opened.pop().close()
    _opened.append(Explorer(given))
    return _opened[0]


class Explorer(widgets.VBox):
    """The explorer as a widget. Its methods do what its buttons do.

    given: a network from elsewhere. runs: those kept, each with its look; at most one of them is under way.
    stored: the results to compare with; stored_network: that of the first seed that did not diverge, if any.

    Messages of the page and the training's thread both change what is shown; `_lock` lets one of them do so.
    """

    def __init__(self, given: StoredNetwork | None = None) -> None:
        self.given = given
        self.runs: dict[LiveRun, Look] = {}
        self.started = 0  # runs so far, the removed ones included
        self._removed: list[LiveRun] = []  # whose trainings may not have ended yet
        self.stored: list[Result] = []
        self.stored_network: StoredNetwork | None = None
        self._lock = threading.RLock()
        self._drawn_at, self._drawn_states = 0.0, []

        self.settings = Settings(EXPERIMENTS[FIRST_EXPERIMENT])
        labels = [(network_label(experiment), name) for name, experiment in EXPERIMENTS.items()]
        self.experiment = Choice(description="Compare with", options=labels, value=FIRST_EXPERIMENT, **FIELD)
        self.take_settings = widgets.Button(
            description="Take its settings", layout={"width": "auto", "margin": "2px 2px 2px 106px"}
        )
        self.run_name = widgets.Text(description="Name", placeholder="run 1", **FIELD)
        self.start = widgets.Button(description="Start", icon="play", button_style="primary")
        self.pause = widgets.Button(description="Pause", icon="pause")
        self.stop = widgets.Button(description="Stop", icon="stop")
        self.message = widgets.HTML()
        self.curves = widgets.Image(layout=no_wider(margin="0 0 8px 0"))
        self.run_list = RunList(self.remove)
        self.looked_at = widgets.Dropdown(description="Look inside", style={"description_width": "initial"})
        self.pad = DigitPad(label_names=list(inputs_and_labels()[1]))
        self.weights_caption = widgets.HTML()
        self.weights = widgets.Image(layout={"max_width": "100%", "align_self": "flex-start"})
        for name in ("start", "pause", "stop", "message", "curves", "run_list", "looked_at", "weights"):
            getattr(self, name).add_class(f"explorer-{name.replace('_', '-')}")
        super().__init__(self._laid_out())
        self.add_class("explorer")
        self._react()
        self.compare()

    def _laid_out(self) -> list[widgets.Widget]:
        buttons = [self.start, self.pause, self.stop]
        for button in buttons:
            button.layout.width = "auto"
            button.layout.flex = "1 1 0"
        run = [widgets.HTML("<b>Run</b>"), self.experiment, self.take_settings, self.run_name, widgets.HBox(buttons)]
        inside = [self.looked_at, self.pad, self.weights_caption, self.weights]
        self.looked_at.layout.width = "286px"
        self.settings.children += (widgets.VBox([*run, self.message], layout=CARD),)
        look_inside = widgets.VBox(inside, layout=CARD | no_wider(flex="0 0 auto", margin="8px 0"))
        return [self.settings, self.curves, self.run_list, look_inside]

    def _react(self) -> None:
        self.experiment.observe(lambda _: self.compare(), "value")
        self.take_settings.on_click(lambda _: self.settings.show(EXPERIMENTS[self.experiment.value]))
        self.start.on_click(lambda _: self.start_run())
        self.pause.on_click(lambda _: self.pause_or_resume())
        self.stop.on_click(lambda _: self.stop_run())
        self.looked_at.observe(lambda _: self._look_inside(), "value")
        self.pad.observe(lambda _: self._read_digit(), "strokes")

    @property
    def current(self) -> LiveRun | None:
        """The run under way, if any."""
        return next((run for run in self.runs if run.under_way), None)

    def start_run(self) -> None:
        """Start a run with the settings as they are, or say why not."""
        with self._lock:
            try:
                run = self._new_run()
            except ValueError as error:
                say(self.message, str(error), wrong=True)
                return
            self.runs[run] = next(look for look in LOOKS if look not in self.runs.values())
            self.started += 1
            self.run_name.value, self.run_name.placeholder = "", f"run {self.started + 1}"
            say(self.message, "")
            self._offer_networks(run)
            run.start(after=self._removed)
            self._draw()

    def _new_run(self) -> LiveRun:
        """Return a run with the settings as they are. Raises `ValueError` that says why it cannot be."""
        name = checked_name(self.run_name.value) or self.run_name.placeholder
        if self.comm is None:
            raise ValueError("the explorer is closed; explore() opens another")
        if self.current:
            raise ValueError(f"{self.current.name} is under way; stop it to start another")
        if len(self.runs) == len(LOOKS):
            raise ValueError(f"{len(LOOKS)} runs are kept; remove one to start another")
        if name in [run.name for run in self.runs]:
            raise ValueError(f'there is a run called "{name}"; choose another name')
        return LiveRun(self.settings.experiment(name), self.settings.seed.value, self._changed)

    def pause_or_resume(self) -> None:
        """Pause the run under way, or let it go on."""
        if run := self.current:
            run.resume() if run.state in ("paused", "pausing") else run.pause()

    def stop_run(self) -> None:
        """End the run under way; it keeps what it has learnt."""
        if run := self.current:
            run.stop()

    def remove(self, run: LiveRun) -> None:
        """Take a run off the page, and end its training; the next one begins when it has ended."""
        run.stop()
        with self._lock:
            self.runs.pop(run, None)
            self._removed = [one for one in (*self._removed, run) if not one.join(timeout=0)]
            self._offer_networks(None)
            self._draw()

    def close(self) -> None:
        """End the training and close every widget."""
        runs = [*self.runs, *self._removed]
        for run in runs:
            run.stop()
        for run in runs:
            run.join()
        with self._lock:
            self.runs.clear()
            close_all(self)

    def compare(self) -> None:
        """Take the stored results of the chosen experiment to compare with, or say that there are none."""
        name = self.experiment.value
        try:
            stored = load_results(name)[name]
            network = next((StoredNetwork.of(result) for result in stored if not result.diverged), None)
        except (ValueError, OSError) as error:
            stored, network = [], None
            say(self.message, str(error), wrong=True)
        else:
            missing = f'no results of {short_name(name)} are stored; run_experiments("{name}") makes them'
            say(self.message, "" if stored else missing, wrong=not stored)
        with self._lock:
            self.stored, self.stored_network = stored, network
            self._offer_networks(None)
            self._draw()

    def _changed(self, run: LiveRun) -> None:
        """Show what a run has done, unless something was drawn just now and the states are the same."""
        with self._lock:
            due = time.monotonic() - self._drawn_at >= SECONDS_BETWEEN_DRAWINGS
            if run in self.runs and (due or [run.state for run in self.runs] != self._drawn_states):
                self._draw()

    @contextmanager
    def _showing(self, what: str) -> Iterator[None]:
        """Let one thread change what is shown; what cannot be shown is said, and ends neither training nor page."""
        with self._lock:
            try:
                yield
            except Exception as error:  # of whatever is drawn
                told = f"{what} cannot be shown ({type(error).__name__}: {error})"
                say(self.message, f"{told}; remove the last run, or compare with another", wrong=True)

    def _draw(self) -> None:
        """Show everything as it is now: first what can be pressed."""
        with self._showing("the runs"):
            self._drawn_states = [run.state for run in self.runs]
            state = self.current.state if self.current else None
            self.start.disabled = state is not None
            self.stop.disabled = state in (None, "stopping")
            self.pause.disabled = state not in ("training", "pausing", "paused")
            held = state in ("pausing", "paused")
            self.pause.description, self.pause.icon = ("Go on", "play") if held else ("Pause", "pause")
            self.run_list.show(self.runs)
            curves = [Curve(run.name, look, run.history) for run, look in self.runs.items() if run.history is not None]
            self.curves.value = curves_png(short_name(self.experiment.value), self.stored, curves)
            self._look_inside()
        self._drawn_at = time.monotonic()

    def _offer_networks(self, wanted: LiveRun | None) -> None:
        """Offer all networks to be looked at; choose `wanted`, or else what was chosen."""
        offered = [*self.runs, *filter(None, [self.given, self.stored_network])]
        chosen = wanted or self.looked_at.value
        self.looked_at.options = [(network.name, network) for network in offered]
        if offered:  # which would not choose one of themselves where there was none before
            self.looked_at.value = chosen if chosen in offered else offered[0]

    def _look_inside(self) -> None:
        """Show the chosen network's weights, and read the digit with it."""
        with self._showing("the weights"):
            network = self.looked_at.value
            if network is None or network.model is None:
                self.weights.value, self.weights_caption.value = b"", ""
            else:
                self.weights.value = weights_png(network.model, network.image_shape)
                units = network.model.layer_sizes[1]
                count = f"the first {MAX_UNITS} of {units}" if units > MAX_UNITS else f"the {units}"
                self.weights_caption.value = (
                    f"<b>Weights from the pixels to {count} units above them</b>: red excites, blue inhibits"
                )
            self._read_digit()

    def _read_digit(self) -> None:
        """Show what the network makes of the drawing."""
        with self._showing("the digit"):
            network, image = self.looked_at.value, self.pad.drawing
            if network is None or network.model is None:
                self.pad.reader, self.pad.probabilities = "Start a run; it will read your digit", []
                return
            self.pad.show_reading(network.name, [] if image is None else network.read(image).tolist())
