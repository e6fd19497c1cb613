"""The explorer's pictures: curves and weights, with and without anything to draw."""

import io
from dataclasses import replace

import numpy as np
import pytest
from made_up import made_up_results
from matplotlib.colors import to_rgb
from matplotlib.image import imread

from helpers.experiments.experiment import NUM_INPUTS
from helpers.interactive.explorer import pictures
from helpers.interactive.explorer.pictures import LOOKS, Curve, curves_png, weights_png
from helpers.network.history import History
from helpers.network.mlp import MLP

PNG = b"\x89PNG"


@pytest.fixture(scope="module")
def results():
    return made_up_results(3)["momentum"]


def history(losses, **changes):
    """A training of ten steps from one validation to the next, as good in training as in validation."""
    steps = 10 * np.arange(1, len(losses) + 1)
    best = int(steps[np.argmin(losses)]) if len(losses) else 0
    accuracies = np.exp(-losses)
    return replace(History(np.repeat(losses, 10), steps, losses, accuracies, accuracies, best), **changes)


def rows_drawn(picture, look):
    """Return first and last row in which the loss is drawn in a run's colour, as parts of the picture's height."""
    pixels = imread(io.BytesIO(picture))[:, :, :3]
    loss = pixels[len(pixels) // 6 :, : pixels.shape[1] // 2]  # without the legend and the accuracy
    rows = np.flatnonzero((np.abs(loss - to_rgb(look.colour)) < 0.05).all(axis=2).any(axis=1)) + len(pixels) // 6
    return rows[0] / len(pixels), rows[-1] / len(pixels)


def test_stored_results_a_run_and_its_look_each_change_the_picture(results):
    curves = [Curve("run 1", look, history(np.linspace(2, 0.3, 20))) for look in LOOKS[:2]]
    shown = [([], []), (results, []), *((results, [curve]) for curve in curves)]
    assert len({curves_png("momentum", *parts) for parts in shown}) == 4


@pytest.mark.parametrize("validations", [None, 0, 1, 2])
def test_there_is_a_picture_without_a_run_and_of_one_that_has_just_begun(validations):
    runs = [] if validations is None else [Curve("run 1", LOOKS[0], history(np.linspace(2, 1, validations)))]
    assert curves_png("momentum", [], runs).startswith(PNG)


def test_a_run_interrupted_within_a_validation_is_drawn_as_far_as_it_was_validated():
    whole = history(np.linspace(2, 1, 4))
    further = replace(whole, train_loss=np.append(whole.train_loss, [0.9, 0.8, 0.7]), interrupted=True)
    drawn = {curves_png("momentum", [], [Curve("run 1", LOOKS[0], run)]) for run in (whole, further)}
    assert len(drawn) == 1


@pytest.mark.parametrize("lowest", [0.5, 1e-4, 0.0])
def test_losses_fill_the_height_of_their_axes_however_low_they_are(lowest):
    run = history(np.append(np.linspace(2, 0.5, 30), lowest))
    top, bottom = rows_drawn(curves_png("momentum", [], [Curve("run 1", LOOKS[0], run)]), LOOKS[0])
    assert top < 0.25
    assert bottom > 0.75


def test_diverged_results_are_not_counted_as_drawn(results, monkeypatch):
    drawn = []
    monkeypatch.setattr(pictures, "plot_curves", lambda axes, lines, *_: drawn.extend(lines) or axes)
    curves_png("momentum", [*results[:2], replace(results[2], diverged=True)], [])
    assert {line.label for line in drawn} == {"momentum, stored: mean and range of 2"}


@pytest.mark.parametrize("hidden", [[], [3], [70, 5]])
def test_weights_of_any_number_of_units_are_drawn(hidden):
    assert weights_png(MLP([NUM_INPUTS, *hidden, 10], seed=0)).startswith(PNG)
