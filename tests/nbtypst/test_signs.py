"""Every sign for which a font is at hand is drawn by it; for others stands their code point."""

from pathlib import Path

import pytest
from kitchen import built, md, printed, run_code, stream, text_of

from nbtypst.common import fonts as signs
from nbtypst.common.fonts import fonts_for
from nbtypst.document import clean


def test_plain_text_needs_no_further_font():
    assert fonts_for("Plain words, é, ß, α – … and 1 ½.") == signs.Fonts()


def test_fonts_of_matplotlib_come_before_those_of_the_system(monkeypatch):
    monkeypatch.setattr(signs, "_system_files", lambda: pytest.fail("the system was asked"))
    found = fonts_for("done ✓ → ⟶ Ελληνικά ♞ Ѹ")
    assert found.missing == frozenset()
    assert [file.name for file in found.files] == ["DejaVuSans.ttf"]


def test_the_system_is_asked_only_for_what_no_other_font_has(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(signs, "_shipped", frozenset)
    monkeypatch.setattr(signs, "_of_matplotlib", list)
    monkeypatch.setattr(signs, "_system_files", lambda: (Path("one.ttf"), Path("two.ttf")))
    monkeypatch.setattr(signs, "coverage", lambda file: asked.append(file.name) or frozenset("数"))
    assert fonts_for("数").files == (Path("one.ttf"),)
    assert asked == ["one.ttf"]


def test_a_sign_without_a_font_stands_as_its_code_point_everywhere(monkeypatch, tmp_path):
    monkeypatch.setattr(signs, "_system_files", lambda: ())
    text = md("# Signs \U000107ff\n\n\U000107ff, ✓ and `\U000107ff`")
    cells = [text, run_code("x = '\U000107ff'", stream("\U000107ff"))]
    pdf, remarks = printed(tmp_path, *cells, metadata={"title": "Signs \U000107ff"})
    assert text_of(pdf).count("U+107FF") == 4
    assert remarks == ["cell 1: no font has the sign U+107FF"]


def test_marks_that_show_nothing_are_no_missing_signs():
    assert fonts_for("a\ufe0f b\u200d c\u200b d\ufeff e\u200e").missing == frozenset()


def test_control_signs_and_halves_of_signs_are_taken_out(tmp_path):
    assert clean("a\x00b\x1bc\x85d\ud800e\tf\n") == "abcd\ufffde\tf\n"
    assert clean("\ud83d\ude80") == "\U0001f680"
    assert "between" in text_of(built(tmp_path, md("be\x00tween\x07")))
