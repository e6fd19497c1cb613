"""The report's sentences about results: composed from measurements, so that they turn when a measurement turns."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from IPython.display import Markdown

from .derivations import largest_difference
from .experiments import EXPERIMENTS, num_parameters
from .mnist import NUM_CLASSES, NUM_INPUTS, Dataset
from .plots import in_prose, layer_ratios, seeds_text, short_name, spread_text
from .statistics import (
    COMPARISONS,
    CPU_SECONDS,
    FINAL_GAP,
    FINAL_TRAIN_LOSS,
    KEPT_GAP,
    NEGLIGIBLE_ACCURACY,
    NOISE,
    SATURATION,
    SIGNIFICANT,
    STEPS_TO_CONVERGE,
    TEST_ACCURACY,
    TEST_LOSS,
    VALIDATION_ACCURACY,
    VALIDATION_LOSS,
    Estimate,
    Measure,
    Results,
    compare,
    detectable,
    estimate,
    final_train_loss,
    ratio,
    summarise,
    trainings,
)
from .tables import factor, scientific
from .trials import Result


def say(*sentences: str) -> Markdown:
    """Return sentences as one paragraph of the report."""
    return Markdown(" ".join(sentences).replace(" %", "\N{NO-BREAK SPACE}%"))


def data(dataset: Dataset) -> Markdown:
    """Say what the images are."""
    what = "MNIST's images of handwritten digits" if dataset.name == "MNIST" else f"the images of {dataset.name}, given"
    layout = "" if dataset.name == "MNIST" else " in the layout of MNIST's files"
    return say(f"The data are {what}{layout} [@mnist]: 28 × 28 grey values from 0 to 255. [@fig:digits] shows some.")


def protocol(dataset: Dataset, results: Results) -> Markdown:
    """Say on what data and by what rules everything was measured."""
    config = EXPERIMENTS["3c"].config
    every = len(dataset.train) // config.batch_size // config.validations_per_epoch
    trained = trainings(results)
    diverged = sum(run.diverged for run in trained)
    return say(
        f"On {dataset.name} each seed draws {len(dataset.train):,} images for training and "
        f"{len(dataset.validation):,} for validation from the training file, its own initial weights and its own order "
        "of the images, since all three are sources of chance [@bouthillier2021]; all networks are compared on the "
        "same seeds.",
        f"Everything is chosen on validation; the {len(dataset.test):,} test images are opened once for each finished "
        "training. The course calls the test set *validation* and stops training on it, which can make its final "
        "figures look better than they are; here the two are kept apart.",
        "\n\n*To converge* means to come within 5 % of the lowest validation loss of the baseline with the same seed. "
        f"It is measured every {every:,} steps, so networks that all learn fast are hardly told apart by this. "
        "*Validation loss* and *accuracy* of a network are those of the weights kept, at the lowest validation loss "
        "(without early stopping, of the last weights). This flatters most the network whose curve is noisiest, and "
        "puts the marks in the figures off the mean curves; the test images have no part in it. *Steps to the "
        "best* are those to this validation. The *gap with the weights kept* is their validation loss less their loss "
        "on all training images; the *gap* at the end of training is the last validation loss less the *training loss "
        "at the end*, the mean over the mini-batches of the last epoch; the *noise* of the validation loss is the "
        "standard deviation of its change from one validation to the next, in the second half of training. After a "
        f"difference stands its {spread_text(results)}.",
        f"\n\n{_rules(results)}",
        f"{diverged or 'None'} of the {len(trained)} trainings diverged.",
    )


def agreement(looped: list[np.ndarray], multiplied: list[np.ndarray], num_images: int) -> Markdown:
    """Say how closely the weights after a step by loops and by matrices agree."""
    error = largest_difference(looped, multiplied)
    count = sum(weights.size for weights in looped)
    verdict = "equal up to rounding" if error < 1e-14 else "**not** equal"
    return say(
        f"After one step on {num_images} images the {count:,} weights differ by at most "
        f"{scientific(error)}: "
        f"they are {verdict}."
    )


def parameters(hidden_layers: Sequence[int]) -> Markdown:
    """Work out a network's number of parameters."""
    sizes = [NUM_INPUTS, *hidden_layers, NUM_CLASSES]
    products = " + ".join(f"{a} \\cdot {b}" for a, b in pairwise(sizes))
    counts = " + ".join(f"\\text{{{a * b:,}}}" for a, b in pairwise(sizes))
    return say(
        f"With the bias as the {NUM_INPUTS}th input the network has $${products} = {counts} = "
        f"\\text{{{num_parameters(hidden_layers):,}}}$$ weights. The first report counted 52,880: "
        "it added 2,000 for biases, but the network has only 64, and the first product already counts them."
    )


