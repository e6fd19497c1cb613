"""Widths of words, and where long ones break."""

import pytest

from nbtypst.common.fonts import breakable, parts_of, width

SPACE = "\u200b"


def test_width_grows_with_the_size_adds_up_and_is_more_in_bold():
    assert [width("word", 20), width("wordword", 10)] == pytest.approx([2 * width("word", 10)] * 2)
    assert width("n", 10, bold=True) == pytest.approx(1.06 * width("n", 10))


def test_digits_and_letters_of_code_are_of_one_width():
    assert len({width(digit, 10) for digit in "0123456789"}) == 1
    assert width("iiii", 10, mono=True) == width("MMMM", 10, mono=True) == pytest.approx(24.08)


def test_nothing_has_no_width_and_letters_that_the_font_lacks_have_one():
    assert [width(text, 10) for text in ("", "漢字", "\u0f40", "\u200b\ufe0f")] == [0, 20, 6, 0]


@pytest.mark.parametrize(
    "word", ["https://example.org/a/very-long/path?with=query&more", "aVeryLongCamelCaseName", "x" * 5000]
)
@pytest.mark.parametrize("mono", [False, True])
def test_every_part_of_a_broken_word_fits_and_no_letter_is_lost(word: str, mono: bool):
    broken = breakable(word, 40, 10, mono=mono)
    assert broken.replace(SPACE, "") == word
    assert all(width(part, 10, mono=mono) <= 40 for part in broken.split(SPACE))


def test_words_that_fit_are_left_alone_others_break_after_signs_and_before_capitals():
    assert breakable("snake_case", 100, 10) == "snake_case"
    assert breakable("learning_rate/max_depth", 60, 10).split(SPACE) == ["learning_", "rate/", "max_", "depth"]
    assert parts_of("petalLengthInCm") == ["petal", "Length", "InCm"]


def test_a_word_breaks_however_little_room_there_is_but_accents_stay():
    assert breakable("abc", 0.1, 10).split(SPACE) == ["a", "b", "c"]
    assert breakable("e\u0301a\u0300", 0.1, 10).split(SPACE) == ["e\u0301", "a\u0300"]
