"""Multi-layer networks from scratch: the code behind the report's notebooks."""

import sys

from . import interrupts  # noqa: F401, before what takes time to import
from .experiments import EXPERIMENTS, run_experiments
from .gradcheck import gradient_check
from .mlp import MLP
from .mnist import Dataset, MNISTError, Split, load_mnist
from .training import EarlyStopping, History, TrainingConfig, TrainingDiverged, train

__all__ = [
    "EXPERIMENTS",
    "MLP",
    "Dataset",
    "EarlyStopping",
    "History",
    "LivePlot",
    "MNISTError",
    "Split",
    "TrainingConfig",
    "TrainingDiverged",
    "gradient_check",
    "load_mnist",
    "run_experiments",
    "train",
]


def __getattr__(name):
    """`LivePlot` needs matplotlib, which a process that only trains does without."""
    if name == "LivePlot":
        from .live_plot import LivePlot

        return LivePlot
    raise AttributeError(f"module {__name__} has no attribute {name}")


if "IPython" in sys.modules and (shell := sys.modules["IPython"].get_ipython()) is not None:
    from .rich_display import register

    register(shell)
