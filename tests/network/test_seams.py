"""What training takes of one's own: every switch, alone and in pairs, does to the weights what its formula says."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from trainings import learn

from helpers import MLP, Dataset, TrainingConfig, gradient_check
from helpers.common.checks import called
from helpers.data.mnist import Split
from helpers.data.random_streams import random_stream
from helpers.network.activations import ACTIVATIONS
from helpers.network.buffers import Buffers
from helpers.network.deformations import Deformation
from helpers.network.initial_weights import WEIGHT_INITS
from helpers.network.losses import LOSSES
from helpers.network.optimizers import SGD, Adam
from helpers.network.schedules import cosine
from helpers.network.training import CHANGED_AT_ONCE

RATE, STEP = 0.5, 1e-6


def brighter(pixels, stream):
    return pixels + stream.normal(size=pixels.shape)


SWITCHES = [
    *({"activation": name} for name in ACTIVATIONS),
    *({"weight_init": name} for name in WEIGHT_INITS),
    *({"loss": name} for name in LOSSES),
    {"weight_decay": 0.3},
    {"dropout": 0.4},
    {"augmentation": brighter},
    {"hidden": (5, 4)},
]
PAIRS = [{**one, **other} for one, other in itertools.combinations(SWITCHES, 2) if not one.keys() & other.keys()]


@pytest.fixture
def tiny():
    """Twelve images of nine pixels in three classes, of which a pass over all is one step."""
    stream = np.random.default_rng(3)
    images, labels = stream.normal(size=(12, 10)), np.arange(12) % 3
    split = Split(images, labels)
    return Dataset(split, split, split, 0.0, 1.0, "tiny", "nowhere", image_shape=(3, 3), label_names=("a", "b", "c"))


def one_step(dataset, hidden=(6,), activation="sigmoid", weight_init="improved", **settings):
    """Weights before and after a training of one step over all images."""
    layers = [10, *hidden, 3]
    model = MLP(layers, activation=activation, weight_init=weight_init, seed=1, dtype=np.float64)
    before = model.parameters.copy()
    config = TrainingConfig(learning_rate=RATE, batch_size=12, max_epochs=1, patience=None, shuffle=False, **settings)
    learn(model, dataset, config, seed=4)
    return model, before, config


def objective(model, parameters, images, labels, config):
    """What the step should make smaller: the mean loss, under the same dropout, and the decay of the weights."""
    twin = model.in_float64()
    twin.parameters = parameters
    buffers = Buffers(len(images), twin.layer_sizes, twin.dtype, config.dropout)
    if config.dropout:
        buffers.drop(random_stream(4, "dropout"))
    logits = twin.forward_pass(images, buffers)
    losses = LOSSES[config.loss].value(logits, twin.one_hot(labels))
    return losses.mean() + config.weight_decay * np.square(parameters).sum() / 2


@pytest.mark.parametrize("switches", [{}, *SWITCHES, *PAIRS], ids=lambda one: "-".join(map(called, one.values())))
def test_a_step_goes_down_the_slope_of_its_objective_with_every_switch_and_pair(tiny, switches):
    model, before, config = one_step(tiny, **switches)
    images, labels = tiny.train
    if config.augmentation:
        changed = brighter(tiny.pixels_of(images), random_stream(4, "augmentation"))
        images = np.column_stack([changed.reshape(len(images), -1), np.ones(len(images))])
    gradient = (before - model.parameters) / RATE
    for weight in np.random.default_rng(0).choice(before.size, 25, replace=False):
        moves = np.zeros_like(before)
        moves[weight] = STEP
        above, below = (objective(model, before + sign * moves, images, labels, config) for sign in (1, -1))
        assert gradient[weight] == pytest.approx((above - below) / (2 * STEP), rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradient_check_holds_for_every_loss_and_finds_a_wrong_one(tiny, loss):
    model = MLP([10, 6, 3], weight_init="improved", seed=1)
    assert max(gradient_check(model, *tiny.train, LOSSES[loss])) < 1e-5
    wrong = LOSSES[loss]._replace(slope=lambda *given: LOSSES[loss].slope(*given) * 1.01)
    assert min(gradient_check(model, *tiny.train, wrong)) > 5e-3


def test_a_kink_between_two_sides_of_a_weight_is_no_error(tiny):
    images, labels = tiny.train
    model = MLP([10, 6, 3], activation="relu", weight_init="he", seed=1, dtype=np.float64)
    z = images @ model.weights[0]
    model.weights[0][-1, 0] -= z[0, 0] / images[0, -1] - 3e-5  # the first unit's kink lies within the longer step
    assert max(gradient_check(model, images, labels)) < 1e-5


# Update rules and schedules -----------------------------------------------------------------------------


def test_adam_takes_the_steps_of_its_paper():
    parameters, rule = np.array([1.0, -2.0]), Adam(learning_rate=0.1)
    mean, square, expected = np.zeros(2), np.zeros(2), parameters.copy()
    for step, gradient in enumerate(np.array([[1.0, -3.0], [0.5, 2.0], [-4.0, 0.0]]), start=1):
        rule.update(parameters, gradient)
        mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        expected -= 0.1 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    np.testing.assert_allclose(parameters, expected, rtol=1e-12)


def test_an_own_rule_moves_the_weights_begins_anew_and_follows_the_schedule(tiny):
    class Watched:
        learning_rate = 2.0

        def __init__(self):
            self.rates = []

        def update(self, parameters, gradient):
            self.rates.append(self.learning_rate)
            rates.append(self.learning_rate)
            parameters -= 1e-3 * gradient

    rates, rule = [], Watched()
    config = TrainingConfig(batch_size=3, max_epochs=2, optimizer=rule, schedule=cosine, validations_per_epoch=1)
    for _ in range(2):
        learn(MLP([10, 3], seed=0), tiny, config)
    assert rates == pytest.approx([2 * cosine(step / 8) for step in range(8)] * 2)
    assert (rule.rates, rule.learning_rate, config.learning_rate) == ([], 2.0, 2.0)


def test_the_plain_rule_given_as_an_object_gives_the_same_bits(tiny):
    plain = TrainingConfig(learning_rate=0.02, momentum=0.9, batch_size=3, max_epochs=3)
    models = [MLP([10, 4, 3], seed=0) for _ in range(2)]
    for model, config in zip(models, (plain, replace(plain, optimizer=SGD(0.02, 0.9))), strict=True):
        learn(model, tiny, config)
    assert models[0].parameters.tobytes() == models[1].parameters.tobytes()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"optimizer": "adam"}, r"optimizer is 'adam'; allowed: an object with update\(parameters, gradient\)"),
        ({"optimizer": Adam(), "learning_rate": 0.5}, r"belongs to the optimizer, .*; give it there: Adam\(learning_r"),
        ({"optimizer": Adam(-1.0)}, "learning_rate is -1.0; allowed: a positive"),
        ({"weight_decay": -1}, "weight_decay is -1; allowed: a finite number from 0"),
        ({"dropout": 1}, "dropout is 1; allowed: from 0 up to, not including, 1"),
        ({"loss": "hinge"}, "loss is 'hinge'; allowed: 'cross_entropy', 'squared_error', or a Loss"),
        *(({name: 3}, f"{name} is 3; allowed: a function, or None") for name in ("schedule", "augmentation", "stop")),
    ],
)
def test_a_setting_that_is_none_is_refused_with_what_is_allowed(settings, message):
    with pytest.raises(ValueError, match=message):
        TrainingConfig(**settings)


def test_a_schedule_needs_a_rule_with_a_learning_rate():
    class Fixed:
        def update(self, parameters, gradient):
            parameters -= gradient

    with pytest.raises(ValueError, match="has no learning_rate that it could change"):
        TrainingConfig(optimizer=Fixed(), schedule=cosine)


# Data and ends ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda pixels, _: pixels[1:],
            r"made float32 \(11, 3, 3\) of images \(12, 3, 3\); allowed: numbers of the same",
        ),
        (lambda pixels, _: pixels * np.nan, "numbers that are not finite; allowed: grey values"),
        (lambda pixels, _: pixels.astype(str), "allowed: numbers of the same shape"),
    ],
)
def test_a_change_of_images_that_makes_no_images_is_named(tiny, change, message):
    with pytest.raises(ValueError, match=rf"^augmentation <lambda> .*{message}"):
        learn(MLP([10, 3], seed=0), tiny, TrainingConfig(batch_size=3, augmentation=change))


def test_each_epoch_has_other_changes_and_the_same_seed_the_same(tiny):
    seen = []

    def watched(pixels, stream):
        seen.append(brighter(pixels, stream))
        return seen[-1]

    for _ in range(2):
        learn(MLP([10, 3], seed=0), tiny, TrainingConfig(batch_size=3, max_epochs=2, augmentation=watched), seed=5)
    assert not np.array_equal(seen[0], seen[1])
    np.testing.assert_array_equal(seen[:2], seen[2:])


def test_every_image_is_changed_also_those_of_the_last_incomplete_part(tiny):
    def negative(pixels, stream):
        assert len(pixels) <= CHANGED_AT_ONCE
        return -pixels

    images = np.random.default_rng(0).normal(size=(CHANGED_AT_ONCE + 6, 10))
    images[:, -1] = 1
    labels = np.arange(len(images)) % 3
    weights = []
    for sign, change in ((1, negative), (-1, None)):
        shown = np.column_stack([sign * images[:, :-1], images[:, -1]])
        model = MLP([10, 3], seed=0)
        config = TrainingConfig(batch_size=len(images), max_epochs=3, patience=None, augmentation=change)
        learn(model, replace(tiny, train=Split(shown, labels)), config, seed=5)
        weights.append(model.parameters)
    np.testing.assert_array_equal(*weights)


def test_a_reason_of_ones_own_ends_training_and_is_no_interrupt(tiny):
    def good_enough(history):
        return len(history.validation_steps) == 3

    config = TrainingConfig(batch_size=3, stop=good_enough, validations_per_epoch=1)
    history = learn(MLP([10, 3], seed=0), tiny, config)
    assert (history.ending, history.interrupted, len(history.validation_steps)) == ("stopped by good_enough", False, 3)


def test_without_validation_images_all_epochs_are_trained_and_a_warning_says_so(tiny):
    images, labels = tiny.validation
    without = replace(tiny, validation=Split(images[:0], labels[:0]))
    model = MLP([10, 3], seed=0)
    with pytest.warns(UserWarning, match="no validation images: no early stopping, all epochs are trained"):
        history = learn(model, without, TrainingConfig(batch_size=3, max_epochs=2, patience=1))
    assert (history.ending, len(history.train_loss), history.best_step) == ("complete", 8, 8)
    assert np.isnan(history.validation_loss).all()
    assert np.isfinite(history.train_accuracy).all()


# Deformations -------------------------------------------------------------------------------------------


@pytest.fixture
def dots():
    """Images of one bright pixel in the middle."""
    images = np.zeros((2_000, 28, 28))
    images[:, 14, 14] = 255
    return images


def test_no_deformation_leaves_images_as_they_are(dots):
    np.testing.assert_allclose(Deformation()(dots, np.random.default_rng(0)), dots, atol=1e-3)


@pytest.mark.parametrize("shift", [1, 3])
def test_a_shift_moves_ink_by_at_most_so_many_pixels_and_loses_none(dots, shift):
    moved = Deformation(shift=shift)(dots, np.random.default_rng(0))
    np.testing.assert_allclose(moved.sum(axis=(1, 2)), 255, rtol=1e-4)
    rows = (moved * np.arange(28)[:, None]).sum(axis=(1, 2)) / 255 - 14
    assert 0.9 * shift < abs(rows).max() <= shift + 1e-3
    assert abs(rows.mean()) < 0.1 * shift


def test_elastic_displacements_have_the_size_asked_for_and_are_smooth():
    changed = Deformation(elastic=2.0, smoothness=4.0)
    row, _ = changed.places((500, 28, 28), np.random.default_rng(0))
    displacement = row - np.arange(28)[:, None]
    assert np.sqrt(np.square(displacement).mean()) == pytest.approx(2, rel=0.05)
    assert np.sqrt(np.square(np.diff(displacement, axis=2)).mean()) < 0.5


def test_elastic_displacements_are_noise_smoothed_by_a_gaussian():
    row, column = Deformation(elastic=1.5, smoothness=3.0).places((4_000, 28, 20), np.random.default_rng(1))
    displacement = row - np.arange(28)[:, None]
    near, far = (np.mean(displacement[:, 14, 6] * displacement[:, 14, 6 + apart]) for apart in (3, 9))
    assert (near, far) == pytest.approx([1.5**2 * np.exp(-((apart / 3) ** 2) / 4) for apart in (3, 9)], abs=0.12)
    np.testing.assert_allclose(np.square(displacement).mean(axis=0), 1.5**2, rtol=0.15)  # at the edge too
    assert abs(np.mean(displacement * (column - np.arange(20)))) < 0.05  # either way on its own


def test_integers_are_deformed_too(dots):
    changed = Deformation(shift=1)(dots[:70].astype(np.uint8), np.random.default_rng(0))
    np.testing.assert_allclose(changed.sum(axis=(1, 2)), 255, rtol=1e-4)


def test_a_rotation_turns_a_line_by_at_most_its_angle():
    lines = np.zeros((500, 28, 28))
    lines[:, 14, 4:24] = 255
    turned = Deformation(rotation=20)(lines, np.random.default_rng(0))
    row, column = np.mgrid[:28, :28] - 13.5
    angles = np.degrees(
        0.5 * np.arctan2(2 * (turned * row * column).sum((1, 2)), (turned * (column**2 - row**2)).sum((1, 2)))
    )
    assert 15 < abs(angles).max() < 21


@pytest.mark.parametrize(
    "settings", [{"shift": -1}, {"rotation": "5"}, {"elastic": np.nan}, {"scale": 1}, {"smoothness": 0}]
)
def test_a_deformation_that_is_none_is_refused(settings):
    with pytest.raises(ValueError, match=rf"^{next(iter(settings))} is .*; allowed: "):
        Deformation(**settings)
