"""One progress bar for every place: a widget in a notebook, one rewritten line in a terminal, else nothing."""

import sys
import threading
import warnings

from tqdm import TqdmExperimentalWarning
from tqdm.std import tqdm

from ..settings import setting
from .checks import check

with warnings.catch_warnings():
    warnings.simplefilter("ignore", TqdmExperimentalWarning)
    from tqdm.autonotebook import tqdm as automatic_tqdm


class ProgressBar(automatic_tqdm):
    """tqdm's bar, with a lock between threads only: its own also locks between processes, and killed ones leak it."""

    _lock = threading.RLock()


def progress_bar(total: int, description: str, progress: str | bool, **options: str) -> tqdm:
    """Return a bar over `total` units; silent with `progress=False`, where nobody watches, or with TQDM_DISABLE=1.

    options: of tqdm, how the bar looks.
    Raises `ValueError` for a `progress` other than "auto" and `False`.
    """
    check("progress", progress, progress in ("auto", False), '"auto", False')
    in_notebook = automatic_tqdm is not tqdm
    watched = (in_notebook or sys.stderr.isatty()) and not setting("TQDM_DISABLE")
    return ProgressBar(total=total, desc=description, disable=not (watched and progress and total), **options)
