"""Tables of any kind are set whole, legible, and within the page."""

import random
import re
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import lxml.html
import pypdfium2
import pytest
import typst
from kitchen import assert_says
from lxml.html import HtmlElement

from nbtypst import printing
from nbtypst.common.fonts import FONTS, breakable
from nbtypst.common.page import Page
from nbtypst.document.cascade import inline_styles
from nbtypst.printing import markup
from nbtypst.tables import TypstTable, table
from nbtypst.tables.grid import grid_of

PAGE = Page()
HERE = Path(printing.__file__).parent
LETTERS = "abcdefghij"


def write(cell: HtmlElement, room: float, size: float) -> str:
    """What stands in a cell, as simply as can be."""

    def words(text: str | None) -> str:
        return markup.text(re.sub(r"\S+", lambda found: breakable(found[0], room, size), text or ""))

    parts = [words(cell.text)]
    for child in cell:
        if child.tag == "table":
            parts.append(f"\n\n{table(child, write, PAGE, room=room, size=size).block()}\n\n")
        elif child.tag == "img":
            parts.append(f"#rect(width: {min(room, float(child.get('width'))):.2f}pt, height: 30pt)")
        else:
            parts.append(write(child, room, size))
        parts.append(words(child.tail))
    return "".join(parts).strip()


def element(html: str) -> HtmlElement:
    body = lxml.html.document_fromstring(f"<body>{html}</body>").find("body")
    inline_styles(body)
    return next(body.iter("table"))


def made(html: str, page: Page = PAGE, **options: float | bool) -> TypstTable:
    return table(element(html), write, page, **options)


def frame(rows: int, columns: int, number: str = "-1.2345") -> str:
    """HTML as pandas writes it."""
    head = "".join(f"<th>col_{column}</th>" for column in range(columns))
    body = "".join(
        f"<tr><th>{row}</th>" + "".join(f"<td>{number}{row}{column}</td>" for column in range(columns)) + "</tr>"
        for row in range(rows)
    )
    top = f'<thead><tr style="text-align: right;"><th></th>{head}</tr></thead>'
    return f'<table border="1" class="dataframe">{top}<tbody>{body}</tbody></table>'


def simple(rows: Sequence[Sequence[str]], head: Sequence[str] = ()) -> str:
    lines = [["<tr>", *(f"<th>{cell}</th>" for cell in head), "</tr>"]] if head else []
    lines += [["<tr>", *(f"<td>{cell}</td>" for cell in row), "</tr>"] for row in rows]
    return f"<table>{''.join(part for line in lines for part in line)}</table>"


class Printed:
    """A document with some blocks, compiled: its pages' words and letters."""

    def __init__(self, folder: Path, *blocks: str, page: Page = PAGE, standards: Sequence[str] = ()):
        shutil.copy(HERE / "tables.typ", folder)
        source = [
            '#import "tables.typ": *',
            f'#set page(paper: "{page.paper}", margin: (x: {page.sides}pt, y: {page.ends}pt))',
            f'#set text(font: "Libertinus Serif", size: {page.font_size}pt, lang: "en")',
            '#set document(title: "Tables")',
            *blocks,
        ]
        (folder / "main.typ").write_text("\n\n".join(source), encoding="utf-8")
        options = {"root": str(folder), "font_paths": fonts(), "pdf_standards": list(standards)}
        self.document = pypdfium2.PdfDocument(typst.compile(str(folder / "main.typ"), **options))
        self.pages = [page.get_textpage().get_text_range() for page in self.document]
        self.words = re.sub(r"[\s\u200b\ufffe\u00ad]", "", "".join(self.pages))

    def outside(self) -> list[str]:
        """Letters that are not wholly on the page, no nearer to its side edges than 5 mm."""
        found = []
        for page in self.document:
            wide, high = page.get_size()
            text = page.get_textpage()
            for index in range(text.count_chars()):
                left, bottom, right, top = text.get_charbox(index)
                if left < 14 or right > wide - 14 or bottom < 0 or top > high:
                    found.append(text.get_text_range(index, 1))
        return found


