"""Markdown as Jupyter renders it: every kind of it, with what must stand on the page."""

import pytest
from kitchen import (
    alternatives,
    assert_says,
    base64_png,
    built,
    links,
    md,
    notebook,
    png,
    printed,
    run_code,
    shown,
    text_of,
)
from pypdf import PdfReader

from nbtypst import build
from nbtypst.cells.markdown import with_footnotes

KINDS = {  # Markdown, what the page must say, what it must not say
    "a list right after text": ("Buy:\n- eggs\n- milk", ["• eggs", "• milk"], ["- eggs"]),
    "a numbered list that starts late": ("3. three\n4. four", ["3. three", "4. four"], []),
    "nested lists": ("- a\n    - b\n        1. c", ["• a", "1. c"], []),
    "a heading without a blank": ("#Pans\n\ntext", ["Pans", "text"], ["#Pans"]),
    "a heading below a line": ("Pans\n====\n\ntext", ["Pans"], ["===="]),
    "a table": ("| egg | time |\n|:--|--:|\n| soft | 4 |", ["egg time", "soft 4"], ["|", ":--"]),
    "a table in a list": (
        "- item\n\n  | egg | time |\n  |:--|--:|\n  | soft | 4 |",
        ["egg time", "soft 4"],
        ["|", ":--"],
    ),
    "a table in a quotation": ("> | egg | time |\n> |:--|--:|\n> | soft | 4 |", ["egg time", "soft 4"], ["|", ":--"]),
    "a task list": ("- [ ] open\n- [x] done", ["☐ open", "☑ done"], ["[ ]", "[x]"]),
    "strikethrough": ("~~gone~~ here", ["gone here"], ["~~"]),
    "quotations": ("> one\n>> two", ["one", "two"], [">"]),
    "code in a quotation in a list": (
        "- item\n\n  > quoted\n  >\n  >     code = 1",
        ["item", "quoted", "code = 1"],
        [">"],
    ),
    "a footnote": ("An egg[^e].\n\n[^e]: Of a hen.", ["An egg1.", "1Of a hen."], ["[^e]"]),
    "bold, italic, underlined": ("<b>a</b> <i>b</i> <u>c</u> **d** *e*", ["a b c d e"], ["<b>", "**"]),
    "sub- and superscript": ("H<sub>2</sub>O x<sup>2</sup>", ["H2O", "x2"], ["<sub>"]),
    "a new line": ("one<br>two<br/>three", ["one two three"], ["<br"]),
    "colours": ('<font color="red">a</font> <span style="color: rgb(0,0,255)">b</span>', ["a b"], ["font", "span"]),
    "a centre": ("<center>in the *middle*</center>", ["in the *middle*"], ["<center>"]),
    "a division": ('<div align="right">right</div>\n\nleft', ["right", "left"], ["<div"]),
    "details": (
        "<details><summary>More</summary>\n\nHidden *words*\n</details>",
        ["More", "Hidden words"],
        ["<details"],
    ),
    "an HTML table": ("<table><tr><th>a</th></tr><tr><td>b</td></tr></table>", ["a", "b"], ["<td>"]),
    "an alert": ('<div class="alert alert-info">Mind <b>this</b></div>', ["Mind this"], ["alert"]),
    "a remark": ("shown <!-- a remark --> too", ["shown too"], ["remark"]),
    "a remark of several lines": ("before\n\n<!-- a\nremark -->\n\nafter", ["before", "after"], ["remark"]),
    "entities": ("&lt;tag&gt; &amp; &copy; &nbsp; &eacute;", ["<tag> & ©", "é"], ["&lt;", "&copy;"]),
    "signs with a meaning to Typst": (
        r"a_b #let x = 1, 5\$, `#raw`, @home, <label>x, ~tilde, a//b, /* c */, -1, --, ---, ..., = head",
        ["#let x = 1, 5$, #raw, @home", "~tilde, a//b, /* c */, -1, --, ---, ..., = head"],
        [],
    ),
    "brackets and quotes": ("[a] (b) {c} \"d\" 'e' 1. 2)", ["[a] (b) {c} \"d\" 'e' 1. 2)"], []),
    "a line that looks like a list to Typst": (
        "x\n\n\\+ plus\n\n/ term: y\n\n\\= z",
        ["+ plus", "/ term: y", "= z"],
        [],
    ),
    "backslash words": (r"C:\new\table, \emph and \markdown", [r"C:\new\table, \emph and \markdown"], []),
    "code within a line": ("use `a_b[0]`, ``x ` y`` and <code>z</code>", ["a_b[0]", "x ` y", "z"], ["``"]),
    "fenced code": ("```python\nfor x in y:\n    pass\n```", ["for x in y: pass"], ["```"]),
    "fenced code of an unknown language": ("```nonesuch\na -> b\n```", ["a -> b"], ["```"]),
    "emphasis within a word": ("un*frigging*believable snake_case_name", ["unfriggingbelievable snake_case_name"], []),
    "an unknown element": ("see <String> there", ["see", "there"], []),
    "definitions": ("Egg\n: what hens lay", ["Egg", "what hens lay"], [": what"]),
    "a rule": ("above\n\n---\n\nbelow", ["above", "below"], ["---"]),
    "money": ("It costs $5 or $10. Then $ a + b $ and 100 $.", ["It costs $5 or $10. Then", "and 100 $."], ["a + b"]),
    "money by weight": ("A $3.50/kg to $4,000 a year.", ["A $3.50/kg to $4,000 a year."], ["kgto"]),
    "escaped dollars": (r"\$5 and \$6", ["$5 and $6"], [r"\$"]),
    "a note of several blocks": (
        "note[^n]\n\n[^n]: Para one.\n\n    Para two.\n\n    - li1\n    - li2",
        ["Para one. Para two.", "li1", "li2"],
        [],
    ),
    "references to formulas, read as in TeX": (
        "Equation \\eqref{eq:a}, (\\ref{eq:a}), [@eq:a].\n\n$$x \\label{eq:a}$$",
        ["Equation (1), (1), Equation (1)."],
        [],
    ),
    "headings that leave out levels and repeat": (
        "## task a)\n\nwords\n\n## task a)\n\n#### task b)",
        ["Lab task a) words task a) task b) 1"],
        [],
    ),
}


