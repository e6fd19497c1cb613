"""What a notebook shows: figures and tables with caption, label and alternative text."""

import base64
import io
import re

import matplotlib
import pytest

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from kitchen import ALT, CAPTION

from nbtypst import Figure, Table, elements, figure_style


@pytest.fixture
def displayed(monkeypatch):
    """(data, metadata) of everything that was published."""
    published = []
    monkeypatch.setattr(
        "nbtypst.elements.publish_display_data", lambda data, metadata: published.append((data, metadata))
    )
    return published


def pendulum(**options):
    with plt.rc_context(figure_style()):
        figure, axes = plt.subplots()
        axes.plot([0, 1, 2], [0, 1, 0])
        axes.set(xlabel="time [s]", ylabel=r"$\phi_1^2$")
    return Figure(figure, **({"label": "fig:swing", "caption": CAPTION, "alt": ALT} | options))


def test_figure_shows_picture_then_caption_and_is_the_same_every_time(displayed):
    pendulum()._ipython_display_()
    pendulum()._ipython_display_()
    (data, metadata), (caption, caption_metadata), again, _ = displayed
    assert metadata["nbtypst"] == {
        "kind": "figure",
        "label": "fig:swing",
        "caption": CAPTION,
        "alt": ALT,
        "width": 100,
    }
    assert caption["text/markdown"] == "**Figure** (`fig:swing`). A pendulum swings."
    assert caption_metadata == {"nbtypst": {"kind": "caption"}}
    assert set(data) == {"image/svg+xml", "application/pdf", "image/png", "text/plain"}
    assert data == again[0]


def test_figure_is_drawn_as_svg_alone_where_nothing_else_is_needed(displayed, monkeypatch):
    pendulum()._ipython_display_()
    monkeypatch.setenv("FIGURE_FORMATS", "svg")
    pendulum()._ipython_display_()
    monkeypatch.setattr(elements, "SVG_LIMIT", 100)
    pendulum()._ipython_display_()
    everything, svg, png = (data for data, _ in displayed[::2])
    assert svg == {kind: everything[kind] for kind in ("image/svg+xml", "text/plain")}
    assert set(png) == {"image/png", "text/plain"}


def test_figure_is_closed_opaque_white_and_has_its_text_as_outlines(displayed):
    plt.close("all")
    pendulum()._ipython_display_()
    assert plt.get_fignums() == []
    data, _ = displayed[0]
    assert "<text" not in data["image/svg+xml"]
    pixels = plt.imread(io.BytesIO(base64.b64decode(data["image/png"])), format="png")
    assert pixels[0, 0].tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"label": "swing"}, "label is 'swing'"),
        ({"label": "fig:Swing"}, "label is 'fig:Swing'"),
        ({"caption": " "}, "caption is empty"),
        ({"caption": "the interval [0, 1)"}, "odd bracket"),
        ({"alt": ""}, "alt is empty"),
        ({"width": 120}, "width is 120"),
    ],
)
def test_figure_refuses_what_could_not_be_printed(options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        pendulum(**options)
    plt.close("all")


def test_table_is_markdown_with_its_caption(displayed):
    Table(["egg", "$t$"], [["soft", "4"]], label="tbl:eggs", caption="Minutes.")._ipython_display_()
    (data, metadata), (caption, _) = displayed
    assert data["text/markdown"] == "| egg | $t$ |\n| :-- | --: |\n| soft | 4 |"
    assert metadata["nbtypst"] == {"kind": "table", "label": "tbl:eggs", "caption": "Minutes."}
    assert caption["text/markdown"] == "**Table** (`tbl:eggs`). Minutes."


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ([["1"]], {}, "expected 2"),
        ([["1", 2]], {}, "cell 2"),
        ([["1", "a|b"]], {}, "without line break or '|'"),
        ([["1", "2"]], {"align": "lx"}, "align is 'lx'"),
        ([["1", "2"]], {"label": "fig:eggs"}, "label is 'fig:eggs'"),
        ([["1", "2"]], {"caption": ""}, "caption is empty"),
    ],
)
def test_table_refuses_what_markdown_cannot_hold(rows, options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Table(["a", "b"], rows, **({"label": "tbl:eggs", "caption": "Minutes."} | options))
