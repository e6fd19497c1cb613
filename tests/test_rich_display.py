"""What a notebook shows of networks, data, histories and results, and while it trains; nothing of it costs a bit."""

import html.parser
from dataclasses import replace

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import RichOutput, capture_output
from made_up import made_up_results
from nbformat import v4

from helpers import MLP, History, LivePlot, TrainingConfig, live_plot, train
from helpers.rich_display import dataset_bundle, history_bundle, model_bundle, register, result_bundle
from nbtypst import outputs
from nbtypst.collected import Collected

CONFIG = TrainingConfig(learning_rate=0.1, batch_size=10, max_epochs=3, patience=None)


def network():
    return MLP([6, 5, 3], weight_init="improved", seed=0)


@pytest.fixture
def history(toy):
    return train(network(), toy, CONFIG, seed=0, progress=False)


@pytest.fixture(scope="module")
def shell():
    """An IPython shell in this process."""
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


class Words(html.parser.HTMLParser):
    """The text of well-formed HTML."""

    def __init__(self, source):
        super().__init__()
        self.open, self.words = [], []
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        if tag != "img":
            self.open.append(tag)
        assert tag != "img" or dict(attributes)["alt"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        self.words.append(text)


def test_a_network_shows_its_layers_with_shapes_and_parameters():
    bundle = model_bundle(MLP([785, 64, 10], activation="improved_sigmoid", seed=0))
    for text in (" | ".join(Words(bundle["text/html"]).words), bundle["text/markdown"]):
        for part in ("785 × 64", "50,240", "improved sigmoid", "64 × 10", "640", "softmax", "50,880"):
            assert part in text
    assert bundle["text/plain"].startswith("MLP(785-64-10")


def test_a_data_set_shows_its_splits_and_an_image_of_each_class(mnist):
    bundle = dataset_bundle(mnist)
    assert "20,000" in bundle["text/markdown"]
    assert bundle["text/html"].count("data:image/png;base64,") == 1
    assert "One image of each class of MNIST" in bundle["text/html"]


def test_a_history_shows_its_ending_and_a_curve(history):
    bundle = history_bundle(history)
    assert f"{history.validation_steps[-1]:,}, complete" in bundle["text/markdown"]
    assert f"{history.validation_loss.min():.4f} nats" in "".join(Words(bundle["text/html"]).words)
    assert "data:image/png" in bundle["text/html"]


def test_a_history_without_a_validation_and_a_diverged_result_show_that():
    nothing = History(*(np.empty(0) for _ in range(5)))
    assert history_bundle(nothing)["text/plain"] == "History(no validation yet)"
    result = made_up_results(1)["2c"][0]
    assert (
        f"| validation | {result.validation[0]:.4f} | {result.validation[1]:.2%} |"
        in result_bundle(result)["text/markdown"]
    )
    assert "diverged" in result_bundle(replace(result, diverged=True))["text/markdown"]


def test_a_shell_shows_them_by_these_functions_and_a_report_takes_them(shell, history):
    register(shell)
    data, _ = shell.display_formatter.format(network())
    assert data["text/html"] == model_bundle(network())["text/html"]
    collected = Collected("lab.ipynb, cell 1")
    shown = outputs.as_html([v4.new_output("display_data", data=dict(data))], [], collected, stderr=False)
    assert shown.count("<table>") == 1
    assert collected.remarks == []


# The live plot ------------------------------------------------------------------------------------------


def pictures(captured) -> list[RichOutput]:
    return [output for output in captured.outputs if "image/png" in output.data]


def test_a_live_plot_is_drawn_at_once_then_seldom_and_the_last_validation_is_drawn_at_the_end(shell, toy, monkeypatch):
    clock = iter(np.arange(0, 1_000, 0.01))  # a hundredth of a second a look at the clock: a drawing takes one
    monkeypatch.setattr(live_plot.time, "perf_counter", lambda: next(clock))
    drawn = []
    monkeypatch.setattr(live_plot, "picture", lambda history: drawn.append(history) or ({"image/png": ""}, {}))
    plot = LivePlot()
    with capture_output() as captured:
        history = train(network(), toy, CONFIG, seed=0, progress=False, callback=plot)
        before_the_end = len(drawn)
        shell.events.trigger("post_run_cell", None)
    validations = len(history.validation_steps)
    assert before_the_end == 1 + (validations - 1) // 51 < validations  # 0.5 s later, of 0.01 s a validation
    assert len(drawn) == before_the_end + 1
    assert len(drawn[-1].validation_steps) == validations
    assert len(pictures(captured)) == len(drawn)


def test_slow_drawing_is_done_less_often(shell, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(live_plot.time, "perf_counter", lambda: now[0])

    def slow(history):
        now[0] += 0.2
        return {"image/png": ""}, {}

    monkeypatch.setattr(live_plot, "picture", slow)
    plot, drawings = LivePlot(), 0
    with capture_output():
        for _ in range(2_000):
            before = now[0]
            plot(object())
            drawings += now[0] > before
            now[0] += 0.01
        shell.events.trigger("post_run_cell", None)
    assert drawings * 0.2 / now[0] < 0.05


def test_a_live_plot_changes_no_result_and_outside_a_notebook_does_nothing(shell, toy, monkeypatch):
    with capture_output() as captured:
        plotted = train(network(), toy, CONFIG, seed=0, progress=False, callback=LivePlot())
        shell.events.trigger("post_run_cell", None)
    assert pictures(captured)
    alone = train(network(), toy, CONFIG, seed=0, progress=False)
    np.testing.assert_array_equal(plotted.train_loss, alone.train_loss)
    monkeypatch.setattr(live_plot, "get_ipython", lambda: None)
    with capture_output() as captured:
        train(network(), toy, CONFIG, seed=0, progress=False, callback=LivePlot())
    assert not pictures(captured)


def test_the_picture_has_caption_and_alternative_text(history):
    data, metadata = live_plot.picture(history)
    assert data["image/png"]
    assert "Line plots" in metadata["nbtypst"]["alt"]
    assert metadata["nbtypst"]["caption"]
