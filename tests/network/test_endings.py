"""When, how and with which weights a training ends: validations, early stopping, divergence, interrupts; its record."""

import pickle
from unittest.mock import Mock

import numpy as np
import pytest
from trainings import ScriptedMLP, learn, network, same_history, settings

from helpers import MLP, STOP, TrainingConfig, TrainingDiverged, train
from helpers.network.history import History


def diverge(toy):
    model = MLP([6, 3], weight_init="improved", seed=0)
    with pytest.raises(TrainingDiverged) as caught:
        learn(model, toy, TrainingConfig(learning_rate=1e38, batch_size=10, max_epochs=2))
    return caught.value


def test_a_loss_that_is_not_finite_ends_training_with_step_learning_rate_and_norms(toy):
    error = diverge(toy)
    message = str(error)
    for fragment in ("loss is ", " at step ", "learning rate 1e+38", "norms were", "Try a smaller learning rate"):
        assert fragment in message
    norm = np.linalg.norm(MLP([6, 3], weight_init="improved", seed=0).weights[0])
    assert f"norms were {norm:.3g} at the validation before (step 0)" in message
    assert isinstance(error, ArithmeticError)
    assert np.isfinite(error.history.train_loss).all()
    assert (error.history.best_step, len(error.history.validation_steps)) == (0, 0)


@pytest.mark.parametrize("loss", [np.inf, np.nan])
@pytest.mark.parametrize("patience", [50, None])
def test_a_validation_loss_that_is_not_finite_ends_training_with_the_best_weights(toy, patience, loss):
    model = network(ScriptedMLP)
    model.losses = (5, 3, 4, loss)
    with pytest.raises(TrainingDiverged, match=f"validation loss is {loss} nats at step 8"):
        learn(model, toy, settings(patience=patience))
    np.testing.assert_array_equal(model.parameters, model.kept[3 if patience is None else 1])


def test_what_is_no_model_dataset_or_config_is_named(toy):
    for name, wrong in (("model", None), ("dataset", toy.train), ("config", {"learning_rate": 0.1})):
        given = {"model": network(), "dataset": toy, "config": settings()} | {name: wrong}
        with pytest.raises(ValueError, match=f"^{name} is of type {type(wrong).__name__}; expected "):
            train(**given)


def test_the_step_of_divergence_is_that_of_the_first_loss_that_is_not_finite(toy):
    class Exploding(MLP):
        def backward_pass(self, images, *arguments):
            super().backward_pass(images, *arguments)
            self.steps = self.__dict__.get("steps", 0) + 1
            if self.steps == 6:  # the loss of step 7 is the first that these weights give
                self.parameters[:] = np.nan

    with pytest.raises(
        TrainingDiverged, match=r"training loss .* at step 7, with learning rate 0\.3; .*\(step 4\)"
    ) as e:
        learn(network(Exploding), toy, settings(validations_per_epoch=1))
    assert e.value.history.validation_steps.tolist() == [4]


@pytest.mark.parametrize("activation", ["sigmoid", "improved_sigmoid"])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_a_far_too_large_learning_rate_diverges_though_losses_stay_finite(toy, activation, momentum):
    model = MLP([6, 5, 3], activation=activation, weight_init="improved", seed=0)
    with pytest.raises(TrainingDiverged, match=r"loss is .*with learning rate 1e\+06") as caught:
        learn(model, toy, TrainingConfig(learning_rate=1e6, momentum=momentum, batch_size=10, max_epochs=20))
    assert np.isfinite(caught.value.history.train_loss).all()


def test_divergence_crosses_to_another_process_with_message_and_history(toy):
    error = diverge(toy)
    twin = pickle.loads(pickle.dumps(error))  # noqa: S301, what joblib does between processes
    assert type(twin) is TrainingDiverged
    assert str(twin) == str(error)
    same_history(twin.history, error.history)


@pytest.mark.parametrize("third", [KeyboardInterrupt, STOP])
@pytest.mark.parametrize("patience", [50, None])
def test_an_interrupt_and_a_callbacks_stop_end_training_with_what_was_learnt(toy, patience, third):
    model = network(ScriptedMLP)
    model.losses = [5, 3, 4, 1, 1, 1, 1, 1]
    history = learn(model, toy, settings(patience=patience), callback=Mock(side_effect=[None, None, third]))
    assert (history.interrupted, history.stopped_early, history.best_step) == (True, False, 4)
    assert history.validation_loss.tolist() == [5, 3, 4]
    assert len(history.train_loss) == 6
    np.testing.assert_array_equal(model.parameters, model.kept[2 if patience is None else 1])


