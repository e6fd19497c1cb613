"""Validation and early stopping: when, and with which weights a training ends."""

import numpy as np
import pytest
from trainings import ScriptedMLP, learn, network, settings

from helpers import EarlyStopping


@pytest.mark.parametrize(
    ("batch_size", "per_epoch", "expected"),
    [
        (10, 1, [4, 8]),
        (10, 2, [2, 4, 6, 8]),
        (10, 4, [1, 2, 3, 4, 5, 6, 7, 8]),
        (10, 50, [1, 2, 3, 4, 5, 6, 7, 8]),  # at most one a step
        (47, 5, [1, 2]),
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
each_sequence = pytest.mark.parametrize(
    ("losses", "patience", "count", "best", "stopped"), SEQUENCES.values(), ids=SEQUENCES
)


@each_sequence
def test_the_stopping_rule_on_losses_made_by_hand(losses, patience, count, best, stopped):
    rule, parameters = EarlyStopping(patience), np.zeros(3)
    for number, loss in enumerate(losses[:count]):
        assert not rule.out_of_patience
        parameters[:] = number
        rule.update(10 * number, loss, parameters)
    assert rule.out_of_patience is stopped
    assert rule.best_step == 10 * best
    np.testing.assert_array_equal(rule.best_parameters, np.full(3, best))


@each_sequence
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


def test_weights_stay_views_of_the_parameters_when_the_best_are_restored(toy):
    model = network(ScriptedMLP)
    model.losses = [1, 2, 3, 4, 5, 6, 7, 8]
    learn(model, toy, settings(patience=2))
    np.testing.assert_array_equal(np.concatenate([w.ravel() for w in model.weights]), model.kept[0])
    assert all(np.shares_memory(weights, model.parameters) for weights in model.weights)


def test_the_restored_weights_give_the_lowest_validation_loss_of_the_history(toy):
    model = network()
    history = learn(model, toy, settings(learning_rate=2, max_epochs=30, patience=5))
    assert model.evaluate(toy.validation) == (history.validation_loss.min(), history.validation_accuracy[history.best])
    assert history.best_step < history.validation_steps[-1]
