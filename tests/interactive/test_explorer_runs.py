"""The explorer's runs: started, paused, stopped, removed; one at a time; told as they are."""

import threading

import numpy as np
import pytest
from watching import SECONDS, finished, wait_for

from helpers.experiments.experiment import Experiment
from helpers.experiments.jobs import jobs_for
from helpers.experiments.result import dataset_of
from helpers.experiments.table import EXPERIMENTS
from helpers.experiments.trial import run_job
from helpers.interactive.explorer import live_run
from helpers.interactive.explorer.live_run import LiveRun
from helpers.interactive.explorer.pictures import LOOKS
from helpers.network.training import TrainingConfig


@pytest.fixture
def begun(explorer):
    """A run that is under way and has a history."""
    explorer.start.click()
    (run,) = explorer.runs
    wait_for(lambda: run.history is not None and not explorer.pause.disabled)
    return run


@pytest.fixture
def ended(explorer):
    """A run of one epoch that has ended."""
    explorer.settings.max_epochs.value = 1
    explorer.start.click()
    return finished(explorer)


def line_of(explorer):
    """What the first run's line says."""
    return explorer.run_list.children[0].text.value


# --- under way


def test_a_run_under_way_can_be_paused_and_stopped_and_no_other_started(explorer, begun):
    assert [explorer.start.disabled, explorer.pause.disabled, explorer.stop.disabled] == [True, False, False]


def test_a_paused_run_stays_where_it_is(explorer, begun):
    explorer.pause.click()
    wait_for(lambda: begun.state == "paused")
    history = begun.history
    assert not begun.join(0.1)
    assert begun.history is history


def test_a_paused_run_goes_on(explorer, begun):
    explorer.pause.click()
    wait_for(lambda: begun.state == "paused")
    validations = len(begun.history.validation_steps)
    assert explorer.pause.description == "Go on"
    explorer.pause.click()
    wait_for(lambda: len(begun.history.validation_steps) > validations)


def test_a_paused_run_can_be_stopped(explorer, begun):
    explorer.pause.click()
    wait_for(lambda: begun.state == "paused")
    explorer.stop.click()
    assert finished(explorer).state == "stopped"


def test_a_run_stopped_before_its_data_are_read_has_no_history(explorer, monkeypatch):
    reading = threading.Event()
    monkeypatch.setattr(live_run, "dataset_of", lambda *which: reading.wait(SECONDS) and dataset_of(*which))
    explorer.start.click()
    explorer.stop.click()
    reading.set()
    assert finished(explorer).state == "stopped"
    assert next(iter(explorer.runs)).history is None


def test_a_stopped_run_keeps_its_history_and_its_best_weights(explorer, begun, small_data):
    explorer.stop.click()
    assert finished(explorer).history.interrupted
    loss, _ = begun.model.evaluate(dataset_of(small_data, 0).validation)
    np.testing.assert_allclose(loss, begun.history.validation_loss.min(), rtol=1e-5)


def test_after_a_stop_another_run_can_be_started(explorer, begun):
    explorer.stop.click()
    finished(explorer)
    assert [explorer.start.disabled, explorer.pause.disabled, explorer.stop.disabled] == [False, True, True]


# --- ended


def test_a_run_gives_the_bits_of_a_training_with_the_same_seed(explorer, small_data):
    (result,) = run_job(*jobs_for([(EXPERIMENTS["3c"].limited(1), 0)]), small_data)
    explorer.settings.hidden_layers.value, explorer.settings.max_epochs.value = "64", 1
    explorer.start.click()
    run = finished(explorer)
    assert run.state == "complete"
    np.testing.assert_array_equal(run.model.parameters, result.parameters)
    np.testing.assert_array_equal(run.history.validation_loss, result.history.validation_loss)


def test_the_end_of_a_run_is_not_overwritten(small_data):
    told = []
    experiment = Experiment("run", hidden_layers=(2,), config=TrainingConfig(max_epochs=1))
    run = LiveRun(experiment, 0, lambda run: told.append(run.state))
    run.start()
    assert run.join(SECONDS)
    run.stop()
    run.pause()
    assert run.state == told[-1] == "complete"


def test_a_run_keeps_no_images(ended, small_data):
    arrays = [value.nbytes for value in vars(ended).values() if isinstance(value, np.ndarray)]
    assert sum(arrays) < 1e6
    assert not [value for value in vars(ended).values() if value is dataset_of(small_data, 0)]


