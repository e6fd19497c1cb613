"""The record of a training: its curves, and how it says that it ended."""

import numpy as np
import pytest
from trainings import ScriptedMLP, learn, network, settings

from helpers.network.history import History

BY_HAND = History(  # two steps to the first validation, three to the second, and one after it
    train_loss=np.array([4.0, 2.0, 3.0, 1.0, 2.0, 9.0]),
    validation_steps=np.array([2, 5]),
    validation_loss=np.array([2.5, 1.5]),
    validation_accuracy=np.array([0.5, 0.75]),
    train_accuracy=np.array([0.6, 0.8]),
    best_step=5,
)
EMPTY = History(*[np.array([])] * 5)


@pytest.mark.parametrize(
    ("split", "quantity", "expected"),
    [
        ("training", "loss", [3, 2]),
        ("training", "accuracy", [0.6, 0.8]),
        ("validation", "loss", [2.5, 1.5]),
        ("validation", "accuracy", [0.5, 0.75]),
    ],
)
def test_a_curve_has_a_value_at_each_validation(split, quantity, expected):
    assert BY_HAND.curve(split, quantity) == pytest.approx(expected)
    assert len(EMPTY.curve(split, quantity)) == 0


def test_the_training_loss_of_a_curve_is_the_mean_of_the_steps_since_the_validation_before(toy):
    history = learn(network(), toy)
    np.testing.assert_allclose(history.curve("training", "loss"), history.train_loss.reshape(8, 2).mean(axis=1))


def test_a_history_says_how_it_ended(toy):
    model = network(ScriptedMLP)
    model.losses = [5, 3, 4, 4]
    history = learn(model, toy, settings(patience=2))
    assert history.ending == "stopped early"
    assert "8 steps, stopped early; best validation loss 3.0000, accuracy 50.00%, at step 4" in repr(history)
    assert history.wall_seconds > 0
    assert history.cpu_seconds >= 0


def test_a_history_without_a_validation_says_so():
    assert (EMPTY.ending, repr(EMPTY)) == ("complete", "History(no validation yet)")