@pytest.mark.parametrize("marks", [">" * 1000, "- " * 1000, "1. " * 1000, "> - " * 500])
def test_what_is_nested_deeper_than_anyone_means_is_shown_as_its_source(marks, tmp_path):
    pdf, remarks = printed(tmp_path, md(f"{marks} deep"), md("and on"))
    assert_says(text_of(pdf), ["deep and on"])
    assert remarks[0] == "cell 1: lists or quotations nested deeper than 20 are shown as their source"


@pytest.mark.parametrize("kind", KINDS)
def test_markdown_stands_on_the_page_as_jupyter_shows_it(kind, tmp_path):
    source, there, not_there = KINDS[kind]
    assert_says(text_of(built(tmp_path, md("# Lab"), md(source))), there, not_there)


def test_formulas_are_found_where_jupyter_finds_them(tmp_path):
    source = (
        "$x$, $ y $ and $\\int z\\, $ in a line; \\\\(u\\\\) too\n\n$$v$$\n\n\\\\[w\\\\]\n\n"
        "\\begin{align*}a &= b\\end{align*}\n\n<center>$r$</center>\n\n`$no$`, \\$no\\$\n\n    $no$"
    )
    formulas = alternatives(built(tmp_path, md(source)), "/Formula")
    assert formulas == ["x", "y", r"\int z\,", "u", "v", "w", r"\begin{align*}a &= b\end{align*}", "r"]


def test_notes_of_another_cell_are_found_and_a_note_without_a_call_is_not_lost(tmp_path):
    text = text_of(built(tmp_path, md("An egg[^e]."), md("[^e]: Of a hen.\n\n[^f]: Of nobody.")))
    assert_says(text, ["1Of a hen.", "[^f]: Of nobody."])
    assert with_footnotes(["a[^1]", "b"]) == ["a[^1]", "b"]


def test_links_lead_to_headings_names_and_other_pages_and_an_empty_one_is_words(tmp_path):
    source = (
        "[a](#The-Pan) [b](#here) [c](https://x.org/a_b?x=1&y=2#z) [d]() [e](mailto:x@y.org) "
        "[f](other.ipynb) https://bare.org\n\n<a id='here'></a>There.\n\n## The Pan"
    )
    page = built(tmp_path, md("# Lab\n\n" + source)).pages[0]
    targets = [link["/A"].get("/URI") if "/A" in link else "inside" for link in links(page)]
    assert targets.count("inside") == 2
    outside = [target for target in targets if target != "inside"]
    assert outside == ["https://x.org/a_b?x=1&y=2#z", "mailto:x@y.org", "https://bare.org"]


