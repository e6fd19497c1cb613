"""Other machines: the same losses within a tolerance, here emulated by the kernels that BLAS and NumPy use there."""

import numpy as np
import pytest
from conftest import FAULTS, Run

LOSS = 1e-4  # nats: how much a loss of the first epoch may differ from one machine to another
ACCURACY = 1e-3  # a tenth of a percentage point
MACHINES = {  # variables that make OpenBLAS and NumPy do as on another processor
    "of 2008": {"OPENBLAS_CORETYPE": "Nehalem"},
    "of 2011": {"OPENBLAS_CORETYPE": "Sandybridge"},
    "of 2004, NumPy without AVX2": {"OPENBLAS_CORETYPE": "Prescott", "NPY_DISABLE_CPU_FEATURES": "X86_V3"},
}
SAME = {
    "again": {},
    "many BLAS threads": {"OPENBLAS_NUM_THREADS": 4, "OMP_NUM_THREADS": 4},
    "another hash seed": {"PYTHONHASHSEED": 7},
}


@pytest.fixture(scope="module")
def train(tmp_path_factory):
    """Function: train once in a process with these variables; return the arrays, or `None` if it cannot run so."""
    folder = tmp_path_factory.mktemp("machines")

    def train(**environment):
        out = folder / "out.npz"
        out.unlink(missing_ok=True)
        status, _, errors = Run(FAULTS / "one_training.py", out, **environment).wait()
        assert status == 0, errors
        with np.load(out, allow_pickle=False) as file:
            return dict(file)

    return train


@pytest.fixture(scope="module")
def here(train):
    return train()


@pytest.mark.parametrize("what", SAME)
def test_on_one_machine_every_training_gives_equal_bits(what, here, train):
    again = train(**SAME[what])
    assert again.keys() == here.keys()
    for name in here:
        assert again[name].tobytes() == here[name].tobytes(), name


@pytest.mark.parametrize("machine", MACHINES)
def test_on_other_machines_an_epochs_losses_are_the_same_within_a_ten_thousandth(machine, here, train):
    there = train(**MACHINES[machine])
    if there["kernels"] == here["kernels"]:
        pytest.skip("OpenBLAS has no other kernels for this processor: use an x86-64 machine")
    assert there["parameters"].tobytes() != here["parameters"].tobytes()  # it was another machine
    for name in ("train_loss", "validation_loss"):
        assert np.abs(there[name] - here[name]).max() < LOSS
    assert np.abs(there["validation_accuracy"] - here["validation_accuracy"]).max() < ACCURACY
