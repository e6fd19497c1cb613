"""The report's experiments, Tasks 2 to 4: one table. Change one here, and only what it changes is trained again."""

from collections.abc import Container

from ..network.training import TrainingConfig
from .experiment import Experiment


class Experiments(dict[str, Experiment]):
    """Experiments by name. The number of a task, such as "3c", stands for the first one that answers it."""

    def __missing__(self, number: str) -> Experiment:
        for experiment in self.values():
            if experiment.task == number != "":
                return experiment
        raise KeyError(number)


def name_of(name: str, among: Container[str] = ()) -> str:
    """Return the name of the experiment that a task's number stands for; any other, or one of these, as it is."""
    try:
        return name if name in among else EXPERIMENTS[name].name
    except KeyError:
        return name


# As many seeds as the comparisons need that they are in: far ones few, near ones more, and what is only shown two.
FAR, MIDDLE, NEAR, NEAREST, SHOWN = ({"seeds": count} for count in (10, 14, 20, 28, 2))
SHORT = {"max_epochs": 5, "validations_per_epoch": 1}  # enough to show where the gradient goes

BASELINE = Experiment("baseline", "", (64,), "sigmoid", "uniform", TrainingConfig(learning_rate=0.1), task="2c", **FAR)
WEIGHTS = BASELINE.variant("weights", task="3a", weight_init="improved", **NEAR)
SIGMOID = WEIGHTS.variant("sigmoid", task="3b", activation="improved_sigmoid")
MOMENTUM = SIGMOID.variant("momentum", task="3c", learning_rate=0.02, momentum=0.9, **NEAREST)  # the network of Task 3
TWO_LAYERS = MOMENTUM.variant("two_layers", task="4d", hidden_layers=(60, 60))  # as many parameters as `momentum`
DEEP = MOMENTUM.variant("deep", task="4e", hidden_layers=(64,) * 10, **MIDDLE)

EXPERIMENTS = Experiments(
    (experiment.name, experiment)
    for experiment in (
        BASELINE,
        WEIGHTS,
        WEIGHTS.variant("weights_long_step", task="3a", learning_rate=0.4, **MIDDLE),
        SIGMOID,
        MOMENTUM,
        SIGMOID.variant("long_step", task="3b", learning_rate=0.2, **NEAREST),
        MOMENTUM.variant("narrow", task="4a", hidden_layers=(32,), **MIDDLE),
        MOMENTUM.variant("wide", task="4b", hidden_layers=(128,), **MIDDLE),
        TWO_LAYERS,
        MOMENTUM.variant("two_thin_layers", task="4d", hidden_layers=(32, 32), **MIDDLE),  # as the first report had it
        DEEP,
        DEEP.variant("deep_to_the_end", task="4e", patience=None),
        DEEP.variant("deep_short_step", task="4e", learning_rate=0.005, **NEAR),
        DEEP.variant("deep_plain", task="4e", activation="sigmoid", **SHORT, **FAR),
        DEEP.variant("deep_uniform", task="4e", activation="sigmoid", weight_init="uniform", **SHORT, **FAR),
        MOMENTUM.variant("one_layer_short_step", task="4e", learning_rate=0.005, **FAR),
        TWO_LAYERS.variant("two_layers_short_step", task="4e", learning_rate=0.005, **FAR),
        *(
            base.variant(f"{name}_at_{rate:g}", task="4e", learning_rate=rate, **SHOWN)
            for name, base, rates in (
                ("one_layer", MOMENTUM, (0.002, 0.05)),
                ("two_layers", TWO_LAYERS, (0.002, 0.05)),
                ("deep", DEEP, (0.001, 0.002, 0.05)),
            )
            for rate in rates
        ),
    )
)
