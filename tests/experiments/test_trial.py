"""One training and what is measured of it; trainings that share their steps."""

import numpy as np
import pytest
from small_experiments import BASE, CONFIG, SMALL, VALIDATION_SIZE, same

from helpers import MLP, load_mnist, train
from helpers.experiments import trial
from helpers.experiments.jobs import Job, jobs_for
from helpers.experiments.trial import gradient_rms, run_job

pytestmark = pytest.mark.usefixtures("clean_environment")


def results_of(experiments, directory, seed=0):
    return run_job(Job(tuple(experiments), seed), directory)


def test_a_result_is_that_of_training_by_hand_on_the_seeds_own_split(many_squares):
    [result] = results_of([SMALL["plain"]], many_squares, seed=7)
    dataset = load_mnist(many_squares, split_seed=7)
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
    dataset = trial.load_mnist(squares, dtype=np.float64)
    model = MLP([785, 6, 10], seed=0, dtype=np.float64)
    _, gradients = model.loss_and_gradients(dataset.train.images[:1_000], dataset.train.labels[:1_000])
    expected = [np.linalg.norm(gradient) / np.sqrt(gradient.size) for gradient in gradients]
    np.testing.assert_allclose(gradient_rms(model, dataset), expected, rtol=1e-12)


# Trainings that share their steps -----------------------------------------------------------------------


def test_one_job_serves_all_that_share_their_steps_and_the_longest_of_a_seed_comes_first():
    jobs = jobs_for((experiment, seed) for experiment in SMALL.values() for seed in (0, 1))
    found = [(sorted(experiment.name for experiment in job.experiments), job.seed) for job in jobs]
    groups = (["deep"], ["explosive"], ["plain"], ["restless", "restless_2", "restless_4"])
    assert sorted(found) == [(names, seed) for names in groups for seed in (0, 1)]
    assert [seed for _, seed in found] == [0] * 4 + [1] * 4
    assert found[0] == (["deep"], 0)


def test_runs_equal_but_for_patience_are_one_training_and_each_equals_its_own_bit_for_bit(squares):
    names = ["restless_4", "restless", "restless_2"]
    together = results_of([SMALL[name] for name in names], squares)
    assert [result.experiment.name for result in together] == names
    for result in together:
        [alone] = results_of([result.experiment], squares)
        same(result, alone)
    patient, endless, hasty = (result.history for result in together)
    assert hasty.stopped_early
    assert not endless.stopped_early
    assert len(hasty.validation_loss) < len(patient.validation_loss) <= len(endless.validation_loss) == 15
    assert hasty.wall_seconds < endless.wall_seconds


def test_a_patience_that_outlasts_the_training_still_gives_the_best_weights(squares):
    runs = [BASE.variant(str(patience), learning_rate=8, patience=patience) for patience in (None, 100)]
    endless, patient = results_of(runs, squares)
    same(patient, results_of(runs[1:], squares)[0])
    assert patient.validation[0] == patient.history.validation_loss.min() < endless.validation[0]


def test_an_interrupted_training_is_not_taken_for_a_result(squares, monkeypatch):
    evaluate, calls = MLP.evaluation_pass, []

    def interrupted(model, *split):
        calls.append(split)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return evaluate(model, *split)

    monkeypatch.setattr(MLP, "evaluation_pass", interrupted)
    with pytest.raises(KeyboardInterrupt):
        results_of([SMALL["plain"]], squares)


# Divergence ---------------------------------------------------------------------------------------------


def test_a_training_that_diverges_gives_a_result_without_numbers_but_with_its_history(squares):
    [result] = results_of([SMALL["explosive"]], squares)
    assert result.diverged
    assert np.isnan([*result.train, *result.validation, *result.test]).all()
    assert np.isfinite(result.gradient_rms[0]).all()
    assert np.isnan(result.gradient_rms[1]).all()
    assert np.isfinite(result.history.train_loss).all()


def test_a_shared_training_that_diverges_later_leaves_what_had_stopped_before_and_equals_each_alone(
    squares, monkeypatch
):
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
