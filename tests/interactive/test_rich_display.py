"""What a notebook shows of networks, data, histories and results."""

import html.parser
from dataclasses import replace

import numpy as np
import pytest
from made_up import made_up_results
from nbformat import v4
from watching import trained

from helpers import MLP, History
from nbtypst.cells import outputs
from nbtypst.pictures import Collected


def network():
    return MLP([785, 64, 10], activation="improved_sigmoid", seed=0)


@pytest.fixture
def history(toy):
    return trained(toy)


@pytest.fixture
def result():
    return made_up_results(1)["baseline"][0]


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


def test_html_and_markdown_say_the_same_and_the_plain_text_is_the_repr(shown):
    bundle = shown._repr_mimebundle_()
    cells = [cell.strip() for line in bundle["text/markdown"].splitlines() for cell in line.split("|")]
    assert Words(bundle["text/html"]).words == [cell for cell in cells if cell and set(cell) - set("-:")]
    assert bundle["text/plain"] == repr(shown)


def test_a_shell_shows_what_an_object_says_and_a_report_takes_it_as_a_table(shell, shown):
    data, _ = shell.display_formatter.format(shown)
    assert data == shown._repr_mimebundle_()
    collected = Collected(4.0, "lab.ipynb, cell 1")
    output = v4.new_output("display_data", data=dict(data))
    assert outputs.as_html([output], [], collected, stderr=False).count("<table>") == 1
    assert collected.remarks == []


def markdown_of(thing):
    return thing._repr_mimebundle_()["text/markdown"]


def test_a_network_shows_its_layers_with_shapes_and_parameters():
    parts = ["785 × 64", "50,240", "improved sigmoid", "64 × 10", "640", "softmax", "50,880"]
    assert [part for part in parts if part not in markdown_of(network())] == []


def test_a_data_set_shows_its_splits_and_an_image_of_each_class(mnist):
    assert "20,000" in markdown_of(mnist)
    shown = mnist._repr_mimebundle_()["text/html"]
    assert shown.count("data:image/png;base64,") == 1
    assert "One training image of each class of MNIST" in shown


def test_a_history_shows_its_ending_its_lowest_loss_and_a_curve(history):
    assert f"{history.validation_steps[-1]:,}, complete" in markdown_of(history)
    assert f"{history.validation_loss.min():.4f} nats" in markdown_of(history)
    assert history._repr_mimebundle_()["text/html"].count("data:image/svg+xml;base64,") == 1


def test_a_history_of_one_validation_shows_no_curve(toy):
    history = trained(toy, max_epochs=1, validations_per_epoch=1)
    assert len(history.validation_steps) == 1
    assert "<img" not in history._repr_mimebundle_()["text/html"]


def test_a_history_without_a_validation_shows_that():
    nothing = History(*(np.empty(0) for _ in range(5)))
    assert set(nothing._repr_mimebundle_().values()) == {"History(no validation yet)"}


def test_a_result_shows_its_losses_and_accuracies_and_whether_it_diverged(result):
    loss, accuracy = result.validation
    assert f"| validation | {loss:.4f} | {accuracy:.2%} |" in " ".join(markdown_of(result).replace("|", " | ").split())
    assert "diverged" not in markdown_of(result)
    assert "diverged" in markdown_of(replace(result, diverged=True))
