"""An author's own look: fonts, colours, header, footer and a title page of a file of Typst."""

from pathlib import Path

import pytest
from kitchen import assert_says, built, md, notebook, placed_text, png, printed, share_of_colour, text_of
from pypdf import PdfReader
from test_exporters import exported

from nbtypst import NotebookError, build
from nbtypst.__main__ import main
from nbtypst.common import families
from nbtypst.common.families import files_of, regular
from nbtypst.common.fonts import FONTS, measured_by, width

LOOKS = Path(__file__).parents[2] / "docs" / "looks"
ABOUT = {"title": "On eggs", "authors": ["Ada Hen", "Bob"], "date": "May 1999"}
CELLS = [md("# Pans\n\nSome words, $x^2$ and [a page](https://egg.example)."), md("# Eggs\n\n" + "Words. " * 900)]


def look(folder, text, name="mine.typ"):
    path = Path(folder) / name
    path.write_text(text, encoding="utf-8")
    return path


def fonts_of(page):
    """The names of the fonts that a page uses, without their marks of subsets."""
    used = page["/Resources"]["/Font"].values()
    return {str(font.get_object()["/BaseFont"]).partition("+")[2] for font in used}


def test_the_plain_look_has_its_letters_its_header_and_its_footer(tmp_path):
    pdf = built(tmp_path, *CELLS, metadata=ABOUT, look=LOOKS / "plain.typ")
    content = (tmp_path / "lab.pdf").read_bytes()
    second = [(height, text) for height, _, text in placed_text(pdf.pages[1])]
    assert any(name.startswith("DejaVuSans") for name in fonts_of(pdf.pages[1]))
    assert not any("LibertinusSerif" in name for name in fonts_of(pdf.pages[1]))
    foot = " ".join(text for height, text in second if height < 60)
    assert_says(" ".join(foot.split()), ["Ada Hen, Bob", f"2 of {len(pdf.pages)}"])
    assert "On eggs" in {text for height, text in second if height > 780}
    assert b"pdfuaid" in content
    built(tmp_path, *CELLS, metadata=ABOUT, look=LOOKS / "plain.typ")
    assert (tmp_path / "lab.pdf").read_bytes() == content


def test_the_look_with_a_cover_has_title_and_names_on_a_page_of_their_own(tmp_path):
    pdf = built(tmp_path, *CELLS, metadata=ABOUT, look=LOOKS / "cover.typ")
    assert_says(pdf.pages[0].extract_text(), ["On eggs", "Ada Hen", "Bob", "May 1999"], ["Some words", "– 1 –"])
    assert_says(pdf.pages[1].extract_text(), ["Some words", "– 2 –"], ["On eggs", "Ada Hen"])
    assert share_of_colour(tmp_path, (0x16, 0x32, 0x4F)) > 900
    assert b"pdfuaid" in (tmp_path / "lab.pdf").read_bytes()


def test_tables_are_fitted_to_the_letters_of_the_look():
    sans = regular(files_of(["DejaVu Sans"])["dejavu sans"])
    assert sans.name == "DejaVuSans.ttf"
    usual = width("a number of eggs", 10)
    with measured_by(sans):
        assert width("a number of eggs", 10) > 1.1 * usual
    with measured_by(FONTS / "none.otf"):
        assert width("a number of eggs", 10) == usual
    assert width("a number of eggs", 10) == usual


def test_fonts_are_looked_for_by_name_in_the_folder_that_is_given_first(tmp_path, monkeypatch):
    copy = tmp_path / "own.ttf"
    copy.write_bytes(files_of(["dejavu serif"])["dejavu serif"][0].read_bytes())
    assert files_of(["DejaVu Serif", "Nowhere Sans"], tmp_path) == {"dejavu serif": [copy]}
    monkeypatch.setattr(families, "_system_files", lambda: pytest.fail("the system was asked"))
    assert files_of(["Libertinus Serif", "DejaVu Sans Mono"]) == {}


