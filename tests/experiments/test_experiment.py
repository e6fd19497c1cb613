"""Experiments: what they are called, what they say of themselves, others made of them; the report's, as assigned."""

import re

import numpy as np
import pytest

from helpers import EXPERIMENTS, Experiment, TrainingConfig
from helpers.experiments.experiment import num_parameters
from helpers.experiments.table import name_of

TASK_3 = EXPERIMENTS["momentum"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        *(({"name": name}, f"name is {name!r}; allowed: a text without slashes") for name in ("", "../up", "a\nb", 3)),
        *(
            ({"hidden_layers": layers}, f"hidden_layers is {layers!r}; allowed: the units of each layer, such as (64,)")
            for layers in (64, (64, 0), "64")
        ),
        ({"activation": "tanh"}, "activation is 'tanh'; allowed: 'sigmoid', 'improved_sigmoid'"),
        ({"weight_init": "small"}, "weight_init is 'small'; allowed: 'uniform', 'improved'"),
        ({"config": {"momentum": 0.9}}, "config is {'momentum': 0.9}; allowed: a TrainingConfig"),
    ],
)
def test_settings_that_no_network_can_have_are_refused_with_what_is_allowed(settings, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Experiment(**({"name": "mine"} | settings))


def test_its_model_has_its_layers_for_the_inputs_and_classes_of_the_data():
    experiment = Experiment("mine", hidden_layers=[5, 4], activation="improved_sigmoid", weight_init="improved")
    model = experiment.model(7, 3, seed=2)
    assert (model.layer_sizes, model.activation, model.weight_init) == ((7, 5, 4, 3), "improved_sigmoid", "improved")
    np.testing.assert_array_equal(model.parameters, experiment.model(7, 3, seed=2).parameters)
    assert experiment.model().num_parameters == num_parameters((5, 4))


def test_a_variant_changes_settings_of_its_own_and_its_config_and_keeps_the_others():
    wide = TASK_3.variant("wide", hidden_layers=(100,), learning_rate=0.05)
    assert (wide.name, wide.hidden_layers, wide.config.learning_rate) == ("wide", (100,), 0.05)
    assert (wide.activation, wide.weight_init, wide.config.momentum) == ("improved_sigmoid", "improved", 0.9)
    assert wide.based_on is TASK_3
    assert not wide.shortened


def test_a_variant_with_a_setting_that_is_none_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"^changes are units; allowed: hidden_layers, .*, learning_rate, momentum, "):
        TASK_3.variant("wide", units=100)


