"""What ends a training before its time: divergence, an interrupt, a callback."""

import pickle

import numpy as np
import pytest
from trainings import ScriptedMLP, learn, network, same_history, settings

from helpers import MLP, STOP, TrainingConfig, TrainingDiverged, train


def diverge(toy):
    model = MLP([6, 3], weight_init="improved", seed=0)
    with pytest.raises(TrainingDiverged) as caught:
        learn(model, toy, TrainingConfig(learning_rate=1e38, batch_size=10, max_epochs=2))
    return caught.value


def test_a_loss_that_is_no_longer_finite_ends_training_with_step_learning_rate_and_norms(toy):
    error = diverge(toy)
    message = str(error)
    for fragment in ("loss is ", " at step ", "learning rate 1e+38", "norms were", "Try a smaller learning rate"):
        assert fragment in message
    norm = np.linalg.norm(MLP([6, 3], weight_init="improved", seed=0).weights[0])
    assert f"norms were {norm:.3g} at the validation before (step 0)" in message
    assert isinstance(error, ArithmeticError)
    assert np.isfinite(error.history.train_loss).all()
    assert (error.history.best_step, len(error.history.validation_steps)) == (0, 0)


@pytest.mark.parametrize("patience", [50, None])
def test_a_training_that_diverges_later_ends_with_its_best_weights_where_it_looks_for_them(toy, patience):
    model = network(ScriptedMLP)
    model.losses = (5, 3, 4, np.inf)
    with pytest.raises(TrainingDiverged, match="validation loss is inf"):
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


def test_a_validation_loss_that_is_not_finite_ends_training_too(toy):
    model = network(ScriptedMLP)
    model.losses = [1.0, float("nan")]
    with pytest.raises(TrainingDiverged, match="validation loss is nan nats at step 4"):
        learn(model, toy)


@pytest.mark.parametrize("activation", ["sigmoid", "improved_sigmoid"])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_far_too_large_a_learning_rate_diverges_though_saturated_units_keep_the_loss_finite(toy, activation, momentum):
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


def interrupt(history):
    if len(history.validation_steps) == 3:
        raise KeyboardInterrupt


def say_stop(history):
    return STOP if len(history.validation_steps) == 3 else None


@pytest.mark.parametrize("callback", [interrupt, say_stop])
@pytest.mark.parametrize("patience", [50, None])
def test_an_interrupt_and_a_callback_that_says_stop_end_training_with_what_was_learnt(toy, patience, callback):
    model = network(ScriptedMLP)
    model.losses = [5, 3, 4, 1, 1, 1, 1, 1]
    history = learn(model, toy, settings(patience=patience), callback=callback)
    assert (history.interrupted, history.stopped_early, history.best_step) == (True, False, 4)
    assert history.validation_loss.tolist() == [5, 3, 4]
    assert len(history.train_loss) == 6
    np.testing.assert_array_equal(model.parameters, model.kept[2 if patience is None else 1])


def test_an_interrupt_before_the_first_validation_keeps_the_weights_of_that_moment(toy):
    class Interrupted(MLP):
        def evaluation_pass(self, images, labels):
            raise KeyboardInterrupt

    model, untrained = network(Interrupted), network()
    history = learn(model, toy)
    assert (history.interrupted, len(history.validation_steps), history.best_step) == (True, 0, 0)
    assert repr(history) == "History(no validation yet)"
    assert not np.array_equal(model.parameters, untrained.parameters)


def test_another_error_in_the_callback_is_passed_on(toy):
    def fail(history):
        raise RuntimeError("from the callback")

    with pytest.raises(RuntimeError, match="from the callback"):
        learn(network(), toy, callback=fail)


@pytest.mark.parametrize("answer", [None, False, True, 0, "", "go on", np.zeros(3)])
def test_a_callback_that_returns_anything_else_lets_training_go_on(toy, answer):
    history = learn(network(), toy, callback=lambda history: answer)
    assert (history.ending, len(history.validation_steps)) == ("complete", 8)
