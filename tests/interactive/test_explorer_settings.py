"""The explorer's form: what can be set, and what is said of what cannot be."""

import pytest

from helpers.experiments.table import EXPERIMENTS
from helpers.interactive.explorer.form import parse_layers


@pytest.mark.parametrize(
    ("text", "layers"), [("64", (64,)), (" 60, 60 ", (60, 60)), ("60 60", (60, 60)), ("", ()), ("512", (512,))]
)
def test_layers_are_written_as_one_says_them(text, layers):
    assert parse_layers(text) == layers


@pytest.mark.parametrize("text", ["0", "-3", "sixty", "64.5", "513", "8 " * 11, "²"])
def test_other_layers_are_refused_with_what_is_allowed(text):
    with pytest.raises(ValueError, match="allowed: the units of each"):
        parse_layers(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [("64", "50,880 parameters"), ("60, 60", "51,300 parameters"), ("", "7,850 parameters"), ("many", "allowed")],
)
def test_the_parameter_count_follows_the_layers_or_says_which_are_allowed(explorer, text, said):
    explorer.settings.hidden_layers.value = text
    assert said in explorer.settings.parameters.value


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_settings_of_every_experiment_can_be_taken(explorer, name):
    explorer.experiment.value = name
    explorer.take_settings.click()
    assert explorer.settings.experiment(name) == EXPERIMENTS[name]


@pytest.mark.parametrize(
    ("setting", "value", "word"),
    [
        ("hidden_layers", "<b>", "hidden layers are &quot;&lt;b&gt;&quot;"),
        ("learning_rate", 0.0, "learning_rate"),
        ("learning_rate", float("nan"), "learning_rate"),
        ("momentum", 1.0, "momentum"),
        ("batch_size", 0, "batch_size"),
        ("max_epochs", -1, "max_epochs"),
        ("seed", -1, "seed"),
    ],
)
def test_what_cannot_be_is_said_and_starts_nothing(explorer, setting, value, word):
    getattr(explorer.settings, setting).value = value
    explorer.start.click()
    assert word in explorer.message.value
    assert "allowed" in explorer.message.value
    assert not explorer.runs
