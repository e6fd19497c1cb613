"""A document as a web page, held to the same promises as the PDF, and to needing nothing but itself."""

import base64
import re
from xml.etree import ElementTree

import pytest
from commands import COMMANDS
from kitchen import assert_says, figure_cell, md, notebook, png, run_code, stream, table_cell, text_of
from nbformat import v4
from pypdf import PdfReader

from nbtypst import build
from nbtypst.__main__ import main
from nbtypst.cells import execution

WIDE = " | ".join(["a long column of prose " * 2] * 3)
SCRIPTS = {"msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3, "mfrac": 2, "mroot": 2}


LINKS = {
    "Figure 2": "#fig:swing",
    "Equation (1)": "#eq:time",
    "Hen 1999": "#ref-egg1999",
    "the eggs": "#notebook-2",
    "above": "#Summary",
}


def read(path):
    """The page as a tree, which also says that every tag is closed."""
    return ElementTree.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 - the page is our own


def words(element):
    return " ".join("".join(element.itertext()).split())


def body_text(page):
    return words(page.find("body"))


def built(folder, *cells, metadata=None, **options):
    """The page of one notebook with these cells, taken as they are."""
    path = notebook(folder / "lab.ipynb", *cells, **({"title": "Lab"} | (metadata or {})))
    return read(build([path], folder / "lab.html", **({"code": False} | options)).path)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Folder and paths of two executed notebooks with something of everything, built both ways."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "oven.png").write_bytes(png())
    (folder / "works.bib").write_text(
        "@book{egg1999, title={On Eggs}, author={Hen, Ada}, year={1999}, doi={10.1/egg}}", encoding="utf-8"
    )
    first = notebook(
        folder / "first.ipynb",
        md("# Lab\n\n## Summary\n\nSee [@fig:swing], [@tbl:eggs; @eq:time] and [@egg1999]."),
        md("# Task 1: Pans\n\nAs [@fig:oven], [the eggs](second%20part.ipynb), [above](#summary) and [@eq:more] show."),
        md('![An oven.](oven.png){#fig:oven alt="A \\"teal\\" oven, 1 < 2."}'),
        md("$$\\label{eq:time} t = \\frac{m}{\\alpha} \\odot s$$\n\nwith $x < y$ and $$\\label{eq:more} u = \\exp v$$"),
        run_code("stir = 1  # slowly", stream("\x1b[31mred\x1b[0m <soup>\n")),
        title="Lab",
        subtitle="On pans & eggs",
        bibliography="works.bib",
        lang="en",
    )
    second = notebook(
        folder / "second part.ipynb",
        md("# Task 2: Eggs\n\nBack to [@fig:oven], ahead to [@tbl:eggs], and [@egg1999].\n\n## Task 2a: Soft"),
        figure_cell(),
        table_cell(),
        md(f"| {WIDE} |\n|---|---|---|\n| {WIDE} |"),
    )
    build([first, second], folder / "lab.pdf", code=False)
    build([first, second], folder / "lab.html", code=False, toc=True, preview="Preview: 2 hens", pages=folder / "each")
    return folder, [first, second]


@pytest.fixture(scope="module")
def page(lab):
    return read(lab[0] / "lab.html")


@pytest.fixture(scope="module")
def pdf_text(lab):
    return text_of(PdfReader(lab[0] / "lab.pdf"))


def test_page_asks_nothing_of_any_host_and_runs_no_script(page):
    tags = {element.tag for element in page.iter()}
    assert not tags & {"script", "link", "iframe", "object", "embed", "svg"}
    for element in page.iter():
        assert element.get("src", "data:").startswith("data:")
        assert "srcset" not in element.attrib
        assert not any(name.startswith("on") for name in element.attrib)
        assert element.tag == "a" or not any("http" in value for value in element.attrib.values())
    assert re.findall(r"@import|url\((?!data:)", page.find("head/style").text) == []


def test_light_and_dark_follow_the_reader(page):
    assert_says(page.find("head/style").text, ["color-scheme: light dark", "prefers-color-scheme: dark"])


def test_pictures_are_in_the_page_with_their_alternative_texts(page):
    pictures = {element.get("alt"): element.get("src") for element in page.iter("img")}
    assert list(pictures) == ['A "teal" oven, 1 < 2.', "A line rising from left to right."]
    oven, swing = (source.split(";base64,") for source in pictures.values())
    assert (oven[0], base64.b64decode(oven[1])) == ("data:image/png", png())
    assert swing[0] == "data:image/svg+xml"
    assert b'<path d="M0 150 L300 0"/>' in base64.b64decode(swing[1])


def test_page_has_language_title_one_first_heading_and_no_level_left_out(page):
    assert page.get("lang") == "en"
    assert page.find("head/title").text == "Lab"
    levels = [int(element.tag[1]) for element in page.iter() if re.fullmatch("h[1-6]", element.tag)]
    assert levels == [1, 2, 2, 2, 3, 2]
    assert "On pans & eggs" in body_text(page)


def test_title_subtitle_and_byline_may_be_given_anew(tmp_path):
    path = notebook(tmp_path / "lab.ipynb", md("# Lab\n\nSummary."), title="Lab", subtitle="of old")
    byline = ["hens #1", "10 seeds", "23 November 2026"]
    anew = {"title": "Eggs & pans", "subtitle": "Boiled *twice*", "byline": byline}
    build([path], tmp_path / "lab.html", pages=tmp_path / "each", **anew)
    page, alone = read(tmp_path / "lab.html"), read(tmp_path / "each" / "lab.html")
    assert body_text(page) == "Eggs & pans Boiled *twice* hens #1 · 10 seeds · 23 November 2026 Summary."
    assert page.find("head/title").text == "Eggs & pans"
    assert body_text(alone) == "Lab of old hens #1 · 10 seeds · 23 November 2026 Summary."


def test_page_fits_a_phone_because_what_is_wide_scrolls_in_its_own_box(page):
    assert any("width=device-width" in element.get("content", "") for element in page.iter("meta"))
    boxes = [element for element in page.iter("div") if element.get("class") == "scroll"]
    assert sum(len(box.findall("table")) for box in boxes) == len(list(page.iter("table"))) == 2
    assert all(box.get("tabindex") == "0" and box.get("aria-label") for box in boxes)
    figure = next(box for box in boxes for picture in box.iter("img") if "A line" in picture.get("alt"))
    assert figure.find(".//img").get("style") == "width:80%;min-width:24.8rem"
    assert " ".join(figure.get("aria-label").split()) == "Figure 2. A pendulum swings."
    displayed = [element for element in page.iter("math") if element.get("display") == "block"]
    in_boxes = [math for span in page.iter("span") if span.get("class") == "equation" for math in span.iter("math")]
    assert in_boxes == displayed


def test_captions_and_references_have_the_numbers_of_the_pdf(page, pdf_text):
    sentences = [
        "See Figure 2, Table 1 and Equation (1) and (Hen 1999).",
        "and Equation (2) show",
        "Back to Figure 1, ahead to Table 1, and (Hen 1999).",
        "Figure 1. An oven.",
        "Figure 2. A pendulum swings.",
        "Table 1. Minutes for eggs.",
        "Hen, Ada. 1999. On Eggs.",
    ]
    assert_says(pdf_text, sentences)
    assert_says(body_text(page), sentences)


def test_every_link_in_the_page_leads_to_what_it_names_and_no_identifier_is_twice(page):
    named = [(element.get("id"), element) for element in page.iter() if element.get("id")]
    assert len(dict(named)) == len(named)
    for link in page.iter("a"):
        if link.get("href").startswith("#"):
            target = dict(named)[link.get("href")[1:]]
            if link.get("class") == "reference":
                assert words(link).removeprefix("Equation ") in words(target)
    links = {words(link): link.get("href") for link in page.iter("a")}
    assert links | LINKS == links


def test_contents_link_to_chapters_and_sections_but_not_to_the_front_matter(page):
    entries = [words(link) for link in page.find(".//nav").iter("a")]
    assert entries == ["Task 1: Pans", "Task 2: Eggs", "Task 2a: Soft", "References"]


def test_headers_of_tables_say_that_they_head_columns(page):
    assert {header.get("scope") for header in page.iter("th")} == {"col"}


def test_preview_is_marked_at_the_top_and_only_if_asked_for(page, tmp_path):
    assert body_text(page).startswith("Preview: 2 hens")
    assert "review" not in body_text(built(tmp_path, md("# Lab")))


def test_code_is_left_out_on_request_and_highlighted_otherwise(lab, page, tmp_path):
    assert_says(body_text(page), ["red <soup>"], ["slowly"])
    shown = read(build(lab[1], tmp_path / "code.html", code=True).path)
    comments = [words(span) for span in shown.iter("span") if span.get("class") == "c1"]
    assert comments == ["# slowly"]


def test_every_tex_command_becomes_mathml_with_its_source_as_alternative(tmp_path):
    page = built(tmp_path, md("# Lab\n\n" + "\n\n".join(f"$${tex}$$\n\nand ${tex}$." for tex in COMMANDS)))
    formulas = list(page.iter("math"))
    assert [formula.get("alttext") for formula in formulas] == [tex for tex in COMMANDS for _ in range(2)]
    assert not re.search(r"[$\\]", body_text(page))
    for element in page.iter():
        assert len(element) == SCRIPTS.get(element.tag, len(element)), ElementTree.tostring(element)
    assert "50,880" in body_text(page)


def test_functions_stand_apart_from_what_they_are_applied_to_as_in_tex(tmp_path):
    gaps = {r"\exp z": 1, r"2 \cosh^2 u": 2, r"\max_i x": 1, r"\exp(z)": 0, r"-\ln y": 2, r"e^{\tanh x}": 1}
    page = built(tmp_path, md("\n\n".join(f"${tex}$" for tex in gaps)))
    assert {math.get("alttext"): len(list(math.iter("mspace"))) for math in page.iter("math")} == gaps


def test_font_of_formulas_comes_along_only_where_there_are_any(page, tmp_path):
    assert "@font-face" in page.find("head/style").text
    assert "@font-face" not in built(tmp_path, md("x")).find("head/style").text


def test_the_same_outputs_give_the_same_bytes(lab, tmp_path):
    again = build(lab[1], tmp_path / "lab.html", code=False, toc=True, preview="Preview: 2 hens").path
    assert again.read_bytes() == (lab[0] / "lab.html").read_bytes()


def test_each_notebook_has_a_page_with_other_notebooks_in_words_and_works_in_full(lab):
    folder, _ = lab
    assert sorted(file.name for file in (folder / "each").iterdir()) == ["first.html", "second part.html"]
    alone = body_text(read(folder / "each" / "second part.html"))
    back = "Back to Figure oven, ahead to Table 1, and (Hen 1999)."
    assert_says(alone, [back, "On Eggs.", "Figure 1. A pendulum swings."])


def test_one_run_of_the_notebooks_serves_all_pages(tmp_path, monkeypatch):
    path = notebook(tmp_path / "lab.ipynb", md("# Lab"), v4.new_code_cell("6 * 7"))
    runs = []
    monkeypatch.setattr(execution, "execute", lambda notebooks, *_, **__: runs.append(len(notebooks)) or notebooks)
    result = build([path], tmp_path / "all.html", execute=True, pages=tmp_path / "each")
    assert runs == [1]
    assert (result.path, result.pages) == (tmp_path / "all.html", 2)


def test_command_line_takes_the_format_from_the_suffix(tmp_path, capsys):
    path = str(notebook(tmp_path / "lab.ipynb", md("# Lab"), run_code("eggs = 1")))
    page, each = tmp_path / "out" / "lab.html", tmp_path / "each"
    assert main([path, "-o", str(page), "--pages", str(each)]) == 0
    assert f"{page}: 2 pages" in capsys.readouterr().out
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(SystemExit):
        main([path, "-o", str(tmp_path / "lab.pdf"), "--pages", str(each)])
    assert "--pages is for web pages" in capsys.readouterr().err
