"""The examples of README and CONTRIBUTING do what they say, as they are printed."""

import re

import matplotlib as mpl
import numpy as np
import pytest
from made_up import made_up_results
from PIL import Image

import helpers
import helpers.evidence.families
import helpers.evidence.measures
import helpers.experiments.table
import helpers.figures.style
import helpers.network.activations
from helpers import EXPERIMENTS, MLP, compare, gradient_check, measured
from helpers.report import ROOT
from nbtypst import Figure

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TRICK, EXPERIMENT, MEASURE, FIGURE = re.findall(r"```python\n(.*?)```", CONTRIBUTING, re.S)


def run_in(modules, code: str, **more: object) -> dict[str, object]:
    """Run code as if it stood at the end of these modules."""
    names = {name: value for module in modules for name, value in vars(module).items()} | more
    exec(code, names)  # noqa: S102
    return names


@pytest.fixture(autouse=True)
def restored():
    """What the examples add to the tables is gone after each test."""
    tables = (
        helpers.network.activations.ACTIVATIONS,
        EXPERIMENTS,
        helpers.evidence.families.FAMILIES,
        helpers.evidence.measures.MEASURES,
    )
    before = [dict(table) for table in tables]
    yield
    for table, content in zip(tables, before, strict=True):
        table.clear()
        table.update(content)


def test_a_trick_is_taken_by_name_and_its_slope_is_right():
    run_in([helpers.network.activations], TRICK)
    stream = np.random.default_rng(0)
    model = MLP([9, 7, 5, 4], activation="relu", weight_init="improved", seed=0, dtype=np.float64)
    assert max(gradient_check(model, stream.normal(size=(8, 9)), stream.integers(0, 4, 8))) < 1e-6


def test_an_experiment_is_a_line_of_the_table_and_compared_in_its_family():
    run_in([helpers.network.activations], TRICK)
    run_in([helpers.experiments.table, helpers.evidence.families], EXPERIMENT)
    assert EXPERIMENTS["relu"].config.momentum == 0.9
    assert EXPERIMENTS["relu"].summary == "relu"
    assert compare(made_up_results(10), "momentum", "relu").rises("loss")[0].family == "tricks (7)"


def test_a_measure_is_said_by_its_name():
    run_in([helpers.evidence.measures], MEASURE)
    assert f"{measured(made_up_results(2), 'baseline').epochs:1}" == "32.0\xa0epochs"


def test_a_figure_is_a_function_of_results():
    shown = run_in([helpers.figures.style], FIGURE, Figure=Figure)["loss_figure"](made_up_results(3), "momentum")
    assert len(shown.figure.axes[0].lines) == 3


def test_the_recipes_of_the_readme_run_one_after_the_other(monkeypatch, tmp_path, clean_environment):
    """On one epoch and two seeds, in a folder with a photo of a digit."""
    section = README.split("## Making it yours")[1].split("\n## ")[0]
    monkeypatch.setenv("EPOCHS", "1")
    monkeypatch.setenv("SEEDS", "2")
    monkeypatch.chdir(tmp_path)
    digit = 255 - helpers.load_mnist().pixels(helpers.load_mnist().test)[0]
    paper = np.pad(digit, 40, constant_values=255).clip(0, 255).astype(np.uint8)
    Image.fromarray(paper).resize((400, 400)).save("photo.jpg")
    names: dict[str, object] = {}
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


def test_every_setting_of_make_is_one_that_the_package_reads():
    from helpers.settings import SETTINGS

    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = set(re.search(r"^SETTINGS := (.*)$", makefile, re.M)[1].split())
    assert known == SETTINGS.keys() - {"TQDM_DISABLE"}
