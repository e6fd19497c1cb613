"""Typst renames signs, with a warning first: what stands in its formulas is called as it and the next one call it."""

import json
import re
from pathlib import Path

import typst
from signs_of_tex import SIGNS

import nbtypst
from nbtypst.common.fonts import FONTS
from nbtypst.formulas import Formula, to_typst
from nbtypst.printing.source import TEMPLATE


def test_names_of_the_page_s_look_hide_none_that_formulas_use(tmp_path):
    file = tmp_path / "names.typ"
    for name in TEMPLATE:
        (tmp_path / name).write_bytes((Path(nbtypst.__file__).parent / "printing" / name).read_bytes())
    tables = "(dictionary(it), dictionary(math), dictionary(sym), dictionary(std)).map(it => it.keys())"
    file.write_text(f'#import "nbtypst.typ" as it\n#metadata({tables}) <names>', encoding="utf-8")
    own, *known = json.loads(typst.query(str(file), "<names>", field="value", one=True, root=str(tmp_path)))
    assert set(own) & {name for names in known for name in names} == {"sans"}  # which is upright, as in TeX


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
