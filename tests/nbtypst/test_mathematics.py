"""Formulas as MathJax shows them: what pandoc converts, what is put right, what stays as its source."""

import ctypes
import re
from pathlib import Path

import pytest
import typst
from commands import COMMANDS
from kitchen import (
    alternatives,
    assert_says,
    built,
    lines_drawn,
    md,
    placed_text,
    printed,
    run_code,
    shown,
    text_of,
    words_of,
)
from pypdfium2 import PdfDocument, raw

from nbtypst.formulas import Formula, definitions, labels_and_tag, to_mathml, to_typst
from nbtypst.formulas import conversion as mathematics

MACROS = r"\newcommand{\R}{\mathbb{R}} \def\half#1{\frac{#1}{2}} \DeclareMathOperator{\am}{arg\,max} \let\a\alpha"
RIGHT = {  # TeX, what must stand in Typst's markup
    r"\left. \frac{a}{b} \right|_{a=1}": "lr(",
    r"\begin{array}{lcr} a & b \\ c & d \end{array}": "mat(delim: #none, & a, b; & c, d)",
    r"\begin{array}{ll} a & b \\ c & d \end{array}": "mat(delim: #none, align: #left, a, b; c, d)",
    r"\begin{matrix} a & b \\ c & d \end{matrix}": "mat(delim: #none, a, b; c, d)",
    r"\begin{vmatrix} a \end{vmatrix}": 'mat(delim: "|", a)',
    r"\begin{Vmatrix} a \end{Vmatrix}": 'mat(delim: "‖", a)',
    r"f = \left\{ \begin{array}{ll} 1 & x \\ 0 & y \end{array} \right.": "lr(\\{ mat(",
    r"a \odot b \cap c": "dot.o",
    r"x \; y \! z": "thick",
    r"50{,}880": '"50,880"',
    r"\operatorname*{argmax}_k": "limits: #true",
    r"\smash{x} \cfrac{1}{2} {\bf y}": "bold(y)",
    r"a \\ b": r"a\ b",
    r"\bra{x}": "x",
    r"a &lt; b": "a < b",
    r"\href{https://x.org}{z}": "z",
    r"\unicode{x263a}": "☺",
    r'say "hi"': "”",
    r"#panic() $": r"\#",
    r"\begin{align*} a &= b \\ &= c \end{align*}": "a & = b",
    r"\begin{eqnarray} a &=& b \end{eqnarray}": "a & = b",
}


@pytest.mark.parametrize("tex", RIGHT)
def test_formulas_are_converted_as_mathjax_shows_them(tex):
    [converted] = to_typst([Formula(tex.rstrip("$"), display=True)])
    assert RIGHT[tex] in converted.markup
    typst.compile(f"#math.equation(block: true, {converted.markup})".encode(), format="pdf")


@pytest.mark.parametrize(
    ("tex", "expected"),
    [(r"x \in \R", "bb(R)"), (r"\half{x}", "frac(x, 2)"), (r"\am_x", '"arg'), (r"\a + 1", "alpha"), (r"\Re", "Re")],
)
def test_macros_hold_wherever_they_are_used(tex, expected):
    [converted] = to_typst([Formula(tex, display=False, macros=MACROS)])
    assert expected in converted.markup.replace("x / 2", "frac(x, 2)")
    assert converted.problem is None


def test_macros_of_one_cell_hold_in_later_ones_and_show_nothing_themselves(tmp_path):
    cells = [md(r"$$\newcommand{\R}{\mathbb{R}} \newcommand{\v}[1]{\mathbf{#1}}$$"), md(r"So $\v{x} \in \R^n$.")]
    assert "So 𝐱 ∈ ℝ" in text_of(built(tmp_path, *cells))


def test_definitions_labels_and_tags_are_told_from_the_formula():
    assert definitions(r"\newcommand\x{a} y \def\z{b}") == (r"\newcommand\x{a}\def\z{b}", " y ")
    assert labels_and_tag(r"\label{eq:a} x \tag{5.1} \nonumber") == (" x  ", ["eq:a"], "(5.1)")
    assert labels_and_tag("x") == ("x", [], None)


