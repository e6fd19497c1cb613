"""One training of one experiment with one seed, from data to measured result."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from .activations import ACTIVATIONS
from .mlp import MLP, Buffers
from .mnist import NUM_CLASSES, Dataset, load_mnist
from .training import EarlyStopping, History, TrainingConfig, TrainingDiverged, train

INSPECTED_IMAGES = 1_000  # the training images over which gradients and activations are measured
SATURATED = 0.95  # of the way from the middle of an activation's range to its end


@dataclass(frozen=True)
class Experiment:
    """A network and how it is trained. hidden_layers: units of each; title: what it is, in a few words."""

    name: str
    title: str = field(compare=False)
    hidden_layers: tuple[int, ...]
    activation: str
    weight_init: str
    config: TrainingConfig

    def model(self, dataset: Dataset, seed: int | None) -> MLP:
        """Return the untrained network."""
        sizes = [dataset.train.images.shape[1], *self.hidden_layers, NUM_CLASSES]
        return MLP(sizes, activation=self.activation, weight_init=self.weight_init, seed=seed)


@dataclass(frozen=True)
class Result:
    """What one training gave.

    train, validation, test: (mean cross entropy [nats], accuracy 0..1) of the network it ended with, which is the
        one of the lowest validation loss where early stopping is on.
    parameters: `(num_parameters,)` the weights it ended with.
    gradient_rms: `(2, layers)` root mean square over each layer's weights of the loss gradient over 1,000 training
        images, before and after training.
    saturation: `(2, hidden layers)` share of each layer's activations, on the same images, in the outer twentieth of
        their range, before and after training.
    diverged: `train` raised `TrainingDiverged`; then the numbers above are not a number.
    trained_at, environment: when it was finished (UTC, ISO 8601), and with what; for the record only.
    """

    experiment: str
    seed: int
    history: History
    train: tuple[float, float]
    validation: tuple[float, float]
    test: tuple[float, float]
    parameters: np.ndarray = field(repr=False)
    gradient_rms: np.ndarray = field(repr=False)
    saturation: np.ndarray = field(repr=False)
    diverged: bool = False
    trained_at: str = ""
    environment: str = ""


def run_trial(experiments: Sequence[Experiment], seed: int, directory: Path) -> list[Result]:
    """Train the experiments, which are equal but for their patience, and return a result for each.

    They pass through the same steps, so one training serves all: the longest runs to its end, and each shorter one
    is what had been measured when its patience ran out.
    """
    with threadpool_limits(1, user_api="blas"):
        dataset = load_mnist(directory, split_seed=seed)
        longest, *shorter = sorted(experiments, key=lambda e: -_patience(e))
        model = longest.model(dataset, seed)
        before = gradient_rms(model, dataset), saturation(model, dataset)
        stops = [_StopWatch(model, experiment) for experiment in shorter]

        def look(history: History) -> None:
            for stop in stops:
                stop.look(history)

        diverged = False
        try:
            history = train(model, dataset, longest.config, seed=seed, progress=False, callback=look if stops else None)
        except TrainingDiverged as error:
            history, diverged = error.history, True
        if history.interrupted:
            raise KeyboardInterrupt  # what was learnt so far is no result of the experiment
        ends = [(longest, history, model.parameters, diverged)]
        for stop in stops:
            ends.append((stop.experiment, stop.history or history, stop.parameters, diverged and not stop.history))
        results = {experiment.name: _result(experiment, seed, dataset, before, *end) for experiment, *end in ends}
        return [results[experiment.name] for experiment in experiments]


def gradient_rms(model: MLP, dataset: Dataset) -> np.ndarray:
    """Return the root mean square of the loss gradient in each layer, `(layers,)`, over 1,000 training images."""
    images, labels = dataset.train
    _, gradients = model.loss_and_gradients(images[:INSPECTED_IMAGES], labels[:INSPECTED_IMAGES])
    return np.array([np.sqrt(np.mean(np.square(g, dtype=np.float64))) for g in gradients])


def saturation(model: MLP, dataset: Dataset) -> np.ndarray:
    """Return the share of saturated activations in each hidden layer, `(layers - 1,)`, over 1,000 training images."""
    low, high = ACTIVATIONS[model.activation].limits
    images = dataset.train.images[:INSPECTED_IMAGES]
    buffers = Buffers(len(images), model.layer_sizes, model.dtype)
    model.forward_pass(images, buffers)
    middle, reach = (low + high) / 2, SATURATED * (high - low) / 2
    return np.array([np.mean(np.abs(units - middle) > reach) for units in buffers.activations[:-1]])


class _StopWatch:
    """Watches a longer training; keeps what it was when the patience of `experiment` ran out."""

    def __init__(self, model: MLP, experiment: Experiment):
        self.model, self.experiment = model, experiment
        self.early_stopping = EarlyStopping(experiment.config.patience)
        self.history: History | None = None

    @property
    def parameters(self) -> np.ndarray:
        """The weights that a training of its own would end with."""
        kept = self.early_stopping.best_parameters
        return self.model.parameters if kept is None or self.experiment.config.patience is None else kept

    def look(self, history: History) -> None:
        if self.history is not None:
            return
        self.early_stopping.update(
            int(history.validation_steps[-1]), history.validation_loss[-1], self.model.parameters
        )
        if self.early_stopping.out_of_patience:
            self.history = replace(history, stopped_early=True)


def _result(experiment, seed, dataset, before, history, parameters, diverged) -> Result:
    model = experiment.model(dataset, seed)
    model.parameters[:] = parameters
    if diverged:
        after = [np.full_like(numbers, np.nan) for numbers in before]
        train = validation = test = (np.nan, np.nan)
    else:
        after = gradient_rms(model, dataset), saturation(model, dataset)
        train, test = (model.evaluation_pass(*split) for split in (dataset.train, dataset.test))
        last = -1 if experiment.config.patience is None else history.best
        validation = float(history.validation_loss[last]), float(history.validation_accuracy[last])
    gradients, saturated = map(np.array, zip(before, after, strict=True))
    return Result(
        experiment=experiment.name,
        seed=seed,
        history=history,
        train=train,
        validation=validation,
        test=test,
        parameters=model.parameters,
        gradient_rms=gradients,
        saturation=saturated,
        diverged=diverged,
    )


def _patience(experiment: Experiment) -> float:
    patience = experiment.config.patience
    return np.inf if patience is None else patience
