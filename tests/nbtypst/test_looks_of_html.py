"""What CSS says of words, boxes and cells, as it stands on the page: colours, sizes and places."""

import ctypes

import pytest
from kitchen import assert_says, base64_png, md, printed, run_code, shown, text_of
from pypdfium2 import PdfDocument, raw

BAR = '<div style="background:#dddddd;width:200px"><div style="background:green;width:{}%">x</div></div>'


def html(text):
    return run_code("show()", shown(text_html=text))


def letters_of(folder):
    """(its box, its colour) of each letter of the first page, by letter."""
    page, found = PdfDocument((folder / "lab.pdf").read_bytes())[0].get_textpage(), {}
    for n in range(page.count_chars()):
        parts = [ctypes.c_uint() for _ in range(4)]
        raw.FPDFText_GetFillColor(page, n, *parts)
        found[chr(raw.FPDFText_GetUnicode(page, n))] = page.get_charbox(n), tuple(part.value for part in parts)
    return found


def inks_of(folder):
    """The colour of each letter of the first page, by letter."""
    return {letter: colour for letter, (_, colour) in letters_of(folder).items()}


def boxes_of(folder):
    """(colour, width) of what is painted on the first page, without letters."""
    found = []
    for item in PdfDocument((folder / "lab.pdf").read_bytes())[0].get_objects(filter=[raw.FPDF_PAGEOBJ_PATH]):
        parts = [ctypes.c_uint() for _ in range(4)]
        if raw.FPDFPageObj_GetFillColor(item, *parts):
            left, _, right, _ = item.get_bounds()
            found.append((tuple(part.value for part in parts[:3]), right - left))
    return found


def test_letters_have_the_colours_that_browsers_give_them(tmp_path):
    cells = ("color:transparent'>a", "color:#dddcdc'>b", "color:white'>c", "opacity:20%'>d", "color:#00f;opacity:.5'>e")
    printed(tmp_path, html("<table><tr>" + "".join(f"<td style='{cell}</td>" for cell in cells) + "</tr></table>"))
    inks = inks_of(tmp_path)
    assert inks["a"][3] == 0
    assert inks["c"] == (0, 0, 0, 255)  # white letters would not be seen at all
    assert 180 < inks["b"][0] < 0xDD  # pale, and paler than all others
    assert inks["d"][0] == pytest.approx(204, abs=2)
    assert inks["e"][:3] == (128, 128, 255)


def test_raised_and_lowered_words_stand_higher_and_lower(tmp_path):
    printed(
        tmp_path,
        html("x<span style='vertical-align:super;font-size:75%'>2</span>y<span style='vertical-align:sub'>7</span>"),
    )
    foot = {letter: box[1] for letter, (box, _) in letters_of(tmp_path).items() if letter in "xy27"}
    assert foot["2"] > foot["x"] + 2 > foot["x"] > foot["7"]


def test_words_stand_as_far_from_the_left_as_they_shall(tmp_path):
    rows = "<tr><td style='text-align:left;padding-left:2em'>v</td></tr><tr><td>&nbsp;&nbsp;&nbsp;w</td></tr>"
    printed(tmp_path, html(f"<table><tr><td>u</td></tr>{rows}</table>"))
    left = {letter: box[0] for letter, (box, _) in letters_of(tmp_path).items()}
    assert left["v"] - left["u"] == pytest.approx(22, abs=1)
    assert left["w"] - left["u"] > 5


def test_a_bar_is_as_wide_as_its_share_and_a_square_without_words_is_there(tmp_path):
    square = "<span style='display:inline-block;width:12px;height:12px;background:red'></span> legend"
    printed(tmp_path, html(BAR.format(10)), html(BAR.format(50)), html(square))
    boxes = boxes_of(tmp_path)
    green = [width for colour, width in boxes if colour == (0, 128, 0)]
    assert green[1] == pytest.approx(5 * green[0], rel=0.02)
    assert [width for colour, width in boxes if colour == (255, 0, 0)] == [pytest.approx(9, abs=0.1)]
    printed(tmp_path, html("<div style='width:900%;height:9px;background:red'></div>"), html(BAR.format(700)))
    assert max(width for _, width in boxes_of(tmp_path)) < 348  # about the measure


