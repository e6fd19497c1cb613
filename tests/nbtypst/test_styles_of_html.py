"""What CSS says of HTML is what the page says: what is hidden, what stands where, what has which colour."""

import lxml.html
import pytest
from kitchen import built, md, placed_text, printed, run_code, share_of_colour, shown, stream, text_of, word, words_of

from nbtypst.document.cascade import inline_styles

HIDDEN = {
    "display": '<p style="display:none">secret</p>',
    "a class": "<style>.h {display: none}</style><p class=h>secret</p>",
    "hidden": "<p hidden>secret</p>",
    "visibility": '<p style="visibility: hidden">secret</p>',
    "opacity": '<p style="opacity: 0">secret</p>',
    "no height": '<div style="height:0; overflow:hidden">secret</div>',
    "important": "<style>.h {display: none !important}</style><p class=h style='display:block'>secret</p>",
    "print": "<style>@media print {.h {display: none}}</style><p class=h>secret</p>",
    "a sheet for print": '<style media="print">p {display: none}</style><p>secret</p>',
    "the next one": "<style>h4 + p {display: none}</style><h4>x</h4><p>secret</p>",
    "a later one": "<style>h4 ~ p > b {display: none}</style><h4>x</h4><i>y</i><p><b>secret</b></p>",
    "a word of a class": '<style>[class~="h"] {display: none}</style><p class="a h">secret</p>',
    "a beginning": """<style>a[href^='#a, b'] {display: none}</style><p><a href="#a, b c">secret</a></p>""",
    "an attribute": "<style>p[data-h] {display: none}</style><p data-h>secret</p>",
    "a template": "<template>secret</template>",
}
SEEN = {
    "hidden, but displayed": "<style>.s {display: block}</style><p class=s hidden>open</p>",
    "a greater weight": "<style>#a {display: block} p {display: none}</style><p id=a>open</p>",
    "a screen": "<style>@media screen and (width > 0px) {p {display: none}}</style><p>open</p>",
    "a sheet for screens": '<style media="screen">p {display: none}</style><p>open</p>',
    "not the next one": "<style>h4 + b {display: none} b + h4 ~ b {display: none}</style><h4>x</h4><i>y</i><b>open</b>",
    "not that word": '<style>[class~="h"], [class$=""], [class|=a] {display: none}</style><p class="ab-h">open</p>',
    "no selector": "<style>p[, p( {display: none} p[class {display: none}</style><p class=h>open</p>",
    "visible within": '<div style="visibility:hidden">x<p style="visibility:visible">open</p></div>',
}
FRAME = "<table class=dataframe><thead><tr><th></th><th>{0}</th></tr></thead><tr><th>0</th><td>1</td></tr></table>"
ROW = "".join(f'<div style="{{0}}">{FRAME.format(name)}</div>' for name in ("left", "right"))
SVG = '<svg {} viewBox="0 0 10 10" aria-label="dot"><rect width="10" height="10" fill="#00ff00"/></svg>'
GREEN, RED, BLUE = (0, 255, 0), (255, 0, 0), (0, 0, 255)
POINT = 1000 / (595 * 842)  # of a square point, in parts of a thousand of a page


def cell(html):
    return run_code("eggs", shown(text_html=html))


@pytest.mark.parametrize("html", HIDDEN.values(), ids=HIDDEN)
def test_what_css_hides_is_not_on_the_page(tmp_path, html):
    assert "secret" not in text_of(built(tmp_path, cell(f"{html}<p>end</p>")))


@pytest.mark.parametrize("html", SEEN.values(), ids=SEEN)
def test_what_css_shows_after_all_is_on_the_page(tmp_path, html):
    assert "open" in text_of(built(tmp_path, cell(f"{html}<p>end</p>")))


