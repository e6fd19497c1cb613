"""The explorer's page: the stored results to compare with, a look inside a network, and its end."""

import numpy as np
import pytest
from ipywidgets import widgets
from watching import ONE, finished, run_to_end

from helpers import MLP
from helpers.data.mnist_files import read_files
from helpers.experiments.jobs import jobs_for
from helpers.experiments.keys import common_determinants
from helpers.experiments.result import dataset_of
from helpers.experiments.store import Store
from helpers.experiments.table import EXPERIMENTS
from helpers.experiments.trial import run_job
from helpers.interactive.explorer import explore, page
from helpers.interactive.explorer.stored import StoredNetwork


@pytest.fixture(scope="module")
def results(data):
    """Results of the narrow network for two seeds, of one epoch."""
    return [run_job(job, data)[0] for job in jobs_for([(EXPERIMENTS["narrow"].limited(1), seed) for seed in (0, 1)])]


@pytest.fixture
def stored(results, small_data, monkeypatch):
    """The same results, stored; the folder in which they are."""
    monkeypatch.setenv("EPOCHS", "1")
    for result in results:
        Store().save(result, common_determinants(read_files(small_data).fingerprint))
    return Store().directory


@pytest.fixture
def comparing(stored, explorer):
    """An explorer that compares with them."""
    explorer.experiment.value = "narrow"
    return explorer


def test_what_is_not_stored_is_said(explorer):
    assert "no results of momentum are stored" in explorer.message.value


def test_stored_results_are_compared_with_and_the_network_of_the_first_seed_offered(comparing, drawn):
    assert (drawn[-1][0], [result.seed for result in drawn[-1][1]]) == ("narrow", [0, 1])
    assert comparing.message.value == ""
    assert comparing.looked_at.label == "narrow, stored, seed 0"


def test_comparing_trains_nothing_and_writes_nothing(stored, small_data, monkeypatch):
    monkeypatch.setattr("helpers.experiments.runner._train", lambda *_: pytest.fail("trained"))
    before = sorted(stored.iterdir())
    opened = page.Explorer()
    opened.experiment.value = "narrow"
    opened.close()
    assert sorted(stored.iterdir()) == before


def test_missing_data_are_told_where_results_are_looked_for(explorer, monkeypatch, tmp_path):
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    explorer.experiment.value = "baseline"
    assert "no such file" in explorer.message.value


def test_the_stored_network_reads_a_drawing_and_nothing_of_a_cleared_pad(comparing):
    comparing.pad.strokes = ONE
    assert sum(comparing.pad.probabilities) == pytest.approx(1, abs=1e-5)
    comparing.pad.strokes = []
    assert comparing.pad.probabilities == comparing.pad.image == []


def test_the_last_run_started_is_looked_into_and_reads_a_drawing(comparing):
    comparing.pad.strokes = ONE
    of_the_stored = comparing.pad.probabilities
    comparing.settings.max_epochs.value = 1
    comparing.start.click()
    assert comparing.looked_at.value is finished(comparing)
    assert comparing.pad.probabilities != of_the_stored
    assert sum(comparing.pad.probabilities) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("kind", ["stored", "run"])
def test_a_network_reads_an_image_as_it_reads_the_data(explorer, results, small_data, kind):
    dataset = dataset_of(small_data, 0)
    network = StoredNetwork.of(results[0]) if kind == "stored" else run_to_end(explorer)
    image = dataset.pixels(dataset.train)[0]
    np.testing.assert_allclose(network.read(image), network.model.forward(dataset.train.images[:1])[0], atol=1e-4)


def test_a_stored_network_keeps_no_images(results, small_data):
    assert set(vars(StoredNetwork.of(results[0]))) == {"name", "model", "image_shape"}


def test_a_network_of_a_file_reads_a_drawing_before_anything_was_trained(results, small_data, tmp_path):
    results[1].model().save(tmp_path / "mine.npz")
    opened = explore(MLP.load(tmp_path / "mine.npz"))
    assert opened.looked_at.label == "the given network"
    opened.pad.strokes = ONE
    image = np.reshape(opened.pad.image, (28, 28))
    np.testing.assert_allclose(opened.pad.probabilities, results[1].model().read(image)[0], atol=0.02)
    opened.close()


@pytest.mark.parametrize(
    ("network", "wrong"),
    [
        ("mine.npz", "network is 'mine.npz'.*an MLP, such as MLP.load gives"),
        (MLP((13, 10)), "network's pixels is 12.*a square, such as 784"),
        (MLP((785, 10)), "network's normalisation is None.*of a trained network"),
    ],
)
def test_what_cannot_read_a_drawing_is_refused_and_leaves_the_open_explorer(explorer, small_data, network, wrong):
    with pytest.raises(ValueError, match=wrong):
        explore(network)
    assert explorer.comm is not None


def test_a_network_for_other_classes_is_refused(small_data):
    network = MLP((785, 3))
    network.normalisation = (0.0, 1.0)
    with pytest.raises(ValueError, match=r"network's classes is 3; allowed: the data's, 10"):
        explore(network)


def test_without_a_network_the_pad_shows_the_drawing_and_says_what_to_do(explorer):
    explorer.pad.strokes = ONE
    assert "Start a run" in explorer.pad.reader
    assert explorer.pad.probabilities == []
    assert len(explorer.pad.image) == 784


@pytest.fixture
def opened(small_data, drawn):
    """An explorer opened as in a notebook, with a run under way."""
    before = explore()
    before.settings.hidden_layers.value = "4"
    before.start.click()
    yield before
    while page._opened:
        page._opened.pop().close()


def test_opening_the_explorer_again_ends_the_training_of_the_one_before(opened):
    (run,) = opened.runs
    assert explore() is not opened
    assert not run.under_way
    assert run.join(0)


def test_closing_leaves_no_widget_behind(small_data, drawn):
    before = set(widgets.widget._instances)
    opened = page.Explorer()
    opened.start.click()
    opened.close()
    assert set(widgets.widget._instances) == before