def closest_size(sizes: Sequence[int], like: Sequence[int]) -> Markdown:
    """Say which size of two equal hidden layers comes closest in parameters."""
    target = num_parameters(like)
    counts = {units: num_parameters((units, units)) for units in sizes}
    closest = min(sizes, key=lambda units: abs(counts[units] - target))
    return say(
        f"{closest} units in each of two layers come closest: {counts[closest]:,} parameters against {target:,}, "
        f"{100 * abs(counts[closest] / target - 1):.1f} % {'more' if counts[closest] > target else 'fewer'}."
    )


def change(results: Results, before: str, after: str, measure: Measure) -> str:
    """Say how a measure changes, as in "the validation loss is lower by 0.152 nats (0.148 to 0.158; *better*)"."""
    found = compare(results, before, after, measure)
    difference = found.difference
    if not difference.count:
        return f"the {measure.noun} cannot be compared, since no seed has both values"
    unit = {"%": "points"}.get(measure.unit, measure.unit)
    mean, low, high = (measure.text(n, signed=True) for n in (difference.mean, difference.low, difference.high))
    none_found = found.verdict == "no difference found"
    if not none_found:  # "lower by 3 (2 to 4)"
        size = [-difference.high, -difference.low] if difference.mean < 0 else [difference.low, difference.high]
        low, high = map(measure.text, size)
    interval = f"{low} to {high}"
    if difference.count < len(difference.values):
        interval += f", {difference.count} of {len(difference.values)} seeds"
    if none_found:
        return f"*no difference* was found in the {measure.noun} ({mean} {unit}, {interval}; $p = {found.p_holm:.3f}$)"
    direction = "the same" if difference.mean == 0 else "lower" if difference.mean < 0 else "higher"
    size = f" by {measure.text(abs(difference.mean))} {unit}" if difference.mean else ""
    verdict = "" if found.verdict == "too few seeds" else f"; *{found.verdict}*"
    return f"the {measure.noun} is {direction}{size} ({interval}{verdict})"


def effect_of_trick(results: Results, before: str, after: str, what: str) -> Markdown:
    """Answer for one trick: convergence speed, final loss and accuracy, generalisation."""
    speed, loss, accuracy, gap, final_gap, train_loss = (
        change(results, before, after, measure)
        for measure in (
            STEPS_TO_CONVERGE,
            VALIDATION_LOSS,
            VALIDATION_ACCURACY,
            KEPT_GAP,
            FINAL_GAP,
            FINAL_TRAIN_LOSS,
        )
    )
    return say(
        f"**{what}** against {in_prose(before)}, paired over {seeds_text(results)}:",
        f"*convergence*: {speed}. *Final loss and accuracy*: {loss};",
        f"{accuracy}{_last_accuracies(results, before, after)}.",
        f"*Generalisation*: {gap}; {final_gap}, where {train_loss}.",
    )


def _last_accuracies(results: Results, before: str, after: str) -> str:
    """Say how accurate both networks were when training ended, whatever weights were kept."""
    last = [
        [run.history.validation_accuracy[-1] for run in results[name] if not run.diverged] for name in (before, after)
    ]
    if not all(last):
        return ""
    means = [VALIDATION_ACCURACY.text(np.mean(accuracies)) for accuracies in last]
    return f", and at the last validation it is {means[1]} % where it was {means[0]} %"