@cache
def fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])


DEEP = "x y z"
for level in range(8):
    DEEP = f"<table><tr><td>{DEEP}</td><td>level{level}</td></tr></table>"
PROSE = "The quick brown fox jumps over the lazy dog. "
KINDS = {
    "frame": frame(5, 4),
    "wide frame": frame(5, 12),
    "60 columns": frame(3, 60),
    "600 columns without a header": simple([[str(number) for number in range(600)]]),
    "60 columns of long words": simple([[LETTERS * 4] * 60]),
    "a word of 5,000 letters": simple([["1", LETTERS * 500], ["2", "short"]], ["k", "v"]),
    "a word of 5,000 letters among others": simple([[*map(str, range(9)), LETTERS * 500]], [*"abcdefghij"]),
    "long words alone": simple([[LETTERS * 60] * 6], [*"abcdef"]),
    "long header": simple([["1"] * 4], [LETTERS * 100] * 4),
    "header higher than a page": simple([["1", "2"]], [PROSE * 400, "b"]),
    "prose": simple(
        [["fit_1", PROSE * 3, PROSE, "1000"], ["fit_2", PROSE, PROSE, "20"]], ["Method", "What", "Why", "n"]
    ),
    "rows higher than a page": simple([["1", PROSE * 200], ["2", PROSE * 150]], ["n", "text"]),
    "long numbers": simple([["1" * 200, "2" * 200]], ["a", "b"]),
    "nested": simple([["inner", frame(3, 12)], ["other", frame(2, 2)]], ["k", "v"]),
    "nested in a table that reaches into the margins": simple([["x" * 80, frame(3, 25)]], ["k", "v"]),
    "deeply nested": DEEP,
    "single cell": simple([[PROSE]]),
    "unequal rows": "<table><tr><td>a<td>b<tr></tr><tr><td>c<tr><td>d<td>e<td>f<td>g</table>",
    "pictures side by side": simple([['<img width="900">', '<img width="900">', "words"]]),
    "only a header": "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody></tbody></table>",
    "only headers in the body": "<table><tr><th>a</th><th>b</th></tr><tr><th>c</th><th>d</th></tr></table>",
}


@pytest.mark.parametrize("html", KINDS.values(), ids=KINDS.keys())
@pytest.mark.parametrize("caption", ["", "What it shows"])
def test_nothing_is_cut_or_lost(html: str, caption: str, tmp_path: Path):
    printed = Printed(tmp_path, PROSE, made(html).block(caption), PROSE)
    cells = [cell.text for cell in element(html).iter("td", "th") if cell.text and not len(cell)]
    assert printed.outside() == []
    assert [cell for cell in cells if re.sub(r"\s", "", cell)[:50] not in printed.words] == []


@pytest.mark.parametrize(
    "page", [Page("us-letter", 20, 100, 100), Page("a4", 12, 25, 25), Page("a4", 6, 24, 24)], ids=str
)
def test_it_fits_on_other_pages(page: Page, tmp_path: Path):
    html = [frame(5, 9), KINDS["prose"], KINDS["60 columns of long words"]]
    printed = Printed(tmp_path, *[made(each, page).block() for each in html], page=page)
    assert printed.outside() == []


@pytest.mark.parametrize("room", [30.0, 120.0, 300.0])
def test_it_keeps_within_less_room(room: float, tmp_path: Path):
    written = [made(html, room=room).block() for html in (frame(4, 9), KINDS["prose"], KINDS["nested"])]
    printed = Printed(tmp_path, *[f"#block(width: {room}pt)[{block}]" for block in written])
    for text in (page.get_textpage() for page in printed.document):
        assert max(text.get_charbox(index)[2] for index in range(text.count_chars())) <= PAGE.sides + room + 3


