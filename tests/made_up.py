"""Results with chosen numbers, to see what statistics, claims and figures make of them."""

from functools import cache
from pathlib import Path

import numpy as np

from helpers.experiments.experiment import Experiment
from helpers.experiments.result import Result, Results
from helpers.experiments.table import EXPERIMENTS
from helpers.network.history import History

# Of mean zero and different from seed to seed: what two networks do not have in common.
JITTER = np.array([0.3, -0.5, 0.1, 0.4, -0.2, -0.4, 0.5, -0.1, 0.2, -0.3])
USUAL = {"accuracy": 0.95, "loss": 0.2, "cpu_seconds": 10.0, "step": 4_000, "train_loss": 0.1, "diverged": 0}
SPREAD = {"accuracy": 0.01, "loss": 0.01, "cpu_seconds": 1.0}


def made_up_results(seeds: int = 10, *, epochs: int | None = None, **changes: dict[str, float]) -> Results:
    """Return results of all experiments, alike but for jitter and for the changes.

    changes: by experiment, on top of `USUAL`; for example `made_up_results(**{"weights": {"accuracy": 0.97}})`;
    `diverged`: how many of its trainings did. epochs: as if the run was limited to so many.
    """
    experiments = [experiment.limited(epochs) for experiment in EXPERIMENTS.values()]
    results = {}
    for number, experiment in enumerate(experiments):
        middle = USUAL | changes.get(experiment.name, {})
        jitter = [JITTER[(seed + 3 * number) % 10] for seed in range(seeds)]
        results[experiment.name] = [
            made_up_result(
                experiment, seed, **{key: at + SPREAD.get(key, 0) * jitter[seed] for key, at in middle.items()}
            )
            for seed in range(seeds)
        ]
    return Results(experiments, results)


def made_up_result(
    experiment: Experiment,
    seed: int,
    *,
    accuracy=0.95,
    loss=0.2,
    cpu_seconds=10.0,
    step=4_000,
    train_loss=0.1,
    diverged=0,
) -> Result:
    """Return one result with these numbers; the first `diverged` seeds diverged."""
    steps = np.arange(1, 21) * 1_000
    away = np.abs(steps - step) / 20_000
    history = History(
        train_loss=np.full(steps[-1], train_loss),
        validation_steps=steps,
        validation_loss=loss * (1 + away),
        validation_accuracy=accuracy - away / 10,
        train_accuracy=np.full(len(steps), accuracy),
        best_step=int(step),
        stopped_early=True,
        wall_seconds=cpu_seconds,
        cpu_seconds=cpu_seconds,
    )
    sizes = (785, *experiment.hidden_layers, 10)
    return Result(
        experiment=experiment,
        seed=seed,
        history=history,
        train=(train_loss, 1.0),
        validation=(loss, accuracy),
        test=(loss, accuracy),
        parameters=_weights(experiment),
        gradient_rms=np.ones((2, len(sizes) - 1)),
        layer_sizes=sizes,
        normalisation=(33.0, 78.0),
        directory=Path("data"),
        diverged=bool(seed < diverged),
        trained_at="2026-03-01 12:00",
        environment="a machine",
    )


@cache
def _weights(experiment: Experiment) -> np.ndarray:
    return experiment.model(seed=0).parameters
