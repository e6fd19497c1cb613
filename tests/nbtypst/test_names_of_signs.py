"""Typst renames signs, with a warning first: what stands in its formulas is called as it and the next one call it."""

import re

import typst
from signs_of_tex import SIGNS

from nbtypst.common.fonts import FONTS
from nbtypst.formulas import Formula, to_typst


def told(folder, lines):
    """(what the installed Typst refuses, what it says it will refuse), by number of the line, and what it says."""
    file, refused, number = folder / "signs.typ", {}, re.compile(r"signs\.typ:(\d+)")
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])
    while True:
        file.write_text("\n\n".join(["" if 2 * n in refused else line for n, line in enumerate(lines)]), "utf-8")
        try:
            _, warnings = typst.compile_with_warnings(str(file), root=str(folder), font_paths=fonts)
        except typst.TypstError as error:
            refused[int(number.search(error.diagnostic)[1]) - 1] = error.message
            continue
        old = [one for one in warnings if "deprecated" in one.message]
        return refused, {int(number.search(one.diagnostic)[1]) - 1: one.message for one in old}


def test_typst_knows_each_sign_by_a_name_that_it_will_keep(tmp_path):
    names = SIGNS.split()
    markup = [one.markup for one in to_typst([Formula(f"\\{name}", False) for name in names])]
    refused, old = told(tmp_path, [f"#math.equation({one or '[]'})" for one in markup])
    assert {names[line // 2]: (markup[line // 2], said) for line, said in {**refused, **old}.items()} == {}
