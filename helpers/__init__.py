"""Multi-layer networks from scratch: the code behind the report's notebooks."""

from .gradcheck import gradient_check
from .mlp import MLP
from .mnist import Dataset, MNISTError, Split, load_mnist
from .training import EarlyStopping, History, TrainingConfig, TrainingDiverged, train

__all__ = [
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
    "train",
]
