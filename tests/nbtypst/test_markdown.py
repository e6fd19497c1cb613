"""Markdown as Jupyter renders it: every kind of it, with what must stand on the page."""

import re

import pytest
from kitchen import base64_png, built, links, md, png, printed, structure, text_of
from nbformat import v4

from nbtypst.markdown import as_html, with_footnotes

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
    "escaped dollars": (r"\$5 and \$6", ["$5 and $6"], [r"\$"]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_markdown_stands_on_the_page_as_jupyter_shows_it(kind, tmp_path):
    source, there, not_there = KINDS[kind]
    pdf, remarks = printed(tmp_path, md("# Lab"), md(source), metadata={"title": "Lab"})
    text = text_of(pdf)
    for words in there:
        assert words in text
    for words in not_there:
        assert words not in text
    assert remarks == []


def test_formulas_are_found_where_jupyter_finds_them(tmp_path):
    source = (
        "$x$, $ y $ and $\\int z\\, $ in a line; \\\\(u\\\\) too\n\n$$v$$\n\n\\\\[w\\\\]\n\n"
        "\\begin{align*}a &= b\\end{align*}\n\n<center>$r$</center>\n\n`$no$`, \\$no\\$"
    )
    formulas = [alt for kind, alt in structure(built(tmp_path, md(source))) if kind == "/Formula"]
    assert formulas == ["x", "y", r"\int z\,", "u", "v", "w", r"\begin{align*}a &= b\end{align*}", "r"]


def test_notes_of_another_cell_are_found_and_a_note_without_a_call_is_not_lost(tmp_path):
    text = text_of(built(tmp_path, md("An egg[^e]."), md("[^e]: Of a hen.\n\n[^f]: Of nobody.")))
    assert "1Of a hen." in text
    assert "[^f]: Of nobody." in text
    assert with_footnotes(["a[^1]", "b"]) == ["a[^1]", "b"]


def test_links_lead_to_headings_names_and_other_pages_and_an_empty_one_is_words(tmp_path):
    source = (
        "[a](#The-Pan) [b](#here) [c](https://x.org/a_b?x=1&y=2#z) [d]() [e](mailto:x@y.org) "
        "[f](other.ipynb) https://bare.org\n\n<a id='here'></a>There.\n\n## The Pan"
    )
    page = built(tmp_path, md("# Lab\n\n" + source)).pages[0]
    targets = [link["/A"].get("/URI") if "/A" in link else "inside" for link in links(page)]
    outside = [target for target in targets if target != "inside"]
    assert targets.count("inside") == 2
    assert outside == ["https://x.org/a_b?x=1&y=2#z", "mailto:x@y.org", "https://bare.org"]


def test_pictures_of_every_kind_of_address_are_shown(tmp_path):
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "pan.png").write_bytes(png("red"))
    (tmp_path / "x.svg").write_text("<svg width='20' height='10'><circle r='5'/></svg>", encoding="utf-8")
    sources = [
        "![one](<a b/pan.png>) ![two](a%20b/pan.png)",
        '<img src="x.svg" width="30" alt="three">',
        f"![four](data:image/png;base64,{base64_png('blue')})",
        "![five](attachment:pan.png)",
        "![six](attachment:pan.png)",
        "<svg viewBox='0 0 10 10'><linearGradient id='g'/><rect width='9' height='9'/></svg>",
    ]
    attached = [{}, {}, {}, *({"pan.png": {"image/png": base64_png(colour)}} for colour in ("green", "navy")), {}]
    cells = [
        md(source, attachments=files) if files else md(source) for source, files in zip(sources, attached, strict=True)
    ]
    pdf, remarks = printed(tmp_path, *cells)
    alts = [alt for kind, alt in structure(pdf) if kind == "/Figure"]
    assert alts[:6] == ["one", "two", "three", "four", "five", "six"]
    assert len(alts) == 7
    assert remarks == ["cell 6: a picture has no alternative text"]


def test_attachments_of_one_name_in_two_cells_are_two_pictures(tmp_path):
    cells = [
        md("![a pan](attachment:pan.png)", attachments={"pan.png": {"image/png": base64_png(colour)}})
        for colour in ("green", "navy")
    ]
    pdf = built(tmp_path, *cells)
    assert len({image.data for page in pdf.pages for image in page.images}) == 2