def test_an_unknown_command_is_shown_by_its_name_and_told():
    known, unknown, broken = to_typst([Formula(tex, False) for tex in ("x", r"\nonesuch{x} + \other", "x_{a")])
    assert known.problem is None
    assert_says(unknown.markup, ["nonesuch", "other"])
    assert "is not known" in unknown.problem
    assert broken.markup is None
    assert "shown as its source" in broken.problem


def test_one_bad_formula_spoils_no_other():
    first, *_, last = to_typst([Formula(tex, False) for tex in ("a^2", "}{", r"\frac{a}", "b^2")])
    assert (first.markup, last.markup) == ("$a^2$.body", "$b^2$.body")


def test_no_formula_leaves_its_place_in_typst(tmp_path):
    nasty = [r"\text{a\$ #panic(1)}", '"#panic(1)"', r"x \# y", r"\text{]}", "]", "[", "a // b", "/* a"]
    source = f"start {' and '.join(f'${tex}$' for tex in nasty)} end"
    pdf, _ = printed(tmp_path, md(source), md("The next cell."))
    assert text_of(pdf).startswith("Lab start")
    assert "end The next cell." in text_of(pdf)


def test_bare_environments_are_numbered_and_references_to_them_resolved(tmp_path):
    source = (
        "\\begin{align}\na &= b + c \\\\\n  &= d\n\\end{align}\n\nSee \\eqref{eq:energy} and $\\eqref{eq:energy}$.\n\n"
        "\\begin{equation}\\label{eq:energy}\nE = m c^2\n\\end{equation}\n\n$$x \\tag{5.1}$$\n\n"
        "\\begin{equation*}y\\end{equation*}"
    )
    assert_says(text_of(built(tmp_path, md(source))), ["(1)", "(2) See (3) and (3).", "(5.1)"], ["(4)"])


def heights_of(pdf):
    return {text: height for height, _, text in reversed(placed_text(pdf.pages[0]))}


def test_rows_are_numbered_one_by_one_beside_their_rows_unless_they_say_not(tmp_path):
    source = (
        r"\begin{align} u &= 2 \label{first} \\ v &= 4 \notag \\ w &= 6 \label{third} \end{align}"
        "\n\n\\begin{gather} p = 3 \\\\ q + q + q = 5 \\label{last} \\end{gather}\n\n"
        r"\begin{equation} k = 7 \nonumber \end{equation}"
        "\n\n\\begin{multline} g \\\\ h \\end{multline}\n\nSee \\eqref{first}, \\eqref{third}, \\eqref{last}."
    )
    pdf = built(tmp_path, md(source))
    assert_says(text_of(pdf), ["See (1), (2), (4).", "(5)"], ["(6)"])
    heights = heights_of(pdf)
    at = {text[0]: height for text, height in heights.items() if text[0] in "𝑢𝑤𝑝𝑞"}
    for letter, number in zip("𝑢𝑤𝑝𝑞", ("(1)", "(2)", "(3)", "(4)"), strict=True):
        assert at[letter] == pytest.approx(heights[number], abs=0.5)


def test_tags_are_shown_as_tex_sets_them(tmp_path):
    source = r"$$a \tag*{[E]}$$ $$b \tag{$\dagger$}$$ \begin{align*} c &= 1 \tag{A} \\ d &= 2 \tag*{B} \end{align*}"
    assert_says(text_of(built(tmp_path, md(source))), ["[E]", "(†)", "(A)", "B"], ["([E])", "$", "(B)", "(1)"])
    assert "(∗)" in text_of(built(tmp_path, md(r"$$a \tag{$\ast$}$$")))


@pytest.mark.parametrize("terms", [8, 12, 15, 40])
def test_a_tag_never_lies_across_its_formula(tmp_path, terms):
    pdf = built(tmp_path, md(rf"$${'m + ' * terms} n \tag{{a-rather-long-name}}$$"))
    boxes = [(letter, box) for letter, box, _ in letters_of(tmp_path)]
    tag = min(box[0] for letter, box in boxes if letter == "(")
    assert max(box[2] for letter, box in boxes if letter in "𝑚𝑛") < tag
    assert "(a-rather-long-name)" in text_of(pdf)


def test_let_copies_what_a_command_means_then(tmp_path):
    source = r"$\let\old\epsilon \renewcommand{\epsilon}{\varepsilon}$ now $\epsilon$ and $\old$"
    assert "now 𝜀 and 𝜖" in text_of(built(tmp_path, md(source)))


