"""Notebook files: read, checked, and named in messages."""

import json
import logging
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..common.errors import NotebookError

OUTPUT_FIELDS = {"stream": "text", "display_data": "data", "execute_result": "data", "error": "traceback"}
BROKEN = "broken"  # the type of what stands for an output that breaks the format
KINDS = {"markdown", "code", "raw"}
NEWEST = 4  # of the formats; older ones are put into it by nbformat
DEFAULT_TIMEOUT = 3600.0  # seconds a cell may take when notebooks are run


class Node(dict):
    """A dictionary whose entries are its attributes, as nbformat's `NotebookNode`, which takes seconds to import."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


@dataclass(frozen=True)
class Notebook:
    """`name` stands in messages, `folder` is where its relative paths start, `node` is its content.

    The node may be nbformat's as well.
    """

    name: str
    folder: Path
    node: Node

    @property
    def metadata(self) -> Node:
        """The metadata of the whole notebook."""
        return self.node.metadata

    @property
    def language(self) -> str:
        """The language of its code cells."""
        names = [self.metadata.get("language_info", {}), self.metadata.get("kernelspec", {})]
        return str(names[0].get("name") or names[1].get("language") or "python").lower()

    def place(self, index: int) -> str:
        """Where to look: the notebook, and the number of the cell, counted from 1 over all cells."""
        return f"{self.name}, cell {index + 1}"

    def code_cells(self) -> list[Node]:
        """The cells that a kernel has something to do with."""
        return [cell for cell in self.node.cells if cell.cell_type == "code" and cell.source.strip()]


def read_notebook(path: str | Path) -> Notebook:
    """The notebook in the file `path`, in the present format; NotebookError if there is none or it is damaged."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig", errors="strict")
    except FileNotFoundError:
        raise NotebookError(f"{path}: no such notebook; give the path of an .ipynb file") from None
    except UnicodeDecodeError:
        raise NotebookError(f"{path}: not a notebook: it is no text in UTF-8") from None
    except OSError as error:
        raise NotebookError(f"{path}: cannot be read: {error.strerror}") from None
    return Notebook(path.name, path.resolve().parent, parsed(text, str(path)))


def parsed(text: str, name: str) -> Node:
    """The notebook in the JSON `text`; NotebookError, with `name` in its message, if it is none."""
    try:
        content = json.loads(text, object_hook=Node)
    except (ValueError, RecursionError) as error:
        what = "it is empty" if not text.strip() else f"broken JSON ({error})"
        raise NotebookError(f"{name}: not a notebook: {what}; restore it, or save it anew in Jupyter") from None
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise NotebookError(f"{name}: not a notebook: the JSON in it is something else")
    if not 1 <= content["nbformat"] <= NEWEST:
        raise NotebookError(
            f"{name}: format {content['nbformat']} is not known, only 1 to {NEWEST}; "
            "a newer Jupyter may save it in an older one"
        )
    return checked(content if content["nbformat"] == NEWEST else _upgraded(content, name), name)


def _upgraded(content: Node, name: str) -> Node:
    import nbformat
    from traitlets.log import get_logger

    log = get_logger()  # of what is put right here, or told in one line
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return nbformat.convert(nbformat.reader.reads(json.dumps(content)), NEWEST)
    except Exception as error:  # whatever an old format that does not keep its own rules leads to
        raise NotebookError(f"{name}: not a valid notebook of format {content['nbformat']}: {error!r}") from None
    finally:
        log.setLevel(level)


def checked(node: Node, name: str) -> Node:
    """`node` with all that is read from it of the type it must have; NotebookError if there is something else."""
    if not isinstance(node.get("cells"), list):
        raise NotebookError(f"{name}: not a valid notebook: it has no list of cells")
    _need(isinstance(node.setdefault("metadata", Node()), dict), name, "the metadata are no dictionary")
    for field in ("language_info", "kernelspec"):
        if not isinstance(node.metadata.get(field, {}), dict):
            del node.metadata[field]
    for index, cell in enumerate(node.cells):
        place = f"{name}, cell {index + 1}"
        _need(isinstance(cell, dict) and str(cell.get("cell_type")) in KINDS, place, "no Markdown, code or raw cell")
        cell.source = _text(cell.get("source", ""), place, "the source")
        metadata, tags = cell.setdefault("metadata", Node()), cell.get("metadata", {})
        _need(isinstance(metadata, dict), place, "the metadata are no dictionary")
        tags = metadata.get("tags", [])
        _need(isinstance(tags, list) and all(isinstance(tag, str) for tag in tags), place, "the tags are no strings")
        _need(isinstance(cell.setdefault("attachments", Node()), dict), place, "attachments are no dictionary")
        if cell.cell_type == "code":
            outputs = cell.setdefault("outputs", [])
            _need(isinstance(outputs, list), place, "the outputs are no list")
            cell.setdefault("execution_count", None)
            cell.outputs = [_readable(output, place) for output in outputs]
        if not cell.attachments or cell.cell_type == "code":
            del cell["attachments"]
    return node


def _readable(output: object, place: str) -> Node:
    """`output`, or where it breaks nbformat's rules what is left of it, with a `problem` to be told."""
    try:
        _check_output(output, place)
    except NotebookError as error:
        problem = str(error).partition("not a valid notebook: ")[2].partition(";")[0]
        return Node(output_type=BROKEN, problem=problem)
    return output


def _check_output(output: object, place: str) -> None:
    _need(
        isinstance(output, dict) and str(output.get("output_type")) in OUTPUT_FIELDS, place, "an output of unknown kind"
    )
    kind, field = output.output_type, OUTPUT_FIELDS[output.output_type]
    if kind == "stream":
        output.text = _text(output.get("text", ""), place, "an output's text")
        output.name = str(output.get("name", "stdout"))
    elif kind == "error":
        lines = output.setdefault("traceback", [])
        _need(isinstance(lines, list) and all(isinstance(line, str) for line in lines), place, "a traceback is no text")
        output.ename, output.evalue = str(output.get("ename", "")), str(output.get("evalue", ""))
    else:
        data = output.setdefault(field, Node())
        _need(isinstance(data, dict), place, "an output's data are no dictionary")
        _need(isinstance(output.setdefault("metadata", Node()), dict), place, "an output's metadata are wrong")
        for mime, content in list(data.items()):
            if not mime.endswith("json"):
                data[mime] = _text(content, place, f"an output of {mime[:100]}")


def _text(value: object, place: str, what: str) -> str:
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    _need(isinstance(value, str), place, f"{what} is no text")
    return value


def _need(held: bool, place: str, what: str) -> None:
    if not held:
        raise NotebookError(f"{place}: not a valid notebook: {what}; save it anew in Jupyter")
