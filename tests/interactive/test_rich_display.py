"""What a notebook shows of networks, data, histories and results."""

import html.parser
from dataclasses import replace

import numpy as np
import pytest
from made_up import made_up_results
from nbformat import v4

from helpers import MLP, History, TrainingConfig, train
from nbtypst import outputs
from nbtypst.collected import Collected

CONFIG = TrainingConfig(learning_rate=0.1, batch_size=10, max_epochs=3, patience=None)


def network():
    return MLP([785, 64, 10], activation="improved_sigmoid", seed=0)


@pytest.fixture
def history(toy):
    return train(MLP([6, 5, 3], weight_init="improved", seed=0), toy, CONFIG, seed=0, progress=False)


@pytest.fixture
def result():
    return made_up_results(1)["2c"][0]


@pytest.fixture(params=["network", "data set", "history", "result"])
def shown(request, mnist, history, result):
    """Each object that shows itself."""
    return {"network": network(), "data set": mnist, "history": history, "result": result}[request.param]


class Words(html.parser.HTMLParser):
    """The text of well-formed HTML whose pictures have alternative texts."""

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


def test_html_and_markdown_say_the_same(shown):
    bundle = shown._repr_mimebundle_()
    cells = [cell.strip() for line in bundle["text/markdown"].splitlines() for cell in line.split("|")]
    said = [cell for cell in cells if cell and set(cell) - set("-:")]
    assert Words(bundle["text/html"]).words == said


def test_the_plain_text_is_the_repr(shown):
    assert shown._repr_mimebundle_()["text/plain"] == repr(shown)


def test_a_shell_shows_what_an_object_says_of_itself(shell, shown):
    data, _ = shell.display_formatter.format(shown)
    assert data == shown._repr_mimebundle_()


def test_a_report_takes_it_as_a_table_without_a_remark(shell, shown):
    collected = Collected("lab.ipynb, cell 1")
    data, _ = shell.display_formatter.format(shown)
    output = v4.new_output("display_data", data=dict(data))
    assert outputs.as_html([output], [], collected, stderr=False).count("<table>") == 1
    assert collected.remarks == []


@pytest.mark.parametrize("part", ["785 × 64", "50,240", "improved sigmoid", "64 × 10", "640", "softmax", "50,880"])
def test_a_network_shows_its_layers_with_shapes_and_parameters(part):
    assert part in network()._repr_mimebundle_()["text/markdown"]


def test_a_data_set_shows_its_splits(mnist):
    assert "20,000" in mnist._repr_mimebundle_()["text/markdown"]


def test_a_data_set_shows_an_image_of_each_class(mnist):
    shown = mnist._repr_mimebundle_()["text/html"]
    assert shown.count("data:image/png;base64,") == 1
    assert "One image of each class of MNIST" in shown


def test_a_history_shows_its_ending_and_its_lowest_loss(history):
    shown = history._repr_mimebundle_()["text/markdown"]
    assert f"{history.validation_steps[-1]:,}, complete" in shown
    assert f"{history.validation_loss.min():.4f} nats" in shown


def test_a_history_shows_a_curve(history):
    assert history._repr_mimebundle_()["text/html"].count("data:image/svg+xml;base64,") == 1


def test_a_history_of_one_validation_shows_no_curve(toy):
    config = replace(CONFIG, max_epochs=1, validations_per_epoch=1)
    history = train(MLP([6, 5, 3], seed=0), toy, config, seed=0, progress=False)
    assert "<img" not in history._repr_mimebundle_()["text/html"]


def test_a_history_without_a_validation_shows_that():
    nothing = History(*(np.empty(0) for _ in range(5)))
    assert set(nothing._repr_mimebundle_().values()) == {"History(no validation yet)"}


def test_a_result_shows_its_losses_and_accuracies(result):
    loss, accuracy = result.validation
    assert f"| validation | {loss:.4f} | {accuracy:.2%} |" in " ".join(
        result._repr_mimebundle_()["text/markdown"].replace("|", " | ").split()
    )


def test_a_diverged_result_shows_that(result):
    assert "diverged" in replace(result, diverged=True)._repr_mimebundle_()["text/markdown"]
