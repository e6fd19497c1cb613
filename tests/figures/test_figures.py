"""Figures and tables: for every kind of results and data, with captions that say what is there."""

import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
from made_up import made_up_result, made_up_results
from matplotlib.text import Text

from helpers import EXPERIMENTS, Deformation, History, compare, cosine, figures, load_mnist, run_experiments
from helpers.experiments.store import Store
from helpers.figures.curves import band
from helpers.figures.losses import at_other_rates
from helpers.figures.style import OWN_LOOKS, _spread, looks_of

PAIRS = [("baseline", "weights"), ("weights", "sigmoid")]
OF_RESULTS = {
    "curves": lambda r: figures.curves_figure(r, ["baseline", "weights"], label="fig:a", see="See."),
    "curves of one split": lambda r: figures.curves_figure(
        r, ["baseline", "weights"], ["training loss", "validation loss"], label="fig:a", see="See.", log_steps=True
    ),
    "forest": lambda r: figures.forest_figure(r, [PAIRS[:1], PAIRS[1:]], ["loss"], label="fig:a", see="See."),
    "steps to loss": lambda r: figures.steps_to_loss_figure(r, list(r)),
    "learning rates": lambda r: figures.learning_rates_figure(r, ["momentum", "deep"]),
    "parts of the loss": lambda r: figures.loss_parts_figure(r, list(r)),
    "tradeoff": lambda r: figures.tradeoff_figure(r, list(r)),
    "gradients": lambda r: figures.gradients_figure(r, ["deep", "deep_plain"]),
    "networks": lambda r: figures.networks_table(r, list(r), label="tbl:a", see="See.", intervals=True),
    "measures": lambda r: figures.measures_table(r, list(r), ["accuracy", "gap"], label="tbl:a", see="See."),
    "signs": lambda r: figures.signs_table(
        {"weights": compare(r, "baseline", "weights")}, ["loss"], label="tbl:a", see="See."
    ),
    "trainings": lambda r: figures.trainings_table(r),
}
RESULTS = {
    "ten seeds": made_up_results(10, weights={"accuracy": 0.97, "loss": 0.12}),
    "one seed": made_up_results(1),
    "none": made_up_results(0),
    "some diverged": made_up_results(4, weights={"diverged": 2}, deep={"diverged": 1}),
    "all diverged": made_up_results(3, **{name: {"diverged": 3} for name in EXPERIMENTS}),
}


@pytest.mark.parametrize("results", RESULTS.values(), ids=RESULTS)
@pytest.mark.parametrize("show", OF_RESULTS.values(), ids=OF_RESULTS)
def test_every_figure_and_table_takes_any_results_with_letters_of_eight_points(show, results):
    shown = show(results)
    assert "nan" not in shown.caption
    if hasattr(shown, "figure"):
        shown.figure.canvas.draw()
        assert shown.alt
        small = [t.get_text() for t in shown.figure.findobj(Text) if t.get_visible() and t.get_size() < 8]
        assert [text for text in small if text and "$" not in text] == []
        assert not re.search(r"\bnan\b|[:.] \.", shown.alt) or results is not RESULTS["none"]
    if results is RESULTS["none"] and "not judged" not in shown.caption:
        assert "0 seeds (not trained yet: run `make pdf`, or Task 2, 3 or 4)" in shown.caption


def test_a_history_and_an_experiment_of_ones_own_are_drawn_beside_the_reports():
    own = EXPERIMENTS["momentum"].variant("mine", hidden_layers=(100,))
    results = made_up_results(10)
    results["mine"] = [made_up_result(own, seed) for seed in range(3)]
    empty = History(*(np.empty(0) for _ in range(5)))
    by_hand = [("by hand", results["baseline"][0].history), ("nothing", empty)]
    shown = figures.curves_figure(results, ["momentum", own, *by_hand], label="fig:a", see="See.")
    shown.figure.canvas.draw()
    legend = [text.get_text() for text in shown.figure.legends[0].get_texts()]
    assert legend[:3] == ["3c: momentum", "mine (100 units)", "by hand"]
    assert "0 to 10 seeds (momentum: 10, mine: 3, by hand: 1, nothing: 0)" in shown.caption


