"""The explorer under messages that no page of its own sends, and what cannot be drawn: it says so, and goes on."""

import numpy as np
import pytest
import traitlets
from watching import ONE, finished, run_to_end, wait_for

from helpers.interactive.explorer import live_run, page
from helpers.interactive.explorer.digit_pad import MAX_POINTS, as_mnist_image
from helpers.interactive.explorer.form import MAX_EPOCHS, MAX_NAME
from helpers.interactive.explorer.pictures import LOOKS, Curve, curves_png
from helpers.network.history import History

NO_DRAWINGS = [
    [[[float("nan"), 0.5]]],
    [[[float("inf"), 0.5], [0, 0]]],
    [[[1e300, 0.5], [0, 0]]],
    [[[-0.1, 0.5]]],
    [[[10**400, 0]]],
    [[0.5, 0.5]],
    [[[0.5]]],
    [[[0.5, 0.5, 0.5]]],
    [[[0.5, 0.5], [0.5]]],
    [[[[0.5, 0.5]]]],
    [[[None, 0.5]]],
    [["a"]],
    ["abc"],
    [b"ab"],
    [None],
    [{"x": 1}],
    [[[0.5, 0.5]] * (MAX_POINTS + 1)],
]


@pytest.fixture
def drawn_on(explorer):
    """The explorer with a digit on its pad."""
    explorer.pad.strokes = ONE
    return explorer


@pytest.mark.parametrize("strokes", NO_DRAWINGS, ids=lambda strokes: repr(strokes)[:30])
def test_what_is_no_drawing_is_refused_in_one_line_and_the_drawing_stays(drawn_on, strokes):
    image, message = drawn_on.pad.image, drawn_on.message.value
    with pytest.raises(traitlets.TraitError, match=r"^strokes are no drawing; allowed: lines of points .*in all$"):
        drawn_on.pad.set_state({"strokes": strokes})
    assert (drawn_on.pad.strokes, drawn_on.pad.image, drawn_on.message.value) == (ONE, image, message)


def test_no_drawing_is_no_image():
    with pytest.raises(ValueError, match="strokes are no drawing"):
        as_mnist_image([[[0.5, np.nan]]])


def test_no_message_leaves_a_setting_or_the_comparison_without_a_choice(explorer):
    for choice in (explorer.experiment, explorer.settings.activation, explorer.settings.weight_init):
        before = choice.value
        with pytest.raises(traitlets.TraitError):
            choice.set_state({"index": None})
        assert choice.value == before


@pytest.mark.parametrize(
    "name", ["x" * (MAX_NAME + 1), "x" * 1_000_000, "\x1b[31m", "a\nb", "\u202e", "\ud800", "a/b"], ids=range(7)
)
def test_a_name_that_cannot_be_shown_is_refused_shortly(explorer, name):
    explorer.run_name.value = name
    explorer.start.click()
    assert "name is" in explorer.message.value
    assert "allowed" in explorer.message.value
    assert len(explorer.message.value) < 400
    assert not explorer.runs


@pytest.mark.parametrize("text", ["x" * 1_000_000, "9" * 5_000], ids=["letters", "digits"])
def test_an_error_repeats_no_more_than_the_beginning_of_a_long_text(explorer, text):
    explorer.settings.hidden_layers.value = text
    assert "allowed: the units of each" in explorer.settings.parameters.value
    assert len(explorer.settings.parameters.value) < 500


def test_more_epochs_than_memory_holds_are_refused_before_any_is_taken(explorer):
    explorer.settings.max_epochs.value = MAX_EPOCHS + 1
    explorer.start.click()
    assert f"allowed: an integer from 1 to {MAX_EPOCHS:,}" in explorer.message.value
    assert not explorer.runs


@pytest.mark.parametrize("name", ["$^$", "a $x$", "_hidden", "%s {}"])
def test_a_name_stands_in_the_legend_as_it_was_written(name, monkeypatch):
    texts = []
    monkeypatch.setattr(
        "matplotlib.figure.Figure.savefig", lambda figure, *_, **__: texts.extend(figure.legends[0].get_texts())
    )
    losses = np.array([2.0, 1.0])
    history = History(losses, np.array([1, 2]), losses, losses / 4, losses / 4, 2)
    curves_png("momentum", [], [Curve(name, LOOKS[0], history)])
    assert [(text.get_text(), text.get_parse_math()) for text in texts] == [(name, False)]


def test_what_cannot_be_drawn_is_said_and_ends_neither_training_nor_page(explorer, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(page, "curves_png", lambda *_: 1 / 0)
        run = run_to_end(explorer)
        assert run.state == "complete"
        assert "the runs cannot be shown (ZeroDivisionError" in explorer.message.value
        assert not explorer.start.disabled
    assert run_to_end(explorer).state == "complete"
    assert explorer.message.value == ""


def test_a_network_without_finite_weights_reads_nothing_and_this_is_said(drawn_on):
    run_to_end(drawn_on).model.parameters[:] = np.nan
    drawn_on.pad.strokes = [[[0.2, 0.2], [0.8, 0.8]]]
    assert drawn_on.pad.probabilities == []
    assert drawn_on.pad.reader == "run 1 reads nothing: its weights are not finite"


def test_lines_that_a_message_took_off_the_page_come_back(explorer):
    explorer.start.click()
    explorer.run_list.set_state({"children": [f"IPY_MODEL_{explorer.message.model_id}"]})
    explorer.stop.click()
    (run,) = explorer.runs
    assert finished(explorer) is run
    assert [line.run for line in explorer.run_list.children] == [run]


def test_a_training_that_wants_to_end_the_program_has_failed_and_says_so(explorer, monkeypatch):
    monkeypatch.setattr(live_run, "train", lambda *_, **__: (_ for _ in ()).throw(SystemExit("<b>")))
    assert run_to_end(explorer).state == "failed"
    assert "SystemExit: &lt;b&gt;" in explorer.run_list.children[0].text.value
    assert not explorer.start.disabled


def test_messages_without_end_start_no_other_run_and_let_the_first_go_on(drawn_on):
    drawn_on.start.click()
    (run,) = drawn_on.runs
    for _ in range(200):
        drawn_on.start.click()
        drawn_on.pause.click()
    assert list(drawn_on.runs) == [run]
    drawn_on.pad.strokes = [[[0.2, 0.2]]]
    wait_for(lambda: run.history is not None)
    drawn_on.stop.click()
    assert finished(drawn_on).state == "stopped"


def test_a_closed_explorer_starts_nothing(explorer):
    explorer.close()
    explorer.start_run()
    assert not explorer.runs
