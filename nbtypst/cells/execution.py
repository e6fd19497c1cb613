"""Run notebooks from a clean kernel each, side by side, and name the cell at which one fails."""

import asyncio
import atexit
import os
import re
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile

from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode, from_dict
from traitlets.config import Config

from ..common.errors import NotebookError
from .notebooks import DEFAULT_TIMEOUT, Notebook, checked
from .terminal import plain

FRAME = re.compile(r"^ *(?:File (.+?):(\d+)|Cell In\[\d+\], line (\d+))", re.MULTILINE)  # of IPython's tracebacks
SENT = re.compile(r'^ *File "(.+?)", line (\d+), in (\S+)', re.MULTILINE)  # of one that another process sent
INSTALLED = ("site-packages", "/lib/python", "<frozen ")
FOR_PRINT = {  # unless set otherwise: nobody watches bars, SVG is printed, a kernel a core needs no threads
    "TQDM_DISABLE": "1",
    "FIGURE_FORMATS": "svg",
    "OPENBLAS_NUM_THREADS": "1",
}
PRIVATE = Config({"KernelManager": {"transport_encryption": "auto"}})  # a kernel without it warns on stderr


def execute(
    notebooks: list[Notebook], timeout: float = DEFAULT_TIMEOUT, *, allow_errors: bool = False
) -> list[Notebook]:
    """Executed copies of `notebooks`, at most one kernel a core; the notebooks themselves are not changed.

    Raises NotebookError for the first that fails: an error (unless `allow_errors`), a cell over `timeout` seconds, a
    dead kernel; KeyboardInterrupt, with all kernels shut down, when the user interrupts.
    """
    begun = Future()
    with ThreadPoolExecutor(1) as aside:  # in the main thread nbclient would take Ctrl-C to itself, and stop one kernel
        try:
            return aside.submit(asyncio.run, _execute_all(notebooks, timeout, allow_errors, begun)).result()
        except KeyboardInterrupt:
            with suppress(RuntimeError, TimeoutError):  # all has ended, or nothing has begun
                loop, everything = begun.result(timeout=1)
                loop.set_exception_handler(lambda *_: None)  # of nbclient's own tasks, which end in errors
                loop.call_soon_threadsafe(everything.cancel)
            raise


async def _execute_all(notebooks: list[Notebook], timeout: float, allow_errors: bool, begun: Future) -> list[Notebook]:
    begun.set_result((asyncio.get_running_loop(), asyncio.current_task()))
    cores = asyncio.Semaphore(os.cpu_count() or 1)
    longest_first = sorted(notebooks, key=lambda notebook: len(notebook.code_cells()), reverse=True)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = {
                id(notebook): group.create_task(_execute(notebook, timeout, allow_errors, cores))
                for notebook in longest_first
            }
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [tasks[id(notebook)].result() for notebook in notebooks]


async def _execute(notebook: Notebook, timeout: float, allow_errors: bool, cores: asyncio.Semaphore) -> Notebook:
    if not notebook.code_cells():
        return notebook
    running: list[int] = []

    def note_cell(cell: object, cell_index: int) -> None:
        running.append(cell_index)

    node = from_dict(notebook.node)
    client = _client(node, notebook.folder, timeout, allow_errors, note_cell)
    kernel = client.create_kernel_manager()
    with TemporaryFile("w+", encoding="utf-8", errors="replace") as said:  # a stopped kernel prints a traceback
        try:
            async with cores:
                await client.async_execute(env=FOR_PRINT | os.environ, stderr=said)
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
            return replace(notebook, node=checked(node, notebook.name))
        finally:  # nbclient broken off leaves a kernel that starts, or an unfinished end to be done at exit
            atexit.unregister(client._cleanup_kernel)
            if kernel.has_kernel:
                await kernel.shutdown_kernel(now=True)
    place = notebook.place(running[-1]) if running else notebook.name
    raise NotebookError(f"{place}: {what}")


def _client(
    node: NotebookNode, folder: Path, timeout: float, allow_errors: bool, note_cell: Callable[[object, int], None]
) -> NotebookClient:
    return NotebookClient(
        node,
        timeout=timeout,
        allow_errors=allow_errors,
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=note_cell,
        record_timing=False,
        shutdown_kernel="immediate",  # the graceful way takes two seconds
        config=PRIVATE,
    )


def _raised_at(traceback: str, folder: Path) -> str:
    """In what line the error arose: the innermost one in the notebook or in a module that is not installed."""
    elsewhere, _, here = plain(traceback).partition("The above exception was the direct cause")
    if here and "RemoteTraceback" in elsewhere:  # it arose in another process, and there in a cell's code
        *_, (file, line, function) = SENT.findall(elsewhere) or [("", "", "")]
        if file.startswith("<") or "ipykernel_" in file:
            return f" (line {line} of the cell that defines {function})"
    frames = [match.groups() for match in FRAME.finditer(plain(traceback))]
    own = [frame for frame in frames if not frame[0] or not any(part in frame[0] for part in INSTALLED)]
    if not own:
        return ""
    file, line, cell_line = own[-1]
    if not file:
        return f" (line {cell_line} of the cell)"
    path = Path(file).expanduser()
    return f" ({path.relative_to(folder) if path.is_relative_to(folder) else path}, line {line})"
