"""What a notebook shows: figures and tables with caption, label and alternative text."""

import base64
import io
import re

import matplotlib
import pytest

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from kitchen import ALT, CAPTION

from nbtypst import TEXT_WIDTH_INCHES, Figure, Table, elements, figure_style


@pytest.fixture
def displayed(monkeypatch):
    """(data, metadata) of everything that was published."""
    published = []
    monkeypatch.setattr("IPython.display.publish_display_data", lambda *output: published.append(output))
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
    about = {"kind": "figure", "label": "fig:swing", "caption": CAPTION, "alt": ALT, "width": 100}
    assert metadata["nbtypst"] == about
    assert caption["text/markdown"] == "**Figure** (`fig:swing`). A pendulum swings."
    assert caption_metadata == {"nbtypst": {"kind": "caption"}}
    assert set(data) == {"image/svg+xml", "application/pdf", "image/png", "text/plain"}
    assert data == again[0]


def test_in_jupyter_a_figure_of_full_width_fills_a_cell_and_keeps_its_proportions(displayed):
    figure = pendulum()
    figure.figure.set_size_inches(TEXT_WIDTH_INCHES, TEXT_WIDTH_INCHES / 2)
    figure._ipython_display_()
    (data, metadata), _ = displayed
    assert 'width="1000" height="500"' in data["image/svg+xml"][:1000]
    assert metadata["image/png"] == {"width": 1000}


def test_in_jupyter_a_caption_names_what_it_refers_to(displayed):
    pendulum(caption="Lines as in [@fig:clock], see [@tbl:eggs].")._ipython_display_()
    (_, metadata), (caption, _) = displayed
    assert caption["text/markdown"].endswith("Lines as in Figure `fig:clock`, see Table `tbl:eggs`.")
    assert metadata["nbtypst"]["caption"] == "Lines as in [@fig:clock], see [@tbl:eggs]."


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


def test_table_is_markdown_with_its_caption(displayed):
    Table(["egg", "$t$"], [["soft", "4"]], label="tbl:eggs", caption="Minutes.")._ipython_display_()
    (data, metadata), (caption, _) = displayed
    assert data["text/markdown"] == "| egg | $t$ |\n| :-- | --: |\n| soft | 4 |"
    assert metadata["nbtypst"] == {"kind": "table", "label": "tbl:eggs", "caption": "Minutes."}
    assert caption["text/markdown"] == "**Table** (`tbl:eggs`). Minutes."


def eggs(rows=(("1", "2"),), **options):
    return Table(["a", "b"], rows, **({"label": "tbl:eggs", "caption": "Minutes."} | options))


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (pendulum, {"label": "swing"}, "label is 'swing'"),
        (pendulum, {"label": "fig:Swing"}, "label is 'fig:Swing'"),
        (pendulum, {"caption": " "}, "caption is empty"),
        (pendulum, {"caption": "the interval [0, 1)"}, "odd bracket"),
        (pendulum, {"alt": ""}, "alt is empty"),
        (pendulum, {"width": 120}, "width is 120"),
        (eggs, {"rows": [["1"]]}, "expected 2"),
        (eggs, {"rows": [["1", 2]]}, "cell 2"),
        (eggs, {"rows": [["1", "a|b"]]}, "without line break or '|'"),
        (eggs, {"align": "lx"}, "align is 'lx'"),
        (eggs, {"label": "fig:eggs"}, "label is 'fig:eggs'"),
        (eggs, {"caption": ""}, "caption is empty"),
    ],
)
def test_figure_and_table_refuse_what_could_not_be_printed(make, options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make(**options)
    plt.close("all")
