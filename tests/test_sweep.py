"""The sweep over width and depth: what it trains, stores and draws, and its costs."""

import numpy as np
import pytest
from matplotlib.figure import Figure

import helpers.experiments
import helpers.sweep
from helpers.experiments import EXPERIMENTS, num_parameters
from helpers.sweep import CALIBRATION, DEPTHS, SEEDS, UNITS, CostModel, chosen, main, makespan, network

pytestmark = pytest.mark.usefixtures("clean_environment")


@pytest.fixture(scope="module")
def squares(tmp_path_factory, write_data, draw_images):
    """A folder with as many images of a simple data set as an experiment asks for."""
    return write_data(tmp_path_factory.mktemp("data") / "squares", draw_images(30_000), draw_images(300, seed=1))


@pytest.fixture
def small(squares, tmp_path, monkeypatch):
    """A small sweep on little data, with few steps to fit the costs to; the path of its picture."""
    settings = {"UNITS": "4 8", "DEPTHS": "1 2", "SEEDS": "2", "EPOCHS": "1", "MNIST_DIR": str(squares)}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(helpers.sweep, "CALIBRATION", dict.fromkeys(((4,), (800,), (4, 4), (32, 32)), 10))
    monkeypatch.setattr(helpers.sweep, "PICTURE", tmp_path / "build" / "sweep.png")
    return tmp_path / "build" / "sweep.png"


def fitted(seconds_of_step, seconds_of_validation):
    """The model that is fitted to times which follow these functions of the hidden layers."""
    layers = list(CALIBRATION)
    sizes = np.array([helpers.sweep._sizes(each) for each in layers])
    fits = [
        helpers.sweep._fitted(sizes, np.array([seconds(each) for each in layers]))
        for seconds in (seconds_of_step, seconds_of_validation)
    ]
    return CostModel(*fits, loading=0.5, error=0.0)


def test_the_whole_sweep_is_every_width_with_every_depth_as_in_task_3():
    networks = [network(units, depth) for units in UNITS for depth in DEPTHS]
    assert len({each.name for each in networks}) == len({each.hidden_layers for each in networks}) == 42
    assert {each.config for each in networks} == {EXPERIMENTS["3c"].config}
    assert (network(16, 3).hidden_layers, network(64, 1).hidden_layers) == (
        (16, 16, 16),
        EXPERIMENTS["3c"].hidden_layers,
    )


def test_a_sweep_trains_stores_prints_and_draws_and_the_next_one_trains_nothing(small, tmp_path, monkeypatch, capsys):
    assert main() == 0
    first = capsys.readouterr().out
    assert "networks: 4, seeds: 2 (the whole sweep: 42 networks, 20 seeds)" in first
    assert {path.name.split("-seed")[0] for path in (tmp_path / "results").iterdir()} == {
        f"sweep_{units}x{depth}" for units in (4, 8) for depth in (1, 2)
    }
    assert len(list((tmp_path / "results").iterdir())) == 8
    assert small.read_bytes().startswith(b"\x89PNG")

    small.unlink()
    monkeypatch.setattr(helpers.experiments, "_train", None)
    assert main() == 0
    again = capsys.readouterr().out
    assert again.split("fitting")[0] == first.split("fitting")[0]
    assert small.exists()


def test_the_tables_hold_what_was_measured(small, capsys):
    assert main() == 0
    accuracies, check, costs = (part for part in capsys.readouterr().out.split("\n\n") if part.startswith("|"))
    assert len(accuracies.splitlines()) == 2 + 2
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in check.splitlines()[2:6]]
    assert [row[0] for row in rows] == ["1 x 4", "1 x 8", "2 x 4", "2 x 8"]
    total = [cell.strip() for cell in check.splitlines()[6].split("|")[1:-1]]
    assert float(total[1]) == pytest.approx(sum(float(row[1]) for row in rows), abs=0.3)
    assert "50 epochs (50.0)" in costs
    assert "as here (1.0)" in costs


def test_the_picture_shows_every_network_with_the_range_of_its_seeds():
    results = {
        network(units, depth).name: [
            helpers.sweep.Outcome("", seed, 0.9 + seed / 100, 0.8 + depth / 100, 10, 1, 1.0) for seed in range(3)
        ]
        for units in (16, 64)
        for depth in (1, 2, 5)
    }
    figure = helpers.sweep.picture(results, (16, 64), (1, 2, 5), 50)
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


def test_costs_that_follow_layers_units_and_weights_are_predicted_for_every_network_of_the_sweep():
    def step(layers):
        return 8e-5 + 1e-5 * len(layers) + 2e-9 * num_parameters(layers)

    def validation(layers):
        return 6e-3 + 1.5e-5 * sum(layers) + 2.5e-7 * num_parameters(layers)

    costs = fitted(step, validation)
    for units in UNITS:
        for depth in DEPTHS:
            layers = (units,) * depth
            expected = 1_000 * step(layers) + 7 * validation(layers)
            assert costs.training(layers, 1_000, 7) == pytest.approx(expected, rel=1e-3)
            assert costs.trial(layers, 1_000, 7) == pytest.approx(0.5 + expected + 4 * validation(layers), rel=1e-3)


@pytest.mark.parametrize(
    ("costs", "cores", "expected"),
    [
        ([3, 1, 2], 1, 6),
        ([3, 1, 2], 2, 3),
        ([3, 1, 2], 100, 3),  # the longest training
        ([5, 4, 3, 3, 3], 2, 10),  # longest first is not the best there is, which is 9
        ([1] * 840, 100, 9),
    ],
)
def test_free_cores_take_the_longest_training_that_is_left(costs, cores, expected):
    assert makespan(costs, cores) == expected


def test_the_settings_are_integers_each_once(monkeypatch):
    assert chosen("UNITS", UNITS) == UNITS
    monkeypatch.setenv("UNITS", "64 16 64")
    assert chosen("UNITS", UNITS) == (64, 16)
    for wrong in ("16 x", "0", "-3", "1.5"):
        monkeypatch.setenv("UNITS", wrong)
        with pytest.raises(ValueError, match=r"UNITS is .*; allowed: an integer from 1"):
            chosen("UNITS", UNITS)


def test_an_error_is_one_line(monkeypatch, capsys):
    monkeypatch.setenv("DEPTHS", "deep")
    assert main() == 1
    assert capsys.readouterr().err == "the sweep was not finished: DEPTHS is 'deep'; allowed: an integer from 1\n"
    monkeypatch.delenv("DEPTHS")
    monkeypatch.setenv("SEEDS", "1 5")
    assert main() == 1
    assert "SEEDS is '1 5'; allowed: an integer from 1" in capsys.readouterr().err


def test_the_sweep_has_twenty_seeds_unless_told_otherwise():
    assert SEEDS == 20
