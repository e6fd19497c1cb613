"""nbconvert's way in: `jupyter nbconvert --to typstpdf any.ipynb` and `--to typst`."""

import copy
import os
import re
import warnings
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, NoReturn

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from traitlets import Bool, Float, HasTraits, List, TraitType, Unicode
from traitlets.config import Application

from . import NotebookError, NotebookWarning
from .building import Options, chosen_of, printed
from .cells import Notebook, checked, parsed, plain, read_notebook

LEFT_OUT = {  # options that nbconvert's exporters have under names of their own
    "code": "exclude_input",
    "outputs": "exclude_output",
    "code_cells": "exclude_code_cell",
    "markdown": "exclude_markdown",
    "raw": "exclude_raw",
}


def _trait(option: Field) -> TraitType:
    """An option as nbconvert knows options; a text that is not given is empty."""
    kind, words = option.metadata["kind"], option.metadata["words"]
    if kind is list:
        return List(Unicode(), help=words).tag(config=True)
    if kind is bool:
        return Bool(option.default, allow_none=option.default is None, help=words).tag(config=True)
    return TRAITS[kind](option.default or "", help=words).tag(config=True)


TRAITS = {str: Unicode, float: Float}
_Configured = type(HasTraits)(
    "_Configured",
    (HasTraits,),
    {option.name: _trait(option) for option in fields(Options) if option.name not in LEFT_OUT},
)


class TypstPDFExporter(_Configured, TemplateExporter):
    """A notebook as PDF, as it stands; `--execute` runs it first. What is shown less well is listed as warnings."""

    export_from_notebook = "PDF via Typst"
    output_mimetype = "application/pdf"

    strict = Bool(False, help="Make an error of every warning.").tag(config=True)

    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_filename(self, filename: str, resources: dict | None = None, **kw: Any) -> tuple[Any, dict]:
        """Export the file `filename`; returns content and resources."""
        try:
            notebook = read_notebook(filename)
        except NotebookError as error:
            self._fail(error)
        resources = resources if resources is not None else {}
        about = resources.setdefault("metadata", {}) or {}
        folder, base = os.path.split(filename)
        about["name"], about["path"] = os.path.splitext(base)[0], folder
        resources["metadata"] = about
        return self.from_notebook_node(notebook.node, resources, **kw)

    def from_file(self, file_stream: Any, resources: dict | None = None, **kw: Any) -> tuple[Any, dict]:
        """Export an open file; returns content and resources."""
        try:
            node = parsed(file_stream.read(), getattr(file_stream, "name", "the notebook"))
        except NotebookError as error:
            self._fail(error)
        return self.from_notebook_node(node, resources, **kw)

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **kw: Any) -> tuple[Any, dict]:
        """Export a notebook; returns content and resources. NotebookError if there is nothing to print."""
        resources = self._init_resources(resources)
        node = copy.deepcopy(nb)
        name = f"{resources['metadata'].get('name') or 'notebook'}.ipynb"
        try:
            node, resources = self._preprocess(node, resources)
            folder = Path(resources["metadata"].get("path") or ".").resolve()
            notebook = Notebook(name, folder, checked(copy.deepcopy(node), name))
            content = self._printed(notebook, resources)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            self._fail(NotebookError(f"{_failed_place(nb, name, error)}: {_told(error)}"))
        except NotebookError as error:
            self._fail(error)
        return content, resources

    def _validate_preprocessor(self, nbc: NotebookNode, preprocessor: Any) -> None:
        """What is read of a notebook is checked here, and nothing else need keep the format's rules."""

    def _printed(self, notebook: Notebook, resources: dict) -> Any:
        pdf, _, source = printed([notebook], self._options())
        self._tell(source.remarks.in_order([notebook.name]))
        return pdf

    def _options(self) -> Options:
        given = {option.name: getattr(self, option.name) for option in fields(Options) if option.name not in LEFT_OUT}
        given = {name: None if value in ("", []) and name != "margins" else value for name, value in given.items()}
        return chosen_of(given | {name: not getattr(self, exclude) for name, exclude in LEFT_OUT.items()})

    def _tell(self, remarks: list[str]) -> None:
        """List what is shown less well: in the log of `jupyter nbconvert`, else as Python warnings."""
        if not remarks:
            return
        if self.strict:
            raise NotebookError(*remarks)
        if program := _nbconvert():
            program.log.warning("Shown less well than in Jupyter:\n%s", "\n".join(remarks))
            return
        for remark in remarks:
            warnings.warn(remark, NotebookWarning, stacklevel=2)

    def _fail(self, error: NotebookError) -> NoReturn:
        """End `jupyter nbconvert` in one message; elsewhere raise the error."""
        if program := _nbconvert():
            program.log.error("Nothing was written: %s", error)
            raise SystemExit(1)
        raise error from None


class TypstExporter(TypstPDFExporter):
    """A notebook as Typst's source, with a folder of pictures and fonts; its first line says how to typeset it."""

    export_from_notebook = "Typst"
    output_mimetype = "text/x-typst"

    def _file_extension_default(self) -> str:
        return ".typ"

    def _printed(self, notebook: Notebook, resources: dict) -> Any:
        stem = resources.get("unique_key") or Path(notebook.name).stem
        folder = resources.get("output_files_dir") or f"{stem}_files"
        _, _, source = printed([notebook], self._options(), stem, folder)  # so that what Typst would refuse is found
        self._tell(source.remarks.in_order([notebook.name]))
        resources["outputs"] = {**(resources.get("outputs") or {}), **source.files}
        return source.text()


def _nbconvert() -> Application | None:
    """The program of `jupyter nbconvert`, if this is it, and no server or kernel."""
    program = Application.instance() if Application.initialized() else None
    return program if program is not None and program.name == "jupyter-nbconvert" else None


def _failed_place(node: NotebookNode, name: str, error: Exception) -> str:
    """The cell at which running the notebook ended, which the error quotes."""
    quoted = re.search(r"^-{18}\n(.*?)\n-{18}$", str(error), re.DOTALL | re.MULTILINE)
    sources = [cell.source.strip() for cell in node.cells]
    if quoted and quoted[1].strip() in sources:
        return f"{name}, cell {sources.index(quoted[1].strip()) + 1}"
    return name


def _told(error: Exception) -> str:
    if isinstance(error, CellExecutionError):
        return f"{error.ename}: {plain(error.evalue)}"
    return plain(str(error)).strip().splitlines()[0]
