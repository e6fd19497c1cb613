"""Figures and tables: drawn for every kind of results, with captions that say what is there."""

import re
from dataclasses import replace

import numpy as np
import pytest
from made_up import made_up_result, made_up_results
from matplotlib.text import Text

from helpers import EXPERIMENTS, History, compare, figures
from helpers.figures.curves import band
from helpers.figures.style import OWN_LOOKS, looks_of

PAIRS = [("2c", "3a"), ("3a", "3b")]
OF_RESULTS = {
    "curves": lambda r: figures.curves_figure(r, ["2c", "3a"], label="fig:a", see="See."),
    "curves of one split": lambda r: figures.curves_figure(
        r, ["2c", "3a"], ["training loss", "validation loss"], label="fig:a", see="See.", log_steps=True
    ),
    "forest": lambda r: figures.forest_figure(r, PAIRS, ["accuracy", "loss"], label="fig:a", see="See."),
    "steps to loss": lambda r: figures.steps_to_loss_figure(r, list(r)),
    "learning rates": lambda r: figures.learning_rates_figure(r, ["4e", "4e_0.005"], "3c", label="fig:a"),
    "tradeoff": lambda r: figures.tradeoff_figure(r, list(r)),
    "gradients": lambda r: figures.gradients_figure(r, ["4e", "4e_sigmoid"]),
    "networks": lambda r: figures.networks_table(r, list(r), label="tbl:a", see="See.", intervals=True),
    "measures": lambda r: figures.measures_table(r, list(r), ["accuracy", "gap"], label="tbl:a", see="See."),
    "signs": lambda r: figures.signs_table({"weights": compare(r, "2c", "3a")}, ["loss"], label="tbl:a", see="See."),
    "trainings": lambda r: figures.trainings_table(r),
}
RESULTS = {
    "ten seeds": made_up_results(10, **{"3a": {"accuracy": 0.97, "loss": 0.12}}),
    "one seed": made_up_results(1),
    "none": made_up_results(0),
    "some diverged": made_up_results(4, **{"3a": {"diverged": 2}, "4e": {"diverged": 1}}),
    "all diverged": made_up_results(3, **{name: {"diverged": 3} for name in EXPERIMENTS}),
}


@pytest.mark.parametrize("results", RESULTS.values(), ids=RESULTS)
@pytest.mark.parametrize("show", OF_RESULTS.values(), ids=OF_RESULTS)
def test_every_figure_and_table_takes_results_of_every_kind(show, results):
    shown = show(results)
    assert "nan" not in shown.caption
    if hasattr(shown, "figure"):
        shown.figure.canvas.draw()
        assert shown.alt


@pytest.mark.parametrize("show", [show for name, show in OF_RESULTS.items() if "table" not in name])
def test_letters_in_figures_have_at_least_eight_points(show):
    shown = show(RESULTS["ten seeds"])
    if hasattr(shown, "figure"):
        small = [t for t in shown.figure.findobj(Text) if t.get_text() and t.get_visible() and t.get_size() < 8]
        assert [t.get_text() for t in small if not re.search(r"\$", t.get_text())] == []


def test_a_history_and_an_experiment_of_ones_own_are_drawn_beside_the_reports():
    own = EXPERIMENTS["3c"].variant("mine", hidden_layers=(100,))
    results = made_up_results(10)
    results["mine"] = [made_up_result(own, seed) for seed in range(3)]
    history = results["2c"][0].history
    shown = figures.curves_figure(results, ["3c", own, ("by hand", history)], label="fig:a", see="See.")
    legend = [text.get_text() for text in shown.figure.legends[0].get_texts()]
    assert legend[:3] == ["3c: momentum 0.9, learning rate 0.02", "mine: 100 units", "by hand"]
    assert "1 to 10 seeds (3c: 10, mine: 3, by hand: 1)" in shown.caption


def test_an_unknown_network_or_panel_is_named_with_those_there_are():
    with pytest.raises(ValueError, match="no results of '9z'; there are: 2c"):
        figures.curves_figure(made_up_results(1), ["9z"], label="fig:a", see="See.")
    with pytest.raises(ValueError, match="no panel is called 'speed'; there are: loss"):
        figures.curves_figure(made_up_results(1), ["2c"], ["speed"], label="fig:a", see="See.")


def test_panels_of_one_quantity_have_one_scale():
    panels = ["validation loss", "training loss", "validation accuracy"]
    shown = figures.curves_figure(RESULTS["ten seeds"], ["2c", "3a"], panels, label="fig:a", see="See.")
    left, right, accuracy = shown.figure.axes[:3]
    assert left.get_ylim() == right.get_ylim() != accuracy.get_ylim()
    assert left.get_yscale() == "log"


def test_a_name_without_a_look_of_its_own_gets_one_that_no_other_has():
    looks = looks_of(["2c", "mine", "yours", "3c"])
    assert looks["2c"] == OWN_LOOKS["2c"]
    assert len({look.colour for look in looks.values()}) == 4
    assert len(looks_of([f"n{number}" for number in range(30)])) == 30


def test_a_band_ends_where_the_first_training_stopped():
    history = made_up_results(1)["2c"][0].history
    short = replace(history, validation_steps=history.validation_steps[:5], validation_loss=history.validation_loss[:5])
    found = band([history, short], "validation", "loss")
    assert len(found.steps) == len(found.mean) == 5
    np.testing.assert_array_equal(found.low, np.minimum(history.validation_loss[:5], short.validation_loss))


def test_the_caption_counts_what_diverged():
    shown = OF_RESULTS["curves"](RESULTS["some diverged"])
    assert "2 diverged trainings are not drawn" in shown.caption
    assert "Diverged, and in no mean: 2 of 3a" in OF_RESULTS["networks"](RESULTS["some diverged"]).caption


def test_a_history_without_a_validation_is_drawn_as_nothing():
    empty = History(*(np.empty(0) for _ in range(5)))
    figures.curves_figure(
        made_up_results(1), ["2c", ("nothing", empty)], label="fig:a", see="See."
    ).figure.canvas.draw()


def test_tables_of_formulas_hold(mnist):
    assert "2.5" in figures.slopes_table().rows[0][1] or "10^" in figures.slopes_table().rows[0][1]
    assert figures.normalisation_table(mnist).rows[0][2:] == ["33.55", "78.88"]
    rows = {row[0]: row[1:] for row in figures.tried_sizes_table([59, 60, 32], like=(64,)).rows}
    assert rows["60, 60"] == ["51,300", "+420", "1.008"]
    assert rows["32, 32"][1] == "−24,416"
    assert {row[0] for row in figures.glossary_table().rows} >= {"validation accuracy", "steps to 0.16 nats"}