def test_an_interrupt_before_the_first_validation_keeps_the_weights_of_that_moment(toy):
    model, untrained = network(), network()
    model.evaluation_pass = Mock(side_effect=KeyboardInterrupt)
    history = learn(model, toy)
    assert (history.interrupted, len(history.validation_steps), history.best_step) == (True, 0, 0)
    assert not np.array_equal(model.parameters, untrained.parameters)


def test_another_error_in_the_callback_is_passed_on(toy):
    with pytest.raises(RuntimeError, match="from the callback"):
        learn(network(), toy, callback=Mock(side_effect=RuntimeError("from the callback")))


@pytest.mark.parametrize("answer", [None, False, True, 0, "", "go on", np.zeros(3)])
def test_a_callback_that_returns_anything_else_lets_training_go_on(toy, answer):
    history = learn(network(), toy, callback=lambda history: answer)
    assert (history.ending, len(history.validation_steps)) == ("complete", 8)


@pytest.mark.parametrize(
    ("batch_size", "per_epoch", "expected"),
    [
        (10, 1, [4, 8]),
        (10, 2, [2, 4, 6, 8]),
        (10, 4, [1, 2, 3, 4, 5, 6, 7, 8]),
        (10, 50, [1, 2, 3, 4, 5, 6, 7, 8]),  # at most one a step
        (47, 5, [1, 2]),  # all images at once
        (1, 1, [47, 94]),
        (4, 5, [2, 4, 7, 9, 11, 13, 15, 18, 20, 22]),  # 11 steps an epoch: as even as can be
    ],
)
def test_validations_are_spread_over_every_epoch(toy, batch_size, per_epoch, expected):
    config = settings(batch_size=batch_size, validations_per_epoch=per_epoch, max_epochs=2)
    assert learn(network(), toy, config).validation_steps.tolist() == expected


SEQUENCES = {  # losses, patience -> number of validations, index of the best, stopped early
    "falling throughout": ([8, 7, 6, 5, 4, 3, 2, 1], 1, 8, 7, False),
    "rising from the first": ([1, 2, 3, 4, 5, 6, 7, 8], 3, 4, 0, True),
    "recovering just in time": ([5, 6, 6, 4, 5, 5, 3, 3.5], 3, 8, 6, False),
    "recovering one too late": ([5, 6, 6, 6, 4, 5, 5, 5], 3, 4, 0, True),
    "equal ones do not count": ([5, 4, 4, 4, 4, 4, 4, 4], 3, 5, 1, True),
    "the earliest of equals is kept": ([5, 3, 4, 3, 4, 3, 4, 4], None, 8, 1, False),
    "a hair lower counts": ([5, 4, 4 - 1e-12, 4, 4, 4, 4, 4], 3, 6, 2, True),
    "patience of one": ([5, 4, 4.5, 1, 1, 1, 1, 1], 1, 3, 1, True),
    "patience runs out at the very end": ([5, 4, 3, 2, 1, 2, 2, 2], 3, 8, 4, True),
    "no patience set": ([1, 2, 3, 4, 5, 6, 7, 8], None, 8, 0, False),
}


@pytest.mark.parametrize(("losses", "patience", "count", "best", "stopped"), SEQUENCES.values(), ids=SEQUENCES)
def test_training_stops_by_the_rule_and_ends_with_the_best_weights(toy, losses, patience, count, best, stopped):
    model = network(ScriptedMLP)
    model.losses = losses
    history = learn(model, toy, settings(patience=patience))
    assert history.validation_loss.tolist() == losses[:count]
    assert len(history.train_loss) == history.validation_steps[-1] == 2 * count
    assert (history.best_step, history.best, history.stopped_early) == (2 * (best + 1), best, stopped)
    last = count - 1
    np.testing.assert_array_equal(model.parameters, model.kept[last if patience is None else best])
    assert not np.array_equal(model.kept[0], model.kept[1])
    np.testing.assert_array_equal(np.concatenate([w.ravel() for w in model.weights]), model.parameters)


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


def test_a_history_says_how_it_ended_and_one_without_a_validation_that_it_has_none(toy):
    assert (EMPTY.ending, repr(EMPTY)) == ("complete", "History(no validation yet)")
    model = network(ScriptedMLP)
    model.losses = [5, 3, 4, 4]
    history = learn(model, toy, settings(patience=2))
    assert history.ending == "stopped early"
    assert "8 steps, stopped early; best validation loss 3.0000, accuracy 50.00%, at step 4" in repr(history)
    assert history.wall_seconds > 0
    assert history.cpu_seconds >= 0