@pytest.mark.parametrize(
    ("style", "side"),
    [
        ('style="height:2em; width:auto"', 22),
        ('style="width:40px"', 30),
        ('class="icon"', 36),
        ('width="2em" height="2em"', 24),
        ('style="position:absolute; width:0; height:0; overflow:hidden"', 0),
    ],
)
def test_a_drawing_is_as_large_as_css_says(tmp_path, style, side):
    built(tmp_path, cell(f"<style>svg.icon {{width: 36pt}}</style><p>a dot {SVG.format(style)}</p>"))
    assert share_of_colour(tmp_path, GREEN) == pytest.approx(side**2 * POINT, abs=0.2)
    assert word(tmp_path, "dot").height > 600  # not pushed down by a drawing of no size


def test_lines_and_blanks_stay_where_white_space_says_so(tmp_path):
    built(tmp_path, cell('<div style="white-space:pre-wrap">boil   eggs\nfor <b>six\nminutes</b></div><p>x</p>'))
    heights = [word(tmp_path, one).height for one in ("eggs", "for", "minutes", "x")]
    assert heights == sorted(heights, reverse=True)
    assert len({round(height) for height in heights}) == 4
    assert word(tmp_path, "eggs").left - word(tmp_path, "boil").right > 6


@pytest.mark.parametrize(
    "html",
    [
        ROW.format("display:inline-block"),
        f'<div style="display:flex">{FRAME.format("left")}{FRAME.format("right")}</div>',
        (FRAME.format("left") + FRAME.format("right")).replace("<table", '<table style="display:inline"'),
        ROW.format("float:left"),
    ],
    ids=["inline-block", "flex", "inline", "float"],
)
def test_blocks_stand_side_by_side_where_they_fit(tmp_path, html):
    built(tmp_path, cell(html))
    left, right = word(tmp_path, "left"), word(tmp_path, "right")
    assert left.height == pytest.approx(right.height)
    assert left.right < right.left


def test_blocks_that_do_not_fit_beside_each_other_stand_below(tmp_path):
    wide = "<tr>" + "<th>boiling</th>" * 7 + "</tr>"
    frames = [FRAME.format(name).replace("<tr>", f"{wide}<tr>", 1) for name in ("left", "right")]
    built(tmp_path, cell('<div style="display:flex">' + "".join(frames) + "</div>"))
    assert word(tmp_path, "left").height > word(tmp_path, "right").height + 20


def test_display_says_whether_an_element_is_a_block(tmp_path):
    built(
        tmp_path,
        cell("<p><b><pre style='display: inline;'>q1</pre></b> passed!</p><span style='display:block'>z</span>"),
    )
    assert word(tmp_path, "q1").height == pytest.approx(word(tmp_path, "passed!").height)
    assert word(tmp_path, "z").height < word(tmp_path, "q1").height


def test_items_of_a_list_in_one_line_are_parted_by_what_the_sheet_puts_there(tmp_path):
    sheet = ".list-inline>li {display: inline-block} .list-inline>li:not(:last-child)::after"
    sheet += ' {content: "\\00b7"; padding: 0 .5ex}'
    html = f"<style>{sheet}</style><ol class=list-inline><li>10</li><li>20</li><li>30</li></ol>"
    assert "10 · 20 · 30" in text_of(built(tmp_path, cell(html)))


def test_bars_grounds_behind_them_and_borders_of_a_styler_are_drawn(tmp_path):
    sheet = "#a {background: linear-gradient(90deg, #00ff00 50%, transparent 50%); background-color: #0000ff}"
    sheet += " td {border: 2px solid #ff0000}"
    html = (
        f"<style>{sheet}</style><table><tr><th>k</th><th>n</th></tr><tr><td>x</td><td id=a>12345678</td></tr></table>"
    )
    built(tmp_path, cell(html))
    assert all(share_of_colour(tmp_path, one) > 100 * POINT for one in (GREEN, RED, BLUE))


