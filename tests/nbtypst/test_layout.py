"""Pages as a reader wants them: lines, figures, headings, tables, contents."""

import re
from statistics import median

import pytest
from kitchen import built, figure_cell, md, placed_text, table_cell, text_of


@pytest.fixture(scope="module")
def long_report(tmp_path_factory):
    """Chapters of sections of text, figures and tables; the last table is longer than a page."""
    words = "A pendulum that starts from a wide angle swings more slowly than the formula for small angles says. "
    cells = [md(f"# Lab\n\nSummary. {words}")]
    for chapter in "12":
        cells.append(md(f"# Task {chapter}: Swings\n\n{words}"))
        for section in "abc":
            cells += [
                md(f"## Task {chapter}{section}: Angles\n\n{words * 4}\n\n{words * 3}"),
                figure_cell(f"fig:s{chapter}{section}"),
                md(f"See [@fig:s{chapter}{section}]. {words * 5}"),
                table_cell(f"tbl:t{chapter}{section}", rows=5),
                md(words * 5),
            ]
    return built(tmp_path_factory.mktemp("long"), *cells, table_cell("tbl:long", rows=70), md(words), toc=True)


FOOT, TOP = 59, 783  # of the text, in points above the page's foot


def body_runs(page):
    """Runs of text without running header and page number."""
    return [run for run in placed_text(page) if FOOT < run[0] < TOP]


def drawn(page):
    """(lowest, highest) point above the page's foot of every path and raster image."""
    found, points = [], []

    def visit(operator, operands, matrix, text_matrix):
        _, up_by_x, _, up_by_y, _, up = map(float, matrix)
        if operator == b"Do":
            found.append(tuple(sorted((up, up + up_by_y))))
        elif operator in (b"m", b"l", b"c"):
            numbers = [float(number) for number in operands]
            points.extend(up_by_x * x + up_by_y * y + up for x, y in zip(numbers[::2], numbers[1::2], strict=True))
        elif operator == b"re":
            _, y, _, height = map(float, operands)
            points.extend((up_by_y * y + up, up_by_y * (y + height) + up))
        elif operator in (b"S", b"f", b"f*", b"B", b"B*", b"n") and points:
            found.append((min(points), max(points)))
            points.clear()

    page.extract_text(visitor_operand_before=visit)
    return found


def largest_blank(page):
    """The largest stretch of the page without text or picture, as a share of the text's height."""
    taken = [(height, height + size) for height, size, _ in body_runs(page)] + drawn(page)
    blank, below = 0, FOOT
    for low, high in sorted([*taken, (TOP, TOP)]):
        blank, below = max(blank, low - below), max(below, high)
    return blank / (TOP - FOOT)


def numbers(pdf, kind):
    """The numbers of the captions of this kind, in the order in which they are printed, page by page from the top."""
    found = []
    for page in pdf.pages:
        runs = sorted(placed_text(page), reverse=True)
        found += [int(text.split()[1].strip(".")) for _, _, text in runs if re.match(rf"{kind}\s\d+\.", text)]
    return found


def test_lines_hold_65_to_75_letters(long_report):
    lines = [line for page in long_report.pages for line in page.extract_text().splitlines()]
    assert 65 <= median(len(line) for line in lines if len(line) > 60 and "." * 5 not in line) <= 75


def test_no_page_but_the_last_is_a_third_empty_and_none_has_a_heading_at_its_foot(long_report):
    assert max(largest_blank(page) for page in long_report.pages[:-1]) < 1 / 3
    for page in long_report.pages:
        lowest = min(body_runs(page))
        assert lowest[1] < 11.5, f"heading at the foot: {lowest}"


def test_figures_and_tables_stand_in_order_of_their_numbers_within_their_chapters(long_report):
    assert numbers(long_report, "Figure") == list(range(1, 7))
    assert numbers(long_report, "Table") == list(range(1, 8))
    text = text_of(long_report)
    second = text.rindex("Task 2: Swings A pendulum")
    assert text.index("Task 1: Swings A pendulum") < text.index("Figure 1. A pendulum")
    assert text.index("Figure 3. A pendulum") < second < text.index("Figure 4. A pendulum")


