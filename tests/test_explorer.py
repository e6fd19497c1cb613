"""The explorer without a page: settings, runs, the stored results beside them, drawings made like MNIST's images."""

import threading
import time

import numpy as np
import pytest
from ipywidgets import widgets
from made_up import made_up_results

from helpers.experiments import EXPERIMENTS, run_experiments
from helpers.explorer import explore, page
from helpers.explorer.digit_pad import as_mnist_image, as_network_input
from helpers.explorer.live_run import LiveRun
from helpers.explorer.page import Explorer
from helpers.explorer.pictures import LOOKS, Curve, curves_png, weights_png
from helpers.explorer.settings import parse_layers
from helpers.explorer.stored import stored_results
from helpers.inside import dataset_of
from helpers.mlp import MLP
from helpers.mnist import NUM_INPUTS
from helpers.training import TrainingConfig

PNG = b"\x89PNG"
ONE = [[[0.5, 0.1], [0.5, 0.9]]]
SECONDS = 20  # the longest wait, on a busy machine


@pytest.fixture(scope="module")
def data(tmp_path_factory, write_data, draw_images):
    """A folder with a small data set in MNIST's layout."""
    return write_data(tmp_path_factory.mktemp("data"), draw_images(30_200), draw_images(20, 1))


@pytest.fixture(autouse=True)
def small_data(clean_environment, monkeypatch, data):
    monkeypatch.setenv("MNIST_DIR", str(data))
    dataset_of.cache_clear()
    yield
    dataset_of.cache_clear()


@pytest.fixture(autouse=True)
def drawn(monkeypatch):
    """What the pictures of the curves are made of, one entry a picture; drawing them for real takes long."""
    pictures = []
    monkeypatch.setattr(page, "curves_png", lambda *parts: pictures.append(parts) or str(len(pictures)).encode())
    monkeypatch.setattr(page, "weights_png", lambda model: bytes(model.layer_sizes[1]))
    return pictures


@pytest.fixture
def explorer():
    opened = Explorer()
    opened.settings.hidden_layers.value, opened.settings.max_epochs.value = "4", 1_000
    yield opened
    opened.close()


