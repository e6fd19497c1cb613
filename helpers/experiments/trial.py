"""One training, from data to measured results."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ..common.threads import one_blas_thread
from ..data.mnist import Dataset
from ..network.history import EarlyStopping, History, TrainingDiverged
from ..network.mlp import MLP
from ..network.training import Callback, train
from .environment import environment
from .experiment import Experiment
from .jobs import Job
from .result import Result

INSPECTED_IMAGES = 1_000  # the training images over which gradients are measured


def run_job(job: Job, directory: Path) -> list[Result]:
    """Train, in whatever process, and return a result for each of the job's experiments."""
    with one_blas_thread():
        longest, *shorter = sorted(job.experiments, key=_patience, reverse=True)
        dataset = longest.dataset(directory, job.seed)
        model = longest.model(dataset.num_inputs, dataset.num_classes, seed=job.seed)
        before = gradient_rms(model, dataset)
        watches = [_StopWatch(model, experiment) for experiment in shorter]
        diverged = False
        try:
            history = train(model, dataset, longest.config, seed=job.seed, progress=False, callback=_looks(watches))
        except TrainingDiverged as error:
            history, diverged = error.history, True
        if history.interrupted:
            raise KeyboardInterrupt  # what was learnt so far is no result of the experiment
        ends = {longest.name: (history, model.parameters, diverged)}
        ends |= {watch.experiment.name: watch.end(history, diverged) for watch in watches}
        return [
            _result(experiment, job.seed, dataset, before, *ends[experiment.name]) for experiment in job.experiments
        ]


def gradient_rms(model: MLP, dataset: Dataset) -> np.ndarray:
    """Return the root mean square of the loss gradient in each layer, `(layers,)`, over 1,000 training images."""
    images, labels = dataset.train
    _, gradients = model.loss_and_gradients(images[:INSPECTED_IMAGES], labels[:INSPECTED_IMAGES])
    return np.array([np.sqrt(np.mean(np.square(g, dtype=np.float64))) for g in gradients])


class _StopWatch:
    """Watches a longer training; keeps what it was when the patience of `experiment` ran out."""

    def __init__(self, model: MLP, experiment: Experiment):
        self.model, self.experiment = model, experiment
        self.early_stopping = EarlyStopping(experiment.config.patience)
        self.history: History | None = None

    def look(self, history: History) -> None:
        if self.history is None:
            step, loss = int(history.validation_steps[-1]), history.validation_loss[-1]
            self.early_stopping.update(step, loss, self.model.parameters)
            if self.early_stopping.out_of_patience:
                self.history = replace(history, stopped_early=True)

    def end(self, longest: History, diverged: bool) -> tuple[History, np.ndarray, bool]:
        """Return history, weights and whether it diverged, as a training of its own would have ended."""
        kept = self.early_stopping.best_parameters
        parameters = self.model.parameters if kept is None or self.experiment.config.patience is None else kept
        return self.history or longest, parameters, diverged and self.history is None


def _looks(watches: Sequence[_StopWatch]) -> Callback | None:
    def look(history: History) -> None:
        for watch in watches:
            watch.look(history)

    return look if watches else None


def _result(
    experiment: Experiment,
    seed: int,
    dataset: Dataset,
    before: np.ndarray,
    history: History,
    parameters: np.ndarray,
    diverged: bool,
) -> Result:
    """Measure the network that a training ended with."""
    model = experiment.model(dataset.num_inputs, dataset.num_classes)
    model.parameters[:] = parameters
    train = validation = test = (np.nan, np.nan)
    after = np.full_like(before, np.nan)
    if not diverged:
        after = gradient_rms(model, dataset)
        train, test = (model.evaluation_pass(*split) for split in (dataset.train, dataset.test))
        last = -1 if experiment.config.patience is None or not len(dataset.validation) else history.best
        validation = float(history.validation_loss[last]), float(history.validation_accuracy[last])
    return Result(
        experiment=experiment,
        seed=seed,
        history=history,
        train=train,
        validation=validation,
        test=test,
        parameters=model.parameters,
        gradient_rms=np.array([before, after]),
        layer_sizes=model.layer_sizes,
        normalisation=(dataset.mean, dataset.std),
        directory=dataset.directory,
        diverged=diverged,
        trained_at=datetime.now(UTC).isoformat(sep=" ", timespec="minutes").removesuffix("+00:00"),
        environment=environment(),
    )


def _patience(experiment: Experiment) -> float:
    patience = experiment.config.patience
    return np.inf if patience is None else patience
