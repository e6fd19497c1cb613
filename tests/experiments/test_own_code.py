"""Code of one's own in an experiment: it goes along to other processes, and what it computes is part of the key."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from small_experiments import BASE, SMALL

from helpers import TrainingConfig
from helpers.experiments.keys import result_key
from helpers.network.activations import ACTIVATIONS, Activation

pytestmark = pytest.mark.usefixtures("clean_environment")
ROOT = Path(__file__).resolve().parents[2]
TRICKS = """
import numpy as np

FACTOR = 0.1


def leaky(z, out=None):
    return np.maximum(z, FACTOR * z, out=out)


def leaky_slope(a, out=None):
    return np.multiply(np.where(a > 0, 1, FACTOR), 1, out=out)


def halved(progress):
    return part() ** (10 * progress)


def part():
    return 0.5


class Signs:
    learning_rate = 0.001

    def update(self, parameters, gradient):
        parameters -= self.learning_rate * np.sign(gradient)


def unused():
    return 1
"""


@pytest.fixture
def tricks(tmp_path, monkeypatch):
    """Function: the module of tricks, with some of its text replaced, imported anew."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def tricks(old="", new=""):
        (tmp_path / "tricks.py").write_text(TRICKS.replace(old, new) if old else TRICKS)
        sys.modules.pop("tricks", None)
        importlib.invalidate_caches()
        return importlib.import_module("tricks")

    yield tricks
    sys.modules.pop("tricks", None)


def key_with(module, monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "leaky", Activation(module.leaky, module.leaky_slope))
    own = BASE.variant("own", activation="leaky", optimizer=module.Signs(), schedule=module.halved)
    return result_key(own, 0, {})


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        ("FACTOR * z, out", "FACTOR * z * 1, out", True),
        ("FACTOR = 0.1", "FACTOR = 0.2", True),  # a constant that a function refers to
        ("return 0.5", "return 0.25", True),  # a function that a function calls
        ("np.sign(", "np.tanh(", True),
        ("learning_rate = 0.001", "learning_rate = 0.002", True),
        ("return 1\n", "return 2\n", False),  # what nothing refers to
        ("\n\ndef part", "\n\n# said\n\ndef part", False),
    ],
)
def test_what_own_code_computes_is_part_of_the_key_and_nothing_else(tricks, monkeypatch, old, new, counts):
    before = key_with(tricks(), monkeypatch)
    assert key_with(tricks(), monkeypatch) == before
    assert (key_with(tricks(old, new), monkeypatch) != before) == counts


def test_a_changed_file_counts_when_it_is_imported_again_and_not_before(tricks, monkeypatch, tmp_path):
    module = tricks()
    before = key_with(module, monkeypatch)
    (tmp_path / "tricks.py").write_text(TRICKS.replace("return 0.5", "return 0.25"))
    assert key_with(module, monkeypatch) == before


def test_what_nothing_can_tell_from_its_like_is_refused():
    with open(__file__, encoding="utf-8") as file:

        def reading(progress):
            return len(file.name)

        with pytest.raises(ValueError, match="is used in an experiment, and nothing tells it from its like"):
            result_key(BASE.variant("own", schedule=reading), 0, {})


def test_experiments_without_own_code_have_keys_that_no_process_changes():
    keys = [result_key(experiment, 0, {}) for experiment in SMALL.values()]
    script = "from small_experiments import SMALL\nfrom helpers.experiments.keys import result_key\n"
    script += "print([result_key(experiment, 0, {}) for experiment in SMALL.values()])"
    environment = {"PYTHONPATH": f"{ROOT}:{Path(__file__).parent}", "PYTHONHASHSEED": "7"}
    said = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    assert said.stdout.strip() == str(keys)


CELLS = """
import numpy as np
from helpers import EXPERIMENTS, run_experiments
from helpers.experiments.keys import result_key
from helpers.experiments.store import Store
from helpers.network.activations import ACTIVATIONS, Activation
from small_experiments import BASE
import tricks

base = 0.5
def halved(progress):
    return base ** progress
def enough(history):
    return len(history.validation_steps) == 2
ACTIVATIONS["mine"] = Activation(tricks.leaky, lambda a, out=None: tricks.leaky_slope(a, out))
mine = BASE.variant("mine", activation="mine", optimizer=tricks.Signs(), schedule=halved, stop=enough)
results = run_experiments(mine, [0], store=Store("results"), progress=False)
[run] = results["mine"]
print(run.experiment is mine, run.history.ending, results.frame()[["optimizer", "schedule", "stop"]].values.tolist())
print(result_key(mine, 0, {}))
print(len(run_experiments(mine, [0], store=Store("results"), progress=False)["mine"]), run.model().activation)
"""


def test_code_of_a_cell_and_of_a_file_is_trained_by_other_processes_and_found_again(tmp_path, squares):
    (tmp_path / "tricks.py").write_text(TRICKS)
    said = []
    for hash_seed in "12":
        environment = {"PYTHONPATH": f"{ROOT}:{Path(__file__).parent}", "PYTHONHASHSEED": hash_seed}
        environment |= {"MNIST_DIR": str(squares), "PATH": "/usr/bin:/bin"}
        command = [sys.executable, "-c", CELLS]
        run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
        said.append(run.stdout.splitlines())
    assert said[0] == said[1]
    assert said[0][0] == "True stopped by enough [['Signs', 'halved', 'enough']]"
    assert said[0][2] == "1 mine"
    assert len(list((tmp_path / "results").glob("mine-seed0-*.npz"))) == 1


def test_a_config_takes_learning_rate_and_momentum_of_its_optimizer(tricks):
    own = BASE.variant("own", optimizer=tricks().Signs())
    assert (own.config.learning_rate, own.config.momentum) == (0.001, TrainingConfig().momentum)
    assert own.summary == "Signs, learning rate 0.001"
    with pytest.raises(ValueError, match="changes are learning_rate; give them to the optimizer"):
        own.variant("other", learning_rate=0.1)
    back = own.variant("back", optimizer=None, learning_rate=0.2)
    assert back.config.optimizer is None
