"""Results with chosen numbers, to see what statistics and sentences make of them."""

import numpy as np

from helpers.experiments import EXPERIMENTS
from helpers.training import History
from helpers.trials import Result

# Of mean zero and different from seed to seed: what two networks do not have in common.
JITTER = np.array([0.3, -0.5, 0.1, 0.4, -0.2, -0.4, 0.5, -0.1, 0.2, -0.3])
USUAL = {"accuracy": 0.95, "loss": 0.2, "cpu_seconds": 10.0, "step": 4_000, "train_loss": 0.1}
SPREAD = {"accuracy": 0.01, "loss": 0.01, "cpu_seconds": 1.0}


def made_up_results(seeds: int = 10, **changes: dict[str, float]) -> dict[str, list[Result]]:
    """Return results of all experiments, alike but for jitter and for the changes.

    changes: by experiment, on top of `USUAL`; for example `made_up_results(**{"3a": {"accuracy": 0.97}})`.
    """
    results = {}
    for number, name in enumerate(EXPERIMENTS):
        middle = USUAL | changes.get(name, {})
        results[name] = [
            _result(
                name,
                seed,
                **{key: at + SPREAD.get(key, 0) * JITTER[(seed + 3 * number) % 10] for key, at in middle.items()},
            )
            for seed in range(seeds)
        ]
    return results


def _result(name: str, seed: int, *, accuracy, loss, cpu_seconds, step, train_loss) -> Result:
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
    layers = len(EXPERIMENTS[name].hidden_layers) + 1
    ends = (loss, accuracy)
    return Result(
        name, seed, history, (train_loss, 1.0), ends, ends, np.zeros(1), np.ones((2, layers)), np.zeros((2, layers - 1))
    )
