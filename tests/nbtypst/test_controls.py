"""Controls of forms, and numbers of lists, are what a browser shows."""

import pytest
from kitchen import built, lines_drawn, run_code, share_of_colour, shown, text_of

SHOWN = {  # HTML, words on the page
    "a hidden field": ("<input type=hidden value=secret>end", "end"),
    "chosen of two": ("<input type=radio checked>a <input type=radio>b", "● a ○ b"),
    "ticked": ("<input type=checkbox>a <input type=checkbox checked>b", "☐ a ☑ b"),
    "a field": ("<input value='<b>7</b>'>end", "<b>7</b> end"),
    "an empty field": ("<input placeholder=name>end", "name end"),
    "a password": ("<input type=password value=secret>end", "•••••• end"),
    "a button": ("<input type=submit>end", "Submit end"),
    "the chosen option": ("<select><option>one<option selected>two</select>end", "two ▾ end"),
    "the first option": ("<select><option disabled>none<option>two</select>end", "two ▾ end"),
    "some of a list": ("<select multiple><option>one<option selected>two</select>", "☐ one ☑ two"),
    "options to type": ("<datalist><option>secret</datalist>end", "end"),
    "how far": ("<progress value=0.25>secret</progress>end", "25 % end"),
    "a measure": ("<meter min=10 max=30 value=15>secret</meter>end", "25 % end"),
    "without an end": ("<progress>secret</progress>end", "… end"),
    "a closed dialog": ("<dialog>secret</dialog><dialog open>asked</dialog>end", "asked end"),
    "a countdown": ("<ol reversed><li>c<li>b<li>a</ol>", "3. c 2. b 1. a"),
    "from below nought": ("<ol start=-1><li>a<li>b<li>c</ol>", "−1. a 0. b 1. c"),
    "letters": ("<ol style='list-style-type: lower-alpha'><li>x<li>y</ol>", "a. x b. y"),
    "Roman numbers": ("<style>ol {list-style: inside upper-roman}</style><ol><li>x<li>y</ol>", "I. x II. y"),
    "lines to write": ("<textarea>a\nb</textarea>end", "a b end"),
    "a place left out": ("<ol type=a><li>x<li value=4>y<li>z</ol>", "a. x d. y e. z"),
}


@pytest.mark.parametrize(("html", "words"), SHOWN.values(), ids=SHOWN)
def test_a_page_shows_of_a_form_what_a_browser_shows(html, words, tmp_path):
    assert text_of(built(tmp_path, run_code("", shown(text_html=html)))) == f"Lab {words} 1"


def test_lines_under_and_through_printed_words_are_drawn(tmp_path):
    def lines(html):
        page = built(tmp_path, run_code("", shown(text_html=f"<pre>{html}</pre>"))).pages[0]
        return len(lines_drawn(page))

    plain = lines("<b>kettle</b>")
    assert lines("<u>kettle</u>") == lines("<s>kettle</s>") == plain + 1
    assert lines("<span style='text-decoration: line-through'>kettle</span>") == plain + 1


def table(style_of_table="", style_of_cell=""):
    return f"<table style='{style_of_table}'><tr><th>abc</th><td style='{style_of_cell}'>def ghi</td></tr></table>"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        (table("", "text-transform: uppercase"), "abc DEF GHI"),
        (table("text-transform: uppercase", "text-transform: none"), "ABC def ghi"),
        (table("text-transform: capitalize"), "Abc Def Ghi"),
    ],
)
def test_cells_have_the_case_that_they_or_their_table_ask_for(html, words, tmp_path):
    assert words in text_of(built(tmp_path, run_code("", shown(text_html=html))))


def test_cells_have_the_colour_of_their_table_unless_they_have_their_own(tmp_path):
    html = table("color: #00ff00", "color: #0000ff; text-decoration: line-through; font-size: 20px")
    built(tmp_path, run_code("", shown(text_html=html.replace("abc", "H" * 9).replace("def ghi", "H" * 9))))
    assert share_of_colour(tmp_path, (0, 255, 0)) > 0
    assert share_of_colour(tmp_path, (0, 0, 255)) > 0