def test_headers_are_repeated_on_every_page(tmp_path: Path):
    html = simple([[f"row{number}", "1"] for number in range(300)], ["Something", "Value"])
    for caption in ("", "Long"):
        printed = Printed(tmp_path, made(html).block(caption))
        assert len(printed.pages) > 4
        assert all(page.count("Something") == 1 for page in printed.pages)
        assert "row299" in printed.words


def test_row_spans_go_on_over_page_breaks(tmp_path: Path):
    groups = [f"<tr><th rowspan=80>group{group}</th><td>0</td></tr>" + "<tr><td>1</td></tr>" * 79 for group in range(3)]
    printed = Printed(tmp_path, made(f"<table>{''.join(groups)}</table>").block())
    assert len(printed.pages) > 3
    assert all(printed.words.count(f"group{group}") == 1 for group in range(3))


def test_a_table_that_must_be_split_repeats_what_names_the_rows(tmp_path: Path):
    result = made(frame(3, 40))
    count = int(re.fullmatch(r"split into (\d+) parts", result.note)[1])
    assert count == result.markup.count("data-table(") > 1
    assert all(len(re.findall(rf"table-head\[{row}\]", result.markup)) == count for row in range(3))
    assert {f"col\\_{column}" for column in range(40)} == set(re.findall(r"col\\_\d+", result.markup))


def test_letters_get_smaller_only_as_far_as_they_must():
    sizes = [float(re.search(r"size: ([\d.]+)pt", made(frame(5, count)).markup)[1]) for count in (3, 8, 9, 10, 11)]
    assert sizes[0] == 9.5
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] >= 6.5


def simple_numbers(*rows: Sequence[str]) -> str:
    return simple(rows, [*"abcd"])


STYLED = (
    "<style>#T_1_row0_col0, #T_1_row0_col1 { background-color: #ffff00; color: red; } "
    "#T_1 td.low:hover {color: blue} #T_1 .low {background: green; color: white}</style>"
    '<table id="T_1"><tr><td id="T_1_row0_col0">1</td><td id="T_1_row0_col1" style="color: black">2</td></tr>'
    '<tr bgcolor="#eeeeee"><td class="data low">3</td><td>4</td></tr></table>'
)
MARKUP = {  # property: HTML, what is in Typst's markup, what is not
    "numbers are set right and words left": (
        simple_numbers(["a", "1.5", "NaN", "x"], ["b", "-2e-05", "3%", "y"]),
        ["align: (left, right, right, left,)", "NaN"],
        [],
    ),
    "HTML says otherwise": (
        '<table><tr><td align="center">a</td><td style="text-align: left">1</td></tr></table>',
        ["align: (center, left,)"],
        [],
    ),
    "what only begins like a number is none": (
        simple_numbers(["(0, 18]", "2020-01-02", "1st", "1,234.5"], ["(18, 80]", "2021-01-02", "2nd", "1 000"]),
        ["align: (left, left, left, right,)"],
        [],
    ),
    "frames do not align words to the right": (
        frame(2, 2, number="word"),
        ["align: (right, left, left,)"],
        ["right + "],
    ),
    "header rows are marked and names of the index join them": (
        "<table class=dataframe><thead><tr><th></th><th>A</th></tr><tr><th>key</th><th></th></tr></thead>"
        "<tbody><tr><th>x</th><td>1</td></tr></tbody></table>",
        ["table.header(table-head[key], table-head[A])"],
        [],
    ),
    "spans become spans": (
        "<table><thead><tr><th></th><th colspan=2>Both</th></tr><tr><th></th><th>x</th><th>y</th></tr></thead>"
        "<tr><th rowspan=2>a</th><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>",
        ["table.cell(colspan: 2, align: center + bottom, table-head[Both])", "table.cell(rowspan: 2, table-head[a])"],
        [],
    ),
    "colours of style sheets and attributes are kept": (
        STYLED,
        [
            'table.cell(fill: rgb("#ffff00"), text(fill: rgb("#ff0000"))[1])',
            'table.cell(fill: rgb("#ffff00"), text(fill: rgb("#000000"))[2])',
            'table.cell(fill: rgb("#008000"), text(fill: rgb("#ffffff"))[3])',
            'table.cell(fill: rgb("#eeeeee"), [4])',
        ],
        [],
    ),
    "letters too pale for white paper are black": (
        '<table><tr><td style="color: #fafafa">1<td>2</table>',
        [],
        ["text(fill"],
    ),
    "what is only laid out in columns has no rules": (simple([['<img width="9">', "words"]]), ["ruled: false"], []),
    "a table has rules": (frame(2, 2), [], ["ruled: false"]),
}


