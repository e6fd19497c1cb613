"""A network in a file comes back as it was; and it reads grey values as it was trained to."""

import io

import numpy as np
import pytest
from trainings import learn, network

from helpers import MLP


@pytest.mark.parametrize(("dtype", "trained"), [(np.float32, True), (np.float64, True), (np.float32, False)])
def test_a_saved_network_comes_back_as_it_was(toy, tmp_path, dtype, trained):
    model = network(dtype=dtype, activation="improved_sigmoid")
    if trained:
        learn(model, toy)
    assert (model.normalisation is not None) == trained
    model.save(tmp_path / "mine.model")
    twin = MLP.load(tmp_path / "mine.model")
    np.testing.assert_array_equal(twin.parameters, model.parameters)
    for name in ("layer_sizes", "activation", "weight_init", "dtype", "normalisation"):
        assert getattr(twin, name) == getattr(model, name)


np.savez(another_archive := io.BytesIO(), parameters=np.zeros(3))


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04", b"\x80\x04N.", another_archive.getvalue()])
def test_another_file_is_refused_with_its_name_and_a_missing_one_is_missing(tmp_path, content):
    with pytest.raises(FileNotFoundError):
        MLP.load(tmp_path / "mine.npz")
    (tmp_path / "mine.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"mine\.npz: not a network that MLP\.save wrote"):
        MLP.load(tmp_path / "mine.npz")


def test_training_tells_the_network_how_its_images_were_normalised_so_that_it_reads_pixels(mnist):
    model = MLP([785, 4, 10], seed=0)
    with pytest.raises(ValueError, match="does not know how its images were normalised; train it first"):
        model.read(np.zeros((1, 28, 28)))
    model.normalisation = mnist.mean, mnist.std
    probabilities = model.read(mnist.pixels_of(mnist.test.images[:5]))
    np.testing.assert_allclose(probabilities, model.forward(mnist.test.images[:5]), rtol=1e-4)