def effect_of_size(results: Results, before: str, after: str) -> Markdown:
    """Answer for another topology: accuracy, loss, what it does to the training loss, and what it costs."""
    accuracy, loss, gap = (
        change(results, before, after, measure) for measure in (VALIDATION_ACCURACY, VALIDATION_LOSS, FINAL_GAP)
    )
    times = ratio(results, before, after, CPU_SECONDS)
    cost = f" A training takes {times.mean:.1f} times the CPU time." if times.count else ""
    counts = [num_parameters(EXPERIMENTS[name].hidden_layers) for name in (before, after)]
    return say(
        f"**{capital(in_prose(after))}** has {counts[1]:,} parameters, {counts[1] / counts[0]:.2f} times those of "
        f"network {short_name(before)}. Paired over {seeds_text(results)}, {accuracy}, and {loss}.",
        f"Its training loss at the end is {_training_loss(results, after)} nats: "
        f"{change(results, before, after, FINAL_TRAIN_LOSS)}; {gap}.{cost}",
    )


def baseline(results: Results, name: str = "2c") -> Markdown:
    """Answer for one network alone: how far it gets, where, and how far training and validation part."""
    runs = [run.history for run in results[name] if not run.diverged]
    if not runs:
        return say("Every training diverged.")
    best = [history.best_step for history in runs]
    loss, accuracy, gap = (
        summarise(results, name, measure) for measure in (VALIDATION_LOSS, VALIDATION_ACCURACY, FINAL_GAP)
    )
    ending = sum(history.stopped_early for history in runs)
    return say(
        f"The validation loss falls to {VALIDATION_LOSS.text(loss.mean)} nats, where "
        f"{VALIDATION_ACCURACY.text(accuracy.mean)} % of the validation images are recognised (means over "
        f"{seeds_text(results)}). It is lowest after {np.median(best):,.0f} gradient steps (median; range "
        f"{min(best):,} to {max(best):,});",
        f"early stopping ended {ending} of {len(runs)} trainings before their last epoch"
        + (f"; the other {len(runs) - ending} might have found a lower loss later." if ending < len(runs) else "."),
        f"At the end the training loss is {_training_loss(results, name)} nats, and the validation loss is "
        f"{FINAL_GAP.text(abs(gap.mean))} nats {'above' if gap.mean > 0 else 'below'} it:",
        "the network fits the images it was trained on more closely than unseen ones."
        if gap.low > 0
        else "no sign that the network fits the images it was trained on more closely than unseen ones.",
    )


def early_stopping(results: Results, stopped: str = "4e", unstopped: str = "4e_no_stopping") -> Markdown:
    """Answer for early stopping: steps, CPU time and validation loss with and without it."""
    diverged = _diverged(results, stopped, unstopped)
    pairs = [
        pair for pair in zip(results[stopped], results[unstopped], strict=True) if not any(run.diverged for run in pair)
    ]
    if not pairs:
        return say(f"What early stopping saves cannot be said: {diverged}.")
    steps, seconds = (
        [estimate(read(run.history) for run in runs) for runs in zip(*pairs, strict=True)]
        for read in (lambda history: history.validation_steps[-1], lambda history: history.cpu_seconds)
    )
    times = ratio(results, unstopped, stopped, CPU_SECONDS)
    later = sum(without.history.best_step > run.history.best_step for run, without in pairs)
    lower = np.mean([without.validation[0] - run.validation[0] for run, without in pairs])
    return say(
        f"{capital(diverged)}; what follows is of the other seeds." if diverged else "",
        f"Without early stopping a training takes {steps[1].mean:,.0f} steps and {seconds[1].mean:.1f} s of CPU time, "
        f"with it {steps[0].mean:,.0f} steps ({steps[0].low:,.0f} to {steps[0].high:,.0f}) and "
        f"{seconds[0].mean:.1f} s, {times.mean:.2f} times as much ({times.low:.2f} to {times.high:.2f}), where the "
        f"first report measured {132.17 / 342.85:.2f} (342.85 s and 132.17 s, on its own machine). That it saves time "
        "follows from the construction; how much depends on the limit of "
        f"{EXPERIMENTS[unstopped].config.max_epochs} epochs.",
        f"The weights kept have the lowest validation loss of the path by construction, {lower:.4f} nats below that of "
        "the last weights without early stopping; that is no finding. On the test images, on which nothing was chosen, "
        f"the weights kept against the last weights, over {seeds_text(results)}: "
        f"{change(results, unstopped, stopped, TEST_LOSS)}, and {change(results, unstopped, stopped, TEST_ACCURACY)}.",
        f"In {later or 'none'} of the {len(pairs)} seeds did the validation loss fall below the kept one after early "
        "stopping had ended the training.",
    )


