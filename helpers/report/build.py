"""Several notebooks -> one PDF, or one web page, all or nothing."""

import errno
import os
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryFile

from . import execution
from .errors import ReportError
from .execution import DEFAULT_TIMEOUT
from .exporter import document_of
from .notebooks import read_notebook
from .typesetting import page_count, typeset
from .webpage import web_page


@dataclass(frozen=True)
class BuildResult:
    """Where the report is, its number of pages, and the seconds that running and exporting took."""

    path: Path
    pages: int
    execution_seconds: float
    export_seconds: float


def build_report(
    notebooks,
    output,
    *,
    title=None,
    subtitle=None,
    byline=None,
    code=False,
    preview=None,
    execute=True,
    timeout=DEFAULT_TIMEOUT,
):
    """Write the report of `notebooks` (paths, in order) to the file `output` and return a BuildResult.

    The notebooks are run as fresh copies, side by side, each in its own folder, or taken as they are if
    `execute` is false. `title`, `subtitle` and `byline`, a list of short strings to stand below them, go before
    those in the first notebook's metadata. `code` prints the code cells, `preview` is a remark for every page,
    `timeout` is in seconds for each cell. Raises ReportError, and leaves an earlier `output` as it was, if
    anything fails or would be lost.
    """
    front = {"title": title, "subtitle": subtitle, "byline": byline}

    def export(sources):
        return {Path(output): typeset(document_of(sources, code=code, preview=preview, strict=True, **front))}

    return _build(notebooks, export, lambda files: page_count(*files.values()), execute, timeout)


def build_html(
    notebooks,
    output,
    *,
    title=None,
    subtitle=None,
    byline=None,
    code=False,
    preview=None,
    execute=True,
    timeout=DEFAULT_TIMEOUT,
    pages=None,
):
    """Write the report as one self-contained web page to the file `output`; all else is as in build_report.

    `pages` is a folder for a page of each notebook as well, named like it, with the report's bibliography and
    byline, and with references to the other notebooks in words; the notebooks are run only once.
    """

    def export(sources):
        common = {"code": code, "preview": preview, "byline": byline}
        report = document_of(sources, title=title, subtitle=subtitle, strict=True, **common)
        files = {Path(output): web_page(report)}
        for source in sources if pages else []:
            alone = document_of([source], strict=False, **common)
            page = replace(alone, lang=report.lang, bibliography=report.bibliography)
            files[Path(pages, source.name).with_suffix(".html")] = web_page(page)
        return files

    return _build(notebooks, export, len, execute, timeout)


def _build(notebooks, export, count, execute, timeout):
    """Write the files, content by path, that `export` makes of the notebooks; the first is the report."""
    start = time.perf_counter()
    sources = [read_notebook(path) for path in notebooks]
    if execute:
        sources = execution.execute(sources, timeout)
    executed = time.perf_counter()
    files = export(sources)
    for path, content in files.items():
        write_whole(path, content)
    return BuildResult(next(iter(files)), count(files), executed - start, time.perf_counter() - executed)


def check_writable(path):
    """Raise ReportError, as `write_whole` would, before long work is done for what cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=path.parent):
            pass
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    except OSError as error:
        raise _unwritable(path, error) from None


def _unwritable(path, error):
    return ReportError(f"{path}: cannot be written: {error.strerror}; make room or choose another place")


def write_whole(path, content):
    """`content` becomes the file `path` at once: nobody ever finds half of it there.

    Raises ReportError if it cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        with suppress(OSError):  # gone, or on a disk that may not be written, which is told above
            part.unlink()
