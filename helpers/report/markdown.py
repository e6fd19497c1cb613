"""Notebook cells as Markdown for pandoc, with captions, labels and alternative texts, never HTML."""

import logging
from pathlib import Path

import nbformat
from nbconvert.exporters import MarkdownExporter
from traitlets import default
from traitlets.config import Config

from .checks import DISPLAY_PRIORITY, cell_problems
from .errors import ReportError
from .text import fenced, plain

log = logging.getLogger(__name__)


class ReportMarkdownExporter(MarkdownExporter):
    """nbconvert's Markdown, with figures and tables as pandoc writes them and code only where asked for."""

    export_from_notebook = None
    raw_template = (Path(__file__).parent / "cell.md.j2").read_text(encoding="utf-8")

    @default("exclude_input")
    def _exclude_input_default(self):
        return True

    @property
    def default_config(self):
        config = Config({"NbConvertBase": {"display_data_priority": DISPLAY_PRIORITY}})
        inherited = super().default_config.copy()
        inherited.merge(config)
        return inherited

    def default_filters(self):
        yield from super().default_filters()
        yield from {
            "plain": plain,
            "fenced": fenced,
            "figure": figure_markdown,
            "captioned_markdown": captioned_markdown,
        }.items()


def figure_markdown(output, mime):
    """An image output as pandoc's figure: caption, label, alternative text, width."""
    report = output.metadata["report"]
    label = f"#{report['label']} " if report.get("label") else ""
    alt = report["alt"].replace("\\", "\\\\").replace('"', '\\"')
    file = output.metadata["filenames"][mime].replace("\\", "/")
    return f'![{report["caption"]}]({file}){{{label}alt="{alt}" width={report.get("width", 100)}%}}'


def captioned_markdown(output):
    """A Markdown output, with pandoc's caption under a table; nothing for a caption shown to Jupyter alone."""
    report, text = output.metadata.get("report", {}), output.data["text/markdown"]
    if report.get("kind") == "caption":
        return ""
    if report.get("kind") == "table":
        return f"{text}\n\n: {report['caption']} {{#{report['label']}}}"
    return text


def cells_of(notebook, number, *, code):
    """The report's cells of a notebook: dictionaries of place, notebook, folder and text, and the files they refer to.

    `number` tells the files of several notebooks apart. Raises ReportError with everything that would be lost.
    """
    exporter = ReportMarkdownExporter(exclude_input=not code)
    cells, files, problems = [], {}, []
    for position, (place, cell) in enumerate(notebook.cells()):
        found = cell_problems(cell)
        problems += [f"{place}: {problem}" for problem in found]
        if not found:
            text, its_files = _markdown(exporter, notebook, cell, f"media/{number}-{position}")
            cells.append({"place": place, "notebook": notebook.name, "folder": str(notebook.folder), "text": text})
            files |= its_files
            _pass_on_messages(place, cell)
    if problems:
        raise ReportError(*problems)
    return cells, files


def _markdown(exporter, notebook, cell, media):
    """One cell's Markdown, and the content of its images by file name under the folder `media`."""
    alone = nbformat.v4.new_notebook(cells=[cell], metadata=notebook.metadata)
    resources = {"unique_key": "output", "output_files_dir": media}
    text, resources = exporter.from_notebook_node(alone, resources)
    return text, resources["outputs"]


def _pass_on_messages(place, cell):
    """What a cell wrote to stderr is no part of the report, but is not kept from whoever builds it."""
    for output in cell.get("outputs", []):
        if output.output_type == "stream" and output.name == "stderr" and plain(output.text).strip():
            log.warning("%s wrote to stderr:\n%s", place, plain(output.text).strip())
