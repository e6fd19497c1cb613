"""A training in a thread, which can be watched, paused and stopped while it runs."""

import threading
from collections.abc import Callable, Sequence

import numpy as np

from ...data.mnist import data_directory
from ...data.mnist_files import IMAGE_SHAPE
from ...experiments.experiment import Experiment
from ...experiments.result import dataset_of
from ...network.history import History, TrainingDiverged
from ...network.mlp import MLP
from ...network.training import STOP, train
from ..photo import fitted

UNDER_WAY = ("starting", "training", "pausing", "paused", "stopping")


class LiveRun:
    """One training of a network. It keeps no images: the data of its seed are shared, and let go after the training.

    experiment: the network and how it is trained; seed: of split, initial weights and batch order, as in the report.
    on_change: called, mostly from the training's thread, with this run: after every validation and change of state.
    state: one of `UNDER_WAY`, or "complete", "stopped early", "stopped", "diverged", "failed".
    message: for the last two, what happened. history: `None` before the first validation.
    model: the network as it is now, in the end the one of the lowest validation loss; `None` before the data are read.
    image_shape: of its images, once the data are read.
    steps_per_epoch: 0 before the data are read.
    """

    def __init__(self, experiment: Experiment, seed: int, on_change: Callable[["LiveRun"], None]):
        self.experiment, self.seed, self.on_change = experiment, seed, on_change
        self.state, self.message = "starting", ""
        self.history: History | None = None
        self.model: MLP | None = None
        self.image_shape = IMAGE_SHAPE
        self.steps_per_epoch = 0
        self._after: Sequence[LiveRun] = ()
        self._stopping = False
        self._telling = threading.Lock()
        self._may_go_on = threading.Event()
        self._may_go_on.set()
        self._thread = threading.Thread(target=self._work, name=experiment.name, daemon=True)

    @property
    def name(self) -> str:
        """What the run is called."""
        return self.experiment.name

    @property
    def under_way(self) -> bool:
        """Whether it has not ended yet."""
        return self.state in UNDER_WAY

    @property
    def epoch(self) -> int:
        """The epoch of the last validation, from 1; 0 before the first."""
        validated = self.history is not None and len(self.history.validation_steps)
        return -(-int(self.history.validation_steps[-1]) // self.steps_per_epoch) if validated else 0

    def start(self, after: Sequence["LiveRun"] = ()) -> None:
        """Begin, as soon as the runs `after` which it is to come have ended."""
        self._after = after
        self._thread.start()

    def pause(self) -> None:
        """Hold the training after its next validation."""
        self._ask("pausing")

    def resume(self) -> None:
        """Let a paused training go on."""
        self._ask("training")

    def stop(self) -> None:
        """End the training after its next validation; it keeps its history and its best weights."""
        self._ask("stopping")

    def _ask(self, state: str) -> None:
        """Let the training be in a state from its next validation on; none is left once it is to stop."""
        with self._telling:
            if self.under_way and not self._stopping:
                self.state, self._stopping = state, state == "stopping"
                if state == "pausing":
                    self._may_go_on.clear()
                else:
                    self._may_go_on.set()
        self.on_change(self)

    def read(self, image: np.ndarray) -> np.ndarray:
        """Return the probabilities of the classes for an image of grey values 0..255, `(28, 28)`."""
        return self.model.read(fitted(image, self.image_shape))[0]

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end of the thread, at most `timeout` seconds; return whether it has ended."""
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        for run in self._after:
            run.join()
        self._after = ()
        try:
            dataset = dataset_of(data_directory(), self.seed)
            self.image_shape = dataset.image_shape
            self.steps_per_epoch = len(dataset.train) // self.experiment.config.batch_size
            self.model = self.experiment.model(dataset.num_inputs, dataset.num_classes, seed=self.seed)
            self.model.normalisation = dataset.mean, dataset.std
            if self._after_validation(None) == STOP:
                self._end("stopped")
                return
            self.history = train(
                self.model,
                dataset,
                self.experiment.config,
                seed=self.seed,
                progress=False,
                callback=self._after_validation,
            )
        except TrainingDiverged as error:
            self.history = error.history
            self._end("diverged", str(error))
        except BaseException as error:  # even a `sys.exit()`: the person at the explorer is told, and it goes on
            self._end("failed", f"{type(error).__name__}: {error}")
        else:
            ending = "stopped early" if self.history.stopped_early else "complete"
            self._end("stopped" if self.history.interrupted else ending)

    def _after_validation(self, history: History | None) -> str | None:
        """Show how far it is; wait while it is paused; say so where it is to stop."""
        self.history = history
        with self._telling:
            held = not self._may_go_on.is_set()
            if not self._stopping:
                self.state = "paused" if held else "training"
        self.on_change(self)
        if held:
            self._may_go_on.wait()
        return STOP if self._stopping else None

    def _end(self, state: str, message: str = "") -> None:
        with self._telling:
            self.state, self.message = state, message
        self.on_change(self)
