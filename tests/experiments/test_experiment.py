"""Experiments: what they are called, what they say of themselves, and others made of them."""

import re

import numpy as np
import pytest

from helpers import EXPERIMENTS, Experiment, TrainingConfig
from helpers.experiments.experiment import num_parameters

TASK_3 = EXPERIMENTS["3c"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"name": ""}, "name is ''; allowed: a text without slashes"),
        ({"name": "../up"}, "name is '../up'; allowed"),
        ({"name": "two\nlines"}, "name is 'two\\nlines'; allowed"),
        ({"name": 3}, "name is 3; allowed"),
        ({"hidden_layers": 64}, "hidden_layers is 64; allowed: the units of each layer, such as (64,)"),
        ({"hidden_layers": (64, 0)}, "hidden_layers is (64, 0); allowed"),
        ({"hidden_layers": "64"}, "hidden_layers is '64'; allowed"),
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


# Variants -----------------------------------------------------------------------------------------------


def test_a_variant_changes_settings_of_its_own_and_of_its_config_and_keeps_the_others():
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
    ],
    ids=lambda value: value.name if isinstance(value, Experiment) else "",
)
def test_a_summary_is_the_title_or_says_what_was_changed(experiment, summary):
    assert experiment.summary == summary


def test_a_summary_of_what_is_based_on_nothing_names_the_network_and_unusual_settings():
    assert Experiment("mine").summary == "64 units, uniform weights, sigmoid"
    config = TrainingConfig(momentum=0.5, patience=None)
    assert Experiment("mine", config=config).summary.endswith("sigmoid, momentum 0.5, no early stopping")


@pytest.mark.parametrize("epochs", [None, 50, 51])
def test_a_limit_that_is_no_shorter_changes_nothing(epochs):
    assert TASK_3.limited(epochs) is TASK_3


def test_a_limited_experiment_has_fewer_epochs_under_the_same_name_and_summary():
    short = TASK_3.limited(2)
    assert (short.name, short.summary, short.config.max_epochs) == ("3c", TASK_3.summary, 2)
    assert short.shortened
    assert short.limited(1).shortened


def test_words_are_no_part_of_what_makes_two_experiments_equal():
    assert Experiment("mine", "one title") == Experiment("mine", "another", based_on=TASK_3)
    assert Experiment("mine") != Experiment("mine", config=TrainingConfig(momentum=0.5))
