"""The examples of the README do what they say, as they are printed."""

import re

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

import helpers
from helpers import MLP
from helpers.report import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def restored():
    """What the examples add to the tables is gone after each test."""
    tables = (helpers.ACTIVATIONS, helpers.WEIGHT_INITS)
    before = [dict(table) for table in tables]
    yield
    for table, content in zip(tables, before, strict=True):
        table.clear()
        table.update(content)


def test_the_recipes_of_the_readme_run_one_after_the_other(monkeypatch, tmp_path, clean_environment):
    """On one epoch and two seeds, in a folder with a photo of a digit."""
    section = README.split("## Making it yours")[1].split("\n## ")[0]
    monkeypatch.setenv("EPOCHS", "1")
    monkeypatch.setenv("SEEDS", "2")
    monkeypatch.chdir(tmp_path)
    digit = 255 - helpers.load_mnist().pixels(helpers.load_mnist().test)[0]
    paper = np.pad(digit, 40, constant_values=255).clip(0, 255).astype(np.uint8)
    Image.fromarray(paper).resize((400, 400)).save("photo.jpg")
    names: dict[str, object] = {"__name__": "__main__"}  # as in a notebook
    with mpl.rc_context({"backend": "template"}):
        for code in re.findall(r"```python\n(.*?)```", section, re.S):
            exec(code, names)  # noqa: S102
    assert {name: len(runs) for name, runs in names["both"].items()} == {"momentum": 3, "wider": 3}
    result = names["result"]
    assert result.model().evaluate(result.dataset().validation) == pytest.approx(result.validation, rel=1e-5)
    assert names["results"].frame()["test_accuracy"].between(0.5, 1).all()
    for image in (names["dataset"].pixels(names["dataset"].test)[0], helpers.read_photo("photo.jpg")):
        assert MLP.load("mine.npz").read(image).argmax() == 7


def test_the_readme_names_every_module_of_the_house():
    layout = README.split("## Layout")[1].split("\n## ")[0]
    for path in (ROOT / "helpers").glob("*/"):
        assert not path.is_dir() or path.name.startswith("_") or f"{path.name}/" in layout
