"""`python -m small_sweep WORKERS`: a sweep of small experiments over two seeds, in a second or two.

$MNIST_DIR and $RESULTS_DIR say where data and results are. `SMALL` and `run` are for tests.
"""

import sys

from helpers import Experiment, TrainingConfig, run_experiments

CONFIG = TrainingConfig(learning_rate=0.1, momentum=0.5, batch_size=200, max_epochs=1, validations_per_epoch=2)
HIDDEN_LAYERS = {"one": (6,), "two": (6, 5), "three": (6, 5, 4)}
SMALL = [Experiment(name, "", layers, "improved_sigmoid", "improved", CONFIG) for name, layers in HIDDEN_LAYERS.items()]
SEEDS = 2


def run(workers=None, **options):
    """Return the results of the small experiments by name."""
    return run_experiments(SMALL, SEEDS, workers=workers, **({"progress": False} | options))


if __name__ == "__main__":
    run(int(sys.argv[1]))
