"""Outputs of code cells: the richest form that can be printed, streams as a terminal shows them."""

import re

import pytest
from kitchen import (
    SVG,
    alternatives,
    assert_says,
    base64_png,
    built,
    md,
    notebook,
    printed,
    run_code,
    shown,
    stream,
    text_of,
)
from nbformat import v4
from pypdf import PdfReader

from nbtypst import build, register_output
from nbtypst.cells import outputs

FRAME = (
    '<div><style scoped>.dataframe td {color: red;}</style><table border="1" class="dataframe"><thead>'
    '<tr style="text-align: right;"><th></th><th>units</th><th>accuracy</th></tr></thead><tbody>'
    "<tr><th>0</th><td>32</td><td>0.9478</td></tr><tr><th>1</th><td>64</td><td>NaN</td></tr></tbody></table>"
    "<p>2 rows × 2 columns</p></div>"
)
STYLER = (
    '<style type="text/css">#T_a_row0_col0 {background-color: #ff0000; color: #ffffff;}</style>'
    '<table id="T_a"><thead><tr><th class="blank">&nbsp;</th><th>x</th></tr></thead><tbody><tr>'
    '<th id="T_a_level0_row0">0</th><td id="T_a_row0_col0">7</td></tr></tbody></table>'
)
SPANS = (
    '<table><tr><th rowspan="2">year</th><th colspan="2">eggs</th></tr><tr><th>soft</th><th>hard</th></tr>'
    "<tr><td>1999</td><td>4</td><td>10</td></tr></table>"
)
KINDS = {  # data, what the page must say, what it must not say
    "text": ({"text_plain": "[1, 2]"}, ["[1, 2]"], []),
    "a frame": (
        {"text_html": FRAME, "text_plain": "mono"},
        ["units accuracy", "32 0.9478", "64 NaN", "2 rows × 2"],
        ["mono", "dataframe", "color"],
    ),
    "a styler": ({"text_html": STYLER, "text_plain": "<Styler>"}, ["x", "0 7"], ["T_a", "background"]),
    "spans": ({"text_html": SPANS}, ["eggs", "soft hard", "1999 4 10"], []),
    "fragments": (
        {"text_html": "<h4>Outcome</h4><p>The <em>best</em> of <b>three</b>.</p><ul><li>first</li></ul>"},
        ["Outcome", "The best of three.", "• first"],
        ["<em>"],
    ),
    "Markdown": ({"text_markdown": "**bold** and $x$", "text_plain": "obj"}, ["bold and"], ["**", "obj"]),
    "a formula": ({"text_latex": r"$\displaystyle x^{2}$", "text_plain": "x**2"}, [], ["x**2", "displaystyle"]),
    "tabular": (
        {"text_latex": "\\begin{tabular}{lr}\nsoft & 4 \\\\\nhard & $10$ \\\\\n\\end{tabular}", "text_plain": "t"},
        ["soft 4", "hard"],
        ["tabular", "&"],
    ),
    "JSON": ({"application_json": {"egg": 1}, "text_plain": "<JSON object>"}, ['"egg": 1'], ["JSON object"]),
    "nothing but space": ({"text_html": "  ", "text_plain": ""}, [], []),
    "HTML beside a script": ({"text_html": "<p>words</p><script>alert(1)</script>"}, ["words"], ["alert"]),
    "a check box": ({"text_html": "<input type='checkbox' checked> done"}, ["☑ done"], []),
}


@pytest.mark.parametrize("kind", KINDS)
def test_outputs_stand_on_the_page_as_jupyter_shows_them(kind, tmp_path):
    data, there, not_there = KINDS[kind]
    assert_says(text_of(built(tmp_path, run_code("x", shown(**data)))), there, not_there)


