"""The key of a stored result: what changes its numbers changes it, and nothing else does."""

import re
import shutil

import numpy as np
import pytest

from helpers import EXPERIMENTS
from helpers.experiments import keys
from helpers.experiments.keys import COMPUTING, PACKAGE, common_determinants, result_key, source_hash

TASK_3 = EXPERIMENTS["momentum"]
COMMON = {"format": 1, "data": "ab12", "source": "cd34", "numpy": "2.0.0", "scipy": "1.15.0"}
NUMERIC = [
    *(str(path.relative_to(PACKAGE)) for room in COMPUTING for path in sorted((PACKAGE / room).glob("*.py"))),
    "experiments/experiment.py",
    "experiments/trial.py",
]


def key(experiment=TASK_3, seed=3, **changes):
    return result_key(experiment, seed, COMMON | changes)


def test_equal_determinants_give_equal_keys_in_any_order():
    assert key() == result_key(TASK_3, 3, dict(reversed(COMMON.items())))
    assert re.fullmatch("[0-9a-f]{20}", key())


def test_every_determinant_changes_the_key():
    changed = [
        key(),
        key(seed=4),
        *(key(**{name: "another"}) for name in COMMON),
        *(key(EXPERIMENTS[name]) for name in ("narrow", "deep", "deep_to_the_end")),
        key(TASK_3.variant("momentum", learning_rate=np.nextafter(TASK_3.config.learning_rate, 1))),
        key(TASK_3.variant("momentum", patience=None)),
        key(TASK_3.limited(2)),
    ]
    assert len(set(changed)) == len(changed)


def test_words_about_an_experiment_change_no_key():
    assert key(TASK_3.variant("momentum")) == key() != key(TASK_3.variant("another"))


def test_what_all_results_have_in_common_names_data_code_and_libraries():
    common = common_determinants("ab12")
    assert common.keys() == COMMON.keys()
    assert (common["data"], common["numpy"], common["source"]) == ("ab12", np.__version__, source_hash())


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A copy of the package that is hashed in its place."""
    copy = shutil.copytree(PACKAGE, tmp_path / "helpers", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(keys, "PACKAGE", copy)
    return copy


@pytest.mark.parametrize(
    ("module", "counts"),
    [
        *((name, True) for name in (*NUMERIC, "network/a_new_trick.py")),
        *((name, False) for name in ("common/display.py", "experiments/store.py", "figures/curves.py")),
    ],
)
def test_what_computes_is_part_of_the_hash_of_the_source_and_nothing_else(sources, module, counts):
    before = source_hash()
    with open(sources / module, "ab") as file:
        file.write(b"x = 1\n")
    assert (source_hash() != before) == counts


def test_line_endings_are_the_platforms_matter(sources):
    before = source_hash()
    for module in NUMERIC:
        path = sources / module
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert source_hash() == before
