"""Whole trainings against implementations that share no line with this one."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from helpers import MLP, Dataset, Split, TrainingConfig, train

STEPS, BATCH = 200, 32


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> Dataset:
    """Two hundred mini-batches of noise with a pattern for each class, in float64."""
    stream = np.random.default_rng(5)
    labels = stream.integers(0, 10, STEPS * BATCH)
    images = stream.normal(size=(len(labels), 21)) + 3 * np.eye(10, 21)[labels]
    images[:, -1] = 1
    split = Split(images, labels)
    return Dataset(split, split, split, 0.0, 1.0, "noise", tmp_path_factory.getbasetemp())


def test_two_hundred_steps_lose_as_much_as_with_automatic_differentiation(dataset):
    config = TrainingConfig(learning_rate=0.1, momentum=0.9, max_epochs=1, patience=None, shuffle=False)
    model = MLP([21, 12, 9, 10], activation="improved_sigmoid", weight_init="improved", seed=3, dtype=np.float64)
    weights = [array.copy() for array in model.weights]

    def mean_loss(weights, images, targets):
        signals = images
        for matrix in weights[:-1]:
            signals = 1.7159 * anp.tanh(2 / 3 * anp.dot(signals, matrix))
        logits = anp.dot(signals, weights[-1])
        shifted = logits - anp.max(logits, axis=1, keepdims=True)
        log_probabilities = shifted - anp.log(anp.sum(anp.exp(shifted), axis=1, keepdims=True))
        return -anp.sum(targets * log_probabilities) / len(images)

    gradient, expected = autograd.grad(mean_loss), []
    velocities = [np.zeros_like(array) for array in weights]
    for start in range(0, STEPS * BATCH, BATCH):
        images, labels = (array[start : start + BATCH] for array in dataset.train)
        batch = images, np.eye(10)[labels]
        expected.append(float(mean_loss(weights, *batch)))
        velocities = [0.9 * v + g for v, g in zip(velocities, gradient(weights, *batch), strict=True)]
        weights = [w - 0.1 * v for w, v in zip(weights, velocities, strict=True)]

    history = train(model, dataset, config, progress=False)
    assert np.abs(history.train_loss - expected).max() < 1e-8
    assert history.train_loss[-20:].mean() < 0.7 * history.train_loss[:20].mean()