def test_a_frame_is_a_table_with_headers(tmp_path):
    pdf = built(tmp_path, run_code("x", shown(text_html=FRAME)))
    tables, rows, headers = (len(alternatives(pdf, kind)) for kind in ("/Table", "/TR", "/TH"))
    assert (tables, rows, headers >= 3) == (1, 3, True)


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"application_vnd.plotly.v1+json": {}, "text_html": "<div id='a'></div><script>x</script>"}, "plotly"),
        ({"application_vnd.bokehjs_exec.v0+json": "", "application_javascript": "x"}, "bokeh"),
        ({"application_vnd.vegalite.v4+json": {}, "text_plain": "<VegaLite 4 object>"}, "vega"),
        ({"application_javascript": "alert(1)", "text_plain": "<IPython.core.display.Javascript object>"}, "a script"),
        ({"application_x-odd": "1"}, "application/x-odd"),
    ],
)
def test_what_only_a_browser_can_show_is_a_box_that_names_it(data, named, tmp_path):
    pdf, remarks = printed(tmp_path, run_code("x", shown(**data)))
    assert named in text_of(pdf)
    assert [named in remark for remark in remarks] == [True]


@pytest.mark.parametrize(
    "data",
    [
        {"application_vnd.plotly.v1+json": {}, "text_html": "<div></div><script>x</script>"},
        {"text_html": '<iframe src="https://x.org/film"></iframe>'},
    ],
    ids=["an interactive figure", "a film"],
)
def test_what_only_a_browser_can_show_is_shown_by_its_picture_where_it_has_one(data, tmp_path):
    pdf, remarks = printed(tmp_path, run_code("x", shown(**data, image_png=base64_png())))
    assert len(pdf.pages[0].images) == 1
    assert remarks == ["cell 1: a picture without a caption and an alternative text"]


def test_frames_of_other_pages_say_where_they_lead(tmp_path):
    pdf, remarks = printed(tmp_path, run_code("x", shown(text_html='<iframe src="https://x.org/y"></iframe>')))
    assert "a page from elsewhere: https://x.org/y" in text_of(pdf)
    assert remarks == ["cell 1: a page from elsewhere is not shown"]


def test_several_pictures_of_a_cell_are_all_shown_with_one_remark_on_their_captions(tmp_path):
    outputs = [shown(image_png=base64_png(colour), text_plain="<Figure size 1x1>") for colour in ("red", "blue")]
    pdf, remarks = printed(tmp_path, run_code("x", *outputs, shown(svg=SVG)))
    assert len(pdf.pages[0].images) == 2
    assert alternatives(pdf) == ["Picture in lab.ipynb, cell 1"] * 3
    assert remarks == ["cell 1: a picture without a caption and an alternative text"]
    assert b"pdfuaid" not in pdf.trailer["/Root"]["/Metadata"].get_object().get_data()


@pytest.mark.parametrize(
    ("pieces", "there"),
    [
        (["epoch 0\r", "epoch 1\r", "epoch 2: loss 0.25\n"], "epoch 2: loss 0.25"),
        (["10%\r50%\rdone\n"], "done"),
        (["abc\b\bxy\n"], "axy"),
        (["one ", "two\n", "three"], "one two three"),
        (["\x1b[31mred\x1b[0m soup"], "red soup"),
        (["\x1b[38;5;208morange\x1b[0m \x1b[2Kgone"], "orange gone"),
        (["a\tb"], "a b"),
        (["wide 数学 é"], "wide"),
    ],
)
def test_streams_stand_as_a_terminal_shows_them_in_the_end(pieces, there, tmp_path):
    pdf, _ = printed(tmp_path, run_code("x", *map(stream, pieces)))
    assert there in text_of(pdf)


def test_grounds_and_lines_of_a_terminal_are_kept(tmp_path):
    said = "\x1b[41mground\x1b[0m \x1b[4munder\x1b[0m \x1b[7mturned\x1b[0m \x1b[48;5;43mshade\x1b[0m"
    path = build(notebook(tmp_path / "lab.ipynb", run_code("x", stream(said))), tmp_path / "lab.typ").path
    source = path.read_text(encoding="utf-8")
    assert source.count("#highlight(fill: ") == 3
    assert '#underline[#raw("under");]' in source
    assert "ground under turned shade" in text_of(built(tmp_path, run_code("x", stream(said))))


