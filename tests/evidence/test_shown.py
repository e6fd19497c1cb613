"""What a reader sees of a claim: on both sides of a margin and on it, diverged, never there, too few seeds, missing."""

import re
from dataclasses import replace

import numpy as np
import pytest
from made_up import made_up_result, made_up_results

from helpers import EXPERIMENTS, GOOD_LOSS, compare, computed, have, measured
from helpers.evidence.claims import Claim, State
from helpers.evidence.evidence_table import evidence_table
from helpers.experiments.result import Results
from helpers.figures import measures_table, signs_table


def shown(text, *judgements):
    """The claim, its state, and its sentence without anchors and mark."""
    one = Claim(text, tuple(judgement for each in judgements for judgement in each))
    return one, re.sub(r"<a id=[^>]*></a>|<sup>.*</sup>", "", one.markdown())


def shifted(seeds=10, *, accuracy=0.0, loss=0.0, spread=0.0):
    """The baseline, and `weights`, which differs from it by so much in each seed, give or take the spread."""
    results = made_up_results(seeds)
    around = spread * np.random.default_rng(5).normal(0, 1, seeds)
    results["weights"] = [
        replace(run, validation=(run.validation[0] + loss, run.validation[1] + accuracy + more))
        for run, more in zip(results["baseline"], around - around.mean(), strict=True)
    ]
    return compare(results, "baseline", "weights")


@pytest.mark.parametrize(
    ("measure", "change", "state"),
    [
        ("accuracy", {"accuracy": 0.0039}, State.HOLDS),
        ("accuracy", {"accuracy": -0.0039}, State.HOLDS),
        ("accuracy", {"accuracy": 0.004}, State.STRUCK),
        ("accuracy", {"accuracy": -0.004}, State.STRUCK),
        ("accuracy", {"accuracy": 0.0041}, State.STRUCK),
        ("accuracy", {"accuracy": 0.0, "spread": 0.003}, State.FRAGILE),
        ("accuracy", {"accuracy": 0.0, "spread": 0.01}, State.STRUCK),
        ("loss", {"loss": 0.0099}, State.HOLDS),
        ("loss", {"loss": 0.01}, State.STRUCK),
        ("loss", {"loss": -0.0101}, State.STRUCK),
    ],
)
def test_alike_is_said_only_where_the_interval_lies_inside_the_margin(measure, change, state):
    one, text = shown("They are alike.", shifted(**change).stays(measure))
    assert one.state is state
    assert text.startswith("<del>") == (state is State.STRUCK)
    assert ("(fragile: other seeds find it again with a probability of 0." in text) == (state is State.FRAGILE)


@pytest.mark.parametrize("within", [0.1, 0.2, 0.5, 2])
def test_a_margin_of_ones_own_is_in_the_unit_of_the_difference_and_named(within):
    (judgement,) = shifted(accuracy=0.003).stays("accuracy", within=within)
    assert judgement.holds is (within > 0.3)
    assert judgement.what == f"validation accuracy: weights within {within:g}\xa0points of baseline"
    assert judgement.measured == "+0.30 points (+0.30 to +0.30; 90\xa0%)"
    assert shifted().margin("accuracy") == "0.4\xa0points"
    assert shifted().margin("loss") == "0.01\xa0nats"


@pytest.mark.parametrize(
    ("measure", "within", "message"),
    [
        ("steps", None, "within is None, and steps has no margin of its own; give one in steps"),
        *(("accuracy", wrong, rf"within is {wrong!r}, for validation accuracy; allowed: a number above 0, in points")
          for wrong in (-0.4, 0, float("inf"), float("nan"), True, "0.4 points", [0.4])),
        ("accuracy", GOOD_LOSS, "within is 0.16, for validation accuracy; allowed: a number above 0, in points"),
        ("los", 0.1, "no measure is called 'los'; there are: accuracy, "),
    ],
)  # fmt: skip
def test_what_is_no_margin_is_refused_in_one_line_that_says_what_is_allowed(measure, within, message):
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        shifted().stays(measure, within=within)
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(("spread", "state"), [(0.001, State.HOLDS), (0.0023, State.FRAGILE), (0.01, State.STRUCK)])
def test_a_find_that_fresh_seeds_would_often_miss_is_readable_and_marked_as_fragile(spread, state):
    one, text = shown("**Better** it is.", shifted(accuracy=0.003, spread=spread).rises("accuracy"))
    assert one.state is state
    assert "**Better** it is." in text
    assert ("fragile" in text) == (state is State.FRAGILE)
    assert f">{state.value}</a></sup>" in one.markdown()
    row = evidence_table([one]).rows[0]
    assert row[3].startswith("**0.") == (state is State.FRAGILE)


def steps_compared(before, after):
    """Networks whose validation loss is 0.15 nats, or 0.2 and never good, seed by seed; `after` is faster."""
    networks = {"momentum": (before, 4_000), "wide": (after, 2_000)}
    runs = {
        name: [
            made_up_result(EXPERIMENTS[name], seed, loss=0.15 if good else 0.2, step=step + 40 * seed)
            for seed, good in enumerate(reaches)
        ]
        for name, (reaches, step) in networks.items()
    }
    return Results([EXPERIMENTS[name] for name in runs], runs)


ALL, BUT_TWO, NONE = [True] * 10, [True] * 8 + [False] * 2, [False] * 10


