"""nbconvert's ways in: flags, options, tags, configuration files, and programs that end in one line."""

import io
import json
import re
import subprocess
import sys
import warnings
from dataclasses import fields
from pathlib import Path

import pytest
import typst
from kitchen import assert_says, built, figure_cell, md, notebook, png, printed, run_code, shown, stream, text_of
from nbconvert.exporters import get_export_names, get_exporter
from nbformat import v4
from pypdf import PdfReader
from traitlets.config import Config

import nbtypst
from nbtypst import NotebookError, NotebookWarning
from nbtypst.__main__ import _arguments, main
from nbtypst.common.options import Options
from nbtypst.exporters import LEFT_OUT, TypstExporter, TypstPDFExporter

README = (Path(nbtypst.__file__).parent / "README.md").read_text(encoding="utf-8")


def exported(path, config=None, **options):
    exporter = TypstPDFExporter(config=Config(config or {}), **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotebookWarning)
        content, resources = exporter.from_filename(str(path))
    assert resources["output_extension"] == ".pdf"
    return PdfReader(io.BytesIO(content))


@pytest.fixture
def lab(tmp_path):
    return notebook(
        tmp_path / "lab.ipynb",
        md("# Lab\n\nWords."),
        run_code("stir = 1", stream("soup\n")),
        run_code("hidden = 1", stream("kept\n"), tags=["hide-input"]),
        run_code("removed = 1", stream("gone\n"), tags=["remove-cell"]),
        run_code("silent = 1", stream("quiet\n"), tags=["remove-output"]),
        run_code("folded = 1", stream("unfolded\n"), jupyter={"source_hidden": True}),
        run_code("shut = 1", stream("closed\n"), jupyter={"outputs_hidden": True}),
        run_code("own = 1", stream("tagged\n"), tags=["mine"]),
    )


def test_both_exporters_have_their_names_in_nbconvert():
    assert {"typstpdf", "typst"} <= set(get_export_names())
    assert get_exporter("typstpdf") is TypstPDFExporter
    assert TypstPDFExporter.export_from_notebook == "PDF via Typst"


TAGS = {"enabled": True, "remove_input_tags": ["hide-input"]}
OPTIONS = {  # configuration, words that are there, words that are not
    "nothing but tags and marks of Jupyter": (
        {},
        ["Words.", "stir = 1", "soup", "kept", "silent = 1", "unfolded", "shut = 1", "own = 1", "tagged"],
        ["hidden = 1", "removed", "gone", "quiet", "folded = 1", "closed"],
    ),
    "no input": ({"TemplateExporter": {"exclude_input": True}}, ["soup", "Words."], ["stir = 1"]),
    "no output": ({"TemplateExporter": {"exclude_output": True}}, ["stir = 1"], ["soup"]),
    "no Markdown": ({"TypstPDFExporter": {"exclude_markdown": True}}, ["soup"], ["Words."]),
    "no code cells": ({"TypstPDFExporter": {"exclude_code_cell": True}}, ["Words."], ["soup", "stir"]),
    "removed cells": (
        {"TagRemovePreprocessor": TAGS | {"remove_cell_tags": ["mine"]}},
        ["soup"],
        ["own = 1", "tagged"],
    ),
    "removed inputs": ({"TagRemovePreprocessor": TAGS | {"remove_input_tags": ["mine"]}}, ["tagged"], ["own = 1"]),
    "ClearOutputPreprocessor": ({"ClearOutputPreprocessor": {"enabled": True}}, ["stir = 1"], ["soup"]),
    "title": (
        {"TypstPDFExporter": {"title": "Pans", "authors": ["Ada", "Bob"], "date": "May"}},
        ["Pans Ada, Bob May"],
        ["Lab"],
    ),
    "numbered headings": ({"TypstPDFExporter": {"numbered_headings": True, "title": "T"}}, ["T", "Words."], []),
    "preview": ({"TypstPDFExporter": {"preview": "Draft"}}, ["Draft"], []),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options_of_nbconvert_act_as_its_users_expect(name, lab):
    config, there, not_there = OPTIONS[name]
    assert_says(text_of(exported(lab, config)), there, not_there)


@pytest.mark.parametrize(
    ("options", "size", "left"),
    [
        ({"paper": "us-letter"}, (612, 792), (612 - 345.8) / 2),
        ({"margins": "25mm"}, (595, 842), 70.9),
        ({"margins": "1in 30mm", "font_size": 9}, (595, 842), 85),
        ({"paper": "A4"}, (595, 842), 124.7),
    ],
)
def test_paper_margins_and_size_of_letters_can_be_chosen(options, size, left, lab):
    page = exported(lab, **options).pages[0]
    assert tuple(round(float(side)) for side in page.mediabox[2:]) == size
    places = []
    page.extract_text(visitor_text=lambda text, outer, own, *_: places.append((text, outer[0] * own[4] + outer[4])))
    places = [place for text, place in places if text.startswith("Words")]
    assert places[0] == pytest.approx(left, abs=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"paper": "a0"}, "the paper is 'a0'; allowed: a4, us-letter"),
        ({"margins": "wide"}, "the margin 'wide' is no length"),
        ({"margins": "1mm 2mm 3mm"}, "give one length for all sides, or two"),
        ({"margins": "120mm"}, "the margins leave no room"),
        ({"font_size": 99}, "the font size is 99 pt"),
        ({"time_limit": -1.0}, "time_limit is -1; expected seconds above 0"),
    ],
)
def test_impossible_pages_are_one_clear_error(options, message, lab):
    with pytest.raises(NotebookError, match=message):
        exported(lab, **options)


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [("font_size", "10", "a number"), ("toc", "no", "True or False"), ("time_limit", True, "a number")],
)
def test_an_option_of_another_type_is_one_clear_error(option, value, expected, lab):
    with pytest.raises(NotebookError, match=rf"^{option} is {value!r}; expected {expected}: "):
        nbtypst.build(lab, lab.with_suffix(".pdf"), **{option: value})