def test_names_as_tags_are_numbered_where_the_text_refers_to_them(tmp_path):
    text = text_of(built(tmp_path, md("$$x \\tag{first}$$\n\n$$y \\tag{second}$$\n\nSee [@eq:second].")))
    assert_says(text, ["(1)", "See Equation (2)."], ["first"])
    assert "(first)" in text_of(built(tmp_path, md("$$x \\tag{first}$$")))


def test_every_tex_command_compiles_in_display_and_in_line(tmp_path):
    text = "\n\n".join(f"$${tex}$$\n\nand ${tex}$." for tex in COMMANDS)
    pdf = built(tmp_path, md(f"# Lab\n\n{text}"))
    assert alternatives(pdf, "/Formula") == [tex for tex in COMMANDS for _ in range(2)]
    assert_says(text_of(pdf), ["⊙", "∩", "softmax(", "50,880", "‖𝑥‖ = |𝑦|"])


def test_mathml_has_the_source_as_alternative_text():
    [made] = to_mathml([Formula(r"a < \frac{b}{c}", display=True)])
    assert made.markup.startswith('<math display="block" alttext="a &lt; \\frac{b}{c}">')


SHOWN = {  # TeX, the same in Typst's own words
    r"{a + 1 \over b}": "frac(a + 1, b)",
    r"a \cr b": r"a \ b",
    r"\big\{ x \big\}": r"lr(size: #120%, \{) x lr(size: #120%, \})",
    r"x % a remark": "x",
    r"\bar{\bf w}": "macron(upright(bold(w)))",
    r"a\hspace{10pt}b": "a #h(1em) b",
    r"\left( \frac{a}{b} \middle| c \right)": "(frac(a, b) mid(bar.v) c)",
    r"\int\limits_0^1 x": "limits(integral)_0^1 x",
    r"\textcolor{red}{y} + z": 'text(fill: #rgb("ff0000"), y) + z',
    r"\color{red} y + z": 'text(fill: #rgb("ff0000"), y + z)',
    r"\begin{rcases} a \\ b \end{rcases}": r"lr(mat(delim: #none, align: #left, a; b) \})",
    r"\begin{array}{c|c} 1 & 2 \end{array}": "mat(delim: #none, augment: #(vline: 1), 1, 2)",
    r"\begin{vmatrix} \begin{matrix} 1 & 2 \end{matrix} \end{vmatrix}": 'mat(delim: "|", mat(delim: #none, 1, 2))',
    r'\text{say "hi"}': r'upright("say \"hi\"")',
    r"\vphantom{x} y": "y",
    r"a \& b": 'a/**/upright("&")/**/b',
    r"\text{R\&D}": 'upright("R&D")',
    r"\left\lVert x \right\rVert_2": 'lr(class("normal", bar.v.double) x class("normal", bar.v.double))_2',
    r"\left\{\begin{aligned} a &= 1 \\ b &= 2\end{aligned}\right.": r"cases(a & = 1 & quad, b & = 2 & quad)",
    r"\cancelto{0}{w}": "cancel(w)^0",
    r"\bbox[4px]{x} \rlap{y} z": "x y z",
    r"\idotsint f": "integral dots.h.c integral f",
    r"\varlimsup x": "overline(lim) x",
    r"\verb|a_b|": 'mono("a_b")',
    r"\xmapsto[a]{b} c": "limits(limits(mapsto)_a)^b c",
    r"\Bbb R + \mathbbm{1}": "bb(R) + bb(1)",
    r"\surd \root 3 \of {x}": 'upright("√")/**/root(3, x)',
    r"\cfrac{1}{1 + \cfrac12}": "display(1 / (1 + display(1 / 2)))",
    r"\overset{*}{X} + \underset{c}{d}": "limits(X)^(*) + limits(d)_c",
    r"\overset{a}{\frac{b}{c}} \stackrel{d}{=}": "limits(b / c)^a limits(=)^d",
    r"\underbracket{a+b}_{x} \overparen{c}": "limits(underbracket(a + b))_x limits(overparen(c))",
    r"\buildrel a \over = b": "limits(=)^a b",
    r"\biggl\| x \biggr\|": "lr(size: #240%, bar.v.double) x lr(size: #240%, bar.v.double)",
    r"\bigl\lVert x \bigl. \big\uparrow": "lr(size: #120%, parallel) x arrow.t",
    r"\begin{aligned}[t] a &= b\end{aligned}": "a & = b",
    r"\ulcorner x \lrcorner \Updownarrow": 'upright("⌜")/**/x/**/upright("⌟")/**/arrow.t.b.double',
    r"\ce{SO4^2- -> BaSO4 v}": "upright(S O)_4^(2 -) med arrow.r upright(B a S O)_4 med arrow.b",
    r"\ce{2 H3O+} \ce{Fe^{III}}": "2 thin upright(H)_3 upright(O)^(+) upright(F e)^(upright(I I I))",
    r"\ce{A ->[H2O] B=C}": 'upright(A) med stretch(arrow.r)^(upright(H)_2 upright(O)) upright(B)/**/"="/**/upright(C)',
    r"\frac{.1}{x} + y^{.5} + 1.5": '".1" / x + y^".5" + 1.5',
    r"x = \begin{gathered}p\\q\end{gathered}": "x = mat(delim: #none, p; q)",
    r"\begin{aligned}a&=b\\c&=d\end{aligned}\quad e": "mat(delim: #none, a & = b; c & = d) quad e",
    r"{n \brace k} + {n \brack k}": r"{mat(delim: #none, n; k)} + [mat(delim: #none, n; k)]",
    r"n\!\times\!m\!=\!k": "n times m = k",
    r"\text{“a” ``b''}": 'upright("“a” “b”")',
    r"\left]0,1\right[": r"lr(\] 0, 1 \[)",
    r"\mathop{E}\limits_{x}": "limits(E)_x",
    r"\mathop{\mathbb{E}}_{x}": "op(bb(E), limits: #true)_x",
    r"\left(\begin{array}{r:l}1 & 2\end{array}\right)": "(mat(delim: #none, augment: #(vline: 1), 1 &, & 2))",
    r"\tfrac12 \square": "inline(1 / 2) square.stroked",
    r"\enclose{updiagonalstrike}{x} \enclose{circle}{y}": "cancel(x) #box(stroke: black, inset: 3pt, [$ y $])",
    r"\Upgamma_{\mathclap{i}} \smash[b]{y} \vcenter{z}": "Gamma_i y z",
    r"20^\degree": '20^upright("°")',
    r"\text{a \textbf{b} \LaTeX}": 'upright("a ")/**/bold("b")/**/upright(" ")/**/upright("LaTeX")',
    r"\href{https://a.b}{x} \class{a}{y} \skew7\hat A": "x y hat(A)",
}