def wait_for(condition):
    """Wait until a function returns something true."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.005)


def finished(explorer):
    """Wait for the run under way; return the run that was started last."""
    run = list(explorer.runs)[-1]
    assert run.join(SECONDS)
    return run


# --- settings


def test_layers_are_written_as_one_says_them():
    assert parse_layers("64") == (64,)
    assert parse_layers(" 60, 60 ") == parse_layers("60 60") == (60, 60)
    assert parse_layers("") == ()


@pytest.mark.parametrize("text", ["0", "-3", "sixty", "64.5", "513", "8 " * 11, "²"])
def test_other_layers_are_refused_with_what_is_allowed(text):
    with pytest.raises(ValueError, match="allowed: the units of each"):
        parse_layers(text)


def test_the_parameter_count_follows_the_layers(explorer):
    count = explorer.settings.parameters
    for text, expected in (("64", "50,880"), ("60, 60", "51,300"), ("", "7,850")):
        explorer.settings.hidden_layers.value = text
        assert f"{expected} parameters" in count.value
    explorer.settings.hidden_layers.value = "many"
    assert "allowed" in count.value


def test_the_settings_of_an_experiment_can_be_taken(explorer):
    explorer.experiment.value = "2c"
    explorer.take_settings.click()
    taken, wanted = explorer.settings.experiment("2c"), EXPERIMENTS["2c"]
    assert taken == wanted


@pytest.mark.parametrize(
    ("setting", "value", "word"),
    [
        ("hidden_layers", "<b>", "hidden layers are &quot;&lt;b&gt;&quot;"),
        ("learning_rate", 0.0, "learning_rate"),
        ("learning_rate", float("nan"), "learning_rate"),
        ("momentum", 1.0, "momentum"),
        ("batch_size", 0, "batch_size"),
        ("max_epochs", -1, "max_epochs"),
        ("seed", -1, "seed"),
    ],
)
def test_what_cannot_be_is_said_and_starts_nothing(explorer, setting, value, word):
    getattr(explorer.settings, setting).value = value
    explorer.start.click()
    assert word in explorer.message.value
    assert "allowed" in explorer.message.value
    assert not explorer.runs


# --- runs


def test_a_run_starts_pauses_goes_on_and_stops(explorer):
    explorer.start.click()
    (run,) = explorer.runs
    wait_for(lambda: run.history is not None and explorer.start.disabled and not explorer.pause.disabled)
    explorer.pause.click()
    wait_for(lambda: run.state == "paused")
    validations = len(run.history.validation_steps)
    assert explorer.pause.description == "Go on"
    explorer.pause.click()
    wait_for(lambda: len(run.history.validation_steps) > validations)
    explorer.stop.click()
    assert finished(explorer).state == "stopped"
    assert run.history.interrupted
    np.testing.assert_allclose(
        run.model.evaluate(dataset_of(0).validation)[0], run.history.validation_loss.min(), rtol=1e-5
    )
    assert not explorer.start.disabled
    assert explorer.pause.disabled
    assert explorer.stop.disabled


def test_a_paused_run_stays_where_it_is_and_can_be_stopped(explorer):
    explorer.start.click()
    (run,) = explorer.runs
    explorer.pause.click()
    wait_for(lambda: run.state == "paused")
    history = run.history
    assert not run.join(0.1)
    assert run.history is history
    explorer.stop.click()
    assert finished(explorer).state == "stopped"


def test_a_run_gives_the_bits_of_a_training_with_the_same_seed(explorer):
    explorer.settings.max_epochs.value = 1
    explorer.start.click()
    run = finished(explorer)
    (result,) = run_experiments("3c", seeds=1, max_epochs=1, workers=1, progress=False)["3c"]
    explorer.settings.hidden_layers.value = "64"
    explorer.start.click()
    same = finished(explorer)
    assert run.state == same.state == "complete"
    np.testing.assert_array_equal(same.model.parameters, result.parameters)
    np.testing.assert_array_equal(same.history.validation_loss, result.history.validation_loss)


def test_one_run_at_a_time_each_with_its_own_name_and_look(explorer):
    explorer.start.click()
    explorer.start_run()
    assert "is under way" in explorer.message.value
    explorer.stop.click()
    finished(explorer)
    explorer.run_name.value = "run 1"
    explorer.start.click()
    assert "choose another name" in explorer.message.value
    explorer.settings.max_epochs.value = 1
    for number in range(2, len(LOOKS) + 1):
        explorer.run_name.value = f"number {number}"
        explorer.start.click()
        assert finished(explorer).name == f"number {number}"
    assert sorted(explorer.runs.values()) == sorted(LOOKS)
    explorer.start.click()
    assert "remove one" in explorer.message.value


def test_a_removed_run_is_gone_and_its_training_ended(explorer):
    explorer.start.click()
    (run,) = explorer.runs
    wait_for(lambda: run.history is not None)
    (line,) = explorer.run_list.children
    line.remove.click()
    assert run.join(SECONDS)
    assert not explorer.runs
    assert explorer.run_list.children == ()
    assert explorer.looked_at.options == ()
    assert not explorer.start.disabled


def test_a_run_that_diverges_says_so_in_one_sentence_and_the_next_can_start(explorer):
    explorer.settings.learning_rate.value = 1e6
    explorer.start.click()
    assert finished(explorer).state == "diverged"
    assert "Try a smaller learning rate" in explorer.run_list.children[0].text.value
    explorer.settings.learning_rate.value, explorer.settings.max_epochs.value = 0.02, 1
    explorer.start.click()
    assert finished(explorer).state == "complete"


def test_too_large_a_batch_fails_with_the_reason(explorer):
    explorer.settings.batch_size.value = 30_000
    explorer.start.click()
    assert finished(explorer).state == "failed"
    assert "at most the 20,000 training images" in explorer.run_list.children[0].text.value


def test_a_name_cannot_bring_markup_into_the_page(explorer):
    explorer.run_name.value, explorer.settings.max_epochs.value = "<img src=x>", 1
    explorer.start.click()
    finished(explorer)
    assert "<img" not in explorer.run_list.children[0].text.value


def test_missing_data_are_told(explorer, monkeypatch, tmp_path):
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    dataset_of.cache_clear()
    explorer.start.click()
    assert finished(explorer).state == "failed"
    assert "no such file" in explorer.run_list.children[0].text.value
    explorer.experiment.value = "2c"
    assert "no such file" in explorer.message.value


def test_runs_keep_no_images(explorer):
    explorer.settings.max_epochs.value = 1
    explorer.start.click()
    run = finished(explorer)
    sizes = [value.nbytes for value in vars(run).values() if isinstance(value, np.ndarray)]
    held = [value for value in vars(run).values() if value is dataset_of(0)]
    assert sum(sizes) < 1e6
    assert not held


def test_the_end_of_a_run_is_not_overwritten():
    told = []
    config = TrainingConfig(max_epochs=1)
    experiment = EXPERIMENTS["3c"]
    run = LiveRun(
        type(experiment)("run", "run", (2,), "sigmoid", "uniform", config), 0, lambda run: told.append(run.state)
    )
    run.start()
    assert run.join(SECONDS)
    run.stop()
    run.pause()
    assert run.state == told[-1] == "complete"


# --- the stored results


def test_the_band_is_of_the_results_stored_and_nothing_is_trained_for_it(monkeypatch):
    monkeypatch.setenv("EPOCHS", "1")
    run_experiments("4a", seeds=2, workers=1, progress=False)
    monkeypatch.setattr("helpers.experiments._train", lambda *_: pytest.fail("trained"))
    assert [result.seed for result in stored_results("4a")] == [0, 1]
    assert stored_results("4b") == []
    explorer = Explorer()
    assert "no results of 3c are stored" in explorer.message.value
    before = explorer.curves.value
    explorer.experiment.value = "4a"
    assert explorer.message.value == ""
    assert explorer.curves.value != before
    assert explorer.looked_at.label == "4a, stored, seed 0"
    explorer.pad.strokes = ONE
    assert sum(explorer.pad.probabilities) == pytest.approx(1, abs=1e-5)
    explorer.close()


def test_pictures_are_drawn_with_and_without_anything_to_draw():
    results = made_up_results(3)["3c"]
    history = results[0].history
    pictures = {
        curves_png("3c", [], []),
        curves_png("3c", results, []),
        curves_png("3c", results, [Curve("run 1", LOOKS[0], history)]),
        curves_png("3c", results, [Curve("run 1", LOOKS[1], history)]),
    }
    assert len(pictures) == 4
    assert all(picture.startswith(PNG) for picture in pictures)
    for hidden in ([], [3], [70, 5]):
        assert weights_png(MLP([NUM_INPUTS, *hidden, 10], seed=0)).startswith(PNG)


# --- digits


@pytest.mark.parametrize(
    "strokes",
    [
        ONE,
        [[[0.1, 0.1], [0.9, 0.1], [0.4, 0.9]]],
        [[[0.8, 0.7]]],
        [[[0.2, 0.3], [0.25, 0.3]], [[0.3, 0.4], [0.3, 0.4], [0.2, 0.5]]],
    ],
)
def test_a_drawing_fills_a_box_of_20_pixels_about_its_centre_of_mass(strokes):
    image = as_mnist_image(strokes)
    inked = image > 0
    assert max(np.ptp(np.flatnonzero(inked.any(axis=axis))) + 1 for axis in (0, 1)) == 20
    centre = [(ticks * image).sum() / image.sum() for ticks in np.indices(image.shape)]
    assert np.abs(np.subtract(centre, 14)).max() <= 0.5 + 1e-9
    assert image.max() == 255
    assert ((image > 0) & (image < 255)).any()


def test_where_and_how_large_one_draws_does_not_matter_but_for_the_pen():
    drawn = np.array([[0.1, 0.1], [0.3, 0.1], [0.2, 0.4]])
    moved = as_mnist_image([np.add(drawn, [0.4, 0.5]).tolist()])
    difference = np.abs(as_mnist_image([drawn.tolist()]) - moved)
    assert difference.mean() < 1
    larger = as_mnist_image([(2 * drawn).tolist()])
    assert larger.sum() < moved.sum()


def test_an_empty_canvas_is_no_image():
    assert as_mnist_image([]) is None
    assert as_mnist_image([[]]) is None


def test_a_drawing_is_normalised_as_the_images_were():
    dataset = dataset_of(0)
    image = dataset.pixels(dataset.train)[0]
    row = as_network_input(image, dataset.mean, dataset.std)
    np.testing.assert_allclose(row[0], dataset.train.images[0], atol=1e-4)


def test_without_a_network_the_pad_says_what_to_do(explorer):
    explorer.pad.strokes = ONE
    assert "Start a run" in explorer.pad.reader
    assert explorer.pad.probabilities == []
    assert len(explorer.pad.image) == 784
    explorer.settings.max_epochs.value = 1
    explorer.start.click()
    finished(explorer)
    assert sum(explorer.pad.probabilities) == pytest.approx(1, abs=1e-5)
    explorer.pad.strokes = []
    assert explorer.pad.probabilities == explorer.pad.image == []


# --- closing


def test_closing_ends_the_training_and_leaves_no_widget_behind():
    before = set(widgets.widget._instances)
    opened = explore()
    opened.settings.hidden_layers.value = "4"
    opened.start.click()
    (run,) = opened.runs
    again = explore()
    assert not run.under_way
    assert again is not opened
    page._opened.pop().close()
    assert set(widgets.widget._instances) == before
    assert threading.active_count() == 1 or run._thread not in threading.enumerate()