def test_headings_are_numbered_and_listed_on_request(tmp_path):
    cells = [md("# Lab"), md("# Pans\n\n## Old"), md("# Eggs")]
    text = text_of(built(tmp_path, *cells, numbered_headings=True, toc=True))
    assert_says(text, ["1 Pans", "1.1 Old"])
    assert text.index("Contents") < text.index("2 Eggs")


def test_a_long_notebook_gets_contents_by_itself_and_a_short_one_does_not(tmp_path):
    chapters = [md(f"# Chapter {n}\n\n" + "Words of a chapter. " * 350) for n in range(6)]
    assert "Contents" in text_of(built(tmp_path, md("# Lab"), *chapters))
    assert "Contents" not in text_of(built(tmp_path, md("# Lab"), *chapters, toc=False))
    assert "Contents" not in text_of(built(tmp_path, md("# Lab"), md("# A"), md("# B"), md("# C"), md("# D")))


def test_title_authors_date_abstract_and_language_come_from_the_metadata(tmp_path):
    about = {"title": "On eggs", "date": "May 1999", "abstract": "What hens lay.", "lang": "nb-NO"}
    pdf = built(tmp_path, md("Words."), metadata=about | {"authors": [{"name": "Ada Hen"}, {"name": "Bob"}]})
    assert text_of(pdf).startswith("On eggs Ada Hen, Bob May 1999 What hens lay. Words.")
    assert (pdf.metadata.title, pdf.metadata.author) == ("On eggs", "Ada Hen, Bob")
    assert pdf.trailer["/Root"]["/Lang"].startswith("nb")


def test_metadata_against_the_rules_are_read_all_the_same(tmp_path):
    path = notebook(tmp_path / "lab.ipynb", md("Words."))
    content = json.loads(path.read_bytes()) | {"metadata": {"authors": "Ada"}}
    path.write_text(json.dumps(content), encoding="utf-8")
    assert "Ada" in text_of(exported(path))


def test_a_notebook_is_never_run_unasked_and_run_when_asked(tmp_path):
    done = notebook(tmp_path / "done.ipynb", run_code("print(6 * 7)", stream("as stored")))
    assert "as stored" in text_of(exported(done))
    fresh = notebook(tmp_path / "fresh.ipynb", v4.new_code_cell("print(6 * 7)"), v4.new_code_cell("1 / 0"), md("end"))
    assert "42" not in text_of(exported(fresh))
    with pytest.raises(NotebookError, match=r"fresh\.ipynb, cell 2: ZeroDivisionError: division by zero"):
        exported(fresh, {"ExecutePreprocessor": {"enabled": True}})
    text = text_of(exported(fresh, {"ExecutePreprocessor": {"enabled": True, "allow_errors": True}}))
    assert_says(text, ["42", "ZeroDivisionError: division by zero", "end"])


def test_the_typst_exporter_gives_a_folder_that_typst_turns_into_the_same_pdf(tmp_path):
    (tmp_path / "pan.png").write_bytes(png())
    cells = [md("# Lab\n\n$x^2$ ![a pan](pan.png) ✓"), figure_cell(), md("# A"), md("# B")]
    path = notebook(tmp_path / "my lab.ipynb", *cells)
    source, resources = TypstExporter().from_filename(str(path))
    folder = tmp_path / "out"
    for name, content in {"my lab.typ": source.encode(), **resources["outputs"]}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    again = typst.compile(
        str(folder / "my lab.typ"),
        root=str(folder),
        font_paths=[str(folder / "my lab_files" / "fonts")],
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )
    assert again == TypstPDFExporter().from_filename(str(path))[0]
    assert "--pdf-standard ua-1" in source.splitlines()[0]
    nbtypst.build(path, tmp_path / "built" / "my lab.typ")
    assert (tmp_path / "built" / "my lab.typ").read_text(encoding="utf-8") == source
    assert (tmp_path / "built" / "my lab_files" / "nbtypst.typ").exists()


