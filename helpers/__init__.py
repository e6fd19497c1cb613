"""Multi-layer networks from scratch: the code behind the report's notebooks.

    from helpers import load_mnist, MLP, TrainingConfig, train

The public names are below, each with the module it lives in. They are imported when first asked for: a process that
only trains does without matplotlib, and `python -m helpers` can be interrupted from its first moment. Editors complete
them by the imports below.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import figures
    from .data.mnist import Dataset, Split, load_mnist
    from .data.mnist_files import MNISTError
    from .evidence.claims import claim
    from .evidence.committee import Committee, committee
    from .evidence.comparison import compare
    from .evidence.judgement import computed, have
    from .evidence.measures import GOOD_LOSS
    from .evidence.network_numbers import measured
    from .evidence.numbers import scientific
    from .evidence.reviews import review
    from .evidence.worked_out import closest_size, mean_slope
    from .experiments.experiment import Experiment, num_parameters
    from .experiments.ladder import LADDER
    from .experiments.runner import load_results, run_experiments
    from .experiments.table import EXPERIMENTS
    from .interactive import explorer
    from .interactive.live_plot import LiveCurves, LivePlot
    from .interactive.photo import read_photo, read_photos
    from .network import derivations
    from .network.activations import ACTIVATIONS, Activation
    from .network.config import TrainingConfig
    from .network.deformations import Deformation
    from .network.gradient_check import gradient_check
    from .network.history import EarlyStopping, History, TrainingDiverged
    from .network.initial_weights import WEIGHT_INITS
    from .network.losses import LOSSES, Loss
    from .network.mlp import MLP
    from .network.optimizers import SGD, Adam
    from .network.schedules import cosine
    from .network.training import STOP, train

_HOMES = {
    "Activation": "network.activations",
    "ACTIVATIONS": "network.activations",
    "Adam": "network.optimizers",
    "claim": "evidence.claims",
    "closest_size": "evidence.worked_out",
    "Committee": "evidence.committee",
    "committee": "evidence.committee",
    "compare": "evidence.comparison",
    "computed": "evidence.judgement",
    "cosine": "network.schedules",
    "Dataset": "data.mnist",
    "Deformation": "network.deformations",
    "EarlyStopping": "network.history",
    "Experiment": "experiments.experiment",
    "EXPERIMENTS": "experiments.table",
    "GOOD_LOSS": "evidence.measures",
    "gradient_check": "network.gradient_check",
    "have": "evidence.judgement",
    "History": "network.history",
    "LADDER": "experiments.ladder",
    "LiveCurves": "interactive.live_plot",
    "LivePlot": "interactive.live_plot",
    "load_mnist": "data.mnist",
    "load_results": "experiments.runner",
    "Loss": "network.losses",
    "LOSSES": "network.losses",
    "mean_slope": "evidence.worked_out",
    "measured": "evidence.network_numbers",
    "MLP": "network.mlp",
    "MNISTError": "data.mnist_files",
    "num_parameters": "experiments.experiment",
    "read_photo": "interactive.photo",
    "read_photos": "interactive.photo",
    "review": "evidence.reviews",
    "run_experiments": "experiments.runner",
    "scientific": "evidence.numbers",
    "SGD": "network.optimizers",
    "Split": "data.mnist",
    "STOP": "network.training",
    "train": "network.training",
    "TrainingConfig": "network.config",
    "TrainingDiverged": "network.history",
    "WEIGHT_INITS": "network.initial_weights",
}
_ROOMS = {"derivations": "network.derivations", "explorer": "interactive.explorer", "figures": "figures"}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    """Import what a public name stands for."""
    if name in _ROOMS:
        return import_module(f".{_ROOMS[name]}", __name__)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES, *_ROOMS])