def test_a_cell_is_as_wide_as_css_asks_where_there_is_room(tmp_path):
    style = "width: 10em; background: linear-gradient(90deg, #00ff00 40%, transparent 40%) no-repeat center"
    frame = f'<table><tr><th>p</th><th>q</th></tr><tr><td style="{style}">x</td><td>y</td></tr></table>'
    wide = "".join(f'<td style="width:{{0}}">c{n}</td>' for n in range(8))
    wide = "".join(f"<table><tr>{wide.format(one)}</tr></table>" for one in ("10em", "auto"))
    pdf = built(tmp_path, cell(frame + wide))
    assert word(tmp_path, "y").left - word(tmp_path, "x").left == pytest.approx(105, abs=10)
    assert share_of_colour(tmp_path, GREEN) == pytest.approx(0.4 * 105 * 14 * POINT, rel=0.3)
    assert len({round(size, 1) for _, size, text in placed_text(pdf.pages[0]) if text in ("c0", "x")}) == 1


def test_a_block_has_its_border_and_a_heading_its_colour(tmp_path):
    built(tmp_path, cell('<div style="border:2px solid #0000ff">box</div><h3 style="color:#ff0000">Soup</h3><p>x</p>'))
    assert share_of_colour(tmp_path, BLUE) > 400 * POINT
    assert share_of_colour(tmp_path, RED) > 10 * POINT


def test_what_an_estimator_holds_for_pages_without_its_sheet_is_shown_alone(tmp_path):
    html = (
        "<style>#k div.sk-text-repr-fallback {display: none}</style><div id=k><div class=sk-text-repr-fallback>"
        "<pre>Soup(salt=1)</pre><b>Please rerun this cell</b></div><div class=sk-container hidden>diagram</div></div>"
    )
    pdf, remarks = printed(tmp_path, cell(html))
    assert "Soup(salt=1)" in text_of(pdf)
    assert "rerun" not in text_of(pdf)
    assert "diagram" not in text_of(pdf)
    assert remarks == ["cell 1: a diagram of HTML is shown as its plain text"]


@pytest.mark.parametrize(("inside", "what"), [("leaflet.js", "an interactive map"), ("x", "a page within the page")])
def test_what_a_page_lies_on_is_not_seen_and_what_it_was_is_told(tmp_path, inside, what):
    place = "position:absolute; width:100%; height:100%; left:0; top:0"
    html = (
        '<div style="position:relative; height:0; padding-bottom:60%"><span>Make this Notebook Trusted</span>'
        f'<iframe srcdoc="&lt;script src={inside}&gt;" style="{place}"></iframe></div><p>end</p>'
    )
    pdf, remarks = printed(tmp_path, cell(html))
    assert text_of(pdf).startswith(f"Lab {what} end")
    assert remarks == [f"cell 1: {what} is not shown"]


def test_a_page_begins_where_css_asks_for_one(tmp_path):
    source = (
        'one\n\n<div style="page-break-after: always;"></div>\n\ntwo\n\n<p style="break-before: page">three</p>\n\n'
        '<ul><li><div style="page-break-before:always">three</div></li></ul>'
    )
    built(tmp_path, md(source), cell("<h3 style='page-break-before:always'>four</h3>"))
    pages = {one.text: one.page for one in words_of(tmp_path)}
    assert (pages["one"], pages["two"], pages["three"], pages["four"]) == (0, 1, 2, 3)


@pytest.mark.parametrize("lines", range(24, 34, 3))
def test_a_picture_and_its_caption_stay_on_one_page(tmp_path, lines):
    drawing = SVG.format('width="200" height="200"')
    figure = f"<figure>{drawing}<figcaption>The caption</figcaption></figure>"
    built(tmp_path, md("\n\n".join(["soup"] * lines) + f"\n\n{figure}"))
    at = word(tmp_path, "caption")
    assert share_of_colour(tmp_path, GREEN, at.page) == pytest.approx(150**2 * POINT, rel=0.05)


def test_what_runs_from_the_right_begins_at_the_right(tmp_path):
    built(tmp_path, md('<div dir="rtl">\n\nפסקה\n\n* פריט\n\n</div>\n\nleft'))
    right = max(one.right for one in words_of(tmp_path))
    assert right > 460
    assert word(tmp_path, "left").left < 130


