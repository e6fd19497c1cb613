"""Tables of LaTeX in outputs as LaTeX means them: heads, rules, rows, cells of several lines."""

import pytest
from kitchen import assert_says, built, lines_drawn, placed_text, printed, run_code, shown, text_of

BREWS = r"""\begin{longtable}{lS[table-format=2.1]}
\caption{Brewing times}\\
\toprule
tea & {minutes} \\ \midrule
\endfirsthead
\toprule
tea & {minutes} \\ \midrule
\endhead
\multicolumn{2}{r}{Continued on next page} \\ \endfoot
\bottomrule
\endlastfoot
green & 2.5 \\
black & 4.0 \\
mint & 7.5 \\
\end{longtable}"""


def latex_page(folder, tex):
    pdf = built(folder, run_code("table", shown(text_latex=tex)))
    return pdf, {text: height for height, _, text in placed_text(pdf.pages[0])}


@pytest.mark.parametrize("stacked", [r"\makecell{4.5 \\ (0.2)}", r"\begin{tabular}[c]{@{}l@{}}4.5\\(0.2)\end{tabular}"])
def test_two_lines_of_one_cell_stay_in_its_row(tmp_path, stacked):
    tex = (
        rf"\begin{{tabular}}{{lr}} \hline tea & min \\ \hline mint & {stacked} \\ green & 2.0 \\ \hline \end{{tabular}}"
    )
    _, heights = latex_page(tmp_path, tex)
    assert heights["mint"] == pytest.approx(heights["4.5"], abs=1)
    assert heights["4.5"] > heights["(0.2)"] > heights["green"]


def test_a_long_table_has_one_head_and_all_its_rows(tmp_path):
    pdf, heights = latex_page(tmp_path, BREWS)
    assert_says(text_of(pdf), ["Brewing times tea minutes green 2.5 black 4.0 mint 7.5"], ["Continued", "["])
    assert heights["Brewing times"] > heights["tea"] > heights["green"]
    assert heights["mint"] == pytest.approx(heights["7.5"], abs=0.5)


def test_rules_over_some_columns_are_lines_and_no_words(tmp_path):
    tex = r"""\begin{tabular}{lrr} \toprule & \multicolumn{2}{c}{minutes} \\ \cmidrule(lr){2-3}
    tea & hot & cold \\ \midrule mint & 4 & 9 \\ \cline{1-3} green & 2 & 8 \\ \bottomrule \end{tabular}"""
    pdf, heights = latex_page(tmp_path, tex)
    assert_says(text_of(pdf), ["minutes tea hot cold mint 4 9 green 2 8"], ["2-3", "1-3"])
    lines = lines_drawn(pdf.pages[0])
    left, right, _ = min((line for line in lines if line[2] > heights["minutes"]), key=lambda line: line[2])
    whole = right - left
    partly = [line for line in lines if heights["minutes"] > line[2] > heights["tea"]]
    between = [line for line in lines if heights["mint"] > line[2] > heights["green"]]
    assert partly
    assert max(right for _, right, _ in partly) - min(left for left, _, _ in partly) < 0.8 * whole
    assert max(right for _, right, _ in between) - min(left for left, _, _ in between) == pytest.approx(whole, abs=1)


def test_a_rule_below_a_cell_of_two_rows_moves_no_other_cell(tmp_path):
    tex = r"""\begin{tabular}{llr} \toprule tea & pot & min \\ \midrule \multirow[t]{2}{*}{mint} & small & 4 \\
    & large & 5 \\ \cline{1-3} green & small & 2 \\ \bottomrule \end{tabular}"""
    pdf, heights = latex_page(tmp_path, tex)
    assert_says(text_of(pdf), ["tea pot min", "large 5 green small 2"], ["1-3"])
    assert heights["large"] == pytest.approx(heights["5"], abs=0.5)


def test_what_latex_would_show_and_the_page_does_not_is_told(tmp_path):
    tex = r"\begin{tabular}{l} \small a \tnote{b} \rotatebox{90}{turned} \\ c \nosuch{d} \end{tabular}"
    pdf, remarks = printed(tmp_path, run_code("table", shown(text_latex=tex)))
    assert_says(text_of(pdf), ["a b turned", "c"])
    assert remarks == [r"cell 1: of LaTeX, \nosuch is not shown"]
