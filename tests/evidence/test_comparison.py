"""Two networks side by side: paired, corrected over a family, judged by fixed rules, and said with units."""

from dataclasses import replace

import numpy as np
import pytest
from made_up import made_up_result, made_up_results

from helpers import EXPERIMENTS, compare, measured
from helpers.evidence.families import FAMILIES, seeds_for_a_verdict
from helpers.evidence.measures import MEASURES
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
    assert compare(made_up_results(**{"3a": change}), "2c", "3a").found(measure) == found


def test_a_difference_inside_a_tenth_of_a_point_is_too_small_to_matter_though_significant():
    results = made_up_results()
    results["3a"] = [replace(run, validation=(run.validation[0], run.validation[1] + 0.0005)) for run in results["2c"]]
    comparison = compare(results, "2c", "3a")
    assert comparison.p("accuracy") < 0.05
    assert comparison.found("accuracy") == "too small to matter"
    assert [judgement.holds for judgement in comparison.stays("accuracy")] == [True]
    assert comparison.rises("accuracy")[0].holds is False


def test_accuracy_rises_only_where_it_does_with_the_weights_kept_and_at_the_end():
    results = made_up_results(**{"3a": {"accuracy": 0.98}})
    results["3a"] = [
        replace(run, history=replace(run.history, validation_accuracy=np.full(20, 0.80))) for run in results["3a"]
    ]
    assert [judgement.holds for judgement in compare(results, "2c", "3a").rises("accuracy")] == [True, False]


def test_the_differences_are_paired_on_the_seeds_that_both_have():
    results = made_up_results(**{"3a": {"accuracy": 0.96}})
    results["3a"] = results["3a"][2:]
    by_hand = [b.validation[1] - a.validation[1] for a, b in zip(results["2c"][2:], results["3a"], strict=True)]
    assert compare(results, "2c", "3a").difference("accuracy").values == pytest.approx(by_hand)


@pytest.mark.parametrize(("family", "pairs"), FAMILIES.items())
def test_one_seed_too_few_gives_no_verdict_of_any_kind(family, pairs):
    for seeds in range(2, seeds_for_a_verdict()):
        judged = [compare(made_up_results(seeds, **{pairs[0][1]: {"loss": 1.0}}), *pairs[0]).rises("loss")[0]]
        if judged[0].holds is None:
            assert judged[0].found == f"not judged on {seeds} seeds", family
        else:
            assert len(pairs) * 2 / 2**seeds < 0.05, family
    assert compare(made_up_results(9, **{pairs[0][1]: {"loss": 1.0}}), *pairs[0]).rises("loss")[0].holds is True


def test_diverged_and_shortened_trainings_are_not_judged():
    diverged = compare(made_up_results(**{"3a": {"loss": 0.1, "diverged": 3}}), "2c", "3a").falls("loss")[0]
    assert (diverged.holds, diverged.found) == (None, "not judged: diverged trainings, 3 of 3a")
    short = compare(made_up_results(epochs=2, **{"3a": {"loss": 0.1}}), "2c", "3a").falls("loss")[0]
    assert (short.holds, short.found) == (None, "not judged on trainings of 2 epochs")


def test_p_counts_all_comparisons_of_the_family_even_where_they_are_not_there():
    results = made_up_results(**{"3a": {"accuracy": 0.98}})
    alone = Results([], {name: results[name] for name in ("2c", "3a")})
    assert compare(alone, "2c", "3a").p("accuracy") == pytest.approx(len(FAMILIES["tricks"]) * 2 / 2**10)
    own = compare(alone, "2c", "3a", family=[("2c", "3a")])
    assert own.p("accuracy") == pytest.approx(2 / 2**10)


def test_a_comparison_that_no_family_lists_must_name_one():
    results = made_up_results()
    with pytest.raises(ValueError, match=r"no family lists .* 4a with 4b; give .*tricks, topology"):
        compare(results, "4a", "4b")
    assert compare(results, "4a", "4b", family="topology").rises("loss")[0].family == f"topology ({1 + 8})"


@pytest.mark.parametrize("call", [lambda r: compare(r, "2c", "9z"), lambda r: measured(r, "9z")])
def test_an_unknown_network_is_named_with_those_there_are(call):
    with pytest.raises(ValueError, match=r"no results of '9z'; there are: 2c, 3a"):
        call(made_up_results(2))


@pytest.mark.parametrize(
    "read", [lambda r: compare(r, "2c", "3a").rises("speed"), lambda r: measured(r, "2c").speed], ids=["judged", "said"]
)
def test_an_unknown_measure_is_named_with_those_there_are(read):
    with pytest.raises(ValueError, match=r"no measure is called 'speed'; there are: accuracy, "):
        read(made_up_results(2))


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_can_be_said_of_made_up_of_diverged_and_of_missing_trainings(measure):
    for results in (made_up_results(3), made_up_results(3, **{"3a": {"diverged": 3}}), made_up_results(0)):
        assert f"{getattr(measured(results, '3a'), measure)}"
        assert compare(results, "2c", "3a").text(measure)


def test_numbers_are_said_with_their_units():
    results = made_up_results(**{"3a": {"accuracy": 0.97, "step": 1_000}})
    both = compare(results, "2c", "3a")
    assert [f"{both.before.accuracy}", f"{both.after.accuracy:2}"] == ["95.0\xa0%", "97.00\xa0%"]
    assert f"{both.change('accuracy')}" == "2.0\xa0points"
    assert f"{both.before.steps_to_best}" == "4,000\xa0steps"
    assert f"{both.times('steps_to_best'):2}" == "0.25 times"


def test_a_ratio_is_judged_by_its_whole_interval():
    times = compare(made_up_results(**{"3a": {"cpu_seconds": 20.0}}), "2c", "3a").times("cpu_seconds")
    assert (times.above(1.5).holds, times.above(2.0).holds, times.below(3).holds) == (True, False, True)


def test_steps_to_the_baselines_loss_by_hand():
    results = made_up_results(1, **{"3a": {"loss": 0.19}, "3b": {"loss": 1.0}})
    lowest = results["2c"][0].history.validation_loss.min()
    history = results["3a"][0].history
    by_hand = next(
        s for s, loss in zip(history.validation_steps, history.validation_loss, strict=True) if loss <= lowest
    )
    assert float(measured(results, "3a").steps_to_baseline) == by_hand
    assert np.isnan(measured(results, "3b").steps_to_baseline)
    assert float(measured(results, "2c").steps_to_baseline) == 4_000


def test_an_experiment_of_ones_own_is_compared_on_its_own_seeds():
    own = EXPERIMENTS["3c"].variant("mine", hidden_layers=(100,))
    results = made_up_results()
    results["mine"] = [made_up_result(own, seed, loss=0.1) for seed in range(9)]
    comparison = compare(results, "3c", "mine", family=[("3c", "mine")])
    assert comparison.difference("loss").count == 9
    assert comparison.falls("loss")[0].holds is True