@pytest.mark.parametrize("option", fields(Options), ids=lambda option: option.name)
def test_an_option_is_the_same_for_nbconvert_the_command_line_and_the_readme(option, lab, monkeypatch):
    def asked_for(_, options):
        raise NotebookError(repr(getattr(options, option.name)))

    monkeypatch.setattr("nbtypst.building.document_of", asked_for)
    kind, name = option.metadata["kind"], option.name
    value = {str: "us-letter" if name == "paper" else "7mm", list: ["a"], float: 7.0, bool: not option.default}[kind]
    flag = (option.metadata["flag"] or f"--{name}").replace("_", "-")
    flag = flag.replace("--", "--no-", 1) if option.default is True else flag
    flags = [flag, *([] if kind is bool else value if kind is list else [str(value)])]
    expected = re.escape(repr(value))
    with pytest.raises(NotebookError, match=expected):
        nbtypst.build(lab, lab.with_suffix(".pdf"), **{name: value})
    exclude, wanted = (LEFT_OUT[name], not value) if name in LEFT_OUT else (name, value)
    with pytest.raises(NotebookError, match=expected):
        exported(lab, {"TypstPDFExporter": {exclude: wanted}})
    with pytest.raises(NotebookError, match=expected):
        nbtypst.build(lab, lab.with_suffix(".pdf"), **arguments_of([str(lab), "-o", "x.pdf", *flags]))
    default = {None: "", True: "yes", False: "no"}.get(option.default, option.default)
    row = f"| `{name}` | {default:g} |" if kind is float else f"| `{name}` | {default} |"
    assert f"{row} {option.metadata['words']} |\n" in README


def arguments_of(words):
    given = vars(_arguments(words))
    return {option.name: given[option.name] for option in fields(Options)}


def test_several_notebooks_are_one_document_in_order(tmp_path, capsys):
    first = notebook(tmp_path / "a.ipynb", md("# A\n\nTo [b](b.ipynb) and [c](b.ipynb#C), [@fig:swing]."), title="Book")
    second = notebook(tmp_path / "b.ipynb", md("# B\n\n## C"), figure_cell())
    assert main([str(first), str(second), "-o", str(tmp_path / "book.pdf"), "--author", "Ada", "--no-input"]) == 0
    assert "book.pdf: 1 page; " in capsys.readouterr().out
    text = text_of(PdfReader(tmp_path / "book.pdf"))
    assert "Book Ada A To b and c, Figure 1. B C Figure 1. A pendulum swings." in text


def test_the_command_line_lists_remarks_and_tells_failure_by_status(tmp_path, capsys):
    path = notebook(tmp_path / "lab.ipynb", md("![a](b.png)"))
    assert main([str(path), "-o", str(tmp_path / "lab.pdf")]) == 0
    said = capsys.readouterr()
    assert said.err == "shown less well than in Jupyter:\nlab.ipynb, cell 1: the picture b.png is not there\n"
    assert main([str(path), "-o", str(tmp_path / "lab.pdf"), "--strict"]) == 1
    assert capsys.readouterr().err == "nothing was written:\nlab.ipynb, cell 1: the picture b.png is not there\n"
    with pytest.raises(SystemExit):
        main([str(path), "-o", "x.pdf", "--seeds", "2"])
    assert "unrecognized arguments: --seeds" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "arguments", "status", "message"),
    [
        ("{", [], 1, "lab.ipynb: not a notebook: broken JSON"),
        (None, [], 0, "lab.ipynb, cell 1: the picture b.png is not there"),
        (None, ["--TypstPDFExporter.strict=True"], 1, "lab.ipynb, cell 1: the picture b.png is not there"),
    ],
)
def test_nbconvert_ends_in_plain_words_and_without_a_traceback(content, arguments, status, message, tmp_path):
    path = notebook(tmp_path / "lab.ipynb", md("![a](b.png)"))
    if content is not None:
        path.write_text(content, encoding="utf-8")
    command = [sys.executable, "-m", "nbconvert", "--to", "typstpdf", *arguments, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == status, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "lab.pdf").exists() == (status == 0)


def test_what_a_notebook_shows_needs_no_nbconvert():
    code = "import sys, nbtypst; nbtypst.Figure; print('nbconvert' in sys.modules, 'matplotlib.pyplot' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.split() == ["False", "False"]


def test_same_input_same_bytes(tmp_path):
    cells = [md("# Lab\n\n$x$ ✓"), figure_cell(), run_code("x", shown(text_html="<b>x</b>"))]
    once, again = (printed(tmp_path, *cells) and (tmp_path / "lab.pdf").read_bytes() for _ in range(2))
    assert once == again
