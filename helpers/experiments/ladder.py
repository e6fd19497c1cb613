"""The experiments of `beyond.ipynb`, a ladder: from the network of Task 3 up, each rung changes one thing."""

from dataclasses import replace

from ..network.deformations import Deformation
from ..network.schedules import cosine
from .table import MOMENTUM, Experiments

SIX, MORE = {"seeds": 6}, {"seeds": 14}  # as few as a judgement needs; where a training takes seconds
AFFINE = Deformation(shift=1, rotation=8, scale=0.08)
ELASTIC = replace(AFFINE, elastic=1, smoothness=4)
UNTIL_THE_END = {"max_epochs": 15, "patience": None, "validations_per_epoch": 1}  # a schedule needs an end it knows

TASK_3 = replace(MOMENTUM, **MORE)
ALL_IMAGES = TASK_3.variant("all_images", train_size=55_000, validation_size=5_000, **MORE)
RELU = ALL_IMAGES.variant("relu", activation="relu", weight_init="he")
UNITS_800 = RELU.variant("units_800", hidden_layers=(800,), **SIX)
SCHEDULE = UNITS_800.variant("schedule", schedule=cosine, **UNTIL_THE_END)
AFFINE_CHANGES = SCHEDULE.variant("affine", augmentation=AFFINE, max_epochs=30, batch_size=64)
ELASTIC_CHANGES = AFFINE_CHANGES.variant("elastic", augmentation=ELASTIC, max_epochs=100)

LADDER = Experiments(
    (experiment.name, experiment)
    for experiment in (
        TASK_3,
        ALL_IMAGES,
        RELU,
        UNITS_800,
        SCHEDULE,
        SCHEDULE.variant("dropout", dropout=0.5),
        SCHEDULE.variant("weight_decay", weight_decay=1e-4),
        AFFINE_CHANGES,
        AFFINE_CHANGES.variant("affine_dropout", dropout=0.25),
        ELASTIC_CHANGES,
        ELASTIC_CHANGES.variant("two_layers_elastic", hidden_layers=(800, 800), max_epochs=25),
    )
)