@pytest.mark.parametrize(
    ("cell", "there", "not_there"),
    [
        (html("<div style='display:flex'><span>first</span><span>second</span></div>"), ["first second"], []),
        (html("<div style='visibility:hidden'>no <span style='visibility:visible'>yes</span></div>"), ["yes"], ["no"]),
        (html("<table class='tex2jax_ignore'><tr><td>$5 to $6</td></tr></table>"), ["$5 to $6"], []),
        (html("<pre>\nfirst\nsecond</pre>"), ["Lab first second"], []),
        (run_code("show()", shown(text_latex=r"\begin{tabular}{l} \$5 \& \$6\end{tabular}")), ["$5 & $6"], []),
        (md("<q>a <q>b</q></q>"), ["“a ‘b’”"], []),
        (md("1. a\n   1. b\n      1. c"), ["1. a A. b a. c"], []),
        (
            md("Data[^1] more\n\n[^1]: The staff\nof the course.\n\nNext."),
            ["more Next.", "The staff of the course."],
            [],
        ),
        (html("<style>.container {width: 90%}</style>"), ["Lab 1"], ["cannot be printed"]),
    ],
)
def test_the_page_says_what_jupyter_says(tmp_path, cell, there, not_there):
    assert_says(text_of(printed(tmp_path, cell)[0]), there, not_there)


def test_of_two_borders_the_wider_holds_and_each_side_has_its_own(tmp_path):
    rows = (
        "<tr><td style='border-bottom:3px solid red'>a</td></tr><tr><td style='border-top:1px solid blue'>b</td></tr>"
    )
    printed(tmp_path, html(f"<table style='border-collapse:collapse'>{rows}</table>"))
    assert strokes_of(tmp_path) >= {(255, 0, 0)}
    assert (0, 0, 255) not in strokes_of(tmp_path)
    one = "<td style='border-width:0 0 2px 0;border-style:solid;border-color:blue'>a</td>"
    printed(tmp_path, html(f"<table><tr>{one}</tr><tr><td>b</td></tr></table>"))
    assert (0, 0, 255) in strokes_of(tmp_path)


def strokes_of(folder):
    """The colours of lines on the first page."""
    found = set()
    for item in PdfDocument((folder / "lab.pdf").read_bytes())[0].get_objects(filter=[raw.FPDF_PAGEOBJ_PATH]):
        parts = [ctypes.c_uint() for _ in range(4)]
        if raw.FPDFPageObj_GetStrokeColor(item, *parts):
            found.add(tuple(part.value for part in parts[:3]))
    return found


def test_a_mark_has_its_own_ground_and_an_important_declaration_goes_before_a_sheet(tmp_path):
    cell = "<td style='color:blue !important'>q</td>"
    sheet = f"<style>#x td {{color: red !important}}</style><table id='x'><tr>{cell}</tr></table>"
    printed(
        tmp_path,
        html("<mark style='background:#7aecec'>cyan</mark> <mark style='background:none'>none</mark>"),
        html(sheet),
    )
    grounds = {colour for colour, _ in boxes_of(tmp_path)}
    assert (0x7A, 0xEC, 0xEC) in grounds
    assert not any(red > 240 and green > 200 and blue < 150 for red, green, blue in grounds)  # no yellow
    assert inks_of(tmp_path)["q"][:3] == (0, 0, 255)


def test_a_sheet_s_own_names_of_colours_are_known_and_a_caption_stands_below(tmp_path):
    sheet = ":root {--c: purple} #y {--d: #ff8800} #y td {color: var(--d, red)} #y th {color: var(--c)}"
    rows = "<tr><th>p</th></tr><tr><td>q</td></tr>"
    below = "<caption style='caption-side: bottom'>v</caption>"
    printed(tmp_path, html(f"<style>{sheet}</style><table id='y'>{below}{rows}</table>"))
    inks = inks_of(tmp_path)
    assert (inks["p"][:3], inks["q"][:3]) == ((128, 0, 128), (255, 136, 0))
    foot = {letter: box[1] for letter, (box, _) in letters_of(tmp_path).items()}
    assert foot["p"] > foot["q"] > foot["v"]


