"""The package: what it offers by name, and that importing it does nothing else."""

import subprocess
import sys

import pytest

import helpers

LOOK = """
import signal, sys
before = signal.getsignal(signal.SIGINT)
{statement}
print(signal.getsignal(signal.SIGINT) is before, "matplotlib" in sys.modules, "numpy" in sys.modules)
"""


@pytest.mark.parametrize(
    ("statement", "numpy"),
    [("import helpers", False), ("from helpers import run_experiments, MLP, load_mnist, train", True)],
)
def test_an_import_changes_no_signal_handler_and_needs_no_matplotlib(statement, numpy):
    command = [sys.executable, "-c", LOOK.format(statement=statement)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.split() == ["True", "False", str(numpy)]


@pytest.mark.parametrize("name", helpers.__all__)
def test_every_public_name_is_there_and_listed(name):
    assert getattr(helpers, name) is not None
    assert name in dir(helpers)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = helpers.nothing