def picture(body):
    source = f"#set page(width: 9cm, height: 4cm)\n#math.equation(block: true, {body})"
    return typst.compile(source.encode(), format="svg")


@pytest.mark.parametrize("tex", SHOWN)
def test_what_pandoc_does_not_read_or_loses_looks_as_typst_would_set_it(tex):
    [converted] = to_typst([Formula(tex, display=True)])
    assert converted.problem is None
    assert picture(converted.markup) == picture(f"$ {SHOWN[tex]} $.body")


@pytest.mark.parametrize("convert", [to_typst, to_mathml])
def test_every_command_that_is_put_in_other_words_is_read(convert):
    source = (Path(mathematics.__file__).parent / "mathjax.tex").read_text(encoding="utf-8")
    names = re.findall(r"newcommand\{(\\[A-Za-z]+)\}", source)
    assert len(names) == source.count("newcommand") > 80
    converted = convert([Formula(f"{name}|{{x}}{{x}}{{x}}", True) for name in names])
    assert {name: one.problem for name, one in zip(names, converted, strict=True) if one.problem} == {}


def test_quotation_marks_in_words_are_those_of_the_author_on_a_web_page_too():
    [converted] = to_mathml([Formula(r"\text{“a” ``b''}", True)])
    assert ">“a” “b”<" in converted.markup


def test_an_author_s_own_definition_comes_before_that_of_mathjax():
    [converted] = to_typst([Formula(r"\bra{x} \S", True, r"\newcommand{\bra}[1]{B_{#1}} \def\S{\Sigma}")])
    assert converted.markup == "$ B_x Sigma $.body"