def test_a_font_that_is_missing_is_told_and_another_takes_its_place(tmp_path):
    pdf, remarks = printed(tmp_path, *CELLS, look=look(tmp_path, '#let text-font = "Nowhere Sans"\n'))
    assert remarks == ["lab: the typesetter warns: unknown font family: nowhere sans"]
    assert "Some words" in text_of(pdf)


FAULTS = {
    "\n#let header(about) = nope": "line 2: unknown variable: nope",
    "#let x = (": "line 1: unclosed delimiter",
    "\n\n#let footer() = []": "line 3: footer: unexpected argument",
    "\n#let header = 5": "line 2: header: expected a function, found integer",
    "#let quiet = 12": "line 1: quiet: expected color, found integer",
    "\n#let look(doc) = { show heading: it => it.nope; doc }": "line 2: heading does not have field",
    '#let header(about) = image("none.png")': "line 1: a file is not there; a look reads pictures",
    '#import "@preview/cetz:0.1.0": *': "line 1: packages are not fetched",
    '#let secret = read("../../../secret.txt")': "line 1: a file may not be read",
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_is_one_line_with_the_file_the_line_and_what_to_do(text, tmp_path):
    with pytest.raises(NotebookError) as told:
        built(tmp_path, CELLS[0], look=look(tmp_path, text))
    message = str(told.value)
    assert message.startswith(f"{tmp_path / 'mine.typ'}, {FAULTS[text]}")
    assert message.endswith("; mend it, or print without the look")
    assert "\n" not in message
    assert "nbtypst-" not in message


def test_a_look_that_is_not_there_is_one_line_of_the_command(tmp_path, capsys):
    path = notebook(tmp_path / "lab.ipynb", md("Words."))
    assert main([str(path), "-o", str(tmp_path / "lab.pdf"), "--look", "none.typ"]) == 1
    said = "nothing was written:\nnone.typ: no such look; give the path of a file of Typst, such as mine.typ\n"
    assert capsys.readouterr().err == said
    assert main([str(path), "-o", str(tmp_path / "lab.pdf"), "--look", __file__, "--fonts", "none"]) == 1
    assert capsys.readouterr().err == "nothing was written:\nnone: no such folder of fonts\n"


def test_nbconvert_and_the_command_take_a_look_with_files_beside_it(tmp_path):
    (tmp_path / "logo.png").write_bytes(png())
    look(tmp_path, "#let name = [Hen House]\n", "names.typ")
    text = '#import "names.typ": name\n#let footer(about) = [#name #image("logo.png", height: 4mm) #about.footer]\n'
    path, own = notebook(tmp_path / "lab.ipynb", md("Words.")), look(tmp_path, text)
    pdf = exported(path, look=str(own))
    assert "Hen House" in text_of(pdf)
    assert len(pdf.pages[0].images) == 1
    assert main([str(path), "-o", str(tmp_path / "book.pdf"), "--look", str(own)]) == 0
    assert "Hen House" in text_of(PdfReader(tmp_path / "book.pdf"))
    build(path, tmp_path / "book.typ", look=own)
    assert (tmp_path / "book_files" / "look" / "names.typ").exists()


def test_the_metadata_name_a_look_in_the_notebooks_own_folder_alone(tmp_path):
    look(tmp_path, "#let footer(about) = [Hen House]\n")
    (tmp_path / "inside").mkdir()
    pdf, remarks = printed(tmp_path, md("Words."), metadata={"look": "mine.typ"})
    assert remarks == []
    assert "Hen House" in text_of(pdf)
    pdf, remarks = printed(tmp_path / "inside", md("Words."), metadata={"look": "../mine.typ"})
    assert len(remarks) == 1
    assert remarks[0].startswith("lab.ipynb: the look ../mine.typ lies outside the notebook's folder, and is not read")
    assert "Hen House" not in text_of(pdf)
    pdf, remarks = printed(tmp_path, md("Words."), metadata={"look": "other.typ"})
    assert remarks == ["lab.ipynb: the look other.typ is not there, or no text"]
