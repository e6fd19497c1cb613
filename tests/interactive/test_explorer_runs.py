"""The explorer's runs: started, paused, stopped, removed; one at a time; told as they are."""

import threading

import numpy as np
import pytest
from watching import SECONDS, finished, run_to_end, wait_for

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
def paused(explorer, begun):
    """The same run, paused."""
    explorer.pause.click()
    wait_for(lambda: begun.state == "paused")
    return begun


def buttons(explorer):
    """Which of start, pause and stop can be pressed."""
    return [not button.disabled for button in (explorer.start, explorer.pause, explorer.stop)]


def line_of(explorer):
    """What the first run's line says."""
    return explorer.run_list.children[0].text.value


def test_a_run_under_way_can_be_paused_and_stopped_and_no_other_started(explorer, begun):
    assert buttons(explorer) == [False, True, True]
    explorer.start_run()
    assert "is under way" in explorer.message.value
    assert list(explorer.runs) == [begun]


def test_a_paused_run_stays_where_it_is_and_goes_on(explorer, paused):
    history = paused.history
    assert not paused.join(0.1)
    assert paused.history is history
    assert explorer.pause.description == "Go on"
    explorer.pause.click()
    wait_for(lambda: len(paused.history.validation_steps) > len(history.validation_steps))


def test_a_paused_run_can_be_stopped(explorer, paused):
    explorer.stop.click()
    assert finished(explorer).state == "stopped"


def test_a_run_stopped_before_its_data_are_read_has_no_history(explorer, monkeypatch):
    reading = threading.Event()
    monkeypatch.setattr(live_run, "dataset_of", lambda *which: reading.wait(SECONDS) and dataset_of(*which))
    explorer.start.click()
    explorer.stop.click()
    reading.set()
    run = finished(explorer)
    assert (run.state, run.history) == ("stopped", None)


def test_a_stopped_run_keeps_history_and_best_weights_and_another_can_be_started(explorer, begun, small_data):
    explorer.stop.click()
    assert finished(explorer).history.interrupted
    loss, _ = begun.model.evaluate(dataset_of(small_data, 0).validation)
    np.testing.assert_allclose(loss, begun.history.validation_loss.min(), rtol=1e-5)
    assert buttons(explorer) == [True, False, False]


def test_a_run_gives_the_bits_of_a_training_with_the_same_seed(explorer, small_data):
    (result,) = run_job(*jobs_for([(EXPERIMENTS["momentum"].limited(1), 0)]), small_data)
    run = run_to_end(explorer, hidden_layers="64")
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


def test_a_run_keeps_no_images(explorer, small_data):
    kept = list(vars(run_to_end(explorer)).values())
    assert sum(value.nbytes for value in kept if isinstance(value, np.ndarray)) < 1e6
    assert not [value for value in kept if value is dataset_of(small_data, 0)]


@pytest.mark.parametrize("batch_size", [32, 5_000, 20_000])  # of 20,000 images; 5 validations an epoch, 4, and 1
def test_the_line_of_a_run_says_the_epoch_it_has_reached(explorer, batch_size):
    assert run_to_end(explorer, batch_size=batch_size, max_epochs=3).epoch == 3
    assert "epoch 3 of 3" in line_of(explorer)


def test_a_name_that_is_taken_is_refused(explorer):
    explorer.run_name.value = run_to_end(explorer).name
    explorer.start.click()
    assert "choose another name" in explorer.message.value


def test_as_many_runs_are_kept_as_there_are_looks_each_with_its_own(explorer):
    for _ in LOOKS:
        run_to_end(explorer)
    assert sorted(explorer.runs.values()) == sorted(LOOKS)
    explorer.start.click()
    assert "remove one" in explorer.message.value


def test_a_run_that_diverges_says_so_in_one_sentence_and_the_next_can_start(explorer):
    assert run_to_end(explorer, learning_rate=1e6, max_epochs=1_000).state == "diverged"
    assert "Try a smaller learning rate" in line_of(explorer)
    assert run_to_end(explorer, learning_rate=0.02).state == "complete"


def test_too_large_a_batch_fails_with_the_reason(explorer):
    assert run_to_end(explorer, batch_size=30_000).state == "failed"
    assert "at most the 20,000 training images" in line_of(explorer)


def test_missing_data_are_told_in_the_line_of_the_run(explorer, monkeypatch, tmp_path):
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    assert run_to_end(explorer).state == "failed"
    assert "no such file" in line_of(explorer)


def test_a_name_cannot_bring_markup_into_the_page(explorer):
    explorer.run_name.value = "<img src=x>"
    assert run_to_end(explorer).state == "complete"
    assert "<img" not in line_of(explorer)
    assert "&lt;img" in line_of(explorer)


@pytest.fixture
def held(explorer, monkeypatch):
    """A list of "begin" and "end" of every training, the first begun, and an event for which each waits to train."""
    told, let_go, train = [], threading.Event(), live_run.train

    def waiting(*arguments, **options):
        told.append("begin")
        assert let_go.wait(SECONDS)
        try:
            return train(*arguments, **options)
        finally:
            told.append("end")

    monkeypatch.setattr(live_run, "train", waiting)
    explorer.start.click()
    wait_for(lambda: told)
    yield told, let_go
    let_go.set()


def remove_first(explorer):
    explorer.run_list.children[0].remove.click()


def test_a_removed_run_is_gone_from_the_page_and_its_training_ends(explorer, begun):
    remove_first(explorer)
    assert not explorer.runs
    assert explorer.run_list.children == explorer.looked_at.options == ()
    assert not explorer.start.disabled
    assert begun.join(SECONDS)
    assert begun.state == "stopped"


@pytest.mark.parametrize("removed", [1, 2])
def test_a_run_waits_for_the_end_of_all_that_were_removed(explorer, held, removed):
    told, let_go = held
    explorer.settings.max_epochs.value = 1
    for _ in range(removed):
        remove_first(explorer)
        explorer.start.click()
    (last,) = explorer.runs
    assert not last.join(0.1)
    assert (last.state, told) == ("starting", ["begin"])
    let_go.set()
    assert finished(explorer).state == "complete"
    assert told == ["begin", "end"] * 2  # one in between was removed before it had begun


def test_closing_waits_for_the_end_of_a_removed_run(explorer, begun):
    remove_first(explorer)
    explorer.close()
    assert begun.join(0)
