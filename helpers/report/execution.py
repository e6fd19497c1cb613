"""Run notebooks from a clean kernel each, side by side, and name the cell at which one fails."""

import asyncio
import copy
import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from traitlets.config import Config

from .errors import ReportError
from .text import plain

FRAME = re.compile(r"^ *(?:File (.+?):(\d+)|Cell In\[\d+\], line (\d+))", re.MULTILINE)  # of IPython's tracebacks
INSTALLED = ("site-packages", "/lib/python", "<frozen ")
DEFAULT_TIMEOUT = 3600  # seconds a cell may take
UNWATCHED = {"TQDM_DISABLE": "1"}  # a progress bar that nobody sees would be lost in the report
PRIVATE = Config({"KernelManager": {"transport_encryption": "auto"}})  # a kernel without it warns on stderr


def execute(notebooks, timeout=DEFAULT_TIMEOUT):
    """Executed copies of `notebooks`, at most one kernel a core; the notebooks themselves are not changed.

    Raises ReportError for the first that fails: an error, a cell over `timeout` seconds, a dead kernel;
    KeyboardInterrupt, with all kernels shut down, when the user interrupts.
    """
    run = _execute_all(notebooks, timeout)
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _run(run)
    with ThreadPoolExecutor(1) as outside_the_loop:
        return outside_the_loop.submit(_run, run).result()


def _run(coroutine):
    try:
        return asyncio.run(coroutine)
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


async def _execute_all(notebooks, timeout):
    cores = asyncio.Semaphore(os.cpu_count() or 1)
    everything, interrupted = asyncio.current_task(), []

    def stop_all():
        interrupted.append(True)
        everything.cancel()

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_execute(notebook, timeout, cores, stop_all)) for notebook in notebooks]
    except BaseExceptionGroup as failures:
        if interrupted:  # nbclient takes a cancelled cell for a dead kernel
            raise asyncio.CancelledError from None
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


async def _execute(notebook, timeout, cores, stop_all):
    if not notebook.code_cells():
        return notebook
    running = []

    def note_cell(cell, cell_index):
        running.append(cell_index)
        with suppress(RuntimeError, ValueError):  # nbclient stops one kernel on Ctrl-C; Windows has no such handlers
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop_all)

    node = copy.deepcopy(notebook.node)
    client = NotebookClient(
        node,
        timeout=timeout,
        resources={"metadata": {"path": str(notebook.folder)}},
        on_cell_start=note_cell,
        record_timing=False,
        config=PRIVATE,
    )
    with TemporaryFile("w+", encoding="utf-8", errors="replace") as said:  # a stopped kernel prints a traceback
        try:
            async with cores:
                await client.async_execute(env=os.environ | UNWATCHED, stderr=said)
        except CellExecutionError as error:
            what = f"{error.ename}: {plain(error.evalue)}{_raised_at(error.traceback, notebook.folder)}"
        except CellTimeoutError:
            what = f"took longer than {timeout} seconds; make the cell faster or give a longer timeout"
        except NoSuchKernel as error:
            what = f"{error}; install that kernel or choose another one in Jupyter"
        except RuntimeError as error:  # DeadKernelError, or a kernel that does not start
            said.seek(0)
            last_words = plain(said.read()).splitlines()[-1:]
            what = "; ".join([str(error), "the kernel died, often for want of memory", *last_words])
        else:
            return replace(notebook, node=node)
    place = notebook.place(running[-1]) if running else notebook.name
    raise ReportError(f"{place}: {what}")


def _raised_at(traceback, folder):
    """In what line the error arose: the innermost one in the notebook or in a module that is not installed."""
    frames = [match.groups() for match in FRAME.finditer(plain(traceback))]
    own = [frame for frame in frames if not frame[0] or not any(part in frame[0] for part in INSTALLED)]
    if not own:
        return ""
    file, line, cell_line = own[-1]
    if not file:
        return f" (line {cell_line} of the cell)"
    path = Path(file).expanduser()
    return f" ({path.relative_to(folder) if path.is_relative_to(folder) else path}, line {line})"
