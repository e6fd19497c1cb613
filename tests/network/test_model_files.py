"""A network in a file comes back as it was; and it reads grey values as it was trained to."""

import io
import json
import tracemalloc
import zipfile

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


def archive(**files):
    """The bytes of a ZIP file with these members."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, member in files.items():
            whole.writestr(f"{name}.npy", member)
    return content.getvalue()


def npy(header, data=b""):
    """An array in NumPy's format with any header."""
    text = (header + " " * 64).encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


def saved(**settings):
    """What `MLP.save` writes, with other settings and three weights."""
    known = {"layer_sizes": [2, 2], "activation": "sigmoid", "weight_init": "uniform", "normalisation": None}
    np.savez(content := io.BytesIO(), settings=json.dumps(known | settings), parameters=np.zeros(4))
    return content.getvalue()


a_number = npy("{'descr': '<i8', 'fortran_order': False, 'shape': ()}", bytes(8))


@pytest.mark.parametrize(
    "content",
    [
        archive(settings=npy("{'descr': '|u1', 'fortran_order': False, 'shape': (10000000000,)}")),
        archive(settings=npy("{'descr': '|O', 'fortran_order': False, 'shape': ()}", b"cos\nsystem\n.")),
        archive(settings=npy("(" * 5_000)),
        archive(settings=npy("{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}")),
        archive(settings=b"\x00" * 50_000_000),
        archive(settings=a_number, parameters=a_number),
        saved()[:-40],
        saved(layer_sizes=[10**9, 10**9]),
        saved(layer_sizes=[2, 2, 2]),
        saved(layer_sizes="22"),
        saved(activation=["sigmoid"]),
        saved(activation="none of these"),
        saved(normalisation=7),
        saved(normalisation=[1, 2, 3]),
        saved(normalisation=[10**400, 1]),
        saved(normalisation=[np.nan, 1]),
        saved(normalisation=[33, 0]),
        saved(normalisation=["a", "b"]),
    ],
    ids=range(18),
)
def test_a_hostile_file_is_refused_in_one_line_and_asks_for_no_memory(tmp_path, content):
    (tmp_path / "mine.npz").write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"mine\.npz: not a network that MLP\.save wrote"):
            MLP.load(tmp_path / "mine.npz")
        assert tracemalloc.get_traced_memory()[1] < 2e8
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-1, 255), (0, 256), (0, np.nan)])
def test_pixels_that_are_no_grey_values_from_0_to_255_are_refused(mnist, low, high):
    model = MLP([785, 10], seed=0)
    model.normalisation = mnist.mean, mnist.std
    pixels = np.full((1, 28, 28), float(low))
    pixels[0, 14, 14] = high
    with pytest.raises(ValueError, match="expected grey values from 0 to 255"):
        model.read(pixels)


def test_a_trained_network_knows_how_its_images_were_normalised_and_reads_pixels(mnist):
    model = MLP([785, 4, 10], seed=0)
    with pytest.raises(ValueError, match="does not know how its images were normalised; train it first"):
        model.read(np.zeros((1, 28, 28)))
    model.normalisation = mnist.mean, mnist.std
    probabilities = model.read(mnist.pixels_of(mnist.test.images[:5]))
    np.testing.assert_allclose(probabilities, model.forward(mnist.test.images[:5]), rtol=1e-4)
