"""Sentences, findings, figures and tables follow the numbers, whatever they are."""

from dataclasses import replace

import numpy as np
import pytest
from made_up import made_up_results

from helpers import MLP, answers, findings, inside, plots, tables
from helpers.experiments import EXPERIMENTS
from helpers.statistics import CPU_SECONDS, ratio

TOPOLOGIES = ("4a", "4b", "4d", "4d_32", "4e")


@pytest.mark.parametrize(("accuracy", "word"), [(0.98, "higher by 3.00 points"), (0.92, "lower by 3.00 points")])
def test_direction_and_size_turn_with_the_measurement(accuracy, word):
    results = made_up_results(**{"3a": {"accuracy": accuracy}})
    text = answers.effect_of_trick(results, "2c", "3a", "Improved weights").data
    assert f"validation accuracy is {word}" in text
    assert ("*better*" if accuracy > 0.95 else "*worse*") in text


def test_without_a_difference_the_sentence_says_so():
    text = answers.effect_of_size(made_up_results(), "3c", "4b").data
    assert "*no difference* was found in the validation accuracy" in text
    assert "*better*" not in text
    assert "*worse*" not in text


def test_few_seeds_give_no_verdict_and_the_report_says_so(toy):
    text = answers.effect_of_size(made_up_results(2, **{"4b": {"accuracy": 0.99}}), "3c", "4b").data
    assert "$p" not in text
    assert "*better*" not in text
    assert "without a verdict" in answers.protocol(toy, made_up_results(2)).data
    assert "without a verdict" not in answers.protocol(toy, made_up_results(10)).data


@pytest.mark.parametrize(("seconds", "ratio"), [(4.0, "0.40"), (20.0, "2.00")])
def test_early_stopping_gives_the_measured_ratio(seconds, ratio):
    results = made_up_results(**{"4e": {"cpu_seconds": seconds}})
    assert f"{ratio} times as much" in answers.early_stopping(results).data


def test_the_baseline_says_that_it_overfits_only_when_it_does():
    closely, alike = (answers.baseline(made_up_results(**{"2c": {"train_loss": loss}})).data for loss in (0.01, 0.5))
    assert "the network fits the images it was trained on more closely than unseen ones." in closely
    assert "no sign" in alike


def _verdict(results, claim: str) -> str:
    [found] = [finding for finding in findings.findings(results) if claim in finding.claim]
    return found.verdict


@pytest.mark.parametrize(
    ("claim", "changes", "verdict"),
    [
        ("With 128 units accuracy is worse", {"4b": {"accuracy": 0.92}}, "supported"),
        ("With 128 units accuracy is worse", {"4b": {"accuracy": 0.98}}, "refuted"),
        ("With 128 units accuracy is worse", {}, "undecided"),
        ("With 128 units the run takes longer", {"4b": {"cpu_seconds": 20.0}}, "supported"),
        ("It overfits less", {"3b": {"train_loss": 0.18}}, "supported"),
        ("It overfits less", {"3b": {"train_loss": 0.01}}, "refuted"),
        ("Early stopping", {"4e": {"cpu_seconds": 3.85}}, "supported"),
        ("Early stopping", {"4e": {"cpu_seconds": 6.0}}, "undecided"),
        ("(128 units) still goes to zero", {"4b": {"train_loss": 0.001}}, "supported"),
        ("(128 units) still goes to zero", {"4b": {"train_loss": 0.05}}, "undecided"),
        ("beats all other", {name: {"accuracy": 0.92, "cpu_seconds": 20.0} for name in TOPOLOGIES}, "supported"),
        ("beats all other", {name: {"accuracy": 0.92} for name in TOPOLOGIES}, "undecided"),
        ("beats all other", {name: {"accuracy": 0.92, "cpu_seconds": 5.0} for name in TOPOLOGIES}, "refuted"),
        ("beats all other", {"4b": {"accuracy": 0.98}}, "refuted"),
        ("52,880", {}, "refuted"),
    ],
)
def test_a_claims_verdict_turns_with_the_measurement(claim, changes, verdict):
    assert _verdict(made_up_results(**changes), claim) == verdict


def test_below_six_seeds_every_claim_on_a_difference_is_undecided():
    results = made_up_results(5, **{"4b": {"accuracy": 0.5, "cpu_seconds": 99.0}})
    assert _verdict(results, "With 128 units accuracy is worse") == "undecided"
    assert _verdict(results, "With 128 units the run takes longer") == "undecided"


