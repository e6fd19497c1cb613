"""The report's experiments, Tasks 2 to 4: one table. Change one here, and only what it changes is trained again."""

from ..network.training import TrainingConfig
from .experiment import Experiment

BASELINE = Experiment("2c", "", (64,), "sigmoid", "uniform", TrainingConfig(learning_rate=0.1))
WEIGHTS = BASELINE.variant("3a", weight_init="improved")
SIGMOID = WEIGHTS.variant("3b", activation="improved_sigmoid")
MOMENTUM = SIGMOID.variant("3c", learning_rate=0.02, momentum=0.9)  # the network of Task 3
TEN_LAYERS = MOMENTUM.variant("4e", hidden_layers=(64,) * 10)
SHORT = {"max_epochs": 5, "validations_per_epoch": 1}  # enough to show where the gradient goes

EXPERIMENTS = {
    experiment.name: experiment
    for experiment in (
        BASELINE,
        WEIGHTS,
        SIGMOID,
        MOMENTUM,
        SIGMOID.variant("3b_0.2", learning_rate=0.2),  # the step that momentum makes of 3c's, without momentum
        MOMENTUM.variant("4a", hidden_layers=(32,)),
        MOMENTUM.variant("4b", hidden_layers=(128,)),
        MOMENTUM.variant("4d", hidden_layers=(60, 60)),  # as many parameters as 3c
        MOMENTUM.variant("4d_32", hidden_layers=(32, 32)),  # as the first report had it
        TEN_LAYERS,
        TEN_LAYERS.variant("4e_no_stopping", patience=None),
        TEN_LAYERS.variant("4e_0.005", learning_rate=0.005),
        TEN_LAYERS.variant("4e_0.002", learning_rate=0.002, max_epochs=6),  # enough to see its lowest loss
        TEN_LAYERS.variant("4e_sigmoid", activation="sigmoid", **SHORT),
        TEN_LAYERS.variant("4e_uniform", activation="sigmoid", weight_init="uniform", **SHORT),
    )
}
