"""Training: the update rule, the mini-batches, equal bits, and what is refused."""

import dataclasses
import io
import sys

import numpy as np
import pytest
from trainings import RecordingMLP, dataset_of, learn, network, same_history, settings

from helpers import MLP, Dataset, Split, TrainingConfig

# The update rule --------------------------------------------------------------------------------------


def test_two_steps_with_momentum_are_those_worked_by_hand():
    # Softmax regression from W = 0 on one image x = (1, 2) of class 0; learning rate 0.1, momentum 0.5.
    # Step 1: y = (1/2, 1/2), y - t = (-1/2, 1/2), gradient = x^T (y - t) = [[-0.5, 0.5], [-1, 1]],
    #         v = gradient, W = -0.1 v = [[0.05, -0.05], [0.1, -0.1]]; loss ln 2.
    # Step 2: z = x W = (0.25, -0.25), y_1 = 1 / (1 + e^0.5) = 0.377541, gradient = y_1 [[-1, 1], [-2, 2]],
    #         v = 0.5 v + gradient = (0.25 + 0.377541) [[-1, 1], [-2, 2]],
    #         W = W - 0.1 v = (0.05 + 0.0627541) [[1, -1], [2, -2]]; loss -ln(1 - y_1) = 0.474077.
    model = MLP([2, 2], dtype=np.float64)
    model.parameters[:] = 0
    config = TrainingConfig(learning_rate=0.1, momentum=0.5, batch_size=1, max_epochs=2, patience=None)
    history = learn(model, dataset_of([[1, 2]], [0]), config)
    np.testing.assert_allclose(model.weights[0], 0.1127540669 * np.array([[1, -1], [2, -2]]), rtol=1e-9)
    np.testing.assert_allclose(history.train_loss, [0.6931471806, 0.4740769842], rtol=1e-9)


def test_one_step_through_a_hidden_unit_is_the_one_worked_by_hand():
    # x = 1, w = 0: z = 0, a = 1/2, f'(z) = 1/4. W2 = (1, -1): logits (1/2, -1/2), y_1 = 1 / (1 + e) = 0.268941.
    # Class 0: D2 = (-y_1, y_1); gradient of W2 = a D2 = (-0.134471, 0.134471);
    # D1 = 1/4 (1 (-y_1) + (-1) y_1) = -0.134471, gradient of w = x D1. Learning rate 2: each moves by 0.268941.
    model = MLP([1, 1, 2], dtype=np.float64)
    model.parameters[:] = [0, 1, -1]
    learn(model, dataset_of([[1]], [0]), TrainingConfig(learning_rate=2, batch_size=1, max_epochs=1, patience=None))
    np.testing.assert_allclose(model.parameters, [0.2689414214, 1.2689414214, -1.2689414214], rtol=1e-9)


@pytest.mark.parametrize("activation", ["sigmoid", "improved_sigmoid"])
def test_weights_and_records_are_those_of_a_plain_loop(toy, activation):
    model, twin = network(activation=activation), network(activation=activation)
    history = learn(model, toy, settings(shuffle=False, patience=None))
    velocity, losses, accuracies, validations = 0, [], [], []
    for step in range(1, 17):
        rows = slice((step - 1) % 4 * 10, (step - 1) % 4 * 10 + 10)
        batch = Split(*(array[rows] for array in toy.train))
        accuracies.append(twin.evaluate(batch)[1])
        loss, gradients = twin.loss_and_gradients(*batch)
        velocity = 0.8 * velocity + np.concatenate([g.ravel() for g in gradients])
        twin.parameters -= 0.3 * velocity
        losses.append(loss)
        if step % 2 == 0:
            validations.append(twin.evaluate(toy.validation))
    np.testing.assert_allclose(model.parameters, twin.parameters, rtol=1e-10)
    np.testing.assert_allclose(history.train_loss, losses, rtol=1e-10)
    np.testing.assert_allclose(history.train_accuracy, np.mean(np.reshape(accuracies, (8, 2)), axis=1))
    np.testing.assert_allclose(history.validation_loss, [loss for loss, _ in validations], rtol=1e-10)
    np.testing.assert_allclose(history.validation_accuracy, [accuracy for _, accuracy in validations])
    np.testing.assert_array_equal(history.validation_steps, np.arange(2, 17, 2))


