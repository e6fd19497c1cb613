"""What experiments are, in words, worked out from their settings."""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from ..network.training import TrainingConfig

if TYPE_CHECKING:
    from .experiment import Experiment


def summary_of(experiment: "Experiment") -> str:
    """Return what an experiment changes of the one it is based on, or all settings that are not the usual ones."""
    base = _settings(experiment.based_on) if experiment.based_on else _config_settings(TrainingConfig())
    changed = [text for name, text in _settings(experiment).items() if base.get(name) != text]
    return ", ".join(changed) or "the same"


def _settings(experiment: "Experiment") -> dict[str, str]:
    """Return the settings that tell experiments apart, in words."""
    return {
        "hidden_layers": _layers_text(experiment.hidden_layers),
        "weight_init": f"{experiment.weight_init} weights",
        "activation": experiment.activation.replace("_", " "),
        **_config_settings(experiment.config),
    }


def _config_settings(config: TrainingConfig) -> dict[str, str]:
    often = config.validations_per_epoch
    return {
        "momentum": f"momentum {config.momentum:g}" if config.momentum else "no momentum",
        "learning_rate": f"learning rate {config.learning_rate:g}",
        "batch_size": f"batches of {config.batch_size}",
        "max_epochs": f"{config.max_epochs} epoch{'s' * (config.max_epochs > 1)}",
        "patience": "no early stopping" if config.patience is None else f"patience {config.patience}",
        "validations_per_epoch": f"{often} validation{'s' * (often > 1)} an epoch",
        "shuffle": "shuffled" if config.shuffle else "not shuffled",
    }


def _layers_text(hidden_layers: Sequence[int]) -> str:
    """Return for example "64 units", "60-60 units", "10 layers of 64"."""
    if not hidden_layers:
        return "no hidden layer"
    if len(hidden_layers) > 3 and len(list(groupby(hidden_layers))) == 1:
        return f"{len(hidden_layers)} layers of {hidden_layers[0]}"
    return f"{'-'.join(map(str, hidden_layers))} units"
