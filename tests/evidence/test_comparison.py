"""Two networks side by side: paired, corrected over a family, judged by fixed rules, said with units; statistics."""

from dataclasses import replace

import numpy as np
import pytest
from made_up import made_up_result, made_up_results

from helpers import EXPERIMENTS, compare, measured
from helpers.evidence import statistics
from helpers.evidence.families import FAMILIES, seeds_for_a_verdict
from helpers.evidence.measures import MEASURES
from helpers.evidence.statistics import estimate, holm, seeds_needed, sign_flip_p
from helpers.experiments.result import Results


@pytest.mark.parametrize(
    ("change", "measure", "found"),
    [
        ({"accuracy": 0.98}, "accuracy", "higher"),
        ({"accuracy": 0.92}, "accuracy", "lower"),
        ({"loss": 0.1}, "loss", "lower"),
        ({"loss": 0.4}, "loss", "higher"),
        ({"cpu_seconds": 40.0}, "cpu_seconds", "higher"),
        ({"train_loss": 0.2}, "gap_at_end", "lower"),
        ({"train_loss": 0.0}, "gap_at_end", "higher"),
        ({}, "accuracy", "no difference found"),
        ({}, "loss", "no difference found"),
    ],
)
def test_what_is_found_follows_the_numbers(change, measure, found):
    assert compare(made_up_results(weights=change), "baseline", "weights").found(measure) == found


def test_a_difference_inside_a_tenth_of_a_point_is_too_small_to_matter_though_significant():
    results = made_up_results()
    results["weights"] = [
        replace(run, validation=(run.validation[0], run.validation[1] + 0.0005)) for run in results["baseline"]
    ]
    comparison = compare(results, "baseline", "weights")
    assert comparison.p("accuracy") < 0.05
    assert comparison.found("accuracy") == "too small to matter"
    assert [judgement.holds for judgement in comparison.stays("accuracy")] == [True]
    assert comparison.rises("accuracy")[0].holds is False


def test_accuracy_rises_only_where_it_does_with_the_weights_kept_and_at_the_end():
    results = made_up_results(weights={"accuracy": 0.98})
    for run in results["weights"]:
        run.history.validation_accuracy[:] = 0.80
    assert [judgement.holds for judgement in compare(results, "baseline", "weights").rises("accuracy")] == [True, False]


def test_the_differences_are_paired_on_the_seeds_that_both_have():
    results = made_up_results(weights={"accuracy": 0.96})
    results["weights"] = results["weights"][2:]
    by_hand = [
        b.validation[1] - a.validation[1] for a, b in zip(results["baseline"][2:], results["weights"], strict=True)
    ]
    assert compare(results, "baseline", "weights").difference("accuracy").values == pytest.approx(by_hand)


@pytest.mark.parametrize(("family", "pairs"), FAMILIES.items())
def test_one_seed_too_few_gives_no_verdict_of_any_kind(family, pairs):
    for seeds in range(2, seeds_for_a_verdict()):
        judged = [compare(made_up_results(seeds, **{pairs[0][1]: {"loss": 1.0}}), *pairs[0]).rises("loss")[0]]
        if judged[0].holds is None:
            assert judged[0].found == f"not judged on {seeds} seeds", family
        else:
            assert len(pairs) * 2 / 2**seeds < 0.05, family
    assert compare(made_up_results(9, **{pairs[0][1]: {"loss": 1.0}}), *pairs[0]).rises("loss")[0].holds is True


@pytest.mark.parametrize(
    ("epochs", "diverged", "found"),
    [(None, 3, "not judged: diverged trainings, 3 of weights"), (2, 0, "not judged on trainings of 2 epochs")],
)
def test_diverged_and_shortened_trainings_are_not_judged(epochs, diverged, found):
    results = made_up_results(epochs=epochs, weights={"loss": 0.1, "diverged": diverged})
    judgement = compare(results, "baseline", "weights").falls("loss")[0]
    assert (judgement.holds, judgement.found) == (None, found)


def test_p_counts_all_comparisons_of_the_family_even_where_they_are_not_there():
    results = made_up_results(weights={"accuracy": 0.98})
    alone = Results([], {name: results[name] for name in ("baseline", "weights")})
    assert compare(alone, "baseline", "weights").p("accuracy") == pytest.approx(len(FAMILIES["tricks"]) * 2 / 2**10)
    own = compare(alone, "baseline", "weights", family=[("baseline", "weights")])
    assert own.p("accuracy") == pytest.approx(2 / 2**10)