def test_stderr_is_printed_only_if_asked_for_but_passed_on(tmp_path, caplog):
    cells = [md("# Lab"), run_code("warn()", stream("a warning\n", "stderr"), stream("out\n"))]
    with caplog.at_level("INFO", "nbtypst"):
        assert "a warning" not in text_of(built(tmp_path, *cells))
    assert_says(caplog.text, ["lab.ipynb, cell 2", "a warning"])
    assert "a warning" in text_of(built(tmp_path, *cells, stderr=True))


def test_errors_are_printed_with_their_traceback_and_what_stands_behind_them(tmp_path):
    traceback = ["\x1b[31mTraceback\x1b[0m (last)", "KeyError: 'egg'"]
    error = v4.new_output("error", ename="KeyError", evalue="'egg'", traceback=traceback)
    pdf, remarks = printed(tmp_path, run_code("x", error), md("The author went on."))
    assert "Traceback (last) KeyError: 'egg' The author went on." in text_of(pdf)
    assert remarks == ["cell 1: the cell failed: KeyError: 'egg'"]
    assert printed(tmp_path, run_code("x", error, tags=["raises-exception"]))[1] == []


def test_long_lines_are_wrapped_and_marked_with_nothing_lost(tmp_path):
    line = " ".join(f"{number}.123" for number in range(60))
    text = text_of(built(tmp_path, run_code("x", stream(line), shown(text_plain="y" * 300))))
    assert text.count("↪") >= 6
    assert_says(text.replace("↪", "").replace(" ", ""), [line.replace(" ", ""), "y" * 300])


@pytest.mark.parametrize("plain", ["IntSlider(value=3)", "interactive(children=(IntSlider(value=2, max=5), Out…"])
def test_a_widget_is_told_whole_or_cut(tmp_path, plain):
    _, remarks = printed(tmp_path, run_code("x", shown(widget={"model_id": "1"}, text_plain=plain)))
    assert remarks == ["cell 1: a widget cannot be printed"]


@pytest.fixture
def registered(monkeypatch):
    """`register_output`, of which nothing is left behind the test."""
    monkeypatch.setattr(outputs, "SHOWN_BY", dict(outputs.SHOWN_BY))
    return register_output


EGG = {"application/x-egg+json": {"minutes": 7}, "text/html": "<p>a plain egg</p>", "text/plain": "egg"}


@pytest.mark.parametrize("suffix", [".pdf", ".html"])
def test_a_type_that_a_user_registers_is_on_the_page_before_all_others(suffix, registered, tmp_path):
    registered(
        "application/x-egg+json",
        lambda data, metadata: f"<p>an egg of <b>{data['minutes']}</b> {metadata['unit']}</p><script>x</script>",
    )
    cell = run_code("egg", v4.new_output("display_data", data=EGG, metadata={"unit": "minutes"}))
    result = build(notebook(tmp_path / "lab.ipynb", cell, title="Lab"), tmp_path / f"lab{suffix}", code=False)
    page = text_of(PdfReader(result.path)) if suffix == ".pdf" else result.path.read_text(encoding="utf-8")
    assert_says(re.sub(r"</?[bp]>", "", page), ["an egg of 7 minutes"], ["a plain egg", "<script"])
    assert result.remarks == []


def test_a_registered_function_that_fails_is_a_remark_and_the_next_type_is_shown(registered, tmp_path):
    registered("application/x-egg+json", lambda data, _: data["nosuch"])
    cell = run_code("egg", v4.new_output("display_data", data=EGG))
    pdf, remarks = printed(tmp_path, cell)
    assert "a plain egg" in text_of(pdf)
    assert remarks == ["cell 1: an output of application/x-egg+json is shown in another way (KeyError('nosuch'))"]
