"""A plot that is drawn while a network trains: seldom enough, to the end, and without costing a bit."""

from dataclasses import replace

import numpy as np
import pytest
from IPython.utils.capture import capture_output
from watching import trained

from helpers import LivePlot, Split
from helpers.interactive import live_plot


def pictures(captured):
    return [output for output in captured.outputs if "image/png" in output.data]


@pytest.fixture
def plotted(shell, toy, monkeypatch):
    """A training with a plot, where every look at the clock takes 0.01 s: its history, what was drawn and shown."""
    clock = iter(np.arange(0, 1_000, 0.01))
    monkeypatch.setattr(live_plot.time, "perf_counter", lambda: next(clock))
    drawn = []
    monkeypatch.setattr(LivePlot, "picture", lambda _, history: drawn.append(history) or ({"image/png": ""}, {}))
    with capture_output() as captured:
        history = trained(toy, LivePlot())
        during = len(drawn)
        shell.events.trigger("post_run_cell", None)
    return history, during, drawn, pictures(captured)


def test_a_plot_is_drawn_at_once_each_half_second_and_at_the_end_of_the_cell(plotted):
    history, during, drawn, shown = plotted
    validations = len(history.validation_steps)
    assert during == 1 + (validations - 1) // 51 < validations
    assert len(shown) == len(drawn) == during + 1
    assert len(drawn[-1].validation_steps) == validations


def test_slow_drawing_is_done_less_often(shell, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(live_plot.time, "perf_counter", lambda: now[0])

    def slow(plot, history):
        now[0] += 0.2
        return {"image/png": ""}, {}

    monkeypatch.setattr(LivePlot, "picture", slow)
    plot, drawings = LivePlot(), 0
    with capture_output():
        for _ in range(2_000):
            before = now[0]
            plot(object())
            drawings += now[0] > before
            now[0] += 0.01
        shell.events.trigger("post_run_cell", None)
    assert drawings * 0.2 / now[0] < 0.05


def test_a_plot_changes_no_result(shell, toy):
    with capture_output() as captured:
        history = trained(toy, LivePlot())
        shell.events.trigger("post_run_cell", None)
    assert pictures(captured)
    np.testing.assert_array_equal(history.train_loss, trained(toy).train_loss)


def test_outside_a_notebook_a_plot_does_nothing(toy, monkeypatch):
    monkeypatch.setattr(live_plot, "get_ipython", lambda: None)
    with capture_output() as captured:
        trained(toy, LivePlot())
    assert not captured.outputs


def test_a_training_without_validation_images_is_drawn_too(toy):
    nobody = replace(toy, validation=Split(toy.validation.images[:0], toy.validation.labels[:0]))
    data, metadata = LivePlot().picture(trained(nobody))
    assert data["image/png"]
    assert "lowest" not in metadata["nbtypst"]["alt"]


def test_the_picture_has_caption_and_alternative_text(toy):
    data, metadata = LivePlot().picture(trained(toy))
    assert data["image/png"]
    assert "Line plots" in metadata["nbtypst"]["alt"]
    assert metadata["nbtypst"]["caption"]
