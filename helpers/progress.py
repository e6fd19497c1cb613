"""One progress bar for every place: a widget in a notebook, one rewritten line in a terminal, else nothing."""

import os
import sys
import threading
import warnings

from tqdm import TqdmExperimentalWarning
from tqdm.std import tqdm

with warnings.catch_warnings():
    warnings.simplefilter("ignore", TqdmExperimentalWarning)
    from tqdm.autonotebook import tqdm as automatic_tqdm

tqdm.set_lock(threading.RLock())  # its own also locks between processes, and a worker that is killed would leak that


def progress_bar(total: int, description: str, progress: str | bool, **options: str) -> tqdm:
    """Return a bar over `total` units; silent with `progress=False`, where nobody watches, or with TQDM_DISABLE=1.

    options: of tqdm, how the bar looks.
    Raises `ValueError` for a `progress` other than "auto" and `False`.
    """
    if progress not in ("auto", False):
        raise ValueError(f'progress is {progress!r}; allowed: "auto", False')
    in_notebook = automatic_tqdm is not tqdm
    watched = (in_notebook or sys.stderr.isatty()) and not os.environ.get("TQDM_DISABLE")
    return automatic_tqdm(total=total, desc=description, disable=not (watched and progress and total), **options)
