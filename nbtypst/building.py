"""Several notebooks -> one PDF, one web page, or one source of Typst; all or nothing."""

import errno
import os
import secrets
import time
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from . import NotebookError, NotebookWarning
from .cells import DEFAULT_TIMEOUT, Notebook, read_notebook
from .document import Options, document_of, shared_options
from .printing import start, typeset

if TYPE_CHECKING:
    from .pictures import Remarks
    from .printing.source import Source

WEB = (".html", ".htm")
OF_THE_WHOLE = ("title", "subtitle", "abstract")  # not of a page of one notebook


@dataclass(frozen=True)
class Built:
    """What was written, its number of pages (1 for a web page), what is shown less well, and seconds."""

    path: Path
    pages: int
    remarks: list[str]
    execution_seconds: float
    export_seconds: float


def build(
    notebooks: Sequence[str | Path | Notebook] | str | Path,
    output: str | Path,
    *,
    execute: bool = False,
    timeout: float = DEFAULT_TIMEOUT,
    allow_errors: bool = False,
    strict: bool = False,
    pages: str | Path | None = None,
    **options: Any,
) -> Built:
    """Write the notebooks (paths, or what `read_notebook` gives) as one document to `output`, a .pdf, .html or .typ.

    They are taken with the outputs that they hold; with `execute` they are run first, as fresh copies, side by side,
    each in its own folder, `timeout` in seconds for each cell, up to the first error or, with `allow_errors`, all.

    `options` are those of `common/options.py`. `pages`: with an .html, a folder for a page of each notebook too.

    What is shown less well than in Jupyter is a `NotebookWarning` each, and all of it an error if `strict`. Raises
    NotebookError, and leaves an earlier `output` as it was, if there is nothing to print.
    """
    start = time.perf_counter()
    paths = [notebooks] if isinstance(notebooks, str | Path) else list(notebooks)
    if not paths:
        raise NotebookError("no notebook was given")
    if Path(output).suffix.lower() not in (".pdf", ".typ", *WEB):
        raise NotebookError(f"{output}: give a name that ends in .pdf, .html or .typ")
    chosen = chosen_of(options)
    sources = [path if isinstance(path, Notebook) else read_notebook(path) for path in paths]
    if execute:
        from .cells.execution import execute as executed_copies

        sources = executed_copies(sources, timeout, allow_errors=allow_errors)
    executed = time.perf_counter()
    files, count, made = _exported(sources, Path(output), chosen, pages)
    remarks = made.in_order([source.name for source in sources])
    if strict and remarks:
        raise NotebookError(*remarks)
    for path in files:
        check_writable(path)  # all of them, before the first is changed
    for path, content in files.items():
        write_whole(path, content)
    for remark in remarks:
        warnings.warn(remark, NotebookWarning, stacklevel=2)
    return Built(Path(output), count, remarks, executed - start, time.perf_counter() - executed)


def chosen_of(options: dict[str, Any]) -> Options:
    """The options by name; NotebookError for one that there is not, or for a page that is none."""
    known = [option.name for option in fields(Options)]
    if unknown := sorted(set(options) - set(known)):
        raise NotebookError(f"unknown options: {', '.join(unknown)}; there are: {', '.join(known)}")
    return Options(**options)


def _exported(
    sources: list[Notebook], output: Path, options: Options, pages: str | Path | None
) -> tuple[dict, int, "Remarks"]:
    """Content by path, the output first; the number of pages; what is shown less well."""
    if output.suffix.lower() in WEB:
        from .web.page import web_page

        document = document_of(sources, options)
        page, remarks = web_page(document)
        files = {output: page}
        alone = replace(options, **dict.fromkeys(OF_THE_WHOLE), **shared_options(sources[0], document))
        names = [source.name for source in sources]
        if pages and len(set(names)) < len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise NotebookError(f"{', '.join(twice)}: two notebooks of one name would be one page; rename one")
        for source in sources if pages else []:
            files[Path(pages, source.name).with_suffix(".html")], _ = web_page(document_of([source], alone))
        return files, len(files), remarks
    pdf, count, source = printed(sources, options, output.stem)
    if output.suffix.lower() == ".pdf":
        return {output: pdf}, count, source.remarks
    beside = {output.parent / name: content for name, content in source.files.items()}
    return {output: source.text().encode(errors="replace"), **beside}, count, source.remarks


def printed(
    sources: list[Notebook], options: Options, stem: str = "main", folder: str | None = None
) -> tuple[bytes, int, "Source"]:
    """(the PDF, its number of pages, the source that gave it, to be called `stem` with its files in `folder`)."""
    start()  # which takes about as long as reading does
    return typeset(document_of(sources, options), stem, folder)


def check_writable(path: str | Path) -> None:
    """Raise NotebookError, as `write_whole` would, before long work is done for what cannot be written."""
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=path.parent):
            pass
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    except OSError as error:
        raise _unwritable(path, error) from None


def write_whole(path: str | Path, content: bytes) -> None:
    """Do what `write_atomically` does, in a folder that is made if need be. Raises NotebookError."""
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, content)
    except OSError as error:
        raise _unwritable(path, error) from None


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that `path` holds either what it held or all of `content`, whatever happens. Raises OSError."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):  # gone, or on a disk that may not be written, which is told already
            temporary.unlink(missing_ok=True)
        raise


def _unwritable(path: Path, error: OSError) -> NotebookError:
    return NotebookError(f"{path}: cannot be written: {error.strerror}; make room or choose another place")
