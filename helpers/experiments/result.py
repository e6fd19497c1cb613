"""What trainings give: one `Result` each, and `Results` of several experiments over seeds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..common.checks import called
from ..common.display import Bundle, bundle
from ..data.mnist import Dataset, data_name, load_mnist
from ..network.history import History
from ..network.mlp import MLP
from .experiment import Experiment
from .table import name_of

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class Result:
    """What one training gave.

    experiment, seed: what was trained; the seed draws split, initial weights and batch order.
    train, validation, test: (mean cross entropy [nats], accuracy 0..1) of the network it ended with, which is the
        one of the lowest validation loss where early stopping is on.
    parameters: `(num_parameters,)` the weights it ended with.
    gradient_rms: `(2, layers)` root mean square over each layer's weights of the loss gradient over 1,000 training
        images, before and after training.
    layer_sizes: of the network, input and output included. directory: of the data.
    normalisation: mean and standard deviation of the training pixels.
    diverged: `train` raised `TrainingDiverged`; then the numbers above are not a number.
    trained_at, environment: when it was finished (UTC, ISO 8601), and with what; for the record only.
    """

    experiment: Experiment
    seed: int
    history: History
    train: tuple[float, float]
    validation: tuple[float, float]
    test: tuple[float, float]
    parameters: np.ndarray = field(repr=False)
    gradient_rms: np.ndarray = field(repr=False)
    layer_sizes: tuple[int, ...] = field(repr=False)
    normalisation: tuple[float, float] = field(repr=False)
    directory: Path = field(repr=False)
    diverged: bool = False
    trained_at: str = ""
    environment: str = ""

    @property
    def data_name(self) -> str:
        """The name of the data set."""
        return data_name(self.directory)

    def dataset(self) -> Dataset:
        """Return the data as this training saw them: its split, normalised by its training part."""
        return dataset_of(self.directory, self.seed, self.experiment.train_size, self.experiment.validation_size)

    def initial_model(self) -> MLP:
        """Return the network as it was before the training."""
        return self.experiment.model(self.layer_sizes[0], self.layer_sizes[-1], seed=self.seed)

    def model(self) -> MLP:
        """Return the trained network, to predict on images of `dataset()`. Raises `ValueError` if it diverged."""
        if self.diverged:
            raise ValueError(
                f"the training of {self.experiment.name} with seed {self.seed} diverged; it left no network"
            )
        model = self.initial_model()
        model.parameters, model.normalisation = self.parameters, self.normalisation
        return model

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        """Show the final figures, and a small curve of the validation loss."""
        splits = {"train": self.train, "validation": self.validation, "test": self.test}
        rows = [[name, f"{loss:.4f}", f"{accuracy:.2%}"] for name, (loss, accuracy) in splits.items()]
        if self.diverged:
            rows = [["all splits", "diverged", "diverged"]]
        header = [f"{self.experiment.name}, seed {self.seed}", "loss [nats]", "accuracy"]
        return bundle(self, header, rows, self.history.picture())


@lru_cache(maxsize=1)
def dataset_of(
    directory: Path, seed: int, train_size: int | None = None, validation_size: int | None = None
) -> Dataset:
    """Return the data of a folder in the split of a seed; the last one stays in memory."""
    return load_mnist(directory, train_size=train_size, validation_size=validation_size, split_seed=seed)


def _row(run: Result) -> dict[str, object]:
    """Return one training as a row of a frame."""
    experiment, history = run.experiment, run.history
    settings = experiment.settings() | {"optimizer": type(experiment.config.rule()).__name__}
    del settings["name"]
    ends = {f"{split}_{name}": value for split in ("train", "validation", "test")
            for name, value in zip(("loss", "accuracy"), getattr(run, split), strict=True)}  # fmt: skip
    return {
        "experiment": experiment.name,
        "seed": run.seed,
        **{key: one if isinstance(one, int | float | None) else called(one) for key, one in settings.items()},
        "hidden_layers": "-".join(map(str, experiment.hidden_layers)),
        "parameters": run.parameters.size,
        **ends,
        "steps": len(history.train_loss),
        "best_step": history.best_step,
        "stopped_early": history.stopped_early,
        "diverged": run.diverged,
        "wall_seconds": history.wall_seconds,
        "cpu_seconds": history.cpu_seconds,
        "data": run.data_name,
    }


class Results(dict[str, list[Result]]):
    """Results by the name of their experiment, one for each seed.

    experiments: what was asked for, by name. interrupted: the user stopped the run, so that some are missing.
    """

    def __init__(self, experiments: Iterable[Experiment], results: dict[str, list[Result]], interrupted: bool = False):
        super().__init__(results)
        self.experiments = {experiment.name: experiment for experiment in experiments}
        self.interrupted = interrupted

    def __contains__(self, name: object) -> bool:
        """Whether there are results of an experiment, by its name or by the number of a task."""
        return isinstance(name, str) and (super().__contains__(name) or super().__contains__(name_of(name)))

    def get(self, name: str, default: object = None) -> object:
        """Return the results of an experiment, or `default` where there are none."""
        try:
            return self[name]
        except KeyError:
            return default

    def best(self, name: str) -> Result:
        """Return the result of an experiment with the lowest validation loss. Raises `ValueError` if it has none."""
        ended = [run for run in runs_of(self, name) if np.isfinite(run.validation[0])]
        if not ended:
            raise ValueError(f"no training of {name!r} ended with a validation loss; allowed: at least one")
        return min(ended, key=lambda run: run.validation[0])

    def frame(self) -> "pandas.DataFrame":
        """Return one row a training, with all its settings and the numbers it ended with, for plots of your own.

        Losses in nats, accuracies 0 to 1, times in seconds; NaN where it diverged.
        """
        import pandas  # only here: it takes long to import

        return pandas.DataFrame([_row(run) for runs in self.values() for run in runs])

    def __missing__(self, name: str) -> list[Result]:
        if name in self:
            return self[name_of(name)]
        raise KeyError(_no_results(self, name))

    def __repr__(self) -> str:
        listed = ", ".join(f"{name}: {len(results)}" for name, results in self.items())
        return f"Results({listed}{', interrupted' if self.interrupted else ''})"


Runs = Mapping[str, Sequence[Result]]  # `Results`, or what is like it: results by the name of their experiment


def runs_of(results: Runs, name: str) -> Sequence[Result]:
    """Return the results of one experiment. Raises `ValueError` that names those there are."""
    if name not in results:
        raise ValueError(_no_results(results, name))
    return results[name]


def _no_results(results: Runs, name: str) -> str:
    return f"no results of {name!r}; there are: {', '.join(results) or 'none'}"