def test_long_names_of_networks_are_broken_and_tell_only_what_is_set():
    own = EXPERIMENTS["momentum"].variant(
        "moved", augmentation=Deformation(shift=2), schedule=cosine, dropout=0.25, weight_decay=0.001, batch_size=16
    )
    shown = figures.curves_figure({"moved": [made_up_result(own, 0)]}, [own], label="fig:a", see="See.")
    (text,) = (text.get_text() for text in shown.figure.legends[0].get_texts())
    assert "images changed by Deformation(shift=2)" in text.replace("\n", " ")
    assert max(map(len, text.split("\n"))) <= 80
    assert "bands" not in shown.caption


def test_an_unknown_network_or_panel_is_named_with_those_there_are():
    with pytest.raises(ValueError, match="no results of '9z'; there are: baseline"):
        figures.curves_figure(made_up_results(1), ["9z"], label="fig:a", see="See.")
    with pytest.raises(ValueError, match="no panel is called 'speed'; there are: loss"):
        figures.curves_figure(made_up_results(1), ["baseline"], ["speed"], label="fig:a", see="See.")


def test_the_validation_loss_has_a_panel_and_scale_of_its_own_and_marks_on_its_lines():
    shown = figures.curves_figure(RESULTS["ten seeds"], ["baseline", "weights"], label="fig:a", see="See.")
    loss, training = shown.figure.axes[:2]
    low, high = loss.get_ylim()
    assert 0.1 < low < 0.12
    assert 0.2 < high < 0.4
    assert training.get_ylim()[1] < low
    curve, mark = loss.lines[:2]
    assert np.interp(mark.get_xdata()[0], *curve.get_data()) == mark.get_ydata()[0]


def test_a_networks_other_learning_rates_are_those_that_differ_in_nothing_else():
    found = at_other_rates(made_up_results(1), "deep")
    rates = {
        0.001: "deep_at_0.001",
        0.002: "deep_at_0.002",
        0.005: "deep_short_step",
        0.02: "deep",
        0.05: "deep_at_0.05",
    }
    assert found == rates


def test_comparisons_of_another_size_have_a_scale_of_their_own():
    results = made_up_results(6, weights={"loss": 0.02})
    shown = figures.forest_figure(results, [PAIRS[:1], PAIRS[1:]], ["loss"], label="fig:a", see="See.")
    assert [[text.get_text() for text in axes.get_yticklabels()] for axes in shown.figure.axes] == [
        ["baseline → weights"], ["weights → sigmoid"]
    ]  # fmt: skip
    assert "Each block has scales of its own." in shown.caption


def test_names_at_the_right_never_overlap_and_keep_the_order_of_their_lines():
    assert _spread([1, 2, 50, 99, 99], 10, 0, 100) == [1, 11, 50, 90, 100]


def test_a_name_without_a_look_of_its_own_gets_one_that_no_other_has():
    for name in OWN_LOOKS:
        looks = looks_of([name, "mine", "yours"])
        assert looks[name] == OWN_LOOKS[name]
        assert len({look.colour for look in looks.values()}) == 3
    assert len(looks_of([f"n{number}" for number in range(30)])) == 30


def test_a_band_ends_where_the_first_training_stopped():
    history = made_up_results(1)["baseline"][0].history
    short = replace(history, validation_steps=history.validation_steps[:5], validation_loss=history.validation_loss[:5])
    found = band([history, short], "validation", "loss")
    assert len(found.steps) == len(found.mean) == 5
    np.testing.assert_array_equal(found.low, np.minimum(history.validation_loss[:5], short.validation_loss))


def test_the_caption_counts_what_diverged():
    shown = OF_RESULTS["curves"](RESULTS["some diverged"])
    assert "2 diverged trainings are not drawn" in shown.caption
    assert "Diverged, and in no mean: 2 of weights" in OF_RESULTS["networks"](RESULTS["some diverged"]).caption


