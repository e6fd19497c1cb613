"""The ladder of test errors, deformed digits, and what a committee gets wrong."""

import re
from dataclasses import replace

import numpy as np
import pytest
from made_up import made_up_result
from matplotlib.text import Text

from helpers import EXPERIMENTS, MLP, Committee, Deformation, figures, load_mnist
from helpers.figures.ladder import APART

NAMES = ["momentum", "two_thin_layers", "elastic"]
ERRORS = {"momentum": 2.0, "two_thin_layers": 1.5, "elastic": 0.7}  # per cent
PUBLISHED = {"two_thin_layers": (1.6, "Simard 2003"), "elastic": (0.35, "Cireşan 2010")}


def results(seeds=6, *, diverged=0, errors=ERRORS):
    """Results with errors that rise by a hundredth from seed to seed; the first trainings of the last diverged."""
    return {
        name: [
            replace(
                made_up_result(
                    EXPERIMENTS["momentum"].variant(name), seed, accuracy=1 - error * (1 + seed / 100) / 100
                ),
                diverged=name == NAMES[-1] and seed < diverged,
            )
            for seed in range(seeds)
        ]
        for name, error in errors.items()
    }


def ladder(of, published=PUBLISHED, names=NAMES):
    return figures.ladder_figure(of, names, published, see="See.")


def marks(shown, marker):
    """Places of all marks of a kind, (x, row), in the order of the rows."""
    lines = [line for line in shown.figure.axes[0].lines if line.get_marker() == marker]
    return [(x, round(float(y))) for line in lines for x, y in zip(*line.get_data(), strict=True)]


def test_the_ladder_shows_every_seed_the_mean_and_what_was_published():
    shown = ladder(results())
    rows = enumerate(ERRORS.values())
    expected = [(error * (1 + seed / 100), row) for row, error in rows for seed in range(6)]
    np.testing.assert_allclose(marks(shown, "|"), expected)
    np.testing.assert_allclose(marks(shown, "o"), [(1.025 * error, row) for row, error in enumerate(ERRORS.values())])
    assert marks(shown, "D") == [(1.6, 1), (0.35, 2)]
    assert [text.get_text() for text in shown.figure.axes[0].texts] == ["Simard 2003", "Cireşan 2010"]
    assert "a stroke for each of 6 seeds, a disc for their mean. Diamonds: errors that others" in shown.caption
    assert "two thin layers 1.54" in shown.alt
    assert "elastic 0.35 (Cireşan 2010)" in shown.alt
    assert shown.label == "fig:ladder"