def test_a_box_of_letters_is_set_smaller_not_broken(tmp_path):
    box = "╭" + "─" * 110 + "╮\n│ eggs" + " " * 105 + "│\n╰" + "─" * 110 + "╯"
    built(tmp_path, cell(f'<pre style="white-space:pre">{box}</pre>'))
    edges = [one.right for one in words_of(tmp_path) if one.text[-1] in "╮│╯"]
    assert max(edges) - min(edges) < 1 or len(edges) == 4
    assert not any("↪" in one.text for one in words_of(tmp_path))


def test_blanks_beyond_the_edge_make_no_line_of_their_own(tmp_path):
    built(tmp_path, cell(f"<pre><span style='color:#ffff00;background-color:#0000ff'>eggs{' ' * 150}</span>\nx</pre>"))
    assert not any("↪" in one.text for one in words_of(tmp_path))
    assert share_of_colour(tmp_path, BLUE) > 2000 * POINT  # as it is given, since the letters are pale


def test_tabs_of_what_was_printed_go_to_every_eighth_column(tmp_path):
    built(tmp_path, run_code("", stream("kettle\tn\tz\n1\t22\t3\n")))
    assert word(tmp_path, "n").left == pytest.approx(word(tmp_path, "22").left, abs=0.5)
    assert word(tmp_path, "z").left == pytest.approx(word(tmp_path, "3").left, abs=0.5)


def test_a_diagram_that_is_only_source_is_told(tmp_path):
    pdf, remarks = printed(tmp_path, md("```mermaid\nflowchart LR\n```"))
    assert "flowchart LR" in text_of(pdf)
    assert remarks == ["cell 1: a diagram (mermaid) is shown as its source"]


@pytest.mark.parametrize(
    ("selector", "meant"),
    [
        ("p:nth-child(3)", "b"),
        ("p:nth-child(2n+1)", "abd"),
        ("p:nth-child( -n + 3 )", "ab"),
        ("p:nth-last-child(2)", "d"),
        ("p:nth-of-type(2)", "b"),
        ("p:last-of-type", "d"),
        ("p:not(:nth-of-type(2n))", "ac"),
        ("p:not(.mine)", "abc"),
        ("div > :only-child", "e"),
        ("p:nth-child(n)", "abcd"),
        ("p:nth-child(0)", ""),
        ("p:hover", ""),
    ],
)
def test_an_element_is_meant_by_its_place_as_in_css(selector, meant):
    words = "<p>a</p><i>-</i><p>b</p><p>c</p><p class='mine'>d</p><div><b>e</b></div>"
    html = f"<body><style>{selector} {{color: red}}</style><div>{words}</div></body>"
    body = lxml.html.document_fromstring(html).find("body")
    style = body.find("style")
    inline_styles(body)
    style.drop_tree()
    assert "".join(one.text_content() for one in body.iter() if one.get("style")) == meant


def test_of_supports_what_asks_for_something_holds():
    sheet = "@supports (display: grid) {p {color: red}} @supports not (display: grid) {p {color: blue}}"
    body = lxml.html.document_fromstring(f"<body><style>{sheet}</style><p>a</p></body>").find("body")
    inline_styles(body)
    assert body.find("p").get("style") == "color: red"


def test_places_among_very_many_neighbours_are_those_of_elements_and_not_of_comments():
    sheet = "p:nth-child(even) {color: red} p:first-child, p:last-child {font-weight: bold}"
    html = f"<style>{sheet}</style><div><!-- a -->{'<p>x</p>' * 20_000}<!-- b --></div>"
    body = lxml.html.document_fromstring(f"<body>{html}</body>").find("body")
    inline_styles(body)
    first, *styles, last = [one.get("style") for one in body.iter("p")]
    assert styles == ["color: red", None] * 9_999
    assert (first, last) == ("font-weight: bold", "color: red; font-weight: bold")
