"""Curves that are redrawn while trainings arrive: over the seeds so far, and in the end over all."""

import pytest
from IPython.utils.capture import capture_output

from helpers import EXPERIMENTS, LiveCurves
from helpers.experiments.result import Results
from helpers.interactive import live_plot
from tests.made_up import made_up_results


@pytest.fixture
def arriving():
    """Results of two networks after each training, seed by seed; of the second there are none at first."""
    whole = made_up_results(3)
    experiments = [EXPERIMENTS[name] for name in ("baseline", "weights")]
    return [
        Results(
            experiments, {"baseline": whole["baseline"][: -(-count // 2)], "weights": whole["weights"][: count // 2]}
        )
        for count in range(1, 7)
    ]


@pytest.mark.parametrize("end", [3, 6])
def test_nothing_is_drawn_before_there_is_anything_of_what_is_shown(shell, arriving, end, monkeypatch):
    """The first trainings that end may be those of other networks."""
    monkeypatch.setattr(live_plot, "SHORTEST_PAUSE", 1e9)
    curves = LiveCurves(["weights"])
    with capture_output() as captured:
        for results in arriving[:1]:
            curves(results)
        assert not captions(captured)
        for results in arriving[1:end]:
            curves(results)
        shell.events.trigger("post_run_cell", None)
    assert "One training;" in captions(captured)[0]


def captions(captured):
    return [output.metadata["nbtypst"]["caption"] for output in captured.outputs if "image/png" in output.data]


def test_each_picture_says_over_how_many_seeds_and_the_last_shows_all(shell, arriving, monkeypatch):
    monkeypatch.setattr(live_plot, "SHORTEST_PAUSE", 0)
    monkeypatch.setattr(live_plot, "LARGEST_SHARE", float("inf"))
    curves = LiveCurves(["baseline", "weights"])
    with capture_output() as captured:
        for results in arriving:
            curves(results)
        shell.events.trigger("post_run_cell", None)
    found = captions(captured)
    assert len(found) == len(arriving)
    assert "One training;" in found[0]
    assert "2 to 3 seeds (baseline: 3, weights: 2)" in found[-2]
    assert "Mean over 3 seeds" in found[-1]


def test_what_arrived_after_the_last_picture_is_drawn_when_the_cell_has_ended(shell, arriving, monkeypatch):
    monkeypatch.setattr(live_plot, "SHORTEST_PAUSE", 1e9)
    curves = LiveCurves(["baseline"])
    with capture_output() as captured:
        for results in arriving:
            curves(results)
        shell.events.trigger("post_run_cell", None)
    assert len(captions(captured)) == 2
    assert "Mean over 3 seeds" in captions(captured)[-1]
