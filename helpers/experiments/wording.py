"""Settings of experiments in words."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from ..common.checks import called


def in_words(settings: Mapping[str, object]) -> dict[str, str]:
    """Return the settings that tell experiments apart, each in words; nothing for what is not switched on."""
    often, own_rule = settings["validations_per_epoch"], settings["optimizer"] is not None
    words = {
        "hidden_layers": _layers_text(settings["hidden_layers"]),
        "weight_init": f"{settings['weight_init']} weights",
        "activation": str(settings["activation"]).replace("_", " "),
        "optimizer": type(settings["optimizer"]).__name__ if own_rule else "",
        "momentum": f"momentum {settings['momentum']:g}" if settings["momentum"] else "no momentum",
        "learning_rate": f"learning rate {settings['learning_rate']:g}",
        "batch_size": f"batches of {settings['batch_size']}",
        "max_epochs": f"{settings['max_epochs']} epoch{'s' * (settings['max_epochs'] > 1)}",
        "patience": "no early stopping" if settings["patience"] is None else f"patience {settings['patience']}",
        "validations_per_epoch": f"{often} validation{'s' * (often > 1)} an epoch",
        "shuffle": "shuffled" if settings["shuffle"] else "not shuffled",
        "weight_decay": f"weight decay {settings['weight_decay']:g}" if settings["weight_decay"] else "",
        "dropout": f"dropout {settings['dropout']:g}" if settings["dropout"] else "",
    }
    for name, article in (("schedule", "schedule"), ("augmentation", "images changed by"), ("stop", "stopped by")):
        words[name] = f"{article} {called(settings[name])}" if settings[name] is not None else ""
    loss = settings["loss"] if isinstance(settings["loss"], str) else called(settings["loss"].value)
    words["loss"] = "" if loss == "cross_entropy" else loss.replace("_", " ")
    for name, split in (("train_size", "training"), ("validation_size", "validation")):
        words[name] = f"{settings[name]:,} {split} images" if settings[name] is not None else ""
    if own_rule and not settings["momentum"]:
        del words["momentum"]
    return words


def changes_in_words(settings: Mapping[str, object], base: Mapping[str, object]) -> str:
    """Return what settings change of others, for example "100 units, learning rate 0.05"."""
    now, usual = in_words(settings), in_words(base)
    changed = [text for name, text in now.items() if text and usual.get(name) != text]
    gone = [f"no {name.replace('_', ' ')}" for name, text in usual.items() if text and now.get(name) == ""]
    return ", ".join(changed + gone) or "the same"


def _layers_text(hidden_layers: Sequence[int]) -> str:
    """Return for example "64 units", "60-60 units", "10 layers of 64"."""
    if not hidden_layers:
        return "no hidden layer"
    if len(hidden_layers) > 3 and len(list(groupby(hidden_layers))) == 1:
        return f"{len(hidden_layers)} layers of {hidden_layers[0]}"
    return f"{'-'.join(map(str, hidden_layers))} units"