@pytest.mark.parametrize(
    ("experiment", "summary"),
    [
        (TASK_3.variant("one", learning_rate=0.05), "learning rate 0.05"),
        (TASK_3.variant("two", hidden_layers=(60, 60), momentum=0), "60-60 units, no momentum"),
        (TASK_3.variant("three", hidden_layers=(64,) * 10), "10 layers of 64"),
        (TASK_3.variant("four", hidden_layers=()), "no hidden layer"),
        (TASK_3.variant("five", patience=None, max_epochs=1), "1 epoch, no early stopping"),
        (TASK_3.variant("six"), "the same"),
        (Experiment("seven", "My own"), "My own"),
        (Experiment("eight"), "64 units, uniform weights, sigmoid"),
        (
            Experiment("nine", config=TrainingConfig(momentum=0.5, patience=None)),
            "64 units, uniform weights, sigmoid, momentum 0.5, no early stopping",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Experiment) else "",
)
def test_a_summary_is_the_title_or_says_what_was_changed_or_unusual(experiment, summary):
    assert experiment.summary == summary


def test_a_limited_experiment_has_fewer_epochs_under_its_name_or_is_the_same():
    short = TASK_3.limited(2)
    assert (short.name, short.summary, short.config.max_epochs) == ("momentum", TASK_3.summary, 2)
    assert short.shortened
    assert short.limited(1).shortened
    for epochs in (None, 50, 51):
        assert TASK_3.limited(epochs) is TASK_3


def test_words_are_no_part_of_what_makes_two_experiments_equal():
    assert Experiment("mine", "one title") == Experiment("mine", "another", based_on=TASK_3)
    assert Experiment("mine") != Experiment("mine", config=TrainingConfig(momentum=0.5))


SHORT = {"max_epochs": 5, "validations_per_epoch": 1}
ALL_TRICKS = ("improved", "improved_sigmoid", 0.02, 0.9)
TEN_LAYERS = (64,) * 10
TABLE = {  # hidden layers, weights, activation, learning rate, momentum, number of parameters, what is unusual
    "baseline": ((64,), "uniform", "sigmoid", 0.1, 0.0, 50_880, {}),
    "weights": ((64,), "improved", "sigmoid", 0.1, 0.0, 50_880, {}),
    "weights_long_step": ((64,), "improved", "sigmoid", 0.4, 0.0, 50_880, {}),
    "sigmoid": ((64,), "improved", "improved_sigmoid", 0.1, 0.0, 50_880, {}),
    "momentum": ((64,), *ALL_TRICKS, 50_880, {}),
    "long_step": ((64,), "improved", "improved_sigmoid", 0.2, 0.0, 50_880, {}),
    "narrow": ((32,), *ALL_TRICKS, 25_440, {}),
    "wide": ((128,), *ALL_TRICKS, 101_760, {}),
    "two_layers": ((60, 60), *ALL_TRICKS, 51_300, {}),
    "two_thin_layers": ((32, 32), *ALL_TRICKS, 26_464, {}),
    "deep": (TEN_LAYERS, *ALL_TRICKS, 87_744, {}),
    "deep_to_the_end": (TEN_LAYERS, *ALL_TRICKS, 87_744, {"patience": None}),
    "deep_plain": (TEN_LAYERS, "improved", "sigmoid", 0.02, 0.9, 87_744, SHORT),
    "deep_uniform": (TEN_LAYERS, "uniform", "sigmoid", 0.02, 0.9, 87_744, SHORT),
    **{
        f"{name}_{how}": (layers, "improved", "improved_sigmoid", rate, 0.9, parameters, {})
        for name, layers, parameters, shown in (
            ("one_layer", (64,), 50_880, (0.002, 0.05)),
            ("two_layers", (60, 60), 51_300, (0.002, 0.05)),
            ("deep", TEN_LAYERS, 87_744, (0.001, 0.002, 0.05)),
        )
        for how, rate in {"short_step": 0.005, **{f"at_{rate}": rate for rate in shown}}.items()
    },
}


def test_the_experiments_of_the_tasks_are_there_and_every_one_by_its_own_name():
    assert {experiment.name for experiment in EXPERIMENTS.values()} == EXPERIMENTS.keys() >= TABLE.keys()


def test_the_number_of_a_task_stands_for_the_first_experiment_that_answers_it():
    numbers = ("2c", "3a", "3b", "3c", "4a", "4b", "4d", "4e")
    names = ["baseline", "weights", "sigmoid", "momentum", "narrow", "wide", "two_layers", "deep"]
    assert [EXPERIMENTS[number].name for number in numbers] == names
    assert [name_of(number) for number in numbers] == names
    assert (name_of("mine"), name_of(""), name_of("3c", among=["3c"])) == ("mine", "", "3c")


@pytest.mark.parametrize("name", TABLE)
def test_an_experiment_has_the_network_of_the_assignment_and_is_trained_as_it_says(name):
    layers, weight_init, activation, learning_rate, momentum, parameters, unusual = TABLE[name]
    experiment = EXPERIMENTS[name]
    model = experiment.model(seed=0)
    assert (experiment.hidden_layers, model.layer_sizes) == (layers, (785, *layers, 10))
    assert (model.weight_init, model.activation, model.num_parameters) == (weight_init, activation, parameters)
    usual = {"batch_size": 32, "max_epochs": 50, "validations_per_epoch": 5, "patience": 50, "shuffle": True}
    expected = TrainingConfig(**{"learning_rate": learning_rate, "momentum": momentum} | usual | unusual)
    assert experiment.config == expected
