"""A committee answers by the mean of its networks' probabilities, each under its own normalisation."""

from dataclasses import replace

import numpy as np
import pytest
from made_up import made_up_result

from helpers import EXPERIMENTS, MLP, Committee, committee, figures, measured
from helpers.evidence.measures import margin_of, margin_text

SMALL = EXPERIMENTS["momentum"].variant("small", hidden_layers=(5,))


def network(seed=0, sizes=(17, 5, 3), normalisation=(100.0, 50.0)):
    """A network for 4 x 4 pixels and three classes, its weights as they were drawn."""
    made = MLP(sizes, seed=seed, weight_init="improved")
    made.normalisation = normalisation
    return made


def that_always_says(*probabilities):
    """A network that gives every image the same probabilities."""
    made = network(sizes=(17, 3))
    made.weights[0][:] = 0
    made.weights[0][-1] = np.log(probabilities)
    return made


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (2_300, 4, 4), np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, write_data, images):
    """Noise in three classes, of which the test images are 0, 0, 0, 1, 2."""
    train, test = np.arange(30, dtype=np.uint8) % 3, np.array([0, 0, 0, 1, 2], np.uint8)
    return write_data(tmp_path_factory.mktemp("noise"), (images[:30], train), (images[30:35], test))


def result(folder, seed, **changes):
    made = replace(made_up_result(SMALL, seed), directory=folder, layer_sizes=(17, 5, 3))
    return replace(made, parameters=SMALL.model(17, 3, seed=seed).parameters, **changes)