def test_macros_are_repaired_too_and_endless_ones_are_told():
    macros = r"\newcommand{\half}[2][1]{{#1 \over #2}} \DeclareMathOperator*{\am}{arg\,max} \newcommand{\no}{\no\no}"
    half, operator, endless = to_typst([Formula(tex, True, macros) for tex in (r"\half{x}", r"\am_x", r"\no")])
    assert "1 / x" in half.markup
    assert "limits: #true" in operator.markup
    assert endless.markup is None
    assert "no end" in endless.problem


def test_pandoc_starts_once_for_all_formulas_and_not_at_all_for_none(monkeypatch):
    starts, ask = [], mathematics.ask
    monkeypatch.setattr(mathematics, "ask", lambda *a: starts.append(a) or ask(*a))
    to_typst([])
    assert not starts
    converted = to_typst([Formula(rf"x_{{{n}}} \nosuch \norother", True) for n in range(40)])
    assert len(starts) == 1
    assert converted[0].problem == r"\nosuch is not known; \norother is not known"


def test_a_colour_without_a_known_value_is_told():
    [converted] = to_typst([Formula(r"\color{nosuch}{x}", True)])
    assert converted.markup == "$ x $.body"
    assert converted.problem == "the colour is not shown"


def letters_of(folder):
    """(letter, its box, its colour) of the page's signs."""
    page = PdfDocument((folder / "lab.pdf").read_bytes())[0].get_textpage()
    found, high = [], 0
    for n in range(page.count_chars()):
        code = raw.FPDFText_GetUnicode(page, n)
        if 0xD800 <= code < 0xDC00:  # the first half of a sign
            high = code
            continue
        letter = chr(0x10000 + (high - 0xD800) * 0x400 + code - 0xDC00) if 0xDC00 <= code < 0xE000 else chr(code)
        parts = [ctypes.c_uint() for _ in range(4)]
        raw.FPDFText_GetFillColor(page, n, *parts)
        found.append((letter, page.get_charbox(n), tuple(part.value for part in parts[:3])))
    return found


@pytest.mark.parametrize(
    ("tex", "ink"),
    [
        (r"\color{red}{\begin{cases} u \\ v \end{cases}}", (255, 0, 0)),
        (r"\textcolor{blue}{\begin{aligned} u &= 1, \\ v &= 2 \end{aligned}}", (0, 0, 255)),
        (r"\color{blue} \begin{pmatrix} u & v \\ 3 & 4 \end{pmatrix}", (0, 0, 255)),
        (r"{\color{red} \frac{u}{v}, w}", (255, 0, 0)),
    ],
)
def test_a_colour_holds_for_whole_environments(tmp_path, tex, ink):
    built(tmp_path, md(f"${tex}$"))
    assert [colour for letter, _, colour in letters_of(tmp_path) if letter in "𝑢𝑣"] == [ink, ink]


def test_one_brace_stands_before_all_rows_of_one_column(tmp_path):
    built(tmp_path, md(r"$$\begin{cases} u \\ v \\ w \end{cases}$$"))
    [brace] = [box for letter, box, _ in letters_of(tmp_path) if letter in "{⎧⎨⎩"][:1]
    rows = [box for letter, box, _ in letters_of(tmp_path) if letter in "𝑢𝑣𝑤"]
    assert all(brace[2] < row[0] for row in rows)
    assert len({round(row[0]) for row in rows}) <= 2


def test_what_stands_below_stands_below_in_a_line_too(tmp_path):
    built(tmp_path, md(r"So $\underset{k}{\operatorname{argmin}} L$ and $\displaystyle\sum_{n=1}^N \frac{p}{q}$."))
    boxes = {letter: box for letter, box, _ in letters_of(tmp_path)}
    assert boxes["𝑘"][3] < boxes["𝐿"][1] + 1
    assert boxes["𝑘"][0] < boxes["𝐿"][0] - 10
    assert boxes["𝑁"][1] > boxes["𝐿"][3] > boxes["𝑛"][3]


def test_text_has_the_blanks_that_it_says_and_no_others(tmp_path):
    text = text_of(built(tmp_path, md(r"$u\text{ is }v$ and $\text{if }w \text{a}\text{b}$")))
    assert "if 𝑤ab" in text
    of = {letter: box for letter, box, _ in letters_of(tmp_path)}
    assert of["𝑣"][0] - of["s"][2] < 4


