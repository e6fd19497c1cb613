"""What it costs to change all training images anew in an epoch, beside the epoch of 800 units itself."""

import time
from statistics import median

import numpy as np

from helpers.data.mnist import Dataset, load_mnist
from helpers.experiments.ladder import AFFINE, ELASTIC
from helpers.network.config import Augmentation, TrainingConfig
from helpers.network.mlp import MLP
from helpers.network.training import train

from . import report, setting

UNITS, BATCH_SIZES = 800, (32, 64)
TRAIN_SIZE, QUICK_SIZE = 55_000, 1_000
ROUNDS = 5
WAYS = {"as they are": None, "affine": AFFINE, "elastic": ELASTIC}


def seconds(data: Dataset, batch_size: int, augmentation: Augmentation | None) -> float:
    """Return wall time [s] of an epoch."""
    model = MLP([data.num_inputs, UNITS, data.num_classes], activation="relu", weight_init="he", seed=0)
    config = TrainingConfig(
        learning_rate=1e-5,
        momentum=setting.MOMENTUM,
        batch_size=batch_size,
        max_epochs=1,
        validations_per_epoch=1,
        patience=None,
        augmentation=augmentation,
    )
    begin = time.perf_counter()
    train(model, data, config, seed=0, progress=False)
    return time.perf_counter() - begin


def rows(data: Dataset, rounds: int) -> list[list[str]]:
    """Return rows of the table; the ways take turns, and shares are taken within a round, then their median."""
    found = {(size, way): [] for size in BATCH_SIZES for way in WAYS}
    for _ in range(rounds):
        for size, way in found:
            found[size, way].append(seconds(data, size, WAYS[way]))
    return [
        [
            str(size),
            way,
            f"{median(taken):.2f}",
            f"{median(1 - np.divide(found[size, 'as they are'], taken)):.0%}" if WAYS[way] else "",
        ]
        for (size, way), taken in found.items()
    ]


def measured(*, quick: bool) -> report.Section:
    """Measure in a process held to one core; the section has the table."""
    setting.use_default_blas()
    with setting.fresh_process() as process:
        return report.Section("images", process.submit(_table, quick).result())


def _table(quick: bool) -> str:
    setting.hold_to_one_core()
    data = load_mnist(train_size=QUICK_SIZE if quick else TRAIN_SIZE, validation_size=QUICK_SIZE)
    data = setting.with_few_validation_images(data)
    header = ["images of a batch", "training images", "an epoch [s]", "of it for the changes"]
    return report.markdown_table(header, rows(data, 1 if quick else ROUNDS))