def test_one_full_batch_step_with_learning_rate_1_moves_by_the_gradient(toy):
    model = network()
    before = model.parameters.copy()
    _, gradients = model.loss_and_gradients(*toy.train)
    learn(model, toy, TrainingConfig(learning_rate=1, batch_size=47, max_epochs=1, patience=None))
    np.testing.assert_allclose(before - model.parameters, np.concatenate([g.ravel() for g in gradients]), atol=1e-14)


def test_twenty_images_can_be_learnt_by_heart(mnist):
    few = Split(*(array[:20] for array in mnist.train))
    dataset = dataclasses.replace(mnist, train=few, validation=few)
    model = MLP([785, 32, 10], activation="improved_sigmoid", weight_init="improved", seed=0)
    config = TrainingConfig(learning_rate=0.05, momentum=0.9, batch_size=10, max_epochs=100, patience=None)
    history = learn(model, dataset, config)
    loss, accuracy = model.evaluate(few)
    assert history.train_loss[0] > 1
    assert loss < 0.005
    assert accuracy == history.train_accuracy[-1] == 1


def test_training_recognises_unseen_images(mnist):
    few = dataclasses.replace(mnist, train=Split(*(array[:4_000] for array in mnist.train)))
    model = MLP([785, 32, 10], activation="improved_sigmoid", weight_init="improved", seed=0)
    history = learn(model, few, TrainingConfig(learning_rate=0.02, momentum=0.9, max_epochs=2))
    assert model.evaluate(mnist.test)[1] > 0.85
    assert history.validation_loss[-1] < 0.6 * history.train_loss[0]


# Mini-batches -----------------------------------------------------------------------------------------


def rows_of(batches, images):
    """Return the row numbers of the images in each mini-batch."""
    known = {image.tobytes(): row for row, image in enumerate(images.astype(np.float64))}
    return [[known[image.tobytes()] for image in batch] for batch in batches]


def test_an_epoch_takes_no_image_twice_and_drops_the_last_incomplete_mini_batch(toy):
    model = network(RecordingMLP)
    history = learn(model, toy, settings(max_epochs=3))
    rows = np.array(rows_of(model.batches, toy.train.images))
    assert rows.shape == (12, 10)
    epochs = rows.reshape(3, 40)
    assert [len(set(epoch)) for epoch in epochs] == [40] * 3
    assert len({tuple(epoch) for epoch in epochs}) == 3
    assert len(history.train_loss) == 12
    dropped = [set(range(47)) - set(epoch) for epoch in epochs]
    assert dropped[0] != dropped[1]  # shuffled first, so that every image has its turn


def test_without_shuffling_mini_batches_come_in_the_order_of_the_images(toy):
    model = network(RecordingMLP)
    learn(model, toy, settings(max_epochs=2, shuffle=False))
    rows = np.array(rows_of(model.batches, toy.train.images))
    np.testing.assert_array_equal(rows.ravel(), [*range(40), *range(40)])


def test_images_and_labels_are_shuffled_together(toy):
    class Checking(MLP):
        def backward_pass(self, images, targets, *arguments):
            rows = rows_of([images], toy.train.images)[0]
            np.testing.assert_array_equal(targets.argmax(axis=1), toy.train.labels[rows])
            np.testing.assert_array_equal(targets.sum(axis=1), 1)
            super().backward_pass(images, targets, *arguments)

    learn(network(Checking), toy)


def test_a_batch_of_all_images_and_a_batch_of_one_work(toy):
    for batch_size in (47, 1):
        history = learn(network(), toy, settings(batch_size=batch_size, max_epochs=1))
        assert len(history.train_loss) == 47 // batch_size
        assert np.isfinite(history.train_loss).all()


# Reproducibility --------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_seeds_give_equal_bits_and_other_seeds_other_orders(toy, dtype):
    models = [network(dtype=dtype) for _ in range(3)]
    histories = [learn(model, toy, seed=seed) for model, seed in zip(models, (0, 0, 1), strict=True)]
    same_history(*histories[:2])
    np.testing.assert_array_equal(models[0].parameters, models[1].parameters)
    assert not np.array_equal(histories[0].train_loss, histories[2].train_loss)


