"""Drawings made like MNIST's images."""

import numpy as np
import pytest
from watching import ONE

from helpers.interactive.explorer.digit_pad import as_mnist_image

DRAWINGS = [
    ONE,
    [[[0.1, 0.1], [0.9, 0.1], [0.4, 0.9]]],
    [[[0.8, 0.7]]],
    [[[0.2, 0.3], [0.25, 0.3]], [[0.3, 0.4], [0.3, 0.4], [0.2, 0.5]]],
]
HOOK = np.array([[0.1, 0.1], [0.3, 0.1], [0.2, 0.4]])


def image_of(points):
    return as_mnist_image([points.tolist()])


@pytest.mark.parametrize("strokes", DRAWINGS)
def test_a_drawing_takes_20_pixels_in_the_middle_white_inside_and_grey_at_its_edges(strokes):
    """As MNIST's images: 20 pixels along its longer side, and the centre of mass in the middle to half a pixel."""
    image = as_mnist_image(strokes)
    assert max(np.ptp(np.flatnonzero((image > 0).any(axis=axis))) + 1 for axis in (0, 1)) == 20
    centre = [(ticks * image).sum() / image.sum() for ticks in np.indices(image.shape)]
    assert np.abs(np.subtract(centre, 14)).max() <= 0.5 + 1e-9
    assert image.max() == 255
    assert ((image > 0) & (image < 255)).any()


def test_where_one_draws_does_not_matter_and_the_pen_is_scaled_with_the_drawing():
    assert np.abs(image_of(HOOK) - image_of(np.add(HOOK, [0.4, 0.5]))).mean() < 1
    assert image_of(2 * HOOK).sum() < image_of(HOOK).sum()


@pytest.mark.parametrize("strokes", [[], [[]]])
def test_an_empty_canvas_is_no_image(strokes):
    assert as_mnist_image(strokes) is None
