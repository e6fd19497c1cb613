"""Training: the update rule, the mini-batches, equal bits and random numbers, and what is refused."""

import dataclasses
import io
import sys

import autograd
import numpy as np
import pytest
from trainings import automatic_loss, learn, network, same_history, settings

from helpers import MLP, Split, TrainingConfig
from helpers.data.random_streams import random_stream
from helpers.network.optimizers import SGD

# The update rule --------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["sigmoid", "improved_sigmoid"])
def test_weights_and_records_are_those_of_a_plain_loop_with_autograd(toy, activation):
    model, twin = network(activation=activation), network(activation=activation)
    history = learn(model, toy, settings(max_epochs=20, shuffle=False, patience=None))
    velocity, losses, accuracies, validations = 0, [], [], []
    for step in range(80):
        batch = Split(*(array[step % 4 * 10 :][:10] for array in toy.train))
        accuracies.append(twin.evaluate(batch)[1])
        loss, gradients = autograd.value_and_grad(automatic_loss)(twin.weights, activation, *batch)
        velocity = 0.8 * velocity + np.concatenate([g.ravel() for g in gradients])
        twin.parameters -= 0.3 * velocity
        losses.append(loss)
        if step % 2:
            validations.append(twin.evaluate(toy.validation))
    np.testing.assert_allclose(model.parameters, twin.parameters, rtol=1e-8)
    np.testing.assert_allclose(history.train_loss, losses, rtol=1e-8)
    np.testing.assert_allclose(history.train_accuracy, np.mean(np.reshape(accuracies, (40, 2)), axis=1))
    np.testing.assert_allclose(np.column_stack([history.validation_loss, history.validation_accuracy]), validations)
    np.testing.assert_array_equal(history.validation_steps, np.arange(2, 81, 2))


def test_training_recognises_unseen_images(mnist):
    few = dataclasses.replace(mnist, train=Split(*(array[:4_000] for array in mnist.train)))
    model = MLP([785, 32, 10], activation="improved_sigmoid", weight_init="improved", seed=0)
    history = learn(model, few, TrainingConfig(learning_rate=0.02, momentum=0.9, max_epochs=2))
    assert model.evaluate(mnist.test)[1] > 0.85
    assert history.validation_loss[-1] < 0.6 * history.train_loss[0]


# Mini-batches -----------------------------------------------------------------------------------------


class RecordingMLP(MLP):
    """Keeps the images and labels of every mini-batch that it learns from."""

    def backward_pass(self, images, targets, *arguments):
        np.testing.assert_array_equal(targets.sum(axis=1), 1)
        self.__dict__.setdefault("batches", []).append((images.copy(), targets.argmax(axis=1)))
        super().backward_pass(images, targets, *arguments)


def test_an_epoch_takes_no_image_twice_each_with_its_label_and_no_incomplete_batch(toy):
    model = network(RecordingMLP)
    history = learn(model, toy, settings(max_epochs=3))
    numbers = {image.tobytes(): number for number, image in enumerate(toy.train.images.astype(np.float64))}
    rows = np.array([[numbers[image.tobytes()] for image in images] for images, _ in model.batches])
    assert rows.shape == (12, 10)
    np.testing.assert_array_equal(toy.train.labels[rows], [labels for _, labels in model.batches])
    epochs = rows.reshape(3, 40)
    assert [len(set(epoch)) for epoch in epochs] == [40] * 3
    assert len({tuple(epoch) for epoch in epochs}) == 3
    assert len(history.train_loss) == 12
    assert set(epochs[0]) != set(epochs[1])  # shuffled first, so that every image has its turn


# Reproducibility --------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_seeds_give_equal_bits_and_other_seeds_other_orders(toy, dtype):
    models = [network(dtype=dtype) for _ in range(3)]
    histories = [learn(model, toy, seed=seed) for model, seed in zip(models, (0, 0, 1), strict=True)]
    same_history(*histories[:2])
    np.testing.assert_array_equal(models[0].parameters, models[1].parameters)
    assert not np.array_equal(histories[0].train_loss, histories[2].train_loss)


def test_a_progress_bar_and_a_callback_leave_the_result_as_it_is(toy, monkeypatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setattr(sys, "stderr", terminal)
    plain, watched = network(), network()
    expected = learn(plain, toy)
    assert terminal.getvalue() == ""
    seen = []
    history = learn(watched, toy, progress="auto", callback=seen.append)
    assert "16/16" in terminal.getvalue()
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
    assert dataclasses.astuple(config)[:7] == (0.1, 0.0, 32, 50, 5, 50, True)
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


@pytest.fixture(params=[np.float32, np.float64])
def steps(request):
    """Weights and the gradients of eight steps."""
    stream = np.random.default_rng(0)
    return stream.normal(size=50).astype(request.param), stream.normal(size=(8, 50)).astype(request.param)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_the_weights_are_those_of_the_update_rules_two_lines_and_no_gradient_changes(steps, momentum):
    parameters, gradients = steps
    expected, velocity, optimizer = parameters.copy(), np.zeros_like(parameters), SGD(0.1, momentum)
    gradients.setflags(write=False)
    for gradient in gradients:
        optimizer.update(parameters, gradient)
        velocity = momentum * velocity + gradient
        expected = expected - 0.1 * velocity
    np.testing.assert_allclose(parameters, expected, rtol=20 * np.finfo(parameters.dtype).eps, atol=1e-6)
    assert parameters.dtype == gradients.dtype


def draw(seed, name):
    return random_stream(seed, name).random(8).tolist()


def test_the_same_seed_and_name_give_the_same_numbers_whatever_was_drawn_before():
    before = draw(3, "batch order")
    random_stream(3, "initial weights").random(1000)
    np.random.default_rng(3).random(1000)
    assert draw(3, "batch order") == before == draw(np.int64(3), "batch order")


def test_every_pair_of_seed_and_name_has_a_stream_of_its_own():
    drawn = {tuple(draw(seed, name)) for seed in range(20) for name in ("split", "initial weights", "batch order")}
    assert len(drawn) == 60


def test_no_seed_gives_a_new_stream_each_time():
    assert draw(None, "split") != draw(None, "split")


@pytest.mark.parametrize("seed", [-1, 1.0, "1", True, np.float64(2)])
def test_a_seed_that_is_no_integer_from_0_is_refused_with_what_is_allowed(seed):
    with pytest.raises(ValueError, match=r"seed is .*; allowed: an integer from 0"):
        random_stream(seed, "split")
