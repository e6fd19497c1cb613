"""One training, what is measured of it, the network that it leaves; trainings that share their steps."""

from dataclasses import replace
from unittest.mock import Mock

import numpy as np
import pytest
from made_up import made_up_result
from small_experiments import BASE, CONFIG, SIZES, SMALL, VALIDATION_SIZE, same

from helpers import EXPERIMENTS, MLP, load_mnist, train
from helpers.experiments.jobs import Job, jobs_for
from helpers.experiments.result import Results
from helpers.experiments.trial import gradient_rms, run_job

pytestmark = pytest.mark.usefixtures("clean_environment")


def results_of(experiments, directory, seed=0):
    return run_job(Job(tuple(experiments), seed), directory)


def test_a_result_is_that_of_training_by_hand_on_the_seeds_own_split(squares):
    [result] = results_of([SMALL["plain"]], squares, seed=7)
    dataset = load_mnist(squares, **SIZES, split_seed=7)
    model = MLP([785, 6, 10], activation="sigmoid", weight_init="improved", seed=7)
    before = gradient_rms(model, dataset)
    history = train(model, dataset, CONFIG, seed=7, progress=False)
    for name in ("train_loss", "validation_loss", "validation_accuracy", "train_accuracy", "validation_steps"):
        np.testing.assert_array_equal(getattr(result.history, name), getattr(history, name))
    np.testing.assert_array_equal(result.parameters, model.parameters)
    for name in ("train", "validation", "test"):
        assert getattr(result, name) == pytest.approx(model.evaluate(getattr(dataset, name)), rel=1e-6)
    np.testing.assert_allclose(result.gradient_rms, [before, gradient_rms(model, dataset)], rtol=1e-5)
    assert (result.experiment, result.seed, result.diverged) == (SMALL["plain"], 7, False)


def test_the_size_of_the_gradient_is_its_root_mean_square_over_a_thousand_images(squares):
    dataset = load_mnist(squares, **SIZES, dtype=np.float64)
    model = MLP([785, 6, 10], seed=0, dtype=np.float64)
    _, gradients = model.loss_and_gradients(dataset.train.images[:1_000], dataset.train.labels[:1_000])
    expected = [np.linalg.norm(gradient) / np.sqrt(gradient.size) for gradient in gradients]
    np.testing.assert_allclose(gradient_rms(model, dataset), expected, rtol=1e-12)


# Trainings that share their steps -----------------------------------------------------------------------


def test_one_job_serves_all_that_share_their_steps_and_a_seeds_longest_comes_first():
    jobs = jobs_for((experiment, seed) for experiment in SMALL.values() for seed in (0, 1))
    found = [(sorted(experiment.name for experiment in job.experiments), job.seed) for job in jobs]
    groups = (["deep"], ["explosive"], ["plain"], ["restless", "restless_2", "restless_4"])
    assert sorted(found) == [(names, seed) for names in groups for seed in (0, 1)]
    assert [seed for _, seed in found] == [0] * 4 + [1] * 4
    assert found[0] == (["deep"], 0)


def test_runs_equal_but_for_patience_are_one_training_with_the_bits_of_each_alone(squares):
    lasting = BASE.variant("lasting", learning_rate=8, patience=100)  # patience outlasts the training
    runs = [SMALL["restless_4"], SMALL["restless"], SMALL["restless_2"], lasting]
    together = results_of(runs, squares)
    assert [result.experiment for result in together] == runs
    for result in together:
        same(result, results_of([result.experiment], squares)[0])
    patient, endless, hasty, _ = (result.history for result in together)
    assert hasty.stopped_early
    assert not endless.stopped_early
    assert len(hasty.validation_loss) < len(patient.validation_loss) <= len(endless.validation_loss) == 15
    assert hasty.wall_seconds < endless.wall_seconds
    _, last, _, best = (result.validation[0] for result in together)
    assert best == endless.validation_loss.min() < last


def test_an_interrupted_training_is_not_taken_for_a_result(squares, monkeypatch):
    monkeypatch.setattr(MLP, "evaluation_pass", Mock(side_effect=[(1.0, 0.5), (1.0, 0.5), KeyboardInterrupt]))
    with pytest.raises(KeyboardInterrupt):
        results_of([SMALL["plain"]], squares)


def test_a_training_that_diverges_gives_a_result_with_its_history_but_no_numbers(squares):
    [result] = results_of([SMALL["explosive"]], squares)
    assert result.diverged
    assert np.isnan([*result.train, *result.validation, *result.test]).all()
    assert np.isfinite(result.gradient_rms[0]).all()
    assert np.isnan(result.gradient_rms[1]).all()
    assert np.isfinite(result.history.train_loss).all()


def test_a_shared_training_that_diverges_leaves_what_had_stopped_before_as_if_alone(squares, monkeypatch):
    runs = [BASE.variant(name, patience=patience) for name, patience in (("endless", None), ("late", 50), ("early", 1))]
    evaluate = MLP.evaluation_pass

    def scripted(model, images, labels):
        """Validation losses 1, 2, nan; other splits as they are."""
        if len(labels) != VALIDATION_SIZE:
            return evaluate(model, images, labels)
        model.validations = getattr(model, "validations", 0) + 1
        return {1: 1.0, 2: 2.0}.get(model.validations, np.nan), 0.5

    monkeypatch.setattr(MLP, "evaluation_pass", scripted)
    together = results_of(runs, squares)
    assert [result.diverged for result in together] == [True, True, False]
    assert together[2].history.stopped_early
    for experiment, result in zip(runs, together, strict=True):
        same(result, results_of([experiment], squares)[0])


@pytest.fixture
def results(run):
    return run(["plain", "explosive"], [3])


def test_a_trained_network_its_data_and_its_beginning_are_those_of_its_seed(results, squares):
    [result] = results["plain"]
    result.model().parameters[:] = 0  # a copy
    expected = load_mnist(squares, **SIZES, split_seed=3)
    assert result.data_name == expected.name
    for name in ("train", "validation", "test"):
        split = getattr(result.dataset(), name)
        np.testing.assert_array_equal(split.images, getattr(expected, name).images)
        assert result.model().evaluate(split) == pytest.approx(getattr(result, name), rel=1e-6)
    np.testing.assert_array_equal(result.initial_model().parameters, result.experiment.model(seed=3).parameters)


def test_a_training_that_diverged_left_no_network(results):
    with pytest.raises(ValueError, match="the training of explosive with seed 3 diverged; it left no network"):
        results["explosive"][0].model()


def test_results_that_are_not_there_are_a_key_error_that_names_those_that_are(results):
    assert repr(results) == "Results(plain: 1, explosive: 1)"
    assert list(results.experiments) == ["plain", "explosive"]
    with pytest.raises(KeyError, match="no results of 'momentum'; there are: plain, explosive"):
        results["momentum"]


def test_the_best_result_has_the_lowest_validation_loss_and_did_not_diverge():
    experiment = EXPERIMENTS["momentum"]
    runs = [
        replace(made_up_result(experiment, seed), validation=(loss, 0.9))
        for seed, loss in enumerate([0.3, 0.2, np.nan])
    ]
    assert Results([experiment], {"momentum": runs}).best("momentum").seed == 1
    with pytest.raises(ValueError, match="no training of 'momentum' ended with a validation loss"):
        Results([experiment], {"momentum": runs[2:]}).best("momentum")