def test_a_comparison_that_no_family_lists_must_name_one():
    results = made_up_results()
    with pytest.raises(ValueError, match=r"no family lists .* narrow with wide; give .*tricks, topology"):
        compare(results, "narrow", "wide")
    assert compare(results, "narrow", "wide", family="topology").rises("loss")[0].family == f"topology ({1 + 8})"


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda r: compare(r, "baseline", "9z"), "no results of '9z'; there are: baseline, weights"),
        (lambda r: measured(r, "9z"), "no results of '9z'; there are: baseline, weights"),
        (
            lambda r: compare(r, "baseline", "weights").rises("speed"),
            "no measure is called 'speed'; there are: accuracy, ",
        ),
        (lambda r: measured(r, "baseline").speed, "no measure is called 'speed'; there are: accuracy, "),
    ],
)
def test_an_unknown_network_or_measure_is_named_with_those_there_are(read, message):
    with pytest.raises(ValueError, match=message):
        read(made_up_results(2))


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_can_be_said_of_made_up_of_diverged_and_of_missing_trainings(measure):
    for results in (made_up_results(3), made_up_results(3, weights={"diverged": 3}), made_up_results(0)):
        assert f"{getattr(measured(results, 'weights'), measure)}"
        assert compare(results, "baseline", "weights").text(measure)


def test_results_and_comparisons_are_found_by_the_numbers_of_tasks():
    results = made_up_results()
    assert results["3a"] is results["weights"]
    by_number = compare(results, "2c", "3a", family=[("2c", "3a")])
    assert by_number.text("loss") == compare(results, "baseline", "weights").text("loss")
    assert by_number.pairs == (("baseline", "weights"),)
    assert compare(results, "2c", "3a").family == "tricks"


def test_numbers_are_said_with_their_units():
    results = made_up_results(weights={"accuracy": 0.97, "step": 1_000})
    both = compare(results, "baseline", "weights")
    assert [f"{both.before.accuracy}", f"{both.after.accuracy:2}"] == ["95.0\xa0%", "97.00\xa0%"]
    assert f"{both.change('accuracy')}" == "2.0\xa0points"
    assert f"{both.before.steps_to_best}" == "4,000\xa0steps"
    assert f"{both.times('steps_to_best'):2}" == "0.25 times"


def test_a_ratio_is_judged_by_its_whole_interval():
    times = compare(made_up_results(weights={"cpu_seconds": 20.0}), "baseline", "weights").times("cpu_seconds")
    assert (times.above(1.5).holds, times.above(2.0).holds, times.below(3).holds) == (True, False, True)


def test_steps_to_the_baselines_loss_by_hand():
    results = made_up_results(1, weights={"loss": 0.19}, sigmoid={"loss": 1.0})
    lowest = results["baseline"][0].history.validation_loss.min()
    history = results["weights"][0].history
    by_hand = history.validation_steps[history.validation_loss <= lowest][0]
    steps = [float(measured(results, name).steps_to_baseline) for name in ("baseline", "weights", "sigmoid")]
    assert steps == pytest.approx([4_000, by_hand, np.nan], nan_ok=True)


def test_an_experiment_of_ones_own_is_compared_on_its_own_seeds():
    own, results = EXPERIMENTS["momentum"].variant("mine", hidden_layers=(100,)), made_up_results()
    results["mine"] = [made_up_result(own, seed, loss=0.1) for seed in range(9)]
    comparison = compare(results, "momentum", "mine", family=[("momentum", "mine")])
    assert comparison.difference("loss").count == 9
    assert comparison.falls("loss")[0].holds is True


def test_holm_by_hand_and_never_above_one():
    # sorted: 0.01 * 3, max(0.03, 0.02 * 2), max(0.04, 0.9 * 1)
    assert holm([0.02, 0.9, 0.01]) == pytest.approx([0.04, 0.9, 0.03])
    assert holm([0.6, 0.7]) == [1, 1]


@pytest.mark.parametrize("pairs", [6, 10, 12])
def test_when_every_seed_agrees_p_is_the_smallest_that_signs_allow(pairs, monkeypatch):
    assert statistics.EXACT_SEEDS == 20
    monkeypatch.setattr(statistics, "EXACT_SEEDS", 12)  # a million signs take a while
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


@pytest.mark.parametrize("values", [[2.0], [2.0, 2.0], [0.1 + 0.2] + [0.3] * 9])
def test_one_value_and_equal_values_give_a_point(values):
    found = estimate(values)
    assert (found.low, found.high) == pytest.approx((values[-1],) * 2, abs=1e-15)