def _diverged(results: Results, *names: str) -> str:
    """Say how many trainings of some networks diverged; nothing if none did."""
    counts = {name: sum(run.diverged for run in results[name]) for name in names}
    listed = [f"{count} of {len(results[name])} of {in_prose(name)}" for name, count in counts.items() if count]
    return f"of the trainings, {' and '.join(listed)} diverged" if listed else ""


def why_ten_layers(
    results: Results, shallow: str = "3c", deep: str = "4e", controls: Sequence[str] = ("4e_sigmoid", "4e_uniform")
) -> Markdown:
    """Say which of vanishing gradients, saturation and overfitting the numbers support as the cause in ten layers."""
    if any(all(run.diverged for run in results[name]) for name in (shallow, deep)):
        return say(f"What ten layers do cannot be explained: {_diverged(results, shallow, deep)}.")
    arriving = layer_ratios(results[deep], 0)
    saturated = summarise(results, deep, SATURATION)
    more_saturated, fit, gap = (
        compare(results, shallow, deep, measure).verdict for measure in (SATURATION, FINAL_TRAIN_LOSS, FINAL_GAP)
    )
    causes = {
        "vanishing gradients": arriving.mean < VANISHED,
        "saturation": saturated.mean > SATURATES and more_saturated == "worse",
        "overfitting": gap == "worse" and fit != "worse",
    }
    supported, others = ([cause for cause, holds in causes.items() if holds is wanted] for wanted in (True, False))
    by_layer = np.mean([run.saturation[1] for run in results[deep] if not run.diverged], axis=0)
    passing = [layer_ratios(results[name], 1).mean for name in (deep, shallow)]
    noise = compare(results, shallow, deep, NOISE).verdict
    return say(
        "What counts as a cause: gradients vanish where before training that of the first layer is below "
        f"{VANISHED:g} times that of the last; a network is saturated where after training more than "
        f"{100 * SATURATES:g} % of its first hidden layer's activations lie in the outer twentieth of their range, the "
        f"outer fortieth at either end, and more than in network {short_name(shallow)}; it overfits more where the "
        "gap is worse and the training images are not fitted worse.",
        f"*Vanishing gradients*: the first layer's gradient is {_arriving(results[deep])}; in this network it "
        f"{'vanishes' if arriving.mean < VANISHED else 'does not vanish'} on its way back.",
        *(_control(results, name) for name in controls),
        "*Saturation*: after training, the saturated share is, from the first hidden layer to the last, "
        f"{_listed([f'{100 * share:.0f}' for share in by_layer])} %; against network {short_name(shallow)}, "
        f"{change(results, shallow, deep, SATURATION)}.",
        "*Overfitting*: "
        + "; ".join(change(results, shallow, deep, measure) for measure in (FINAL_TRAIN_LOSS, KEPT_GAP, FINAL_GAP))
        + ".",
        f"So by these rules the numbers fit {_listed(supported) or 'none of the three'} as the cause"
        + (f", and not {_listed(others, 'or')}; that is no proof." if supported and others else "."),
        f"Against it speaks that the gradient passes the layers no worse than in network {short_name(shallow)} "
        f"({factor(passing[0])} and {factor(passing[1])} times after training), which learns well with "
        f"{SATURATION.text(summarise(results, shallow, SATURATION).mean)} % saturated: the cause is not settled."
        if causes["saturation"] and passing[0] >= passing[1]
        else "",
        f"Besides, {change(results, shallow, deep, NOISE)}.",
        "That a step which suits one layer is too long for ten would fit this; it is a conjecture, since no smaller "
        "step was tried."
        if noise == "worse"
        else "",
    )


def _control(results: Results, name: str) -> str:
    """Say of a network that was trained to show where the gradient goes: how much arrives, and what it learnt."""
    epochs = EXPERIMENTS[name].config.max_epochs
    accuracy = summarise(results, name, VALIDATION_ACCURACY)
    learnt = f"{VALIDATION_ACCURACY.text(accuracy.mean)} % of the validation images are recognised"
    return (
        f"In {in_prose(name)} it is {_arriving(results[name])}, and "
        + (f"within {epochs} epochs {learnt}" if accuracy.count else "every training diverged")
        + _vanishing(*(layer_ratios(results[name], moment) for moment in (0, 1)))
    )