@pytest.mark.parametrize("held", MARKUP)
def test_markup_of_a_table_keeps_what_html_says(held: str):
    html, there, not_there = MARKUP[held]
    assert_says(made(html).markup, there, not_there)


def test_spans_that_overlap_or_lead_out_of_the_table_are_cut():
    rows = "<tr><td rowspan=2>a<td>b<td rowspan=99>c<tr><td colspan=3>wide<tr><td>x<td>y"
    grid = grid_of(element(f"<table>{rows}<tr><td colspan=900 rowspan=0>last</table>"))
    slots = [
        (row, column)
        for cell in grid.cells()
        for row in range(cell.row, cell.row + cell.rowspan)
        for column in range(cell.column, cell.column + cell.colspan)
    ]
    assert len(slots) == len(set(slots))
    assert max(row for row, _ in slots) < len(grid.rows)
    assert max(column for _, column in slots) < grid.columns == 3


def test_nothing_comes_of_a_table_without_cells_but_its_caption():
    assert made("<table></table>").block() == made("<table><tr></tr></table>").block("x") == ""
    assert "words" in made("<table><caption>words</caption></table>").block()
    assert "caption: [words]" in made("<table><caption>words</caption><tr><td>1</td></tr></table>").block()


def test_the_pdf_is_accessible(tmp_path: Path):
    blocks = [made(frame(60, 4)).block("A table"), made(frame(3, 40)).block(), made(KINDS["nested"]).block()]
    assert Printed(tmp_path, *blocks, standards=["ua-1"]).outside() == []


def test_lines_are_counted_about_right():
    assert made(frame(30, 3)).lines == 31
    assert 5 <= made(simple([[PROSE * 10]], ["a"])).lines <= 12


def random_table(chance: random.Random, depth: int = 0) -> str:
    """HTML with spans that overlap, rows of unequal length, and cells of all kinds."""
    words = ["a", "-3.5", "NaN", "longer words here", "snake_case_name_is_long", PROSE * 3, "", "y" * 300]

    def cell() -> str:
        spans = "".join(
            f" {name}={chance.choice([0, 2, 3, 50])}" for name in ("rowspan", "colspan") if chance.random() < 0.15
        )
        inner = random_table(chance, depth + 1) if depth < 2 and chance.random() < 0.03 else ""
        picture = '<img width="400">' if chance.random() < 0.03 else ""
        tag = chance.choice(["td", "td", "th"])
        return f"<{tag}{spans}>{chance.choice(words)}{picture}{inner}</{tag}>"

    wide, high = chance.choice([1, 2, 3, 5, 9, 20]), chance.choice([1, 2, 4, 8, 30])
    rows = ["<tr>" + "".join(cell() for _ in range(chance.randint(0, wide))) + "</tr>" for _ in range(high)]
    return f"<table><thead>{rows[0]}</thead><tbody>{''.join(rows[1:])}</tbody></table>"


@pytest.mark.parametrize("seed", range(12))
def test_any_table_stays_on_the_page(seed: int, tmp_path: Path):
    result = made(random_table(random.Random(seed)))  # noqa: S311
    assert Printed(tmp_path, PROSE, result.block("Caption" if seed % 3 else ""), PROSE).outside() == []
