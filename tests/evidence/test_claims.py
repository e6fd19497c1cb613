"""Claims: shown as written where the numbers bear them out, struck out where not, grey where that is open."""

import re

import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from IPython.utils.capture import capture_output
from made_up import made_up_results

from helpers import claim, compare, have, review
from helpers.evidence import claims
from helpers.evidence.claims import Claim, State, claims_in
from helpers.evidence.evidence_table import evidence_table
from helpers.evidence.judgement import flat
from helpers.figures import reviews_table
from helpers.report import ROOT, lines_of
from nbtypst.cells.notebooks import Notebook

GOOD = {"weights": {"accuracy": 0.97}}
BAD = {"weights": {"accuracy": 0.93}}


@pytest.fixture
def shown():
    """Function: the output that a claim leaves in a notebook."""
    InteractiveShell.instance()

    def show(text, *expected):
        with capture_output() as captured:
            claim(text, *expected)
        (output,) = captured.outputs
        return output

    yield show
    InteractiveShell.clear_instance()
    claims._made.clear()


@pytest.mark.parametrize(
    ("changes", "seeds", "starts", "mark"),
    [
        (GOOD, 10, "**Better**", "✓"),
        (BAD, 10, "<del>**Better**", "✗"),
        ({}, 10, "<del>**Better**", "✗"),
        (GOOD, 2, '<span style="color: #757575">**Better**', "?"),
        ({"weights": {"accuracy": 0.97, "diverged": 1}}, 10, '<span style="color: #757575">**Better**', "?"),
    ],
    ids=["so", "the opposite", "no difference", "few seeds", "diverged"],
)
def test_a_claim_is_shown_as_the_numbers_have_it(shown, changes, seeds, starts, mark):
    results = made_up_results(seeds, **changes)
    judgements = compare(results, "baseline", "weights").rises("accuracy")
    output = shown("**Better** it is.", judgements)
    text = output.data["text/markdown"].partition("</a>")[2]
    assert text.startswith(starts)
    assert f">{mark}</a></sup>" in text
    measured = f"*Measured:* validation accuracy: weights higher than baseline; not so: {judgements[0].measured}"
    assert (measured in text) == (mark == "✗")
    assert ("not judged" in text.partition("<sup>")[0]) == (mark == "?")


def test_one_thing_that_is_not_so_is_enough_and_an_open_one_leaves_it_open(shown):
    rises = compare(made_up_results(**GOOD), "baseline", "weights").rises("accuracy")
    open_one = compare(made_up_results(2), "baseline", "weights").rises("accuracy")
    assert "<del>" in shown("A.", rises, False).data["text/markdown"]
    assert "color" in shown("B.", rises, open_one, True).data["text/markdown"]
    assert "<del>" in shown("C.", open_one, False).data["text/markdown"]


def test_mark_and_row_lead_to_each_other(shown):
    output = shown("**Better** it is.", compare(made_up_results(**GOOD), "baseline", "weights").rises("accuracy"))
    made = Claim.from_metadata(output.metadata["claims"][0])
    [row] = evidence_table([made]).rows
    ways = (output.data["text/markdown"], "claim", 'href="#evidence'), (" ".join(row), "evidence", "(#claim")
    for text, here, there in ways:
        assert f'id="{here}-{made.identifier}"' in text
        assert f"{there}-{made.identifier}" in text


def test_a_claim_keeps_its_place_when_its_numbers_change():
    assert Claim("From 91.6 % to 95.7 %.", ()).identifier == Claim("From 12 % to 3.5 %.", ()).identifier
    assert Claim("From 91.6 % to 95.7 %.", ()).identifier != Claim("Up from 12 % to 3.5 %.", ()).identifier


def test_a_plain_truth_that_is_false_says_that_nothing_was_measured():
    (judgement,) = flat([False])
    assert Claim("So it is.", (judgement,)).wrong() == "stated, not measured, and not so"


@pytest.mark.parametrize("wrong", [float("nan"), np.float64(0.3), "better", 1, None, [True, 2]])
def test_a_claim_needs_a_sentence_and_judgements_or_truths_to_expect(wrong):
    with pytest.raises(ValueError, match=r"a claim expects .*; allowed: judgements"):
        claim("A.", wrong)
    for text, *expected in (("", True), ("A.",), (3, True)):
        with pytest.raises(ValueError, match="claim"):
            claim(text, *expected)


def test_a_judgement_is_no_truth_by_itself():
    with pytest.raises(TypeError, match="give it to claim"):
        assert compare(made_up_results(), "baseline", "weights").rises("loss")[0]


def test_settings_are_judged_as_they_were_trained():
    results = made_up_results(1)
    assert have(results, ["narrow", "wide"], activation="improved_sigmoid", momentum=0.9).holds is True
    wrong = have(results, ["narrow", "baseline"], activation="improved_sigmoid")
    assert (wrong.holds, wrong.measured) == (False, "baseline: activation sigmoid")
    with pytest.raises(ValueError, match=r"no setting is called speed; there are: .*learning_rate"):
        have(results, "narrow", speed=1)
    with pytest.raises(ValueError, match="no results of '9z'"):
        have(results, "9z", momentum=0)


@pytest.mark.parametrize(
    ("changes", "seeds", "found", "said", "why"),
    [
        (GOOD, 10, "supported", "**supported**", "By far."),
        (BAD, 10, "refuted", "~~supported~~ refuted", "~~By far.~~"),
        ({}, 10, "undecided", "~~supported~~ undecided", "~~By far.~~"),
        (GOOD, 3, "not judged on 3 seeds", "not judged on 3 seeds", ""),
    ],
)
def test_a_review_finds_its_verdict_from_the_numbers(changes, seeds, found, said, why):
    both = compare(made_up_results(seeds, **changes), "baseline", "weights")
    options = {"supported_if": both.rises("accuracy"), "refuted_if": both.falls("accuracy")}
    one = review("3a", "It is better.", "supported", "By far.", **options)
    assert one.found == found
    row = reviews_table([one]).rows[0]
    assert row[2:4] == [said, why]
    (evidence,) = evidence_table([one.as_claim()]).rows
    assert f'id="{re.search(r"[(]#([^)]*)[)]", evidence[-1])[1]}"' in row[1]  # where its evidence leads back to


@pytest.mark.parametrize("expected", [True, False])
def test_a_review_with_another_verdict_than_the_numbers_does_not_hold(shown, expected):
    with capture_output() as captured:
        display(reviews_table([review("3a", "It is better.", "supported", "By far.", supported_if=expected)]))
    outputs = [{"metadata": output.metadata} for output in captured.outputs]
    notebook = Notebook("mine.ipynb", ROOT, nbformat.v4.new_notebook())
    claims_there = [(notebook, number, one) for number, one in claims_in([{"outputs": outputs}])]
    lines = lines_of(claims_there, State.STRUCK)
    wrong = '"It is better." (3a): supported; not so: by the numbers undecided'
    expected_line = f'mine.ipynb, cell 1: the claim does not hold: 3a, "It is better.": supported ({wrong})'
    assert lines == ([] if expected else [expected_line])


@pytest.mark.parametrize(("verdict", "options"), [("wrong", {"supported_if": True}), ("refuted", {})])
def test_a_review_names_a_verdict_and_expects_something(verdict, options):
    with pytest.raises(ValueError, match="supported"):
        review("3a", "It is better.", verdict, "Why.", **options)