@pytest.mark.parametrize("batch_size", [32, 5_000, 20_000])  # of 20,000 images; 5 validations an epoch, 4, and 1
def test_the_line_of_a_run_says_the_epoch_it_has_reached(explorer, batch_size):
    explorer.settings.batch_size.value, explorer.settings.max_epochs.value = batch_size, 3
    explorer.start.click()
    assert finished(explorer).epoch == 3
    assert "epoch 3 of 3" in line_of(explorer)


# --- what cannot be


def test_a_second_run_at_the_same_time_is_refused(explorer, begun):
    explorer.start_run()
    assert "is under way" in explorer.message.value
    assert list(explorer.runs) == [begun]


def test_a_name_that_is_taken_is_refused(explorer, ended):
    explorer.run_name.value = ended.name
    explorer.start.click()
    assert "choose another name" in explorer.message.value


def test_as_many_runs_are_kept_as_there_are_looks_each_with_its_own(explorer):
    explorer.settings.max_epochs.value = 1
    for _ in LOOKS:
        explorer.start.click()
        finished(explorer)
    assert sorted(explorer.runs.values()) == sorted(LOOKS)
    explorer.start.click()
    assert "remove one" in explorer.message.value


def test_a_run_that_diverges_says_so_in_one_sentence(explorer):
    explorer.settings.learning_rate.value = 1e6
    explorer.start.click()
    assert finished(explorer).state == "diverged"
    assert "Try a smaller learning rate" in line_of(explorer)


def test_after_a_run_that_diverged_the_next_can_start(explorer):
    explorer.settings.learning_rate.value, explorer.settings.max_epochs.value = 1e6, 1
    explorer.start.click()
    finished(explorer)
    explorer.settings.learning_rate.value = 0.02
    explorer.start.click()
    assert finished(explorer).state == "complete"


def test_too_large_a_batch_fails_with_the_reason(explorer):
    explorer.settings.batch_size.value = 30_000
    explorer.start.click()
    assert finished(explorer).state == "failed"
    assert "at most the 20,000 training images" in line_of(explorer)


def test_missing_data_are_told_in_the_line_of_the_run(explorer, monkeypatch, tmp_path):
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    explorer.start.click()
    assert finished(explorer).state == "failed"
    assert "no such file" in line_of(explorer)


def test_a_name_cannot_bring_markup_into_the_page(explorer):
    explorer.run_name.value, explorer.settings.max_epochs.value = "<img src=x>", 1
    explorer.start.click()
    assert finished(explorer).state == "complete"
    assert "<img" not in line_of(explorer)
    assert "&lt;img" in line_of(explorer)


# --- removed


@pytest.fixture
def trainings(monkeypatch):
    """A list of "begin" and "end" of every training, and an event for which each waits before it begins to train."""
    told, let_go, train = [], threading.Event(), live_run.train

    def held(*arguments, **options):
        told.append("begin")
        assert let_go.wait(SECONDS)
        try:
            return train(*arguments, **options)
        finally:
            told.append("end")

    monkeypatch.setattr(live_run, "train", held)
    yield told, let_go
    let_go.set()


def remove_first(explorer):
    explorer.run_list.children[0].remove.click()


def test_a_removed_run_is_gone_from_the_page(explorer, begun):
    remove_first(explorer)
    assert not explorer.runs
    assert explorer.run_list.children == ()
    assert explorer.looked_at.options == ()
    assert not explorer.start.disabled


def test_the_training_of_a_removed_run_ends(explorer, begun):
    remove_first(explorer)
    assert begun.join(SECONDS)
    assert begun.state == "stopped"


def test_a_run_waits_for_the_end_of_the_one_that_was_removed(explorer, trainings):
    told, let_go = trainings
    explorer.start.click()
    wait_for(lambda: told)
    remove_first(explorer)
    explorer.settings.max_epochs.value = 1
    explorer.start.click()
    (second,) = explorer.runs
    assert not second.join(0.1)
    assert (second.state, told) == ("starting", ["begin"])
    let_go.set()
    assert finished(explorer).state == "complete"
    assert told == ["begin", "end", "begin", "end"]


def test_a_run_waits_for_all_that_were_removed(explorer, trainings):
    told, let_go = trainings
    explorer.start.click()
    wait_for(lambda: told)
    for _ in range(2):
        remove_first(explorer)
        explorer.settings.max_epochs.value = 1
        explorer.start.click()
    assert not next(iter(explorer.runs)).join(0.1)
    let_go.set()
    assert finished(explorer).state == "complete"
    assert told == ["begin", "end"] * 2  # the one in between was removed before it had begun


def test_closing_waits_for_the_end_of_a_removed_run(explorer, begun):
    remove_first(explorer)
    explorer.close()
    assert begun.join(0)