def test_a_diverged_training_is_counted_in_figures_and_leaves_no_nan_in_sentences_and_tables():
    results = made_up_results()
    nothing = (np.nan, np.nan)
    empty = {
        key: np.empty(0)
        for key in ("train_loss", "validation_steps", "validation_loss", "validation_accuracy", "train_accuracy")
    }
    first = results["4b"][0]
    results["4b"][0] = replace(
        first, diverged=True, test=nothing, validation=nothing, history=replace(first.history, best_step=0, **empty)
    )
    figure = plots.curves_figure(results, ["3c", "4b"], label="fig:a", see="See.")
    assert "1 diverged" in figure.caption
    shown = [
        answers.effect_of_size(results, "3c", "4b").data,
        findings.summary(results).data,
        *(" ".join(row) for row in tables.final_table(results, list(results)).rows),
        *(" ".join(row) for row in findings.findings_table(results).rows),
    ]
    assert not [text for text in shown if "nan" in text.lower().replace("nano", "")]


TRICKS = (("2c", "3a"), ("3a", "3b"), ("3b", "3c"))


@pytest.mark.parametrize(
    ("accuracy", "phrase"),
    [
        (0.98, "better with weights; otherwise no difference found"),
        (0.92, "worse with weights; otherwise no difference found"),
        (0.95, "no difference found with any of them"),
    ],
)
def test_a_conclusion_sorts_the_changes_by_their_verdicts(accuracy, phrase):
    later = {name: {"accuracy": accuracy} for name in ("3a", "3b", "3c")}
    text = answers.taken_together(made_up_results(**later), TRICKS, ["weights", "sigmoid", "momentum"]).data
    assert f"*Validation accuracy*: {phrase}." in text


def test_the_accuracy_at_the_last_validation_stands_beside_that_of_the_weights_kept():
    results = made_up_results()
    for name, accuracy in (("3b", 0.91), ("3c", 0.93)):
        for run in results[name]:
            run.history.validation_accuracy[-1] = accuracy
    text = answers.effect_of_trick(results, "3b", "3c", "Momentum").data
    assert "at the last validation it is 93.00\N{NO-BREAK SPACE}% where it was 91.00\N{NO-BREAK SPACE}%" in text


def test_few_seeds_draw_no_conclusion():
    text = answers.taken_together(made_up_results(5, **{"3a": {"accuracy": 0.99}}), TRICKS, ["a", "b", "c"]).data
    assert "no more can be said on 5 seeds" in text
    assert "better" not in text


@pytest.mark.parametrize(
    ("ratio", "saturated", "deep", "explained", "excluded"),
    [
        (1e-5, 0.0, {"train_loss": 0.2}, "vanishing gradients", "saturation or overfitting"),
        (0.9, 0.8, {"train_loss": 0.2}, "saturation", "vanishing gradients or overfitting"),
        (0.9, 0.1, {"train_loss": 0.01, "loss": 0.3}, "overfitting", "vanishing gradients or saturation"),
        (1e-5, 0.8, {"train_loss": 0.01, "loss": 0.3}, "vanishing gradients, saturation and overfitting", None),
        (0.9, 0.1, {"train_loss": 0.2}, "none of the three", None),
    ],
)
def test_what_explains_ten_layers_turns_with_gradient_saturation_and_fit(ratio, saturated, deep, explained, excluded):
    results = made_up_results(**{"4e": deep})
    gradient = np.full((2, 11), 1.0)
    gradient[0, 0] = ratio
    results["4e"] = [
        # The first layer counts: over all layers the mean may well be below that of a network with one.
        replace(run, gradient_rms=gradient, saturation=np.array([[saturated] + [0.0] * 9] * 2))
        for run in results["4e"]
    ]
    text = answers.why_ten_layers(results).data
    assert f"So by these rules the numbers fit {explained} as the cause" in text
    assert (", and not " in text) == (excluded is not None)
    assert excluded is None or f", and not {excluded}; that is no proof." in text


@pytest.mark.parametrize(("arriving", "settled"), [(0.1, True), (0.9, False)])
def test_saturation_that_does_not_stop_the_gradient_settles_nothing(arriving, settled):
    results = made_up_results()
    for name, passing, saturated in (("3c", 0.5, 0.1), ("4e", arriving, 0.8)):
        results[name] = [
            replace(run, gradient_rms=np.array([[passing, 1.0]] * 2), saturation=np.full((2, 1), saturated))
            for run in results[name]
        ]
    text = answers.why_ten_layers(results).data
    assert "the numbers fit saturation as the cause" in text
    assert ("the cause is not settled" in text) != settled
    assert (f"({arriving:g} and 0.5 times after training)" in text) != settled


@pytest.mark.parametrize("verdict", ["worse", "better", "no difference found"])
def test_the_step_is_suspected_only_where_ten_layers_are_noisier(verdict):
    results = made_up_results()
    swing = {"worse": 0.1, "better": 0.0001, "no difference found": 0.01}[verdict]
    for name, size in (("3c", 0.01), ("4e", swing)):
        results[name] = [
            replace(
                run, history=replace(run.history, validation_loss=0.3 + size * (np.arange(12) % 2 + 0.01 * run.seed))
            )
            for run in results[name]
        ]
    text = answers.why_ten_layers(results).data
    said = "*no difference* was found" if verdict == "no difference found" else f"*{verdict}*"
    assert said in text.split("Besides, ")[1]
    assert ("too long for ten" in text) == (verdict == "worse")