def test_section_in_the_running_header_belongs_to_the_chapter_in_it(long_report):
    for page in long_report.pages[1:]:
        header = [text for height, _, text in placed_text(page) if height > TOP]
        sections = [re.match(r"Task (\d)([a-c]:)?", text)[1] for text in header]
        assert len(sections) in (1, 2)
        assert len(set(sections)) == 1


def test_contents_stay_on_the_page_where_they_begin(tmp_path):
    def first_chapter(lines):
        sections = [md(f"## Task 1{letter}: A section whose title is long") for letter in "abcdefghijklmnopqrstuvw"]
        cells = [md("# Lab\n\n" + "A summary.\n\n" * lines), md("# Task 1: Swings"), *sections, md("# Task 2: Eggs")]
        pages = [page.extract_text() for page in built(tmp_path, *cells, toc=True).pages]
        in_contents = [number for number, text in enumerate(pages) if re.search(r"Task 2: Eggs[ .]+\d", text)]
        return in_contents, "Contents" in pages[0], pages[0].count("A section whose title is long") > 1

    assert first_chapter(2) == ([0], True, True)
    assert first_chapter(16) == ([0], True, True)  # in two columns
    assert first_chapter(29) == ([0], True, False)  # chapters alone


def test_caption_stands_right_below_its_figure(long_report):
    count = 0
    for page in long_report.pages:
        captions = [height for height, size, text in body_runs(page) if re.match(r"Figure\s\d\.", text) and size < 10]
        pictures = [low for low, high in drawn(page) if high - low > 100]
        count += len(captions)
        assert len(pictures) == len(captions)
        assert all(0 < low - height < 40 for low, height in zip(sorted(pictures), sorted(captions), strict=True))
    assert count == 6


def test_long_table_repeats_its_header(long_report):
    last_pages = [page.extract_text() for page in long_report.pages if "number 69" in page.extract_text()]
    assert re.search(r"egg\s+minutes", last_pages[0])


def test_table_that_is_a_little_too_wide_reaches_into_the_margins_and_breaks_no_cell(tmp_path):
    cells = [
        "two layers of sixty",
        "validation accuracy",
        "+1.234 points",
        "+0.100 to +2.300",
        "0.020",
        "no difference found",
    ]
    row = " | ".join(cells)
    table = f"| networks | measure | difference | 95 % interval | p | verdict |\n|:-|:-|-:|-:|-:|:-|\n| {row} |"
    lines = built(tmp_path, md(f"# Lab\n\n{table}")).pages[0].extract_text().splitlines()
    assert [line for line in lines if all(cell in line for cell in cells)]


def test_wide_table_breaks_prose_and_headers_but_no_number(tmp_path):
    prose = "a claim that takes more than one line of its column, and then some more words to fill it"
    rows = "\n".join(f"| {prose} | +0.040{n} to +0.052{n} | 50,88{n} | {prose} |" for n in range(4))
    table = f"| what is claimed | 95 % interval | number of parameters | what was found |\n|:-|-:|-:|:-|\n{rows}"
    lines = built(tmp_path, md(f"# Lab\n\n{table}")).pages[0].extract_text().splitlines()
    for n in range(4):
        assert any(f"+0.040{n} to +0.052{n}" in line and f"50,88{n}" in line for line in lines)
    assert not any(prose in line for line in lines)


def test_figure_right_below_a_heading_stays_there(tmp_path):
    cells = [md("# Lab"), md("# Task 1\n\n" + "Words to fill the page. " * 260), md("## Task 1b"), figure_cell()]
    pdf = built(tmp_path, *cells, md("After it. " * 200), md("# Task 2"))
    assert re.search(r"Task 1b (Figure 1\. A pendulum swings\.) After it\.", text_of(pdf)), text_of(pdf)


def test_text_stands_alone_on_page_one_before_the_contents(long_report):
    first = text_of(long_report)
    assert first.index("Summary.") < first.index("Contents") < first.index("Task 1a: Angles")