def test_tables_of_formulas_hold(mnist):
    assert "2.5" in figures.slopes_table().rows[0][1] or "10^" in figures.slopes_table().rows[0][1]
    assert figures.normalisation_table(mnist).rows[0][2:] == ["33.55", "78.88"]
    rows = {row[0]: row[1:] for row in figures.tried_sizes_table([59, 60, 32], like=(64,)).rows}
    assert rows["60, 60"] == ["51,300", "+420", "1.008"]
    assert rows["32, 32"][1] == "−24,416"
    assert {row[0] for row in figures.glossary_table().rows} >= {"validation accuracy", "steps to 0.16 nats"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, write_data):
    """Letters a to c, of 20 x 16 pixels: bright bars at three heights; 300 for training, 90 for test."""
    stream = np.random.default_rng(0)

    def draw(count):
        labels = np.arange(count, dtype=np.uint8) % 3
        images = stream.integers(0, 60, (count, 20, 16), np.uint8)
        for label in range(3):
            images[labels == label, 6 * label : 6 * label + 5] += 150
        return images, labels + np.uint8(1)

    images, labels = draw(90)
    labels[0] = 3  # an a that is called c, so that there is a mistake to show
    folder = write_data(tmp_path_factory.mktemp("letters"), draw(300), (images, labels))
    (folder / "letters-mapping.txt").write_text("1 97\n2 98\n3 99\n")
    return folder


@pytest.fixture(scope="module")
def results(folder, tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("results"))
    return run_experiments(["momentum"], seeds=1, max_epochs=3, directory=folder, store=store, progress=False)


def test_a_network_of_the_table_gets_as_many_inputs_and_outputs(results):
    assert results["momentum"][0].layer_sizes == (321, 64, 3)
    assert results["momentum"][0].model().read(np.zeros((20, 16))).shape == (1, 3)


def test_every_figure_of_images_follows(results, folder):
    digits, confusion = figures.digits_figure(load_mnist(folder)), figures.confusion_figure(results, "momentum")
    hidden, mistakes = figures.hidden_weights_figure(results, "momentum"), figures.mistakes_figure(results, "momentum")
    for shown in (digits, confusion, hidden, mistakes):
        shown.figure.canvas.draw()
    assert "20 × 16 pixels" in digits.caption
    assert "Most often, 1 times, class c is taken for a." in confusion.caption
    assert [text.get_text() for text in confusion.figure.axes[0].get_xticklabels()] == ["a", "b", "c"]


@pytest.fixture(scope="module")
def apart(tmp_path_factory, write_data):
    """Classes 2 and 3, black and white halves, which nobody mixes up; class 5 has an image for test alone."""
    stream = np.random.default_rng(0)
    images, labels = stream.integers(0, 60, (200, 8, 8), np.uint8), np.arange(200, dtype=np.uint8) % 2 + np.uint8(2)
    images[labels == 3, :4] += 190
    test = images[:41].copy(), np.append(labels[:40], 5).astype(np.uint8)
    return write_data(tmp_path_factory.mktemp("apart"), (images, labels), test)


def test_a_class_without_a_training_image_has_an_empty_row_and_is_named(apart):
    shown = figures.digits_figure(load_mnist(apart))
    assert "No training image is of class 5." in shown.caption
    assert (np.asarray(shown.figure.axes[0].images[0].get_array())[-8:] == 0).all()
    assert "No training image" not in figures.digits_figure(load_mnist()).caption


def test_a_network_without_a_mistake_is_said_to_have_none(apart, tmp_path):
    folder = tmp_path / "two"
    shutil.copytree(apart, folder)
    for kind in ("images-idx3", "labels-idx1"):  # all that is for training is the test as well
        shutil.copy(folder / f"train-{kind}-ubyte", folder / f"t10k-{kind}-ubyte")
    store = Store(tmp_path / "results")
    results = run_experiments(["3c"], seeds=1, max_epochs=5, directory=folder, store=store, progress=False)
    assert results["3c"][0].test[1] == 1
    assert "No class is taken for another." in figures.confusion_figure(results, "3c").caption
    assert "reads every test image as what it is" in figures.mistakes_figure(results, "3c").data


def test_a_split_without_images_has_no_row_of_normalised_pixels():
    rows = [row[0] for row in figures.normalisation_table(load_mnist(train_size=60_000)).rows]
    assert [row for row in rows if row.startswith("normalised")] == [
        "normalised, training split",
        "normalised, test split",
    ]
