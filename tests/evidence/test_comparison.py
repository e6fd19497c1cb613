"""Two networks side by side: paired, corrected over a family, judged by fixed rules, said with units; statistics."""

import numpy as np
import pytest
from made_up import made_up_result, made_up_results
from scipy import stats

from helpers import EXPERIMENTS, compare, measured
from helpers.evidence.families import FAMILIES
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
    assert compare(made_up_results(weights=change), "baseline", "weights").found(measure).words == found


def test_the_differences_are_paired_on_the_seeds_that_both_have():
    results = made_up_results(weights={"accuracy": 0.96})
    results["weights"] = results["weights"][2:]
    by_hand = [
        b.validation[1] - a.validation[1] for a, b in zip(results["baseline"][2:], results["weights"], strict=True)
    ]
    assert compare(results, "baseline", "weights").difference("accuracy").values == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("epochs", "diverged", "found"),
    [(None, 3, "not judged on diverged trainings, 3 of weights"), (2, 0, "not judged on trainings of 2 epochs")],
)
def test_diverged_and_shortened_trainings_are_not_judged(epochs, diverged, found):
    results = made_up_results(epochs=epochs, weights={"loss": 0.1, "diverged": diverged})
    judgement = compare(results, "baseline", "weights").falls("loss")[0]
    assert (judgement.holds, judgement.words) == (None, found)


def test_p_counts_all_comparisons_of_the_family_even_where_they_are_not_there():
    results = made_up_results(weights={"accuracy": 0.98})
    alone = Results([], {name: results[name] for name in ("baseline", "weights")})
    own = compare(alone, "baseline", "weights", family=[("baseline", "weights")]).p("accuracy")
    assert own == pytest.approx(
        stats.ttest_1samp(compare(alone, "baseline", "weights").difference("accuracy").values, 0).pvalue
    )
    assert compare(alone, "baseline", "weights").p("accuracy") == pytest.approx(len(FAMILIES["tricks"]) * own)


def test_a_comparison_that_no_family_lists_must_name_one():
    results = made_up_results()
    with pytest.raises(ValueError, match=r"no family lists .* narrow with deep; give .*tricks, longer steps, topology"):
        compare(results, "narrow", "deep")
    (judgement,) = compare(results, "narrow", "deep", family="topology").rises("loss")
    assert judgement.family == f"topology ({len(FAMILIES['topology']) + 1})"


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
    assert results["weights"] is results["weights"]
    by_number = compare(results, "baseline", "weights", family=[("baseline", "weights")])
    assert by_number.text("loss") == compare(results, "baseline", "weights").text("loss")
    assert by_number.pairs == (("baseline", "weights"),)
    assert compare(results, "baseline", "weights").family == "tricks"


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
    assert steps == [4_000, by_hand, np.inf]


def test_an_experiment_of_ones_own_is_compared_on_its_own_seeds():
    own, results = EXPERIMENTS["momentum"].variant("mine", hidden_layers=(100,)), made_up_results()
    results["mine"] = [made_up_result(own, seed, loss=0.1) for seed in range(9)]
    comparison = compare(results, "momentum", "mine", family=[("momentum", "mine")])
    assert comparison.difference("loss").count == 9
    assert comparison.falls("loss")[0].holds is True
