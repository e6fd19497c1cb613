"""The package: what it offers by name, and that importing it does nothing else."""

import ast
import inspect
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


def test_editors_complete_the_names_that_are_imported_when_asked_for():
    (block,) = (node for node in ast.parse(inspect.getsource(helpers)).body if isinstance(node, ast.If))
    shown = {alias.name: ".".join(filter(None, [node.module, alias.name * (alias.name in helpers._ROOMS)]))
             for node in block.body for alias in node.names}  # fmt: skip
    assert shown == helpers._HOMES | helpers._ROOMS


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = helpers.nothing
