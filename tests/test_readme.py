"""The examples of the README do what it says."""

import re
from pathlib import Path

import numpy as np
from made_up import made_up_results

import helpers.activations
import helpers.experiments
import helpers.plots
import helpers.statistics
from helpers import MLP, gradient_check

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")


def run_in(modules, code: str) -> dict[str, object]:
    """Run code as if it stood at the end of these modules; what they hold in dictionaries is copied first."""
    names = {name: value for module in modules for name, value in vars(module).items()}
    names |= {name: dict(value) for name, value in names.items() if name.isupper() and isinstance(value, dict)}
    exec(code, names)  # noqa: S102
    return names


def test_a_trick_an_experiment_and_a_figure_take_ten_lines_each_and_work(monkeypatch):
    section = README.split("## Adding to it")[1].split("\n## ")[0]
    trick, experiment, figure = examples = re.findall(r"```python\n(.*?)```", section, re.S)
    assert all(len([line for line in example.splitlines() if line.strip()]) <= 10 for example in examples)

    relu = run_in([helpers.activations], trick)["ACTIVATIONS"]["relu"]
    monkeypatch.setitem(helpers.activations.ACTIVATIONS, "relu", relu)
    stream = np.random.default_rng(0)
    model = MLP([9, 7, 5, 4], activation="relu", weight_init="improved", seed=0, dtype=np.float64)
    assert max(gradient_check(model, stream.normal(size=(8, 9)), stream.integers(0, 4, 8))) < 1e-6

    modules = helpers.experiments, helpers.statistics, helpers.plots
    added = run_in(modules, experiment)
    assert added["EXPERIMENTS"]["relu"].config.momentum == 0.9
    assert added["COMPARISONS"][-1] == ("3c", "relu")

    shown = run_in(modules, figure)["loss_figure"](made_up_results(3), "3c")
    assert len(shown.figure.axes[0].lines) == 3