def test_two_networks_together_give_the_mean_of_their_probabilities(images):
    one, other = network(0), network(1, normalisation=(30.0, 80.0))
    found = Committee([one, other]).probabilities(images)
    np.testing.assert_allclose(found, (one.read(images) + other.read(images)) / 2, atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
    assert found.shape == (2_300, 3)
    np.testing.assert_allclose(Committee([one]).probabilities(images[0]), one.read(images[0]), atol=1e-6)


def test_a_committee_can_be_right_where_each_of_its_networks_is_wrong(folder):
    networks = [that_always_says(0.4, 0.5, 0.1), that_always_says(0.4, 0.1, 0.5)]
    assert [Committee([one], folder).wrong.tolist() for one in networks] == [[0, 1, 2, 4], [0, 1, 2, 3]]
    both = Committee(networks, folder)
    np.testing.assert_allclose(both.test_probabilities, [[0.4, 0.3, 0.3]] * 5, atol=1e-6)
    assert both.answers.tolist() == [0] * 5
    assert both.wrong.tolist() == [3, 4]
    assert float(both.test_error) == 0.4
    assert f"{both.test_error}" == "40.00\xa0%"


def test_networks_of_several_seeds_answer_each_under_its_own_splits_normalisation(folder):
    runs = [result(folder, seed) for seed in range(2)]
    datasets = [run.dataset() for run in runs]
    runs = [replace(run, normalisation=(one.mean, one.std)) for run, one in zip(runs, datasets, strict=True)]
    assert datasets[0].mean != datasets[1].mean
    found = committee({"small": runs}, "small")
    alone = [run.model().forward(one.test.images) for run, one in zip(runs, datasets, strict=True)]
    np.testing.assert_allclose(found.test_probabilities, sum(alone) / 2, atol=1e-6)
    np.testing.assert_allclose(found.probabilities(datasets[0].pixels(datasets[0].test)), sum(alone) / 2, atol=1e-5)
    errors = [float(Committee([run.model()], folder).test_error) for run in runs]
    assert errors == pytest.approx([1 - run.model().evaluate(run.dataset().test)[1] for run in runs])


def test_networks_whose_training_diverged_are_not_in_the_committee(folder):
    found = committee({"small": [result(folder, 0), result(folder, 1, diverged=True), result(folder, 2)]}, "small")
    assert (len(found), found.title) == (2, "2 networks (small)")


@pytest.mark.parametrize(
    ("seeds", "changes", "limit", "found"),
    [
        (6, {}, 1.01, ("holds", "")),
        (6, {}, 0.001, ("does not hold", "")),
        (5, {}, 1.01, ("not judged", "5 networks")),
        (6, {"diverged": True}, 1.01, ("not judged", "diverged trainings, 1 of small")),
        (6, {"experiment": SMALL.limited(2)}, 1.01, ("not judged", "trainings of 2 epochs")),
    ],
)
def test_a_claim_about_a_committee_needs_six_whole_trainings(seeds, changes, limit, found, folder):
    runs = [result(folder, seed) for seed in range(seeds - 1)] + [result(folder, seeds - 1, **changes)]
    judgement = committee({"small": runs}, "small").below(limit)
    assert judgement.verdict.value == found[0]
    assert found[1] in judgement.found
    assert judgement.measured.endswith("%")


def test_answers_are_worked_out_once_and_a_block_of_images_at_a_time(folder, images, monkeypatch):
    seen, forward = [], MLP.forward
    monkeypatch.setattr(MLP, "forward", lambda self, rows: seen.append(len(rows)) or forward(self, rows))
    both = Committee([network(0), network(1)], folder)
    assert seen == []
    assert float(both.test_error) == len(both.wrong) / 5 == np.mean(both.answers != both.labels)
    assert seen == [5, 5]
    both.probabilities(images)
    assert seen[2:] == [1_000, 1_000, 1_000, 1_000, 300, 300]


def test_grey_values_may_be_off_by_the_rounding_of_a_normalisation_that_was_undone():
    assert Committee([network()]).probabilities(np.full((1, 4, 4), 255.00002)).shape == (1, 3)


UNTRAINED = network(normalisation=None)
BAD = [
    (lambda _: Committee([]), r"networks is \[\]; allowed: at least one MLP"),
    (lambda _: Committee(network()), "networks is .*; allowed: at least one MLP, in a list"),
    (lambda _: Committee([network(), "net"]), "networks is .*'net'.*; allowed: at least one MLP"),
    (lambda _: Committee([network(), network(sizes=(17, 4))]), "networks have 3 and 4 classes; allowed: the same"),
    (lambda _: Committee([network(), network(sizes=(785, 3))]), "networks have 17 and 785 inputs, the bias included"),
    (lambda _: Committee([network(), UNTRAINED]), "networks 1 of 2, counted from 0, do not know how their images"),
    (lambda _: Committee([network()]).probabilities(np.zeros((2, 5, 5))), r"pixels' shape is \(2, 5, 5\); allowed: "),
    (lambda _: Committee([network()]).probabilities(np.zeros((0, 4, 4))), "allowed: at least one image, each of 16"),
    (lambda _: Committee([network()]).probabilities(np.ones((1, 4, 4)) / 2), "pixels go from 0.5 to 0.5; expected"),
    (lambda _: Committee([network()]).probabilities(np.full((1, 4, 4), np.nan)), "pixels go from nan to nan"),
    (lambda f: Committee([network(sizes=(26, 3))], f).test_error, "have 16 pixels and 3 classes; these .* 25 pixels"),
    (lambda f: Committee([network(sizes=(17, 4))], f).wrong, "16 pixels and 3 classes; these .* know 4 classes"),
    (lambda f: committee({"small": []}, "small"), "no networks of 'small': not trained yet; allowed"),
    (lambda f: committee({"small": [result(f, 0, diverged=True)]}, "small"), "'small': 1 training, all diverged"),
    (
        lambda f: committee({"small": [result(f, 0), result(f.parent, 1)]}, "small"),
        "were trained on .* and .*; allowed",
    ),
    (lambda f: committee({"small": [result(f, 0)]}, "tall"), "no results of 'tall'; there are: small"),
]


@pytest.mark.parametrize(("ask", "message"), BAD, ids=[message for _, message in BAD])
def test_what_makes_no_committee_is_said_in_one_line(ask, message, folder):
    with pytest.raises(ValueError, match=message) as caught:
        ask(folder)
    assert "\n" not in str(caught.value)


def test_the_test_error_is_said_with_two_decimals_and_is_not_in_the_reports_glossary():
    results = {"small": [made_up_result(SMALL, seed, accuracy=0.98 + seed / 1_000) for seed in range(3)]}
    assert f"{measured(results, 'small').test_error}" == "1.90\xa0%"
    assert margin_of("test_error") == 0.1
    assert margin_text("test_error", 0.1) == "0.1\xa0points"
    assert "`test_error`" not in [row[1] for row in figures.glossary_table().rows]
    assert figures.glossary_table(["test_error"]).rows[0][0] == "test error"


def test_misread_counts_what_each_network_reads_as_another_class(images):
    networks = [that_always_says(0.9, 0.05, 0.05), that_always_says(0.05, 0.05, 0.9)]
    assert Committee(networks).misread(images[:4], np.array([0, 0, 2, 1])).tolist() == [2, 3]