def test_an_animation_is_its_first_picture_and_told(tmp_path):
    data = base64_png()
    frames = f'frames[0] = "data:image/png;base64,{data[:40]}\\\n{data[40:]}"'
    inside = '<img id="anim"><input type="range"><input type="radio"><label>Once</label>'
    pdf, remarks = printed(tmp_path, html(f'<div class="animation">{inside}</div><script>{frames}</script>'))
    assert_says(text_of(pdf), [], ["Once"])
    assert [one for one in remarks if "animation is shown by its first picture" in one]
    assert [*PdfDocument((tmp_path / "lab.pdf").read_bytes())[0].get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE])]


def test_a_long_cell_over_narrow_columns_makes_them_wide(tmp_path):
    words = "Some longer explanation of what the table below shows, in words. " * 4
    table = f"<table><tr><td>a</td><td>b</td></tr><tr><td colspan=2>{words}</td></tr></table>"
    pdf, _ = printed(tmp_path, md(table))
    assert len(pdf.pages) == 1
    assert "longer explanation of what the table" in text_of(pdf)


def test_a_title_stands_behind_a_name_and_a_date_in_seconds_is_a_day(tmp_path):
    pdf, remarks = printed(
        tmp_path,
        md("<div align='right'>Ada</div>\n\n# On $\\frac12$ pans"),
        metadata={"title": r"On \frac12 pans", "date": 1e9 + 0.5},
    )
    assert_says(text_of(pdf), ["pans 2001-09-09"], [])
    assert [one for one in remarks if "formulas in the title" in one]


def test_a_formula_far_wider_than_the_page_stays_on_it(tmp_path):
    wide = "+".join(f"a_{{{n}}}x^{{{n}}}" for n in range(26))
    words = (
        r"\text{This is a very long text in a formula which a lecturer wrote and which does not fit on the page at all}"
    )
    pdf, _ = printed(
        tmp_path,
        md(rf"$$\frac{{{wide}}}{{1+x}} = y$$"),
        md(rf"$$f = {words} + {words}$$"),
        md(rf"\begin{{align*}} f &= {wide} + {wide} \\ &= 1\end{{align*}}"),
    )
    boxes = [box for box, _ in letters_of(tmp_path).values()]
    assert 0 < min(box[0] for box in boxes) < max(box[2] for box in boxes) < float(pdf.pages[0].mediabox.width)


@pytest.mark.parametrize(
    "around", [r"\log L = WIDE", r"\displaystyle L = WIDE", r"\left\{L = WIDE\right\}", r"\boxed{L = WIDE}"]
)
def test_a_wide_formula_that_can_be_broken_is_as_large_as_words(tmp_path, around):
    wide = "+".join(f"x_{{{n}}}" for n in range(34))
    _, remarks = printed(tmp_path, md(f"$${around.replace('WIDE', wide)}$$"))
    assert not remarks
    _, foot, _, top = next(box for letter, (box, _) in letters_of(tmp_path).items() if letter in "L𝐿")
    assert top - foot > 6


def test_what_stands_in_an_indented_or_framed_block_stays_within_the_text(tmp_path):
    picture = f'<img alt="a" width="4000" src="data:image/png;base64,{base64_png()}">'
    frames = ("margin-left:3em", "border:1px solid;padding:1em'><div style='padding-left:2em")
    printed(tmp_path, *(html(f"<div style='{frame}'>{picture}</div>") for frame in frames))
    pages = PdfDocument((tmp_path / "lab.pdf").read_bytes())
    bounds = [item.get_bounds() for page in pages for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE])]
    assert [left > 135 and right < 124.73 + 345.83 + 1 for left, _, right, _ in bounds] == [True, True]


def test_a_link_that_leads_to_no_page_is_its_words_without_a_remark(tmp_path):
    pdf, remarks = printed(tmp_path, md("[one](file:///etc/hosts) and [two](javascript:alert(1))"))
    assert "one and two" in text_of(pdf)
    assert not remarks