def test_negative_space_pulls_together(tmp_path):
    built(tmp_path, md(r"$uv \quad p\!q$"))
    of = {letter: box for letter, box, _ in letters_of(tmp_path)}
    assert of["𝑞"][0] - of["𝑝"][2] < of["𝑣"][0] - of["𝑢"][2] - 1


def test_a_formula_in_the_words_of_a_formula_is_one(tmp_path):
    source = r"So $f = \begin{cases} u & \text{if $w > 3$} \\ 0 & \text{else} \end{cases}$"
    text = text_of(built(tmp_path, md(rf"{source} and $\colorbox{{yellow}}{{$q$}}$ and $p$.")))
    assert_says(text, ["if 𝑤 > 3", "else", "𝑞", "and 𝑝."], ["$", "\\", "text"])


def test_mathml_is_a_formula_in_markdown_and_in_outputs(tmp_path):
    mathml = '<math xmlns="http://www.w3.org/1998/Math/MathML">'
    mathml += '<mfrac><mi>u</mi><mi>v</mi></mfrac><mspace width="1em"/></math>'
    pdf = built(tmp_path, md(f"Half {mathml} of it."), run_code("x", shown(text_html=f"<p>So {mathml} here</p>")))
    assert alternatives(pdf, "/Formula") == [r"\frac{u}{v}\quad"] * 2
    upper, lower = ([box for letter, box, _ in letters_of(tmp_path) if letter == sign] for sign in "𝑢𝑣")
    assert all(above[1] > below[3] for above, below in zip(upper, lower, strict=True))


@pytest.mark.parametrize("tex", [r"{|c|c|} 1 & 2", r"{c||c} 1 & 2", r"{cc} \hline 1 & 2 \\ \hline"])
def test_a_web_page_tells_of_lines_of_arrays_that_it_has_not(tex):
    [framed, plain] = to_mathml([Formula(rf"\begin{{array}}{it}\end{{array}}", True) for it in (tex, r"{c|c} 1 & 2")])
    assert framed.problem == "outer and double lines of an array are not shown"
    assert plain.problem is None


FRAME = r"\begin{array}{|c||c|} \hline u & 4 \\ 5 & 6 \\ \hline\hline 7 & v \\ \hline \end{array}"


def test_lines_of_an_array_stand_about_it_and_between_its_cells(tmp_path):
    page = built(tmp_path, md(rf"$$w = {FRAME}$$ and in a line $\begin{{array}}{{|c}} 9 \end{{array}}$")).pages[0]
    boxes = {letter: box for letter, box, _ in letters_of(tmp_path)}
    (left, low), (right, high) = boxes["𝑢"][:2], boxes["𝑣"][:2]
    level = sorted({round(at, 1) for start, end, at in lines_drawn(page) if end - 99 < start < left < end})
    upright = sorted({round(at, 1) for start, end, at in lines_drawn(page, 1) if start < high < low < end})
    assert [sum(at > edge for at in level) for edge in (low, boxes["5"][1], high)] == [1, 1, 3]
    assert [sum(at > edge for at in upright) for edge in (left, right)] == [3, 1]
    assert [len(level), len(upright)] == [4, 4]
    assert any(at < boxes["9"][0] and start < boxes["9"][1] < end for start, end, at in lines_drawn(page, 1))


@pytest.mark.parametrize("name", ["multline", "multline*"])
def test_rows_of_a_multline_begin_at_the_left_and_end_at_the_right(tmp_path, name):
    source = rf"\begin{{{name}}} u + 2 \label{{long}} \\ v + w \\ x + p \end{{{name}}}"
    pdf = built(tmp_path, md(rf"{source} See \eqref{{long}}. {'word ' * 60}"))
    at = {letter: box for letter, box, _ in reversed(letters_of(tmp_path))}
    words = words_of(tmp_path)
    left, right = min(one.left for one in words), max(one.right for one in words if one.text == "word")
    assert at["𝑢"][0] == pytest.approx(left, abs=3)
    assert at["𝑣"][0] + at["𝑤"][2] == pytest.approx(left + right, abs=6)
    assert at["𝑝"][2] > right - 30
    assert at["𝑢"][1] > at["𝑣"][1] > at["𝑝"][1]
    number = next(one for one in words if one.text == "(1)")
    assert (number.right, number.height) == (pytest.approx(right, abs=3), pytest.approx(at["𝑝"][1], abs=4))
    assert "See (1)." in text_of(pdf)
