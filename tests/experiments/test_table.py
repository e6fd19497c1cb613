"""The report's experiments have the settings that the assignment asks for."""

import pytest

from helpers import EXPERIMENTS

ALL_TRICKS = ("improved", "improved_sigmoid", 0.02, 0.9)
TEN_LAYERS = (64,) * 10
TABLE = {  # hidden layers, weights, activation, learning rate, momentum, number of parameters
    "2c": ((64,), "uniform", "sigmoid", 0.1, 0.0, 50_880),
    "3a": ((64,), "improved", "sigmoid", 0.1, 0.0, 50_880),
    "3b": ((64,), "improved", "improved_sigmoid", 0.1, 0.0, 50_880),
    "3c": ((64,), *ALL_TRICKS, 50_880),
    "3b_0.2": ((64,), "improved", "improved_sigmoid", 0.2, 0.0, 50_880),
    "4a": ((32,), *ALL_TRICKS, 25_440),
    "4b": ((128,), *ALL_TRICKS, 101_760),
    "4d": ((60, 60), *ALL_TRICKS, 51_300),
    "4d_32": ((32, 32), *ALL_TRICKS, 26_464),
    "4e": (TEN_LAYERS, *ALL_TRICKS, 87_744),
    "4e_no_stopping": (TEN_LAYERS, *ALL_TRICKS, 87_744),
    "4e_0.005": (TEN_LAYERS, "improved", "improved_sigmoid", 0.005, 0.9, 87_744),
    "4e_0.002": (TEN_LAYERS, "improved", "improved_sigmoid", 0.002, 0.9, 87_744),
    "4e_sigmoid": (TEN_LAYERS, "improved", "sigmoid", 0.02, 0.9, 87_744),
    "4e_uniform": (TEN_LAYERS, "uniform", "sigmoid", 0.02, 0.9, 87_744),
}
EPOCHS_AND_VALIDATIONS = {"4e_sigmoid": (5, 1), "4e_uniform": (5, 1), "4e_0.002": (6, 5)}  # of the others: (50, 5)


def test_the_experiments_are_those_of_the_tasks_by_their_own_names():
    assert {experiment.name for experiment in EXPERIMENTS.values()} == EXPERIMENTS.keys() == TABLE.keys()


@pytest.mark.parametrize("name", TABLE)
def test_an_experiment_has_the_network_of_the_assignment(name):
    experiment = EXPERIMENTS[name]
    model, config = experiment.model(seed=0), experiment.config
    assert (
        experiment.hidden_layers,
        model.weight_init,
        model.activation,
        config.learning_rate,
        config.momentum,
        model.num_parameters,
    ) == TABLE[name]
    assert model.layer_sizes == (785, *experiment.hidden_layers, 10)


@pytest.mark.parametrize("name", TABLE)
def test_an_experiment_is_trained_as_the_assignment_says(name):
    config = EXPERIMENTS[name].config
    patience = None if name == "4e_no_stopping" else 50
    epochs, validations = EPOCHS_AND_VALIDATIONS.get(name, (50, 5))
    assert (config.batch_size, config.max_epochs, config.validations_per_epoch, config.patience, config.shuffle) == (
        (32, epochs, validations, patience, True)
    )
