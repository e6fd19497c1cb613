"""An explorer on a small data set, and an IPython shell."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers.experiments.result import dataset_of
from helpers.interactive.explorer import page


@pytest.fixture(scope="session")
def data(tmp_path_factory, write_data, draw_images):
    """A folder with a small data set in MNIST's layout."""
    return write_data(tmp_path_factory.mktemp("data"), draw_images(30_200), draw_images(20, 1)).resolve()


@pytest.fixture
def small_data(clean_environment, monkeypatch, data):
    """The small data set instead of the embedded one; its folder."""
    monkeypatch.setenv("MNIST_DIR", str(data))
    dataset_of.cache_clear()
    yield data
    dataset_of.cache_clear()


@pytest.fixture
def drawn(monkeypatch):
    """What the pictures of the curves are made of, one entry a picture; drawing them for real takes long."""
    pictures = []
    monkeypatch.setattr(page, "curves_png", lambda *parts: pictures.append(parts) or str(len(pictures)).encode())
    monkeypatch.setattr(page, "weights_png", lambda model, _: bytes(model.layer_sizes[1]))
    return pictures


@pytest.fixture
def explorer(small_data, drawn):
    """An explorer set to a small network that would train for long."""
    opened = page.Explorer()
    opened.settings.hidden_layers.value, opened.settings.max_epochs.value = "4", 1_000
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shell():
    """An IPython shell in this process."""
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()