@pytest.mark.parametrize(("width", "points"), [("200", 150), ("200px", 150), ("50%", 173), ("4000", 346), ("abc", 75)])
def test_pictures_have_the_width_that_html_gives_but_never_more_than_the_text(width, points, tmp_path):
    (tmp_path / "pan.png").write_bytes(png())
    pdf = built(tmp_path, md(f'<img src="pan.png" alt="a pan" width="{width}">'))
    widths = []

    def visit(operator, operands, matrix, text_matrix):
        if operator == b"Do":
            widths.append(abs(matrix[0]))

    pdf.pages[0].extract_text(visitor_operand_before=visit)
    assert widths == [pytest.approx(points, abs=1)]


def test_a_picture_of_given_width_and_height_has_both(tmp_path):
    (tmp_path / "pan.png").write_bytes(png())
    sizes = []

    def visit(operator, operands, matrix, text_matrix):
        if operator == b"Do":
            sizes.append((matrix[0], abs(matrix[3])))

    pdf = built(tmp_path, md('<img src="pan.png" alt="a pan" width="200" height="20">'))
    pdf.pages[0].extract_text(visitor_operand_before=visit)
    assert sizes == [pytest.approx((150, 15), abs=1)]


def test_captions_and_labels_of_pictures_and_tables_are_read(tmp_path):
    (tmp_path / "pan.png").write_bytes(png())
    text = text_of(
        built(
            tmp_path,
            md('![a pan](pan.png "The caption.")\n\n![Its *caption*.](pan.png){#fig:pan alt="a pan" width=30%}'),
            md("| a |\n|---|\n| b |\n\n: Letters. {#tbl:letters}\n\nSee [@fig:pan] and [@tbl:letters]."),
        )
    )
    assert "Figure 1. The caption." in text
    assert "Figure 2. Its caption." in text
    assert "Table 1. Letters." in text
    assert "See Figure 2 and Table 1." in text


def test_headings_may_leave_out_levels_and_repeat(tmp_path):
    pdf = built(
        tmp_path,
        *[md(text) for text in ("# Report", "## task a)", "words", "## task a)", "#### task b)")],
        metadata={"title": "Report"},
    )
    assert text_of(pdf) == "Report task a) words task a) task b) 1"


def test_a_note_of_several_blocks_is_whole(tmp_path):
    source = "note[^n]\n\n[^n]: Para one.\n\n    Para two.\n\n    - li1\n    - li2"
    text = text_of(built(tmp_path, md(source)))
    for words in ("Para one. Para two.", "li1", "li2"):
        assert words in text


def test_nothing_is_lost_behind_elements_that_have_no_end(tmp_path):
    (tmp_path / "pan.png").write_bytes(png())
    source = "A <picture><source srcset='p.webp'><img src='pan.png' alt='q'></picture> B<wbr>C <b>D</b> E"
    pdf = built(tmp_path, md(source))
    assert len(pdf.pages[0].images) == 1
    assert "D E" in text_of(pdf)


def test_references_to_formulas_read_as_in_tex(tmp_path):
    text = text_of(built(tmp_path, md("Equation \\eqref{eq:a}, (\\ref{eq:a}), [@eq:a].\n\n$$x \\label{eq:a}$$")))
    assert "Equation (1), (1), Equation (1)." in text


def test_math_in_html_is_marked_and_code_is_not():
    html = as_html("a $x$ `$y$`\n\n    $z$\n")
    assert re.findall(r'class="math[^"]*">([^<]*)<', html) == ["x"]


def test_a_cell_of_a_thousand_quotation_marks_is_no_trouble(tmp_path):
    assert "deep" in text_of(built(tmp_path, md(">" * 1000 + " deep")))


def test_a_title_that_stands_after_other_words_stays_there(tmp_path):
    cells = [md("*Ada, 1999*"), md("# The pan"), v4.new_markdown_cell("end")]
    from kitchen import notebook  # the title is not given here

    from nbtypst import build

    result = build(notebook(tmp_path / "lab.ipynb", *cells), tmp_path / "lab.pdf")
    from pypdf import PdfReader

    assert text_of(PdfReader(result.path)).startswith("Ada, 1999 The pan end")