def _vanishing(before: Estimate, after: Estimate) -> str:
    """End a sentence on a control network with what becomes of its gradient."""
    if not before.mean < VANISHED:
        return "."
    if not after.count:
        return ": at the start the gradient vanishes."
    return ": the gradient vanishes" + (
        ", and training does not mend it." if after.mean < VANISHED else " at the start, and training mends it."
    )


def _arriving(runs: Sequence[Result]) -> str:
    """Say what the first layer's gradient is of the last layer's, before and after training."""
    before, after = (layer_ratios(runs, moment) for moment in (0, 1))
    text = f"{factor(before.mean)} ({factor(before.low)} to {factor(before.high)}) times that of the last before"
    return text + (f" and {factor(after.mean)} times after training" if after.count else " training")


def taken_together(results: Results, pairs: Sequence[tuple[str, str]], of: Sequence[str]) -> Markdown:
    """Conclude a task: for each measure, which of some changes make it better, worse, or neither.

    pairs: the comparisons. of: what the second network of each pair adds, for example "momentum".
    """
    if not detectable(len(next(iter(results.values())))):
        return say(f"**Taken together**, no more can be said on {seeds_text(results)}: see the differences above.")
    sentences = []
    for measure in (STEPS_TO_CONVERGE, VALIDATION_ACCURACY, VALIDATION_LOSS, FINAL_GAP):
        verdicts = [compare(results, *pair, measure).verdict for pair in pairs]
        groups = {v: [name for name, found in zip(of, verdicts, strict=True) if found == v] for v in VERDICT_PHRASES}
        parts = [phrase.format(_listed(groups[v])) for v, phrase in VERDICT_PHRASES.items() if groups[v]]
        if "no difference found" in verdicts:
            parts.append("otherwise no difference found" if parts else "no difference found with any of them")
        sentences.append(f"*{capital(measure.noun)}*: {'; '.join(parts)}.")
    return say("**Taken together.**", *sentences)


VERDICT_PHRASES = {
    "better": "better with {}",
    "worse": "worse with {}",
    "too small to matter": "a change too small to matter with {}",
    "too few seeds": "too few seeds to judge {}",
}
VANISHED = 0.01  # first layer's gradient over the last one's, below which it has vanished
SATURATES = 0.5  # share of activations in the outer twentieth of their range, above which a network is saturated


def capital(text: str) -> str:
    """Return a text with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def _listed(names: Sequence[str], conjunction: str = "and") -> str:
    """Return for example "a, b and c"."""
    return f" {conjunction} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _training_loss(results: Results, name: str) -> str:
    losses = [final_train_loss(run.history) for run in results[name] if not run.diverged]
    return f"{np.mean(losses):.4f}" if losses else "none"


def _rules(results: Results) -> str:
    """Say how differences are judged, or that there are too few seeds to judge."""
    count = len(next(iter(results.values())))
    if not detectable(count):
        return (
            f"With {count} seed{'s' * (count != 1)} the corrected test cannot tell a difference from chance, whatever "
            "its size: differences are given without a verdict."
        )
    family = len(COMPARISONS)
    return (
        "Intervals are bootstrap intervals (BCa), each for itself; on so few values they are rather too short. "
        f"Verdicts come from a sign-flip test over the seeds, corrected for the {family} comparisons of one measure "
        "[@holm1979] (those of [@tbl:trick-differences] and [@tbl:size-differences], and early stopping), not from "
        f"whether an interval leaves out zero: *better* or *worse* at $p < {SIGNIFICANT}$, which the tables give; the "
        f"smallest corrected $p$ that {count} seeds can give is {family * 2 / 2**count:.3f}. A difference in accuracy "
        f"whose interval lies within ±{100 * NEGLIGIBLE_ACCURACY:g} points is *too small to matter*, whatever its $p$. "
        "Seeds share the images of one file and one test set, so this is about chance in split, weights and order, not "
        "about new images."
    )