def test_the_axis_of_errors_is_logarithmic_with_ticks_in_plain_per_cent():
    axes = ladder(results()).figure.axes[0]
    axes.figure.canvas.draw()
    assert axes.get_xscale() == "log"
    low, high = axes.get_xlim()
    ticks = [tick.get_text() for at, tick in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
             if 0.99 * low <= at <= 1.01 * high]  # fmt: skip
    assert ticks == ["0.3", "0.5", "0.7", "1", "2", "3"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["momentum", "two thin layers", "elastic"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # the first on top


def test_sources_with_long_names_are_within_the_axes_and_hide_no_mark_of_their_row():
    shown = ladder(results(), {"momentum": (2.4, "Somebody, Somebody else and others 1998")})
    shown.figure.canvas.draw()
    (text,), axes = shown.figure.axes[0].texts, shown.figure.axes[0]
    box = text.get_window_extent()
    assert box.x1 <= axes.get_window_extent().x1 + 1
    lowest = axes.transData.transform((2.4, -APART))[1] - 5 / 72 * shown.figure.dpi  # where strokes end
    assert box.y1 <= lowest + 1


RESULTS = {
    "six seeds": (results(), "each of 6 seeds"),
    "one seed": (results(1), "each of 1 seed,"),
    "none": (results(0), "0 seeds (not trained yet"),
    "an empty folder": ({}, "0 seeds (not trained yet"),
    "one is missing": ({name: runs for name, runs in results().items() if name != "elastic"}, "trained yet: elastic."),
    "one has no seeds": (results() | {"momentum": []}, "Not trained yet: momentum."),
    "some diverged": (results(diverged=2), "Diverged, and in no mean: 2 of elastic."),
    "all diverged": (results(diverged=6), "Diverged, and in no mean: 6 of elastic."),
    "no mistakes": (results(errors=ERRORS | {"elastic": 0}), "no logarithm shows: 6 of elastic."),
    "all wrong": (results(1, errors=dict.fromkeys(NAMES, 100)), "each of 1 seed,"),
}


@pytest.mark.parametrize("published", [PUBLISHED, {}], ids=["published", "alone"])
@pytest.mark.parametrize(("of", "told"), RESULTS.values(), ids=RESULTS)
def test_the_ladder_takes_any_results_and_tells_what_has_no_mark(of, told, published):
    shown = ladder(of, published)
    shown.figure.canvas.draw()
    assert told in shown.caption
    assert ("published" in shown.caption) == bool(published)
    assert not re.search(r"\bnan\b|\binf\b|[:.] \.", shown.caption + shown.alt)
    assert [t.get_text() for t in shown.figure.findobj(Text) if t.get_visible() and t.get_size() < 8] == []
    texts = [text.get_text() for text in shown.figure.axes[0].texts]
    assert texts.count("not trained yet") == sum(not of.get(name) for name in NAMES)
    assert ("every training diverged" in texts) == ("Diverged, and in no mean: 6" in told)


@pytest.mark.parametrize(
    ("published", "message"),
    [
        ({"tall": (1.0, "X")}, "published is 'tall'; allowed: momentum, two_thin_layers, elastic"),
        ({"elastic": (0, "X")}, "the published error of elastic is 0; allowed: a number above 0, in %"),
        ({"elastic": ("0.7", "X")}, "the published error of elastic is '0.7'; allowed: a number above 0"),
    ],
)
def test_a_published_error_that_cannot_be_drawn_is_named(published, message):
    with pytest.raises(ValueError, match=message):
        ladder(results(), published)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, write_data):
    """Letters a to c of 20 x 16 pixels; of 150 test images 140 are b, 6 are a and 4 are c."""
    images = np.random.default_rng(0).integers(0, 256, (150, 20, 16), np.uint8)
    train, test = np.arange(60, dtype=np.uint8) % 3, np.repeat(np.array([1, 0, 2], np.uint8), (140, 6, 4))
    folder = write_data(tmp_path_factory.mktemp("letters"), (images[:60], train + 1), (images, test + 1))
    (folder / "letters-mapping.txt").write_text("1 97\n2 98\n3 99\n")
    return folder


def that_always_says(*probabilities):
    network = MLP([321, 3], seed=0)
    network.weights[0][:] = 0
    network.weights[0][-1] = np.log(probabilities)
    network.normalisation = (100.0, 50.0)
    return network


def mistakes(folder, *probabilities):
    return figures.committee_mistakes_figure(Committee([that_always_says(*probabilities)], folder), load_mnist(folder))


def test_all_mistakes_of_a_committee_are_shown_with_label_answer_and_probability(folder):
    networks = [that_always_says(0.1, 0.8, 0.1), that_always_says(0.3, 0.5, 0.2)]
    shown = figures.committee_mistakes_figure(Committee(networks, folder, name="my_own"), load_mnist(folder))
    shown.figure.canvas.draw()
    texts = [text.get_text() for text in shown.figure.axes[0].texts]
    assert texts == ["a → b\n65 %"] * 6 + ["c → b\n65 %"] * 4
    assert "The 10 test images that a committee of 2 networks (my own) gets wrong (6.67 % of all)" in shown.caption
    picture = np.asarray(shown.figure.axes[0].images[0].get_array())
    dataset = load_mnist(folder)
    np.testing.assert_allclose(picture[:20, 3:19], dataset.pixels(dataset.test)[140], atol=1e-3)
    assert {text.get_size() for text in shown.figure.axes[0].texts} == {8}


def test_of_more_than_120_mistakes_the_surest_are_shown_and_the_total_is_said(folder):
    shown = mistakes(folder, 0.9, 0.05, 0.05)
    assert len(shown.figure.axes[0].texts) == 120
    assert "The surest 120 of the 144 test images that a committee of 1 network gets wrong" in shown.caption
    width, height = shown.figure.get_size_inches()
    assert height < 1.6 * width


def test_texts_below_the_images_do_not_touch_each_other(folder):
    shown = mistakes(folder, 0.999, 0.0005, 0.0005)
    shown.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in shown.figure.axes[0].texts]
    assert [box.count_overlaps(boxes) for box in boxes] == [1] * 120  # itself
    assert min(box.x0 for box in boxes) >= 0
    assert max(box.x1 for box in boxes) <= shown.figure.bbox.x1


