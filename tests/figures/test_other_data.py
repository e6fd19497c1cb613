"""Networks and figures follow the data: another size of image, another number of classes, names for them."""

import numpy as np
import pytest

from helpers import figures, load_mnist, run_experiments
from helpers.experiments.store import Store


@pytest.fixture(scope="module")
def folder(tmp_path_factory, write_data):
    """Letters a to c, of 20 x 16 pixels: bright bars at three heights; 300 for training, 90 for test."""
    stream = np.random.default_rng(0)

    def draw(count):
        labels = np.arange(count, dtype=np.uint8) % 3
        images = stream.integers(0, 60, (count, 20, 16), np.uint8)
        for label in range(3):
            images[labels == label, 6 * label : 6 * label + 5] += 150
        return images, labels + np.uint8(1)

    folder = write_data(tmp_path_factory.mktemp("letters"), draw(300), draw(90))
    (folder / "letters-mapping.txt").write_text("1 97\n2 98\n3 99\n")
    return folder


@pytest.fixture(scope="module")
def results(folder, tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("results"))
    return run_experiments(["3c"], seeds=1, max_epochs=3, directory=folder, store=store, progress=False)


def test_sizes_classes_and_names_are_those_of_the_data(folder):
    dataset = load_mnist(folder)
    assert (dataset.image_shape, dataset.num_inputs, dataset.label_names) == ((20, 16), 321, ("a", "b", "c"))
    assert (len(dataset.train), len(dataset.validation)) == (200, 100)


def test_a_network_of_the_table_gets_as_many_inputs_and_outputs(results):
    assert results["3c"][0].layer_sizes == (321, 64, 3)
    assert results["3c"][0].model().read(np.zeros((20, 16))).shape == (1, 3)


def test_every_figure_of_images_follows(results, folder):
    for shown in (
        figures.digits_figure(load_mnist(folder)),
        figures.hidden_weights_figure(results, "3c"),
        figures.confusion_figure(results, "3c"),
        figures.mistakes_figure(results, "3c"),
    ):
        shown.figure.canvas.draw()
    assert "20 × 16 pixels" in figures.digits_figure(load_mnist(folder)).caption
    labels = [text.get_text() for text in figures.confusion_figure(results, "3c").figure.axes[0].get_xticklabels()]
    assert labels == ["a", "b", "c"]