def test_pictures_of_every_address_are_shown_and_attachments_of_one_name_are_two(tmp_path):
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "pan.png").write_bytes(png("red"))
    (tmp_path / "x.svg").write_text("<svg width='20' height='10'><circle r='5'/></svg>", encoding="utf-8")
    green, navy = ({"pan.png": {"image/png": base64_png(colour)}} for colour in ("green", "navy"))
    cells = [
        md("![one](<a b/pan.png>) ![two](a%20b/pan.png)"),
        md('<img src="x.svg" width="30" alt="three">'),
        md(f"![four](data:image/png;base64,{base64_png('blue')})"),
        md("![five](attachment:pan.png)", attachments=green),
        md("![six](attachment:pan.png)", attachments=navy),
        md("<svg viewBox='0 0 10 10'><linearGradient id='g'/><rect width='9' height='9'/></svg>"),
    ]
    pdf, remarks = printed(tmp_path, *cells)
    alts = alternatives(pdf)
    assert (alts[:6], len(alts)) == (["one", "two", "three", "four", "five", "six"], 7)
    assert len({image.data for page in pdf.pages for image in page.images}) == 4
    assert remarks == ["cell 6: a picture has no alternative text"]


@pytest.mark.parametrize(
    ("size", "width", "height"),
    [
        ('width="200"', 150, 75),
        ('width="200px"', 150, 75),
        ('width="50%"', 173, 86.5),
        ('width="4000"', 346, 173),
        ('width="abc"', 75, 37.5),
        ('width="200" height="20"', 150, 75),  # Jupyter's style sheet keeps the proportions
        ('style="width: 200px; height: 20px"', 150, 15),
    ],
)
def test_pictures_have_the_size_that_html_gives_but_never_more_than_the_text(size, width, height, tmp_path):
    (tmp_path / "pan.png").write_bytes(png())
    sizes = []

    def visit(operator, operands, matrix, text_matrix):
        if operator == b"Do":
            sizes.append((abs(matrix[0]), abs(matrix[3])))

    pdf = built(tmp_path, md(f'<img src="pan.png" alt="a pan" {size}>'))
    pdf.pages[0].extract_text(visitor_operand_before=visit)
    assert sizes == [pytest.approx((width, height), abs=1)]


def test_captions_and_labels_of_pictures_and_tables_are_read(tmp_path):
    (tmp_path / "pan.png").write_bytes(png())
    pictures = md('![a pan](pan.png "The caption.")\n\n![Its *caption*.](pan.png){#fig:pan alt="a pan" width=30%}')
    tables = md("| a |\n|---|\n| b |\n\n: Letters. {#tbl:letters}\n\nSee [@fig:pan] and [@tbl:letters].")
    captions = ["Figure 1. The caption.", "Figure 2. Its caption.", "Table 1. Letters.", "See Figure 2 and Table 1."]
    assert_says(text_of(built(tmp_path, pictures, tables)), captions)


def test_nothing_is_lost_behind_elements_that_have_no_end(tmp_path):
    (tmp_path / "pan.png").write_bytes(png())
    source = "A <picture><source srcset='p.webp'><img src='pan.png' alt='q'></picture> B<wbr>C <b>D</b> E"
    pdf = built(tmp_path, md(source))
    assert len(pdf.pages[0].images) == 1
    assert "D E" in text_of(pdf)


def test_a_title_that_stands_after_other_words_stays_there(tmp_path):
    path = notebook(tmp_path / "lab.ipynb", md("*Ada, 1999*"), md("# The pan"), md("end"))  # without a title of its own
    text = text_of(PdfReader(build(path, tmp_path / "lab.pdf").path))
    assert text.startswith("Ada, 1999 The pan end")


def test_dollars_after_backslashes_and_in_elements_are_dollars(tmp_path):
    source = r"Tea \\$4, cake \$5, <span>$</span>6 and <span>$</span>7, $x^2$, `\\$8`."
    html = run_code("price()", shown(text_html=r"<p>A pot: \$9 or \$10.</p>"))
    text = text_of(built(tmp_path, md(source), html))
    assert_says(text, ["Tea $4, cake $5, $6 and $7, 𝑥 2, \\\\$8.", "A pot: $9 or $10."])