def test_a_committee_without_a_mistake_is_said_to_have_none(folder):
    sure = Committee([that_always_says(0.1, 0.8, 0.1)], folder, name="my_own")
    sure.__dict__["wrong"] = np.array([], int)
    shown = figures.committee_mistakes_figure(sure, load_mnist(folder))
    assert shown.data == "A committee of 1 network (my own) reads every test image as what it is."


def test_mistakes_are_looked_for_in_the_data_that_the_committee_was_tested_on(folder, toy):
    with pytest.raises(ValueError, match=r"dataset is .*; allowed: the one that the committee was tested on"):
        figures.committee_mistakes_figure(Committee([that_always_says(0.1, 0.8, 0.1)], folder), toy)


def test_digits_are_shown_as_they_are_and_below_as_each_deformation_changes_them(folder):
    dataset = load_mnist(folder)
    deformations = {"nothing": Deformation(), "turned": Deformation(rotation=20), "elastic": Deformation(elastic=1.5)}
    shown, again, other = (figures.deformed_digits_figure(dataset, deformations, seed=seed) for seed in (0, 0, 1))
    pictures = [np.asarray(one.figure.axes[0].images[0].get_array()) for one in (shown, again, other)]
    rows = [picture.reshape(4, 23, 160)[:, :20] for picture in pictures]
    first = [np.flatnonzero(dataset.train.labels == label)[0] for label in range(3)]
    for column, image in enumerate(dataset.pixels_of(dataset.train.images[first])):
        np.testing.assert_array_equal(rows[0][0][:, 16 * column :][:, :16], image.astype(rows[0].dtype))
    np.testing.assert_allclose(rows[0][1], rows[0][0], atol=0.1)
    assert all(np.abs(rows[0][row] - rows[0][0]).mean() > 1 for row in (2, 3))
    np.testing.assert_array_equal(rows[0], rows[1])
    assert not np.array_equal(rows[0][2:], rows[2][2:])
    shown.figure.canvas.draw()
    labels = shown.figure.axes[0].get_yticklabels()
    assert [text.get_text() for text in labels] == ["as they are", "nothing", "turned", "elastic"]
    assert min(text.get_window_extent().x0 for text in labels) >= 0
    assert "4 rows of 10 small images" in shown.alt


def test_digits_without_a_deformation_are_one_row_and_long_words_are_broken(folder):
    dataset = load_mnist(folder)
    assert "1 rows of 10" in figures.deformed_digits_figure(dataset, {}).alt
    words = "elastic distortions, rotations and changes of scale"
    shown = figures.deformed_digits_figure(dataset, {words: Deformation(shift=1)})
    assert max(map(len, shown.figure.axes[0].get_yticklabels()[1].get_text().split("\n"))) <= 24


def that_reads(digit):
    """A committee of one network that reads every image as this digit."""
    network = MLP([785, 10], seed=0)
    network.normalisation = (0.0, 1.0)
    network.weights[0][:] = 0
    network.weights[0][-1, digit] = 9
    return Committee([network])


def test_photos_are_shown_with_what_two_committees_read():
    pixels, readers = np.zeros((3, 28, 28)), {"Task 3": that_reads(0), "the last rung": that_reads(1)}
    shown = figures.photos_figure(pixels, np.array([0, 1, 2]), readers)
    words = [text.get_text() for text in shown.figure.axes[0].texts]
    assert words == ["0\nnot 1", "not 0\n1", "not 0\nnot 1"]
    assert "first by the committee of Task 3, then by that of the last rung" in shown.caption
    assert "Wrongly read: Task 3 2, the last rung 2" in shown.alt


def test_photos_are_read_by_two_committees_no_more():
    with pytest.raises(ValueError, match=r"readers is \['one'\].*two committees, by name"):
        figures.photos_figure(np.zeros((1, 28, 28)), np.zeros(1), {"one": that_reads(0)})
