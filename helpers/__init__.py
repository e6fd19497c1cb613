"""Multi-layer networks from scratch: the code behind the report's notebooks."""

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
    "MNISTError",
    "Split",
    "TrainingConfig",
    "TrainingDiverged",
    "gradient_check",
    "load_mnist",
    "run_experiments",
    "train",
]
