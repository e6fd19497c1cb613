"""Intervals, permutation tests and verdicts, on numbers that can be worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
from made_up import made_up_results

from helpers.statistics import (
    CPU_SECONDS,
    FINAL_GAP,
    STEPS_TO_BEST,
    STEPS_TO_CONVERGE,
    VALIDATION_ACCURACY,
    VALIDATION_LOSS,
    compare,
    estimate,
    holm,
    summarise,
    trainings,
)


def test_holm_by_hand():
    # sorted: 0.01 * 3, max(0.03, 0.02 * 2), max(0.04, 0.9 * 1)
    assert holm([0.02, 0.9, 0.01]) == pytest.approx([0.04, 0.9, 0.03])


def test_holm_never_exceeds_one():
    assert holm([0.6, 0.7]) == [1, 1]


@pytest.mark.parametrize(("seeds", "expected"), [(6, 2 / 2**6), (10, 2 / 2**10)])
def test_when_every_seed_agrees_the_p_value_is_the_smallest_that_signs_allow(seeds, expected):
    results = made_up_results(seeds, **{"3a": {"accuracy": 0.99}})
    assert compare(results, "2c", "3a", VALIDATION_ACCURACY).p == pytest.approx(expected)


@pytest.mark.parametrize(
    ("change", "measure", "verdict"),
    [
        ({"accuracy": 0.98}, VALIDATION_ACCURACY, "better"),
        ({"accuracy": 0.92}, VALIDATION_ACCURACY, "worse"),
        ({"loss": 0.1}, VALIDATION_LOSS, "better"),
        ({"loss": 0.4}, VALIDATION_LOSS, "worse"),
        ({"cpu_seconds": 40.0}, CPU_SECONDS, "worse"),
        ({"cpu_seconds": 4.0}, CPU_SECONDS, "better"),
        ({"train_loss": 0.2}, FINAL_GAP, "better"),
        ({"train_loss": 0.0}, FINAL_GAP, "worse"),
        ({}, VALIDATION_ACCURACY, "no difference found"),
        ({}, VALIDATION_LOSS, "no difference found"),
    ],
)
def test_the_verdict_follows_the_numbers(change, measure, verdict):
    assert compare(made_up_results(**{"3a": change}), "2c", "3a", measure).verdict == verdict


def test_a_difference_inside_a_tenth_of_a_point_is_too_small_to_matter_though_significant():
    results = made_up_results()
    results["3a"] = [replace(run, validation=(run.validation[0], run.validation[1] + 0.0005)) for run in results["2c"]]
    found = compare(results, "2c", "3a", VALIDATION_ACCURACY)
    assert found.p < 0.01
    assert found.verdict == "too small to matter"


def test_with_five_seeds_there_is_no_verdict():
    assert compare(made_up_results(5, **{"3a": {"accuracy": 0.99}}), "2c", "3a", VALIDATION_ACCURACY).verdict == (
        "too few seeds"
    )


def test_the_comparison_is_paired_on_the_seed():
    results = made_up_results(**{"3a": {"accuracy": 0.96}})
    found = compare(results, "2c", "3a", VALIDATION_ACCURACY)
    by_hand = [
        b.history.validation_accuracy[3] - a.history.validation_accuracy[3]
        for a, b in zip(results["2c"], results["3a"], strict=True)
    ]
    assert found.difference.values == pytest.approx(by_hand)


def test_the_correction_counts_every_comparison_of_the_report():
    results = made_up_results(**{"3a": {"accuracy": 0.98}, "3b": {"accuracy": 0.98}})
    found = compare(results, "2c", "3a", VALIDATION_ACCURACY)
    assert found.p_holm > found.p


def test_convergence_is_measured_against_the_baselines_lowest_loss():
    results = made_up_results(1, **{"3a": {"loss": 0.19}, "3b": {"loss": 1.0}})
    baseline = results["2c"][0].history.validation_loss.min()
    steps, losses = results["3a"][0].history.validation_steps, results["3a"][0].history.validation_loss
    by_hand = next(step for step, loss in zip(steps, losses, strict=True) if loss <= 1.05 * baseline)
    assert summarise(results, "3a", STEPS_TO_CONVERGE).mean == by_hand
    assert np.isnan(summarise(results, "3b", STEPS_TO_CONVERGE).mean)
    assert summarise(results, "3a", STEPS_TO_BEST).mean == 4_000


def test_the_interval_holds_the_mean_and_narrows_with_the_seeds():
    few, many = estimate([1, 2, 3, 4, 5, 6]), estimate([1, 2, 3, 4, 5, 6] * 8)
    assert few.low < few.mean < few.high
    assert many.high - many.low < few.high - few.low


def test_a_run_without_a_value_is_counted_and_left_out_of_the_mean():
    found = estimate([1.0, np.nan, 3.0])
    assert (found.count, found.mean) == (2, 2.0)
    assert np.isnan(found.values[1])


def test_one_value_and_equal_values_give_a_point():
    assert (estimate([2.0]).low, estimate([2.0]).high) == (2.0, 2.0)
    assert (estimate([2.0, 2.0]).low, estimate([2.0, 2.0]).high) == (2.0, 2.0)
    assert np.ptp([estimate([0.1 + 0.2] + [0.3] * 9).low, estimate([0.1 + 0.2] + [0.3] * 9).high]) < 1e-15


@pytest.mark.parametrize(("seeds", "verdict"), [(8, "too few seeds"), (9, "no difference found")])
def test_no_difference_is_only_said_where_one_could_have_been_found(seeds, verdict):
    """Over ten comparisons the smallest corrected p is 10 * 2 / 2^8 = 0.08 for eight pairs, 0.04 for nine."""
    assert compare(made_up_results(seeds), "3a", "3b", VALIDATION_ACCURACY).verdict == verdict


@pytest.mark.parametrize("accuracy", [0.95, 0.99])
def test_seeds_too_few_for_the_corrected_test_give_no_verdict_of_any_kind(accuracy):
    results = made_up_results(8, **{"3a": {"accuracy": accuracy}})
    assert compare(results, "2c", "3a", VALIDATION_ACCURACY).verdict == "too few seeds"


def test_of_one_training_with_two_ends_the_longer_is_counted():
    results = made_up_results()
    results["4e_no_stopping"] = [replace(run, diverged=True) for run in results["4e_no_stopping"]]
    assert sum(run.diverged for run in trainings(results)) == len(results["4e_no_stopping"])
