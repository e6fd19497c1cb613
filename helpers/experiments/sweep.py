"""A sweep over width and depth: the networks of Task 3 in other sizes. Finished trainings are stored, as any."""

from dataclasses import dataclass, replace

from .experiment import Experiment
from .result import Result
from .table import MOMENTUM

UNITS = (16, 32, 64, 128, 256, 512, 1_024)
DEPTHS = (1, 2, 3, 5, 7, 10)
SEEDS = 20


@dataclass(frozen=True)
class Outcome:
    """What the sweep keeps of a training: accuracies 0..1, gradient steps, validations, CPU seconds of `train`."""

    experiment: str
    seed: int
    validation: float
    test: float
    steps: int
    validations: int
    cpu_seconds: float

    @classmethod
    def of(cls, result: Result) -> "Outcome":
        history = result.history
        counts = len(history.train_loss), len(history.validation_steps)
        return cls(
            result.experiment.name, result.seed, result.validation[1], result.test[1], *counts, history.cpu_seconds
        )


def network(units: int, depth: int) -> Experiment:
    """Return the network of Task 3 with other hidden layers: `depth` of them, of `units` each."""
    experiment = MOMENTUM.variant(f"sweep_{units}x{depth}", hidden_layers=(units,) * depth)
    return replace(experiment, title=f"{depth} x {units}")
