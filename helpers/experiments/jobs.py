"""Jobs: which trainings give the results that are wanted, in which order, and about how long each takes."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from ..data.mnist import TRAIN_SIZE
from .experiment import Experiment, num_parameters

CALLS_OF_A_LAYER = 320_000  # what a layer costs a step beside its products, in products that would cost as much


class Job(NamedTuple):
    """One training. It serves all experiments that are equal but for their patience: they pass through the same steps.

    So the longest runs to its end, and each shorter one is what had been measured when its patience ran out.
    """

    experiments: tuple[Experiment, ...]
    seed: int

    @property
    def cost(self) -> int:
        """About how long it takes, in no unit; early stopping may make it shorter."""
        experiment, layers = self.experiments[0], self.experiments[0].hidden_layers
        steps = experiment.config.max_epochs * (experiment.train_size or TRAIN_SIZE) // experiment.config.batch_size
        return steps * (CALLS_OF_A_LAYER * len(layers) + num_parameters(layers) * experiment.config.batch_size)


def jobs_for(runs: Iterable[tuple[Experiment, int]]) -> list[Job]:
    """Return the jobs that give the results of some experiments and seeds; seed by seed, the longest first."""
    groups: dict[tuple[str, int], list[Experiment]] = {}
    for experiment, seed in runs:
        network = replace(experiment, name="any", config=replace(experiment.config, patience=None))
        groups.setdefault((json.dumps(network.own_code()[0], sort_keys=True), seed), []).append(experiment)
    jobs = [Job(tuple(group), seed) for (_, seed), group in groups.items()]
    return sorted(jobs, key=lambda job: (job.seed, -job.cost))
