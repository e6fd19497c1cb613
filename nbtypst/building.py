"""Several notebooks -> one PDF, one web page, or one source of Typst; all or nothing."""

import time
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import typesetter
from .beside import allowed
from .collected import in_order
from .document import Document, Options, document_of
from .errors import NotebookError, NotebookWarning
from .files import check_writable, write_whole
from .notebooks import DEFAULT_TIMEOUT, Notebook, read_notebook
from .page import page_of
from .selection import Selection

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


def options_of(
    *,
    paper: str = "a4",
    margins: str = "",
    font_size: float = 11.0,
    code: bool = True,
    outputs: bool = True,
    code_cells: bool = True,
    markdown: bool = True,
    raw: bool = True,
    stderr: bool = False,
    **front: Any,
) -> Options:
    """Options by the names that exporters and `build` give them; `front` are fields of `Options`."""
    selection = Selection(not code, not outputs, not markdown, not code_cells, not raw, stderr)
    try:
        return Options(page=page_of(paper, margins, font_size), selection=selection, **front)
    except TypeError:
        known = [name for name in Options.__dataclass_fields__ if name not in ("page", "selection")]
        known += ["paper", "margins", "font_size", "code", "outputs", "code_cells", "markdown", "raw", "stderr"]
        unknown = ", ".join(sorted(set(front) - set(known)))
        raise NotebookError(f"unknown options: {unknown}; there are: {', '.join(known)}") from None


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

    `options`: title, subtitle, authors, date, byline, abstract, lang, bibliography (these go before what the first
    notebook's metadata say), toc, numbered_headings, preview, paper ("a4", "us-letter"), margins ("25mm"; "21mm 44mm":
    ends, sides), font_size in points, root (a folder in which pictures may lie beside a notebook's own), time_limit
    (seconds that pandoc or Typst may take for a page), and what is shown of cells: code, outputs, markdown, raw,
    stderr. `pages`: with an .html, a folder for a page of each notebook too.

    What is shown less well than in Jupyter is a `NotebookWarning` each, and all of it an error if `strict`. Raises
    NotebookError, and leaves an earlier `output` as it was, if there is nothing to print.
    """
    start = time.perf_counter()
    paths = [notebooks] if isinstance(notebooks, str | Path) else list(notebooks)
    if not paths:
        raise NotebookError("no notebook was given")
    if Path(output).suffix.lower() not in (".pdf", ".typ", *WEB):
        raise NotebookError(f"{output}: give a name that ends in .pdf, .html or .typ")
    chosen = options_of(**options)
    sources = [path if isinstance(path, Notebook) else read_notebook(path) for path in paths]
    if execute:
        from . import execution

        sources = execution.execute(sources, timeout, allow_errors=allow_errors)
    executed = time.perf_counter()
    files, count, remarks = _exported(sources, Path(output), chosen, pages)
    remarks = in_order(remarks, [source.name for source in sources])
    if strict and remarks:
        raise NotebookError(*remarks)
    for path in files:
        check_writable(path)  # all of them, before the first is changed
    for path, content in files.items():
        write_whole(path, content)
    for remark in remarks:
        warnings.warn(remark, NotebookWarning, stacklevel=2)
    return Built(Path(output), count, remarks, executed - start, time.perf_counter() - executed)


def _exported(sources: list, output: Path, options: Options, pages: str | Path | None) -> tuple[dict, int, list[str]]:
    """Content by path, the output first; the number of pages; remarks."""
    if output.suffix.lower() not in WEB:
        typesetter.start()  # which takes about as long as reading does
    document = document_of(sources, options)
    if output.suffix.lower() in WEB:
        from .webpage import web_page

        files = {output: web_page(document)}
        alone = replace(options, **dict.fromkeys(OF_THE_WHOLE), **_shared(sources[0], document))
        names = [source.name for source in sources]
        if pages and len(set(names)) < len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise NotebookError(f"{', '.join(twice)}: two notebooks of one name would be one page; rename one")
        for source in sources if pages else []:
            files[Path(pages, source.name).with_suffix(".html")] = web_page(document_of([source], alone))
        return files, len(files), document.remarks
    from .typesetting import Typesetting, page_count

    typesetting = Typesetting(document, output.stem)
    pdf = typesetting.pdf()
    if output.suffix.lower() == ".pdf":
        return {output: pdf}, page_count(pdf), document.remarks
    beside = {output.parent / name: content for name, content in typesetting.source.files.items()}
    return {output: typesetting.source.text().encode(errors="replace"), **beside}, page_count(pdf), document.remarks


def _shared(first: Notebook, document: Document) -> dict[str, Any]:
    """What the first notebook says for all."""
    named = first.metadata.get("bibliography")
    files = []
    for name in named if isinstance(named, list) else [named] if isinstance(named, str) else []:
        with suppress(OSError, ValueError):
            files.append(str(allowed(str(name), first.folder, document.options.root and Path(document.options.root))))
    return {"lang": document.lang, "bibliography": document.options.bibliography or files or None}
