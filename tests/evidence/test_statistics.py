"""Intervals and permutation tests, on numbers that can be worked out by hand."""

import numpy as np
import pytest

from helpers.evidence.statistics import estimate, holm, seeds_needed, sign_flip_p


def test_holm_by_hand():
    # sorted: 0.01 * 3, max(0.03, 0.02 * 2), max(0.04, 0.9 * 1)
    assert holm([0.02, 0.9, 0.01]) == pytest.approx([0.04, 0.9, 0.03])


def test_holm_never_exceeds_one():
    assert holm([0.6, 0.7]) == [1, 1]


@pytest.mark.parametrize("pairs", [6, 10, 18, 20])
def test_when_every_seed_agrees_p_is_the_smallest_that_signs_allow(pairs):
    assert sign_flip_p(tuple(0.1 + 0.01 * n for n in range(pairs))) == pytest.approx(2 / 2**pairs)


def test_p_is_that_of_all_signs_written_out():
    differences = np.array([3.0, -1.0, 2.0, 0.5])
    signs = np.array(np.meshgrid(*[[1, -1]] * 4)).reshape(4, -1)
    as_large = np.abs(differences @ signs) >= abs(differences.sum()) - 1e-12
    assert sign_flip_p(tuple(differences)) == pytest.approx(as_large.mean())


def test_without_a_difference_p_is_one():
    assert sign_flip_p((0.0, 0.0, 0.0)) == sign_flip_p((1.0,)) == sign_flip_p((np.nan, np.nan)) == 1


@pytest.mark.parametrize("comparisons", [1, 6, 8, 10])
def test_one_seed_fewer_than_needed_can_never_be_significant(comparisons):
    seeds = seeds_needed(comparisons)
    assert comparisons * 2 / 2**seeds < 0.05 <= comparisons * 2 / 2 ** (seeds - 1)


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
