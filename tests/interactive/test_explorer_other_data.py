"""The explorer follows the data: its bars carry the classes' names."""

import shutil
import string

from helpers.interactive.explorer import page


def test_bars_are_called_as_the_classes_of_the_data(small_data, drawn, tmp_path, monkeypatch):
    folder = shutil.copytree(small_data, tmp_path / "letters")
    (folder / "letters-mapping.txt").write_text("".join(f"{label} {97 + label}\n" for label in range(10)))
    monkeypatch.setenv("MNIST_DIR", str(folder))
    opened = page.Explorer()
    assert opened.pad.label_names == list(string.ascii_lowercase[:10])
    opened.close()