def test_a_progress_bar_and_a_callback_leave_the_result_as_it_is(toy, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setattr(sys, "stderr", Terminal())
    plain, watched = network(), network()
    expected = learn(plain, toy)
    assert sys.stderr.getvalue() == ""
    seen = []
    history = learn(watched, toy, progress="auto", callback=seen.append)
    assert "16/16" in sys.stderr.getvalue()
    same_history(history, expected)
    np.testing.assert_array_equal(watched.parameters, plain.parameters)
    assert [len(part.validation_steps) for part in seen] == list(range(1, 9))
    for part in seen:  # each is a picture of its moment, which later steps do not change
        steps = part.validation_steps[-1]
        np.testing.assert_array_equal(part.train_loss, expected.train_loss[:steps])
        assert part.best_step == part.validation_steps[part.validation_loss.argmin()]


def test_a_callback_may_write_on_its_history_without_changing_the_record(toy):
    def scribble(history):
        for array in (history.train_loss, history.validation_loss, history.train_accuracy):
            array[:] = 0

    same_history(learn(network(), toy, callback=scribble), learn(network(), toy))


def test_training_changes_no_data(toy):
    splits = [array.copy() for split in (toy.train, toy.validation, toy.test) for array in split]
    writeable = Dataset(*(Split(*splits[i : i + 2]) for i in (0, 2, 4)), 0.0, 1.0, "copy", toy.directory)
    learn(network(), writeable)
    for array, kept in zip(splits, (a for s in (toy.train, toy.validation, toy.test) for a in s), strict=True):
        np.testing.assert_array_equal(array, kept)


def test_no_seed_draws_a_new_order(toy):
    first, second = (learn(network(), toy, seed=None) for _ in range(2))
    assert not np.array_equal(first.train_loss, second.train_loss)


# Arguments --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "values", "allowed"),
    [
        ("learning_rate", [0, -0.1, np.nan, np.inf, "0.1", None], "a positive, finite number"),
        ("momentum", [-0.1, 1, 1.5, np.nan, "0.9"], "from 0 up to, not including, 1"),
        ("batch_size", [0, -1, 1.5, "32", True, None], "an integer from 1"),
        ("max_epochs", [0, -1, 2.5, None], "an integer from 1"),
        ("validations_per_epoch", [0, -1, 2.5, None], "an integer from 1"),
        ("patience", [0, -1, 2.5, True], "an integer from 1, or None"),
        ("shuffle", [0, None, "no"], "True or False"),
    ],
)
def test_a_setting_out_of_range_is_refused_with_what_is_allowed(name, values, allowed):
    for value in values:
        with pytest.raises(ValueError, match=f"^{name} is .*; allowed: {allowed}$"):
            TrainingConfig(**{name: value})


def test_the_default_settings_are_those_of_the_course_and_cannot_be_changed():
    config = TrainingConfig()
    assert dataclasses.astuple(config) == (0.1, 0.0, 32, 50, 5, 50, True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.learning_rate = 1


@pytest.mark.parametrize(
    ("changes", "config", "arguments", "message"),
    [
        ({}, {"batch_size": 48}, {}, "batch_size is 48; allowed: at most the 47 training images"),
        ({"train": lambda x, t: (x[:, :5], t)}, {}, {}, "images have shape .47, 5.; expected .N, 6."),
        ({"validation": lambda x, t: (x[:, :5], t)}, {}, {}, "images have shape .30, 5."),
        ({"train": lambda x, t: (x, t + 1)}, {}, {}, "labels go from 1 to 3; allowed: 0 to 2"),
        ({"validation": lambda x, t: (x, t - 1)}, {}, {}, "labels go from -1 to 1"),
        ({"train": lambda x, t: (x, t[:-1])}, {}, {}, "expected 47 integers"),
        ({"train": lambda x, t: (np.where(x == x.max(), np.nan, x), t)}, {}, {}, "images hold nan at row"),
        ({"validation": lambda x, t: (np.where(x == x.max(), np.inf, x), t)}, {}, {}, "images hold inf at row"),
        ({}, {}, {"callback": 3}, "callback is 3; allowed: a function"),
        ({}, {}, {"seed": -1}, "seed is -1; allowed"),
        ({}, {}, {"progress": "always"}, "progress is 'always'; allowed"),
    ],
)
def test_model_data_and_settings_that_do_not_fit_are_refused_before_a_step(toy, changes, config, arguments, message):
    splits = {name: Split(*change(*getattr(toy, name))) for name, change in changes.items()}
    model, untrained = network(), network()
    with pytest.raises(ValueError, match=message):
        learn(model, dataclasses.replace(toy, **splits), settings(**config), **arguments)
    np.testing.assert_array_equal(model.parameters, untrained.parameters)
