"""The sweep over width and depth: what it trains, stores, prints and draws."""

import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from helpers import EXPERIMENTS, __main__, num_parameters, sweep
from helpers.experiments import runner
from helpers.sweep import DEPTHS, SEEDS, UNITS, Outcome, network

pytestmark = pytest.mark.usefixtures("clean_environment")


@pytest.fixture
def small(many_squares, tmp_path, monkeypatch):
    """A small sweep on simple data; the path of its picture."""
    settings = {"UNITS": "4 8", "DEPTHS": "1 2", "SEEDS": "2", "EPOCHS": "1", "MNIST_DIR": str(many_squares)}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "build" / "sweep.png"


def test_the_whole_sweep_is_every_width_with_every_depth_as_in_task_3():
    networks = [network(units, depth) for units in UNITS for depth in DEPTHS]
    assert len({each.name for each in networks}) == len({each.hidden_layers for each in networks}) == 42
    assert {each.config for each in networks} == {EXPERIMENTS["momentum"].config}
    assert network(16, 3).hidden_layers == (16, 16, 16)
    assert network(64, 1).hidden_layers == EXPERIMENTS["momentum"].hidden_layers
    assert SEEDS == 20


def test_a_sweep_trains_stores_prints_and_draws_and_the_next_one_trains_nothing(small, tmp_path, monkeypatch, capsys):
    assert sweep.run_sweep() == small
    first = capsys.readouterr().out
    assert "networks: 4, seeds: 2 (the whole sweep: 42 networks, 20 seeds)" in first
    names = [path.name.split("-seed")[0] for path in (tmp_path / "results").iterdir()]
    assert sorted(names) == [f"sweep_{units}x{depth}" for units in (4, 8) for depth in (1, 2) for _ in range(2)]
    assert small.read_bytes().startswith(b"\x89PNG")
    (accuracies,) = (part for part in first.split("\n\n") if part.startswith("|"))
    assert len(accuracies.splitlines()) == 2 + 2
    assert "epochs of a training, mean: 1.0" in first

    small.unlink()
    monkeypatch.setattr(runner, "_train", None)
    assert sweep.run_sweep() == small
    assert capsys.readouterr().out == first
    assert small.exists()


def test_an_interrupted_sweep_draws_nothing(small, monkeypatch):
    monkeypatch.setattr(runner, "_train", lambda *_: True)
    assert sweep.run_sweep() is None
    assert not small.exists()


def test_the_picture_shows_every_network_with_the_range_of_its_seeds():
    results = {
        network(units, depth).name: [Outcome(0.9 + seed / 100, 0.8 + depth / 100, 1.0) for seed in range(3)]
        for units in (16, 64)
        for depth in (1, 2, 5)
    }
    figure = sweep.picture(results, (16, 64), (1, 2, 5), 50)
    assert isinstance(figure, Figure)
    against_parameters, against_depth = figure.axes[:2]
    assert [len(axes.containers) for axes in (against_parameters, against_depth)] == [3, 2]
    line, _, (bars,) = against_depth.containers[0]
    assert list(line.get_xdata()) == [1, 2, 5]
    assert line.get_ydata() == pytest.approx([91, 91, 91])
    assert np.ravel([segment[:, 1] for segment in bars.get_segments()]) == pytest.approx([90, 92] * 3)
    assert list(against_parameters.containers[1][0].get_xdata()) == [num_parameters((n, n)) for n in (16, 64)]
    tests = figure.axes[3].containers[0][0]
    assert tests.get_ydata() == pytest.approx([81, 82, 85])
    assert "networks: 6, seeds: 3 (the whole sweep: 42 and 20), at most 50 epochs" in figure.get_suptitle()


@pytest.mark.parametrize(
    ("name", "text", "wrong"), [("DEPTHS", "deep", "deep"), ("UNITS", "16 x", "x"), ("SEEDS", "1 5", "1 5")]
)
def test_a_setting_that_is_not_allowed_ends_the_sweep_in_one_line(monkeypatch, capsys, name, text, wrong):
    monkeypatch.setenv(name, text)
    assert __main__.main(["sweep"]) == 1
    expected = f"the sweep was not finished; what is trained is stored: {name} is {wrong!r}; allowed: "
    assert re.fullmatch(re.escape(expected) + ".*\n", capsys.readouterr().err)
