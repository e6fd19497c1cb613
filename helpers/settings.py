"""The settings of a run: environment variables, as `make pdf SEEDS=2` sets them, read in this one place.

An empty variable counts as not set. Raises `ValueError` that names the variable for any value that is not allowed.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]  # of the project: notebooks, data


class Setting(NamedTuple):
    """meaning: what it does, in a line; read: turns its text into a value, or raises `ValueError`."""

    meaning: str
    read: Callable[[str, str], object]


def _count(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"{name} is {text!r}; allowed: an integer from 1")
    return int(text)


def _seeds(name: str, text: str) -> int | range | slice:
    """Return how many, which, or from which on as many as each experiment asks for."""
    first, dash, last = text.partition("-")
    allowed = "allowed: how many (from 1), which (such as 100-119), or from which on (100-)"
    if not all(word.isdecimal() for word in (first, *filter(None, [last]))) or not (dash or int(first)):
        raise ValueError(f"{name} is {text!r}; {allowed}")
    if last and int(last) < int(first):
        raise ValueError(f"{name} is {text!r}, a range that runs backwards; {allowed}")
    if not dash:
        return int(first)
    return range(int(first), int(last) + 1) if last else slice(int(first), None)


def _counts(name: str, text: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(_count(name, word) for word in text.split()))


def _switch(name: str, text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(f"{name} is {text!r}; allowed: 1 ({SETTINGS[name].meaning}) or 0")
    return text == "1"


def _text(name: str, text: str) -> str:
    return text


SETTINGS = {
    "SEEDS": Setting("how many seeds every experiment is trained with, or which, such as 100-119", _seeds),
    "EPOCHS": Setting("shorter trainings, to try things out", _count),
    "CODE": Setting("print the notebooks' code in the report too", _switch),
    "STRICT": Setting("write nothing if anything is shown less well than in Jupyter", _switch),
    "FRESH": Setting("run all notebooks again", _switch),
    "AUTHORS": Setting('names for the title page, such as "Ann Lee, Bo Ek"', _text),
    "MNIST_DIR": Setting("another data set in MNIST's four files", _text),
    "RESULTS_DIR": Setting("where finished trainings are kept; results/ unless given", _text),
    "BUILD_DIR": Setting("where the report goes, and all else that is built; here and build/ unless given", _text),
    "SCHEDULER": Setting("tcp://host:port of a Dask cluster that trains", _text),
    "UNITS": Setting('which networks of the sweep, by the units of a layer, such as "16 64"', _counts),
    "DEPTHS": Setting('which networks of the sweep, by their hidden layers, such as "1 2"', _counts),
    "TQDM_DISABLE": Setting("no progress bars", _text),
}


def setting(name: str) -> object:
    """Return the value of a setting, or `None` where it is not set."""
    text = os.environ.get(name, "")
    return SETTINGS[name].read(name, text) if text else None


def report_directory() -> Path:
    """Return the folder of the PDF and the web page: that of the notebooks, or `$BUILD_DIR`."""
    return Path(setting("BUILD_DIR") or ROOT)


def build_directory() -> Path:
    """Return the folder of all else that is built: `build` beside the notebooks, or `$BUILD_DIR`."""
    return Path(setting("BUILD_DIR") or ROOT / "build")