@pytest.mark.parametrize(
    ("before", "after", "falls", "rises", "never"),
    [
        (ALL, ALL, True, False, None),
        (BUT_TWO, ALL, True, False, "2 and 0"),
        (NONE, ALL, True, False, "10 and 0"),
        (ALL, NONE, False, True, "0 and 10"),
        (NONE, NONE, False, False, "10 and 10"),
    ],
)
def test_a_training_that_never_gets_there_is_slower_and_dropped_nowhere(before, after, falls, rises, never):
    both = compare(steps_compared(before, after), "momentum", "wide")
    assert both.falls("steps_to_good")[0].holds is falls
    assert both.rises("steps_to_good")[0].holds is rises
    assert both.difference("steps_to_good").count == 10
    assert (f"never in {never} of 10" in both.text("steps_to_good")) == (never is not None)


def test_a_network_is_slower_with_every_training_that_never_gets_there():
    means = [
        float(measured(steps_compared(reaches, ALL), "momentum").steps_to_good) for reaches in (ALL, BUT_TWO, NONE)
    ]
    assert means[0] < means[1] < means[2] == np.inf
    results = steps_compared(BUT_TWO, NONE)
    (cells,) = measures_table(results, ["momentum", "wide"], ["steps_to_good"], label="tbl:a", see="A.").rows
    assert cells[1:] == [f"{means[1]:,.0f} [2 never]", "never"]
    assert f"{measured(results, 'wide').steps_to_good}" == "never"
    times = compare(results, "momentum", "wide").times("steps_to_good").above(1)
    assert (times.holds, times.words) == (None, "not judged on a ratio to what was never reached")


def test_steps_are_alike_within_a_margin_in_steps():
    both = compare(steps_compared(ALL, ALL), "momentum", "wide")
    assert [both.stays("steps_to_good", within=within)[0].holds for within in (500, 1_500, 2_500)] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("seeds", [1, 2, 5])
@pytest.mark.parametrize("judge", ["rises", "falls", "stays"])
def test_on_fewer_than_six_seeds_nothing_is_judged_and_the_sentence_is_grey(judge, seeds):
    one, text = shown("So it is.", getattr(shifted(seeds, accuracy=0.02), judge)("accuracy"))
    assert one.state is State.OPEN
    assert text == f'<span style="color: #757575">So it is. (not judged on {seeds} seed{"s" * (seeds > 1)})</span>'
    assert getattr(shifted(6, accuracy=0.02), judge)("accuracy")[0].holds is not None


def test_without_results_a_claim_says_how_to_get_them_in_place_of_its_sentence():
    nothing = made_up_results(0)
    both, one = compare(nothing, "baseline", "weights"), measured(nothing, "baseline")
    said = f"{both.before.accuracy}, {both.change('loss')}, {both.times('cpu_seconds')}, {one.steps_to_good}"
    assert said == ", ".join(["not trained yet"] * 4)
    for judgements in (
        both.rises("accuracy"), both.stays("loss"), [both.times("steps").above(1)], [one.above("gap", 0)],
        [one.has_parameters(3)], [have(nothing, "baseline", momentum=0)], [computed("sum", 4, equals=4)],
    ):  # fmt: skip
        made, text = shown(f"It is {said}.", judgements)
        assert made.state is State.MISSING
        assert text == '<span style="color: #757575">Not trained yet: run `make pdf`, or Task 2, 3 or 4.</span>'
        assert "none" not in text


def test_every_state_has_words_and_a_mark_of_its_own():
    assert len({state.value for state in State}) == len({state.words for state in State}) == len(State) == 6


def test_a_plain_truth_is_shown_as_stated_and_a_computed_one_with_its_numbers():
    stated, _ = shown("It is 99.9 %.", [computed("share", 0.999, above=0.9)])
    assert stated.state is State.HOLDS
    table = evidence_table([stated])
    assert table.rows == []
    assert "all are as said" in table.caption
    wrong, text = shown("There are five.", [computed("sum", 4, equals=5)])
    assert (wrong.state, text) == (State.STRUCK, "<del>There are five.</del> *Measured:* sum, equals 5; not so: 4.")
    assert "not as said are sum, equals 5: 4" in evidence_table([wrong]).caption


@pytest.mark.parametrize(
    ("limits", "message"),
    [({}, "sum: no limit given"), ({"below": 1, "above": 0}, "sum: below, above given; allowed: one of equals, below")],
)
def test_a_computed_number_has_exactly_one_limit(limits, message):
    with pytest.raises(ValueError, match=message):
        computed("sum", 4, **limits)
    with pytest.raises(ValueError, match="sum is nan; allowed: a number"):
        computed("sum", float("nan"), equals=4)


def test_a_difference_that_several_claims_rest_on_stands_in_the_evidence_once():
    both = shifted(accuracy=0.02, spread=0.001)
    one, other = (Claim(text, tuple(both.rises("accuracy"))) for text in ("First.", "Second."))
    (row,) = evidence_table([one, other]).rows
    for each in (one, other):
        assert f'id="evidence-{each.identifier}"' in row[0]
        assert f"[✓](#claim-{each.identifier})" in row[-1]


def test_no_name_of_code_reaches_the_reader():
    both = shifted(accuracy=0.02, spread=0.001)
    one, text = shown("So.", both.rises("accuracy"), both.falls("loss"), both.stays("gap"))
    table = evidence_table([one])
    read = " ".join([text, one.markdown(), table.caption, *(cell for row in table.rows for cell in row)])
    assert not re.search(r"\b(rises|falls|stays|True|False|None|nan)\b", read)


def test_signs_say_better_worse_no_difference_and_not_judged():
    rows = {"up": shifted(accuracy=0.02, spread=0.001), "down": shifted(accuracy=-0.02, spread=0.001)}
    rows |= {"level": shifted(), "few": shifted(3)}
    assert [row[1] for row in signs_table(rows, ["accuracy"], label="tbl:a", see="A.").rows] == ["+", "−", "0", "?"]