def diverged(run):
    nothing = (np.nan, np.nan)
    unknown = np.full_like(run.gradient_rms, np.nan), np.full_like(run.saturation, np.nan)
    before = [np.concatenate([a[:1], b[1:]]) for a, b in zip((run.gradient_rms, run.saturation), unknown, strict=True)]
    return replace(
        run,
        diverged=True,
        train=nothing,
        validation=nothing,
        test=nothing,
        gradient_rms=before[0],
        saturation=before[1],
    )


def test_a_control_network_that_always_diverged_gives_its_gradient_and_no_accuracy():
    results = made_up_results()
    results["4e_uniform"] = list(map(diverged, results["4e_uniform"]))
    text = answers.why_ten_layers(results).data
    assert "every training diverged" in text
    assert "nan" not in text
    assert "none %" not in text


def test_early_stopping_is_judged_on_the_seeds_where_neither_training_diverged():
    results = made_up_results(**{"4e": {"cpu_seconds": 4.0}})
    results["4e_no_stopping"][3] = diverged(results["4e_no_stopping"][3])
    text = answers.early_stopping(results).data
    assert "1 of 10 of network 4e unstopped" in text
    assert "0.40 times as much" in text
    assert "of the 9 seeds" in text
    for name in ("4e", "4e_no_stopping"):
        results[name] = list(map(diverged, results[name]))
    assert "cannot be said" in answers.early_stopping(results).data


def test_ratios_of_time_have_an_interval():
    results = made_up_results()
    results["4e"] = [replace(run, history=replace(run.history, cpu_seconds=20.0 + run.seed)) for run in results["4e"]]
    found = ratio(results, "3c", "4e", CPU_SECONDS)
    assert found.low < found.mean < found.high
    [finding] = [f for f in findings.findings(results) if "far longer" in f.claim]
    assert f"{found.mean:.1f} ({found.low:.1f} to {found.high:.1f}) times" in finding.measured


def test_a_diverged_training_is_counted_in_brackets_and_in_the_caption():
    results = made_up_results()
    first = results["4b"][0]
    nothing = (np.nan, np.nan)
    results["4b"][0] = replace(first, diverged=True, validation=nothing, test=nothing, train=nothing)
    table = tables.final_table(results, ["3c", "4b"])
    assert "[9 of 10]" in table.rows[1][2]
    assert "[" not in table.rows[0][2]
    assert "Diverged trainings, which count in no mean: 1 of 4b." in table.caption
    assert "Diverged" not in tables.final_table(results, ["3c"]).caption


def test_every_seed_is_a_stroke_in_each_panel():
    figure = plots.seeds_figure(made_up_results(10), ["2c", "3c", "4e"])
    for axes in figure.figure.axes:
        strokes = [line for line in axes.lines if line.get_marker() == "|" and len(line.get_xdata()) == 10]
        assert len(strokes) == 3, axes.get_title()


def test_words_name_the_data_set_and_its_images(toy):
    assert "handwritten digits" in answers.data(replace(toy, name="MNIST")).data
    other = answers.data(replace(toy, name="fashion")).data
    assert "the images of fashion" in other
    assert "digits" not in other.replace("fig:digits", "")


def test_every_network_has_a_look_of_its_own():
    assert set(plots.LOOKS) == set(EXPERIMENTS)
    assert len({marker for _, marker in plots.LOOKS.values()}) == len(EXPERIMENTS)
    assert len({colour for colour, _ in plots.LOOKS.values()}) == len(EXPERIMENTS)


def test_the_closest_size_of_two_equal_layers_is_sixty():
    assert answers.closest_size([58, 59, 60, 61, 32], like=(64,)).data.startswith("60 units")
    assert tables.num_parameters((60, 60)) == 51_300
    assert tables.num_parameters((59, 59)) == 50_386


def test_confusions_are_counted_by_digit_and_answer():
    model = MLP([785, 10], seed=0)
    images = np.random.default_rng(0).normal(size=(50, 785)).astype(np.float32)
    labels = np.arange(50) % 10
    counts = inside.confusion_matrix(model, images, labels)
    assert counts.sum() == 50
    assert counts.sum(axis=1).tolist() == [5] * 10
    assert np.trace(counts) == (model.predict(images) == labels).sum()


def test_quantiles_of_activations_show_saturation():
    images = np.full((20, 785), 5.0, np.float32)
    saturated = MLP([785, 8, 8, 10], weight_init="uniform", seed=0)
    quantiles = inside.activation_quantiles(saturated, images)
    assert quantiles.shape == (5, 2)
    assert quantiles[0, 0] < 0.01
    assert quantiles[-1, 0] > 0.99
